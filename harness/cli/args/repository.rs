//! Where a step's source lies in the checkout that GitHub shows. Sits in `cli`, under `reports`.

use std::path::{Path, PathBuf};

use crate::report::github::Place;

/// The file and line of a `FILE:LINE`, as the repository knows it. Nothing for a scenario that is built in, and for files elsewhere.
pub(crate) fn place(source: &str) -> Option<Place> {
    let root = std::env::var_os("GITHUB_WORKSPACE").filter(|root| !root.is_empty()).map(PathBuf::from);
    within(&root.or_else(|| std::env::current_dir().ok())?, source)
}

fn within(root: &Path, source: &str) -> Option<Place> {
    let (file, line) = source.rsplit_once(':')?;
    let file = Path::new(file).canonicalize().ok()?;
    let file = file.strip_prefix(root.canonicalize().ok()?).ok()?.to_str()?.to_owned();
    Some(Place { file, line: line.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::{Place, within};

    #[test]
    fn only_what_is_in_the_repository_has_a_place_there() {
        let root = tempfile::tempdir().expect("a folder");
        let file = root.path().join("a.toml");
        std::fs::write(&file, "").expect("a file");
        let source = format!("{}:12", file.display());
        assert_eq!(within(root.path(), &source), Some(Place { file: "a.toml".to_owned(), line: 12 }));
        assert_eq!(within(&root.path().join("deeper"), &source), None);
        assert_eq!(within(root.path(), "built-in/chat-stream.toml:4"), None);
        assert_eq!(within(root.path(), "a.toml"), None);
    }
}
