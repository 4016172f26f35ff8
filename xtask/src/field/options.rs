//! The flags of `cargo xtask exam --field`.

use std::path::PathBuf;

/// The help text.
pub(crate) const USAGE: &str = "\
       cargo xtask exam --field DIR [flags]   score the public failure reports in DIR
           --bin PATH         the program to examine [default: a release build of this checkout]
           --case 17,19       only these cases
           --keep DIR         keep the reports in this folder
           --from DIR         judge the reports that --keep left in this folder, and run nothing
         PYTHON and NGINX_BIN name the interpreter and the nginx. Exit code 2: no table could be made.
";

/// What to examine, and with what.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Options {
    /// The folder of the cases.
    pub field: PathBuf,
    /// The program to examine.
    pub bin: Option<PathBuf>,
    /// The cases, by number or name. Empty: all.
    pub cases: Vec<String>,
    /// `old` or `new`.
    /// The folder in which to keep the reports.
    pub keep: Option<PathBuf>,
    /// The folder of kept reports to judge.
    pub from: Option<PathBuf>,
}

impl Options {
    /// Reads `--flag VALUE` and `--flag=VALUE`.
    pub(crate) fn parse(flags: &[String]) -> Result<Self, String> {
        let mut options = Self::default();
        let mut words = flags.iter();
        while let Some(word) = words.next() {
            let (flag, value) = match word.split_once('=') {
                Some((flag, value)) => (flag, value.to_owned()),
                None => (word.as_str(), words.next().ok_or_else(|| format!("{word} needs a value"))?.clone()),
            };
            options.set(flag, value)?;
        }
        match options {
            Self { ref field, .. } if field.as_os_str().is_empty() => Err("--field DIR is missing".to_owned()),
            Self { from: Some(_), keep: Some(_), .. } => {
                Err("--from runs nothing, so --keep has nothing to keep".to_owned())
            }
            _ => Ok(options),
        }
    }

    fn set(&mut self, flag: &str, value: String) -> Result<(), String> {
        match flag {
            "--field" => self.field = value.into(),
            "--bin" => self.bin = Some(value.into()),
            "--case" => self.cases = value.split(',').map(|case| case.trim().to_owned()).collect(),
            "--keep" => self.keep = Some(value.into()),
            "--from" => self.from = Some(value.into()),
            _ => return Err(format!("no such flag: {flag}")),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn parse(line: &str) -> Result<Options, String> {
        Options::parse(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn every_flag_is_read_in_both_spellings() {
        let spaced = parse("--field a --bin b --case 17,19 --from c");
        assert_eq!(spaced, parse("--field=a --bin=b --case=17,19 --from=c"));
        let read = spaced.expect("they are right");
        assert_eq!(read.cases, ["17", "19"]);
        assert_eq!((read.field, read.bin, read.from), ("a".into(), Some("b".into()), Some("c".into())));
    }

    #[rstest]
    #[case::no_field("--case 17", "--field DIR is missing")]
    #[case::no_value("--field", "--field needs a value")]
    #[case::unknown("--field a --fast yes", "no such flag: --fast")]
    #[case::both("--field a --from b --keep c", "nothing to keep")]
    fn a_mistake_is_named(#[case] line: &str, #[case] named: &str) {
        let reason = parse(line).expect_err(line);
        assert!(reason.contains(named), "{reason}");
    }
}
