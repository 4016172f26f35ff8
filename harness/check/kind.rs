//! What kind of file a text is, by the tables at its top. Sits in `check`.

use toml::de::DeTable;

/// A kind of file of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Target,
    Scenario,
    Catalogue,
}

/// What only this kind of file has at its top; the surest first.
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
    /// Nothing for a text that is none of ours, or of which no top can be read.
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
    fn a_file_is_known_by_its_tops(#[case] text: &str, #[case] kind: Option<Kind>) {
        assert_eq!(Kind::of(text), kind);
    }
}
