//! Placeholders in bodies and messages: `{token}`, `{email}`, `{sub}`, `{secret:NAME}`. Other text in braces stays as
//! it is.

use serde_json::Value;

use crate::document::placeholder::placeholders;

/// What a placeholder stands for.
pub(crate) enum Meaning {
    /// This text.
    Text(String),
    /// Nothing: the member or item that contains it is left out.
    Nothing,
    /// Not a placeholder.
    Foreign,
}

/// Fills every string of `json`. Object members and array items that contain a [`Meaning::Nothing`] are left out.
/// Returns `None` if `json` itself is such a string.
pub(crate) fn fill<E>(json: &Value, meaning: &dyn Fn(&str) -> Result<Meaning, E>) -> Result<Option<Value>, E> {
    match json {
        Value::String(text) => Ok(fill_text(text, meaning)?.map(Value::String)),
        Value::Array(items) => {
            let filled = items.iter().map(|item| fill(item, meaning));
            Ok(Some(Value::Array(filled.filter_map(Result::transpose).collect::<Result<_, E>>()?)))
        }
        Value::Object(members) => {
            let filled =
                members.iter().map(|(name, value)| Ok(fill(value, meaning)?.map(|value| (name.clone(), value))));
            Ok(Some(Value::Object(filled.filter_map(Result::transpose).collect::<Result<_, E>>()?)))
        }
        other => Ok(Some(other.clone())),
    }
}

/// Fills one string in one pass: placeholders in the inserted text are not filled.
pub(crate) fn fill_text<E>(text: &str, meaning: &dyn Fn(&str) -> Result<Meaning, E>) -> Result<Option<String>, E> {
    let (mut filled, mut end) = (String::with_capacity(text.len()), 0);
    for (place, name) in placeholders(text) {
        match meaning(name)? {
            Meaning::Text(value) => {
                filled.push_str(&text[end..place.start]);
                filled.push_str(&value);
                end = place.end;
            }
            Meaning::Nothing => return Ok(None),
            Meaning::Foreign => {}
        }
    }
    filled.push_str(&text[end..]);
    Ok(Some(filled))
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use rstest::rstest;
    use serde_json::json;

    use super::*;

    fn meaning(name: &str) -> Result<Meaning, Infallible> {
        Ok(match name {
            "sub" => Meaning::Text("user-{sub}".to_owned()),
            "token" => Meaning::Nothing,
            _ => Meaning::Foreign,
        })
    }

    #[rstest]
    #[case(json!({"a": "{sub}", "n": 1}), Some(json!({"a": "user-{sub}", "n": 1})))]
    #[case(json!({"a": "{token}", "b": [{"c": "x {token}"}, "{token}", 2]}), Some(json!({"b": [{}, 2]})))]
    #[case(json!("fn main() { {sub} } {other} {"), Some(json!("fn main() { user-{sub} } {other} {")))]
    #[case(json!("{token}"), None)]
    fn placeholders_are_filled_and_empty_members_are_left_out(#[case] json: Value, #[case] expected: Option<Value>) {
        let Ok(filled) = fill(&json, &meaning);
        assert_eq!(filled, expected);
    }
}
