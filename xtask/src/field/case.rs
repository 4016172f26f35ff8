//! The cases of a folder, and what is wrong in each by `truths.json`.

use std::path::{Path, PathBuf};

use serde_json::Value;

/// Cases that are shown and do not count: they need abilities that are planned, see [`AWAITED`].
const NOT_COUNTED: [&str; 2] = ["14-set-env-vars-wiped-the-rest", "24-log-export-of-yesterday"];

/// What the cases that do not count wait for.
pub(crate) const AWAITED: &str = "\"Verdicts from evidence alone\"";

/// How a case is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Nothing is wrong.
    Healthy,
    /// The reported failure is there.
    Fault,
}

impl Mode {
    /// Both modes.
    pub(crate) const ALL: [Self; 2] = [Self::Healthy, Self::Fault];

    /// Returns the mode as `run.sh` takes it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Fault => "fault",
        }
    }
}

/// What is wrong in the mode `fault`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Truth {
    /// The hops at which the cause may be said to lie.
    pub hops: Vec<String>,
    /// The ids that name the true cause. Empty: the catalogue has none. Absent: nobody wrote them down, and only the hop is judged.
    pub means: Option<Vec<String>>,
    /// Ids that are neither right nor wrong.
    pub near: Vec<String>,
}

impl Truth {
    fn of(entry: &Value) -> Result<Self, String> {
        let hops = strings(&entry["hops"]).filter(|hops| !hops.is_empty()).ok_or("`hops` names no hop")?;
        Ok(Self { hops, means: strings(&entry["means"]), near: strings(&entry["near"]).unwrap_or_default() })
    }
}

/// One folder `NN-name` with a `run.sh`.
#[derive(Debug)]
pub(crate) struct Case {
    /// The name of the folder.
    pub name: String,
    /// The folder.
    pub folder: PathBuf,
    /// What is wrong.
    pub truth: Truth,
}

impl Case {
    /// Reports whether the case counts in the sums.
    pub(crate) fn counts(&self) -> bool {
        !NOT_COUNTED.contains(&&*self.name)
    }

    /// Reports whether `--case` means this one: by number, with or without a leading zero, or by name.
    fn is_meant_by(&self, word: &str) -> bool {
        let number = |text: &str| text.parse::<u32>().ok();
        self.name == word || number(word).is_some_and(|word| number(number_of(&self.name)) == Some(word))
    }
}

/// Reads the cases of a folder that `only` names, in order. All if `only` is empty.
pub(crate) fn read(field: &Path, only: &[String]) -> Result<Vec<Case>, String> {
    let truths = truths(field)?;
    let entries = std::fs::read_dir(field).map_err(|error| format!("{}: {error}", field.display()))?;
    let mut folders: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    folders.retain(|folder| folder.join("run.sh").is_file());
    folders.sort();
    let mut cases = folders.into_iter().map(|folder| case(folder, &truths)).collect::<Result<Vec<_>, _>>()?;
    if let Some(word) = only.iter().find(|word| !cases.iter().any(|case| case.is_meant_by(word))) {
        return Err(format!("{} has no case {word}", field.display()));
    }
    cases.retain(|case| only.is_empty() || only.iter().any(|word| case.is_meant_by(word)));
    if cases.is_empty() { Err(format!("{} has no case: no folder with a run.sh", field.display())) } else { Ok(cases) }
}

fn truths(field: &Path) -> Result<Value, String> {
    let path = field.join("truths.json");
    let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
}

/// An entry of `truths.json` has the name of the folder, or its number only.
fn case(folder: PathBuf, truths: &Value) -> Result<Case, String> {
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let entry = truths.get(&name).or_else(|| truths.get(number_of(&name)));
    let entry = entry.ok_or_else(|| format!("truths.json has no entry for {name}"))?;
    let truth = Truth::of(entry).map_err(|reason| format!("truths.json, {name}: {reason}"))?;
    Ok(Case { name, folder, truth })
}

fn number_of(name: &str) -> &str {
    name.split('-').next().unwrap_or(name)
}

/// Returns a list of strings, or `None` if it is none.
fn strings(value: &Value) -> Option<Vec<String>> {
    value.as_array()?.iter().map(|one| one.as_str().map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn field(truths: &str, folders: &[&str]) -> tempfile::TempDir {
        let directory = tempfile::tempdir().expect("a directory");
        std::fs::write(directory.path().join("truths.json"), truths).expect("it is written");
        for folder in folders {
            std::fs::create_dir(directory.path().join(folder)).expect("a folder");
            std::fs::write(directory.path().join(folder).join("run.sh"), "").expect("it is written");
        }
        directory
    }

    fn names(words: &[&str]) -> Result<Vec<String>, String> {
        let by_number = r#"{"03": {"hops": ["edge"]}, "14": {"hops": ["backend"]}}"#;
        let directory = field(by_number, &["14-worker-timeout", "03-sse-held-back-by-gzip"]);
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        Ok(read(directory.path(), &words)?.into_iter().map(|case| case.name).collect())
    }

    #[rstest]
    #[case::all(&[], &["03-sse-held-back-by-gzip", "14-worker-timeout"])]
    #[case::number(&["3"], &["03-sse-held-back-by-gzip"])]
    #[case::name(&["14-worker-timeout"], &["14-worker-timeout"])]
    fn cases_are_chosen_by_number_or_name(#[case] words: &[&str], #[case] chosen: &[&str]) {
        assert_eq!(names(words).expect("they are there"), chosen);
    }

    #[test]
    fn a_case_that_is_not_there_is_a_mistake() {
        assert!(names(&["14", "99"]).expect_err("there is no 99").ends_with("has no case 99"));
    }

    #[test]
    fn the_case_is_left_out_of_the_sums_by_its_name_and_not_by_its_number() {
        let case = |name: &str| Case { name: name.into(), folder: PathBuf::new(), truth: Truth::default() };
        assert!(!case("14-set-env-vars-wiped-the-rest").counts());
        assert!(case("14-stage-without-the-new-route").counts());
    }

    #[test]
    fn a_truth_is_found_by_the_whole_name_and_tells_no_id_from_no_list() {
        let text = r#"{"01-a": {"hops": ["edge"], "means": [], "near": ["edge/x"]}, "02": {"hops": ["auth"]}}"#;
        let directory = field(text, &["01-a", "02-b"]);
        let cases = read(directory.path(), &[]).expect("they are right");
        assert_eq!((cases[0].truth.means.as_deref(), cases[0].truth.near.len()), (Some(&[][..]), 1));
        assert_eq!(cases[1].truth.means, None);
    }

    #[rstest]
    #[case::no_entry(r#"{"02": {"hops": ["edge"]}}"#, "no entry for 01-a")]
    #[case::no_hops(r#"{"01": {"truth": "…"}}"#, "`hops` names no hop")]
    #[case::no_json("{", "truths.json: EOF")]
    fn a_mistake_in_the_truths_is_named(#[case] truths: &str, #[case] named: &str) {
        let reason = read(field(truths, &["01-a"]).path(), &[]).expect_err("it is a mistake");
        assert!(reason.contains(named), "{reason}");
    }
}
