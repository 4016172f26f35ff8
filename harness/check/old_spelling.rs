//! Finds the keys and words of earlier versions. Files that hold them are still read.

use std::fmt;
use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::listed::Text;

/// The old spelling, the new one, and where the old one may stand: the tables of a key, or the keys whose text holds a
/// word. A `*` stands for a name that the author chose.
const RENAMED: [(&str, &str, &[&str]); 5] = [
    ("doors", "evidence", &["defaults", "target.*"]),
    ("surface", "endpoint", &["defaults", "target.*"]),
    ("carriers", "token_locations", &["defaults.endpoint.*", "target.*.endpoint.*"]),
    ("carrier", "token_location", &["step", "finally"]),
    ("oracle", "introspection", &["defaults.endpoint.*.role", "target.*.endpoint.*.role", "fault.whys.proof"]),
];

/// An old spelling in a file. Displays as `FILE:LINE:COLUMN: ...`, with lines and columns counted from 1.
#[derive(Debug)]
pub(crate) struct OldSpelling {
    file: String,
    line: usize,
    column: usize,
    old: &'static str,
    new: &'static str,
}

impl fmt::Display for OldSpelling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, column, old, new } = self;
        write!(f, "{file}:{line}:{column}: `{old}` is the old spelling of `{new}`")
    }
}

/// Returns the old spellings of a file, by place. A table with several headers is named at its first one.
pub(super) fn of(file: &Text) -> Vec<OldSpelling> {
    let (table, _) = DeTable::parse_recoverable(&file.text);
    let mut found = Vec::new();
    look_into(table.get_ref(), &mut Vec::new(), &file.text, &mut found);
    found.sort_by_key(|(at, ..)| *at);
    let note = |(at, old, new): (usize, &'static str, &'static str)| {
        let before = &file.text[..at];
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        let (line, column) = (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1);
        OldSpelling { file: file.name(), line, column, old, new }
    };
    found.into_iter().map(note).collect()
}

type Found = Vec<(usize, &'static str, &'static str)>;

fn look_into(table: &DeTable<'_>, path: &mut Vec<String>, text: &str, found: &mut Found) {
    for (key, value) in table {
        let renamed = renamed_at(path).find(|(old, _)| old == key.get_ref());
        found.extend(renamed.map(|(old, new)| (key.span().start, old, new)));
        // The places in `RENAMED` are written in the new spelling.
        path.push(renamed.map_or_else(|| key.get_ref().to_string(), |(_, new)| new.to_owned()));
        look_at(value.get_ref(), value.span(), path, text, found);
        path.pop();
    }
}

fn look_at(value: &DeValue<'_>, span: Range<usize>, path: &mut Vec<String>, text: &str, found: &mut Found) {
    match value {
        DeValue::Table(table) => look_into(table, path, text, found),
        DeValue::Array(all) => all.iter().for_each(|one| look_at(one.get_ref(), one.span(), path, text, found)),
        DeValue::String(_) => {
            let part_of_a_word = |c: char| c.is_alphanumeric() || "-_.:".contains(c);
            let within = &text[span.clone()];
            for (old, new) in renamed_at(path) {
                let words = within.match_indices(old).map(|(at, _)| at).filter(|at| {
                    !within[..*at].ends_with(part_of_a_word) && !within[at + old.len()..].starts_with(part_of_a_word)
                });
                found.extend(words.map(|at| (span.start + at, old, new)));
            }
        }
        _ => {}
    }
}

/// Returns what was renamed at this place.
fn renamed_at(path: &[String]) -> impl Iterator<Item = (&'static str, &'static str)> {
    let is_here = move |place: &str| {
        let mut steps = place.split('.');
        path.iter().all(|name| steps.next().is_some_and(|step| step == "*" || step == name)) && steps.next().is_none()
    };
    RENAMED
        .iter()
        .filter(move |(_, _, places)| places.iter().any(|place| is_here(place)))
        .map(|(old, new, _)| (*old, *new))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::{Text, of};

    fn notes(text: &str) -> Vec<String> {
        let file = Text { path: PathBuf::from("a.toml"), text: text.to_owned() };
        of(&file).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn old_spellings_of_a_target_file_are_found() {
        let text = "[defaults]\ndoors = [\"edge\"]\n[target.a.surface.\"backend.chat\"]\ncarriers = [\"header\"]\n\
                    [target.b]\nendpoint.\"auth.verify\" = { path = \"/ü\", role = \"oracle\", carriers = [] }\n";
        let expected = [
            "a.toml:2:1: `doors` is the old spelling of `evidence`",
            "a.toml:3:11: `surface` is the old spelling of `endpoint`",
            "a.toml:4:1: `carriers` is the old spelling of `token_locations`",
            "a.toml:6:49: `oracle` is the old spelling of `introspection`",
            "a.toml:6:58: `carriers` is the old spelling of `token_locations`",
        ];
        assert_eq!(notes(text), expected);
    }

    #[test]
    fn old_spellings_of_a_scenario_are_found() {
        let text =
            "[[step]]\nid = \"a\"\ncarrier = \"header\"\n[[step]]\nid = \"b\"\n[[finally]]\ncarrier = \"query\"\n";
        let expected = [
            "a.toml:3:1: `carrier` is the old spelling of `token_location`",
            "a.toml:7:1: `carrier` is the old spelling of `token_location`",
        ];
        assert_eq!(notes(text), expected);
    }

    #[test]
    fn old_words_of_a_catalogue_file_are_found() {
        let text =
            "[[fault]]\nid = \"auth/oracle\"\nwhys = [{ claim = \"the oracle\", proof = \"oracle valid = ok\" }]\n";
        let expected = ["a.toml:3:42: `oracle` is the old spelling of `introspection`"];
        assert_eq!(notes(text), expected);
    }

    #[test]
    fn names_and_bodies_of_the_author_are_left_alone() {
        let text = "[target.surface]\nevidence = [\"edge\"]\nuser.carrier = { sub = \"oracle\" }\n\
                    endpoint.\"backend.doors\" = { path = \"/doors\", role = \"open\", body = { carriers = 1, surface = 2 } }\n\
                    [[step]]\nbody = { carrier = 1 }\ncapture = { carrier = \"$.x\" }\n";
        assert_eq!(notes(text), [""; 0]);
    }
}
