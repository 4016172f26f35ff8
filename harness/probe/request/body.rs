//! The bytes of a body, by its form.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};
use url::form_urlencoded::Serializer;

use crate::config::BodyForm;

/// Returns the bytes of a body whose placeholders are filled in. `boundary` separates the parts of a multipart body.
pub(crate) fn encode(content: &Value, form: BodyForm, boundary: &str) -> Vec<u8> {
    match form {
        BodyForm::Json => content.to_string().into_bytes(),
        BodyForm::Form => urlencoded(content).into_bytes(),
        BodyForm::Multipart => multipart(content, boundary),
        BodyForm::Text => text(content).into_bytes(),
        BodyForm::Binary => STANDARD.decode(text(content)).unwrap_or_default(),
    }
}

fn urlencoded(content: &Value) -> String {
    let mut pairs = Serializer::new(String::new());
    for (name, value) in fields(content) {
        match value {
            Value::Array(values) => pairs.extend_pairs(values.iter().map(|value| (name, text(value)))),
            value => pairs.append_pair(name, &text(value)),
        };
    }
    pairs.finish()
}

/// Writes the parts as RFC 7578 says, with names as HTML, section 4.10.21.8, escapes them.
fn multipart(content: &Value, boundary: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (name, value) in fields(content) {
        let part = value.as_object();
        let of = |key: &str| part.and_then(|part| part.get(key)).and_then(Value::as_str);
        let file = of("filename").map(|file| format!("; filename=\"{}\"", escaped(file))).unwrap_or_default();
        let media = of("type").map(|media| format!("Content-Type: {}\r\n", one_line(media))).unwrap_or_default();
        let name = escaped(name);
        bytes.extend(
            format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n{media}\r\n").bytes(),
        );
        match (of("base64"), of("content")) {
            (Some(encoded), _) => bytes.extend(STANDARD.decode(encoded).unwrap_or_default()),
            (None, Some(content)) => bytes.extend(content.bytes()),
            (None, None) => bytes.extend(text(value).bytes()),
        }
        bytes.extend(b"\r\n");
    }
    bytes.extend(format!("--{boundary}--\r\n").bytes());
    bytes
}

fn fields(content: &Value) -> impl Iterator<Item = (&String, &Value)> {
    content.as_object().into_iter().flat_map(Map::iter)
}

fn escaped(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

fn one_line(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::proptest;
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    #[rstest]
    #[case::json(json!({ "a": 1 }), BodyForm::Json, "{\"a\":1}")]
    #[case::form(json!({ "a b": "1&2", "c": true, "d": ["x", 2] }), BodyForm::Form, "a+b=1%262&c=true&d=x&d=2")]
    #[case::text(json!("a=\"b\""), BodyForm::Text, "a=\"b\"")]
    #[case::binary(json!("AGE="), BodyForm::Binary, "\0a")]
    #[case::multipart(
        json!({ "note": "x", "f\"": { "base64": "YQ==", "filename": "a\"\r\n.txt", "type": "text/plain" } }),
        BodyForm::Multipart,
        "--B\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nx\r\n\
         --B\r\nContent-Disposition: form-data; name=\"f%22\"; filename=\"a%22%0D%0A.txt\"\r\nContent-Type: text/plain\r\n\r\na\r\n\
         --B--\r\n"
    )]
    fn a_body_is_written_in_its_form(#[case] content: Value, #[case] form: BodyForm, #[case] bytes: &str) {
        assert_eq!(String::from_utf8(encode(&content, form, "B")).expect("text"), bytes);
    }

    proptest! {
        #[test]
        fn a_form_reads_back(name in ".{1,20}", value in ".{0,40}") {
            let bytes = encode(&json!({ name.clone(): value.clone() }), BodyForm::Form, "B");
            let read: Vec<(String, String)> = url::form_urlencoded::parse(&bytes).into_owned().collect();
            assert_eq!(read, [(name, value)]);
        }
    }
}
