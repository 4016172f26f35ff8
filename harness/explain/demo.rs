//! The incidents of `tests/incidents` as demonstrations: the same files, inside the program.

use serde::Deserialize;

use crate::explain::Piece;

/// One incident: its evidence, and what `expected.toml` says about it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Demo {
    /// The name of its folder.
    pub(crate) name: &'static str,
    expected: &'static str,
    files: &'static [(&'static str, &'static str)],
}

/// Embeds the files of a folder of `tests/incidents`.
macro_rules! incident {
    ($name:literal, $($file:literal),+) => {
        Demo {
            name: $name,
            expected: include_str!(concat!("../../tests/incidents/", $name, "/expected.toml")),
            files: &[$(($file, include_str!(concat!("../../tests/incidents/", $name, "/", $file)))),+],
        }
    };
}

/// Every demonstration, in the order of its number.
pub(crate) const DEMOS: [Demo; 5] = [
    incident!("validation-route-not-deployed", "auth.json", "backend.json", "log.json"),
    incident!("tests-send-no-bearer", "auth.json", "backend.json", "log.json", "tests.har"),
    incident!("deploy-lost-service-credentials", "auth.json", "backend-00611-cr5.json", "backend.json", "log.json"),
    incident!("service-id-never-set", "auth.json", "backend.json", "log.json"),
    incident!("jwt-secret-under-another-name", "auth.json", "backend.json", "log.json"),
];

impl Demo {
    /// Returns the demonstration with this number, counted from 1, or with this name.
    pub(crate) fn called(wanted: &str) -> Option<Self> {
        let at = wanted.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        at.map_or_else(|| DEMOS.iter().find(|demo| demo.name == wanted), |at| DEMOS.get(at)).copied()
    }

    /// Returns its files.
    pub(crate) fn pieces(&self) -> Vec<Piece> {
        let piece = |(name, text): &(&str, &'static str)| Piece {
            from: format!("{}/{name}", self.name),
            writer: None,
            content: Box::new(text.as_bytes()),
        };
        self.files.iter().map(piece).collect()
    }

    /// Returns what happened, in one line.
    pub(crate) fn title(&self) -> String {
        /// The key of `expected.toml` that matters here.
        #[derive(Deserialize)]
        struct Titled {
            title: String,
        }
        toml::from_str(self.expected).map(|Titled { title }| title).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("3", Some("deploy-lost-service-credentials"))]
    #[case("deploy-lost-service-credentials", Some("deploy-lost-service-credentials"))]
    #[case("0", None)]
    #[case("6", None)]
    #[case("", None)]
    #[case("page.har", None)]
    fn a_demo_has_a_number_and_a_name(#[case] wanted: &str, #[case] name: Option<&str>) {
        assert_eq!(Demo::called(wanted).map(|demo| demo.name), name);
    }

    #[test]
    fn a_demo_has_every_file_of_its_folder_and_a_title() {
        for demo in DEMOS {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/incidents").join(demo.name);
            let there =
                std::fs::read_dir(folder).expect("its folder").map(|entry| entry.expect("an entry").file_name());
            let there: BTreeSet<String> = there.map(|name| name.into_string().expect("UTF-8")).collect();
            let embedded = demo.files.iter().map(|(name, _)| (*name).to_owned()).chain(["expected.toml".to_owned()]);
            assert_eq!(there, embedded.collect(), "{}", demo.name);
            assert!(!demo.title().is_empty(), "{}", demo.name);
        }
    }
}
