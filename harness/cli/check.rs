//! `fivewhys check`: looks for mistakes in files. It sends nothing, resolves no name, runs no command and reads no secret.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use miette::miette;

use crate::check::{Checked, Home, files};
use crate::cli::args::target::TargetArgs;
use crate::cli::terminal::mistake::Mistake;
use crate::cli::terminal::output;
use crate::cli::terminal::unwritten::print_result;
use crate::report::visible;
use crate::run;

/// Options of `fivewhys check`.
#[derive(Debug, Args)]
pub(super) struct Check {
    /// Target files, scenarios and catalogue files, or folders with them [default: the target file]
    #[arg(value_name = "FILE|DIR")]
    paths: Vec<PathBuf>,
}

impl Check {
    pub(super) fn run(mut self, arguments: &TargetArgs) -> Result<ExitCode, Mistake> {
        let (file, named) = arguments.file_path();
        if self.paths.is_empty() {
            let nothing = || {
                miette!(
                    help = "`fivewhys init` writes one",
                    "there is no fivewhys.toml in this folder: nothing to check"
                )
            };
            self.paths.push(file.clone().ok_or_else(nothing)?);
        }
        self.paths.extend(arguments.catalogue_files().iter().cloned());
        let checked = files(&self.paths, &Home { file, named }, &|file| arguments.pick(file));
        if checked.mistakes.is_empty() {
            return Ok(print_result(&shown(&(notes(&checked) + &summary(&checked))), run::ExitCode::Passed.code()));
        }
        let _ = write!(std::io::stderr(), "{}", shown(&notes(&checked)));
        let count = checked.mistakes.len();
        for mistake in checked.mistakes {
            Mistake::from(mistake).show();
        }
        let files = plural(checked.files, "file");
        Err(miette!("{} found ({files} read)", plural(count, "mistake")).into())
    }
}

/// Returns lines that name files, as they can be shown.
fn shown(lines: &str) -> String {
    visible(lines, "\n", output::unicode())
}

/// Returns one line for each warning and each old spelling.
fn notes(checked: &Checked) -> String {
    let warnings = checked.warnings.iter().map(|warning| format!("warning: {warning}\n"));
    warnings.chain(checked.old_spellings.iter().map(|note| format!("note: {note}\n"))).collect()
}

/// One line, one for each file that was left, and one for each target that is not filled in.
fn summary(checked: &Checked) -> String {
    let parts = [(checked.targets, "target"), (checked.scenarios, "scenario"), (checked.faults, "fault")];
    let parts: Vec<String> =
        parts.into_iter().filter(|(count, _)| *count > 0).map(|(count, what)| plural(count, what)).collect();
    let against = checked.against.as_ref().map_or_else(String::new, |target| format!(", checked against `{target}`"));
    let files = plural(checked.files, "file");
    let left = |path: &PathBuf| format!("skipped: {} is not a file of fivewhys\n", path.display());
    let left: String = checked.left.iter().map(left).collect();
    let example = |(file, target): &(String, String)| {
        format!(
            "to do: the target `{target}` of {file} is not filled in: replace each value FILL-IN and each address of example.com\n"
        )
    };
    let examples: String = checked.examples.iter().map(example).collect();
    format!("{left}{examples}no mistake in {files}: {}{against}; nothing was sent\n", parts.join(", "))
}

fn plural(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
