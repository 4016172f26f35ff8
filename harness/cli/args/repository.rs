//! Where a scenario file is in the repository that GitHub shows.

use std::path::{Path, PathBuf};

use crate::report::github::Place;

/// Returns the file and line of a `FILE:LINE`, relative to the repository, or `None` for built-in scenarios and files
/// outside of it.
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
    fn only_files_in_the_repository_have_a_place() {
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
