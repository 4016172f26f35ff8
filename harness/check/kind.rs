//! The kind of a file, by its top-level keys.

use toml::de::DeTable;

/// The three kinds of file that people write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Target,
    Scenario,
    Catalogue,
}

/// Top-level keys that only one kind of file has. The clearest come first.
const TOPS: [(&str, Kind); 8] = [
    ("target", Kind::Target),
    ("fault", Kind::Catalogue),
    ("step", Kind::Scenario),
    ("defaults", Kind::Target),
    ("attribution", Kind::Scenario),
    ("finally", Kind::Scenario),
    ("title", Kind::Scenario),
    ("default", Kind::Target),
];

impl Kind {
    /// Returns the kind of a text. Returns `None` when it has no known top-level key or none can be read.
    pub(super) fn of(text: &str) -> Option<Self> {
        let (table, _) = DeTable::parse_recoverable(text);
        let has = |top: &str| table.get_ref().iter().any(|(key, _)| key.get_ref() == top);
        TOPS.into_iter().find(|(top, _)| has(top)).map(|(_, kind)| kind)
    }
}

#[cfg(test)]
mod tests {
    use super::Kind;

    #[rstest::rstest]
    #[case::target("[target.a]\n", Some(Kind::Target))]
    #[case::defaults_alone("[defaults.claims]\n", Some(Kind::Target))]
    #[case::scenario("title = \"a\"\n[[stpe]]\n", Some(Kind::Scenario))]
    #[case::catalogue("[[fault]]\n", Some(Kind::Catalogue))]
    #[case::broken_further_down("[target.a]\nbackend = \n", Some(Kind::Target))]
    #[case::a_package("[package]\nname = \"a\"\n", None)]
    #[case::empty("", None)]
    fn the_top_level_keys_tell_the_kind_of_a_file(#[case] text: &str, #[case] kind: Option<Kind>) {
        assert_eq!(Kind::of(text), kind);
    }
}
