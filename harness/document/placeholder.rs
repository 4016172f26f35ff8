//! Placeholders `{name}` in the texts of targets and scenarios.

use std::ops::Range;

use serde_json::Value;

/// Returns the place and the name of each `{name}` in a text. Selections of GraphQL are none: in `{ me{email} }`, the braces
/// of `email` stand in other braces, outside a string, after a name or a list of arguments.
pub(crate) fn placeholders(text: &str) -> Vec<(Range<usize>, &str)> {
    let (mut found, mut depth, mut is_quoted, mut before) = (Vec::new(), 0_usize, false, ' ');
    let mut at = 0;
    while let Some(sign) = text[at..].chars().next() {
        let next = at + sign.len_utf8();
        let name = if sign == '{' { name_in(&text[next..]) } else { None };
        let is_text = is_quoted || depth == 0 || !may_have_a_selection(before);
        before = if sign.is_whitespace() { before } else { sign };
        if let Some(name) = name.filter(|_| is_text) {
            let end = next + name.len() + 1;
            found.push((at..end, name));
            (at, before) = (end, '}');
            continue;
        }
        match sign {
            '{' if !is_quoted => depth += 1,
            '}' if !is_quoted => depth = depth.saturating_sub(1),
            '"' if !text[..at].ends_with('\\') => is_quoted = !is_quoted,
            _ => {}
        }
        at = next;
    }
    found
}

/// Returns the text with each placeholder replaced for which there is a value.
pub(crate) fn fill_placeholders(text: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let (mut filled, mut end) = (String::with_capacity(text.len()), 0);
    for (place, name) in placeholders(text) {
        if let Some(value) = value(name) {
            filled.push_str(&text[end..place.start]);
            filled.push_str(&value);
            end = place.end;
        }
    }
    filled.push_str(&text[end..]);
    filled
}

/// Returns every string in the JSON, in no particular order.
pub(crate) fn strings(json: &Value) -> Vec<&str> {
    let (mut found, mut left) = (Vec::new(), vec![json]);
    while let Some(value) = left.pop() {
        match value {
            Value::String(text) => found.push(text.as_str()),
            Value::Array(values) => left.extend(values),
            Value::Object(fields) => left.extend(fields.values()),
            _ => {}
        }
    }
    found
}

/// Returns the name before the closing brace: `email`, `secret:password`.
fn name_in(rest: &str) -> Option<&str> {
    let is_of_a_name = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '_' | '-' | ':' | '.');
    let end = rest.find(|sign| !is_of_a_name(sign))?;
    let begins = rest.starts_with(|sign: char| sign.is_ascii_alphabetic() || sign == '_');
    (begins && rest[end..].starts_with('}')).then(|| &rest[..end])
}

/// Reports whether a selection of GraphQL may follow this character.
fn may_have_a_selection(before: char) -> bool {
    before.is_alphanumeric() || matches!(before, '_' | ')')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::proptest;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::text("note{marker}, {a-b}", &["marker", "a-b"])]
    #[case::json(r#"40{"token":"{token}","n":{id}}"#, &["token", "id"])]
    #[case::secret("{secret:api.key}", &["secret:api.key"])]
    #[case::selection("{me{email}}", &[])]
    #[case::selection_with_space("{ me {email} }", &[])]
    #[case::selection_after_arguments("query Q($id: ID!) { order(id: $id){id} }", &[])]
    #[case::argument("{ order(id: {id}) { id } }", &["id"])]
    #[case::string_in_a_query(r#"mutation { add(text: "hi {marker}") {id} }"#, &["marker"])]
    #[case::no_name("{} { a } {1} {a", &[])]
    #[case::braces_in_braces("{{email}}", &["email"])]
    fn a_name_in_braces_is_a_placeholder(#[case] text: &str, #[case] names: &[&str]) {
        assert_eq!(placeholders(text).into_iter().map(|(_, name)| name).collect::<Vec<_>>(), names);
    }

    proptest! {
        #[test]
        fn each_place_has_its_name(text in "([{}\"a-b\\\\ )]|.){0,24}") {
            for (place, name) in placeholders(&text) {
                assert_eq!(&text[place], format!("{{{name}}}"));
            }
            assert_eq!(fill_placeholders(&text, |name| Some(format!("{{{name}}}"))), text);
        }
    }
}
