//! The target file that `fivewhys init` writes: a part to fill in, and the built-in endpoints.

use crate::config::file::SHIPPED;

const HEAD: &str = include_str!("starter.toml");
/// The lines of the built-in file at which the endpoints begin and end.
const ENDPOINTS: (&str, &str) = ("# Endpoints: what can be called.", "# The twin:");

/// Returns a complete, valid target file. Options are commented out as `#key = value`, without a space. Comments have a
/// space after `#`.
#[must_use]
pub fn starter() -> String {
    let (_, endpoints) = SHIPPED.split_once(ENDPOINTS.0).unwrap_or_default();
    let (endpoints, _) = endpoints.split_once(ENDPOINTS.1).unwrap_or_default();
    format!("{HEAD}\n{}{}\n", ENDPOINTS.0, endpoints.trim_end())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::starter;
    use crate::config::TargetFile;

    /// Returns the starter file with every option switched on.
    fn uncommented() -> String {
        let on = |line: &str| match line.strip_prefix('#') {
            Some(rest) if rest.starts_with(|c: char| c.is_ascii_lowercase() || c == '[' || c == '\'' || c == ']') => {
                rest.to_owned()
            }
            _ => line.to_owned(),
        };
        starter().lines().map(on).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn the_starter_file_is_valid_with_and_without_options() {
        let off =
            starter().lines().filter(|line| line.starts_with('#') && !line.starts_with("# ") && *line != "#").count();
        assert!(off > 10, "{off} lines are commented out");
        assert_ne!(starter(), uncommented());
        for text in [starter(), uncommented()] {
            let checked = TargetFile::check("fivewhys.toml", &text, Path::new(""));
            assert!(checked.mistakes.is_empty(), "{:?}\n{text}", checked.mistakes);
            assert_eq!(checked.targets, 2);
        }
    }

    #[test]
    fn the_starter_file_has_every_shipped_endpoint() {
        let endpoints = |text: &str| text.lines().filter(|line| line.starts_with("[defaults.endpoint.")).count();
        assert_eq!(endpoints(&starter()), endpoints(super::SHIPPED));
    }
}
