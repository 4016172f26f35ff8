//! The source files of this repository, as text.

use std::path::{Path, PathBuf};

/// The root of the repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below a folder that has this extension, relative to the root, sorted.
pub(crate) fn below(folder: &str, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![root().join(folder)];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.expect("an entry of a folder").path();
            if path.is_dir() && !path.ends_with("target") {
                open.push(path);
            } else if path.extension().is_some_and(|is| is == extension) {
                found.push(path.strip_prefix(root()).expect("it lies below the root").to_owned());
            }
        }
    }
    found.sort();
    found
}

/// The text of a file.
pub(crate) fn text(path: &Path) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Whether a source file holds tests only.
pub(crate) fn is_test(path: &Path) -> bool {
    let is_test =
        |part: &str| matches!(part, "tests" | "samples" | "fixtures" | "properties") || part.ends_with("_tests");
    path.iter().filter_map(|part| part.to_str()).any(|part| is_test(part.strip_suffix(".rs").unwrap_or(part)))
}

/// A source text without comments and without its `#[cfg(test)]` modules.
pub(crate) fn code(text: &str) -> String {
    let mut kept = String::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let opens = |next: &&str| next.contains("mod ") && next.ends_with('{');
        if line == "#[cfg(test)]" && lines.peek().is_some_and(opens) {
            let _module = lines.by_ref().find(|line| *line == "}");
            continue;
        }
        let comment = line.trim_start().starts_with("//").then_some(0).or_else(|| line.find(" // "));
        kept.push_str(&line[..comment.unwrap_or(line.len())]);
        kept.push('\n');
    }
    kept
}
