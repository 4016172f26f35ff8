//! The target file that `fivewhys init` writes: a head to fill in, and the shipped endpoints under it. Sits in `target`.

use crate::config::file::SHIPPED;

const HEAD: &str = include_str!("starter.toml");
/// Where the endpoints begin in the shipped file, and where they end.
const ENDPOINTS: (&str, &str) = ("# Endpoints: what can be called.", "# The twin:");

/// A whole, valid target file. What is optional in it is commented out as `#key = value`, without a space; words have one.
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

    /// Every line that is commented out, switched on.
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
    fn it_is_right_as_it_is_written_and_with_every_line_switched_on() {
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
    fn it_calls_all_that_the_shipped_one_calls() {
        let endpoints = |text: &str| text.lines().filter(|line| line.starts_with("[defaults.endpoint.")).count();
        assert_eq!(endpoints(&starter()), endpoints(super::SHIPPED));
    }
}
