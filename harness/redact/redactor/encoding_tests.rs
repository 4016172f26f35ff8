//! No secret survives in any encoding that servers produce, whole or in the pieces of a stream.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use proptest::prelude::{Just, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest};
use proptest::sample::select;
use rstest::rstest;

use super::*;
use crate::redact::encodings;

/// Consecutive characters of a secret that must not be left.
const MOST: usize = 8;

type Encode = fn(&str) -> String;

fn hex(text: &str, before: &str, after: &str) -> String {
    text.bytes().map(|byte| format!("{before}{byte:02x}{after}")).collect()
}

fn utf_16(text: &str, bytes: fn(u16) -> [u8; 2]) -> String {
    String::from_utf8_lossy(&text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>()).into_owned()
}

fn base32(text: &str) -> String {
    String::from_utf8(encodings::base32_cores(text.as_bytes()).swap_remove(0)).unwrap()
}

const ENCODINGS: [(&str, Encode); 27] = [
    ("raw", str::to_owned),
    ("upper case", |text| text.to_uppercase()),
    ("lower case", |text| text.to_lowercase()),
    ("percent", |text| hex(text, "%", "")),
    ("percent twice", |text| hex(text, "%25", "")),
    ("percent three times", |text| hex(text, "%2525", "")),
    ("decimal references", |text| text.chars().map(|c| format!("&#{};", u32::from(c))).collect()),
    ("hex references", |text| text.chars().map(|c| format!("&#x{:X};", u32::from(c))).collect()),
    ("references twice", |text| text.chars().map(|c| format!("&amp;#{};", u32::from(c))).collect()),
    ("json escapes", |text| text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect()),
    ("json in json", |text| text.encode_utf16().map(|unit| format!("\\\\u{unit:04X}")).collect()),
    ("json string", |text| serde_json::to_string(&serde_json::to_string(text).unwrap()).unwrap()),
    ("hex", |text| hex(text, "", "")),
    ("upper hex", |text| hex(text, "", "").to_uppercase()),
    ("hex with colons", |text| hex(text, "", ":")),
    ("hex with spaces", |text| hex(text, "", " ")),
    ("hex with 0x", |text| hex(text, "0x", ", ")),
    ("hex with \\x", |text| hex(text, "\\x", "")),
    ("base64", |text| BASE64_STANDARD.encode(text)),
    ("base64 of more", |text| BASE64_URL_SAFE_NO_PAD.encode(format!("x{text}y"))),
    ("base64 twice", |text| BASE64_STANDARD.encode(BASE64_STANDARD.encode(format!("xy{text}")))),
    ("base64 three times", |text| BASE64_STANDARD.encode(BASE64_STANDARD.encode(BASE64_STANDARD.encode(text)))),
    ("base64 of hex", |text| BASE64_STANDARD.encode(hex(text, "", ""))),
    ("base64 in lower case", |text| BASE64_STANDARD.encode(text).to_lowercase()),
    ("base32", base32),
    ("utf-16, little endian", |text| utf_16(text, u16::to_le_bytes)),
    ("utf-16, big endian", |text| utf_16(text, u16::to_be_bytes)),
];

/// Encodings that are found in a long token too, which is not registered in every encoding.
fn of_tokens() -> impl Iterator<Item = (&'static str, Encode)> {
    ENCODINGS.into_iter().filter(|(name, _)| *name != "base64 in lower case")
}

fn with_secret(secret: &str) -> Redactor {
    let redactor = Redactor::new();
    redactor.register_secret("service", &SecretString::from(secret));
    redactor
}

/// Returns consecutive characters of the encoded secret that the texts hold, one after the other.
fn left(shown: &str, encoded: &str, most: usize) -> Option<String> {
    let encoded: Vec<char> = encoded.chars().collect();
    let parts = encoded.windows(most.min(encoded.len())).map(|part| part.iter().collect::<String>());
    // A character that repeats is no secret.
    let parts = parts.filter(|part| part.chars().collect::<std::collections::BTreeSet<_>>().len() > 3);
    parts.into_iter().find(|part| shown.contains(part))
}

/// Cuts a text into pieces of these lengths, in turn.
fn pieces(text: &str, lengths: &[usize]) -> Vec<String> {
    let mut rest: Vec<char> = text.chars().rev().collect();
    let mut pieces = Vec::new();
    for length in lengths.iter().cycle() {
        if rest.is_empty() {
            return pieces;
        }
        pieces.push(rest.split_off(rest.len().saturating_sub(*length)).into_iter().rev().collect());
    }
    pieces
}

fn secrets() -> impl Strategy<Value = String> {
    prop_oneof!["[!-~]{16,64}", "[A-Za-z0-9]{12,40}", "[a-z0-9-]{20,40}", "[!-~]{8,40}", "[A-Za-z]{3}é[!-~]{12,20}"]
}

/// How a stream wraps its pieces.
fn envelopes() -> impl Strategy<Value = fn(&str) -> String> {
    let plain: fn(&str) -> String = str::to_owned;
    let delta: fn(&str) -> String =
        |piece| serde_json::json!({ "type": "delta", "delta": { "text": piece } }).to_string();
    let choices: fn(&str) -> String = |piece| {
        serde_json::json!({ "id": "c1", "choices": [{ "index": 0, "delta": { "content": piece } }] }).to_string()
    };
    prop_oneof![Just(plain), Just(delta), Just(choices)]
}

fn unwrapped(piece: &str) -> String {
    let json: serde_json::Value = serde_json::from_str(piece).unwrap_or_default();
    let text = json.pointer("/delta/text").or_else(|| json.pointer("/choices/0/delta/content"));
    text.and_then(serde_json::Value::as_str).unwrap_or(piece).to_owned()
}

proptest! {
    #[test]
    fn no_encoding_of_a_secret_survives(
        secret in secrets(), (name, encode) in select(&ENCODINGS[..]), before in "[a-z ]{0,12} ", after in " [a-z ]{0,12}",
    ) {
        let encoded = encode(&secret);
        let redactor = with_secret(&secret);
        let clean = redactor.clean(&format!("{before}{encoded}{after}"));
        let most = encoded.chars().count() * MOST / secret.chars().count();
        prop_assert!(left(&clean, &encoded, most).is_none(), "{name}: {encoded}: {clean}");
        prop_assert!(left(&clean, &secret, MOST).is_none(), "{name}: {clean}");
        prop_assert_eq!(redactor.clean(&clean), clean);
    }

    #[test]
    fn no_encoding_of_a_token_survives(
        payload in "eyJ[A-Za-z0-9_-]{60,200}", signature in "[A-Za-z0-9_-]{43}", (name, encode) in select(of_tokens().collect::<Vec<_>>()),
        before in "[a-z ]{0,12} ", after in " [a-z ]{0,12}",
    ) {
        let redactor = Redactor::new();
        let token = format!("eyJhbGciOiJIUzI1NiJ9.{payload}.{signature}");
        redactor.register_token(TokenKind::Valid, &token);
        let encoded = encode(&token);
        let clean = redactor.clean(&format!("{before}{encoded}{after}"));
        let most = encoded.chars().count() * MOST / token.chars().count();
        prop_assert!(left(&clean, &encoded, most).is_none(), "{name}: {encoded}: {clean}");
        prop_assert_eq!(redactor.clean(&clean), clean);
    }

    #[test]
    fn no_secret_survives_in_pieces(
        secret in secrets(), (name, encode) in select(&ENCODINGS[..]), envelope in envelopes(),
        lengths in proptest::collection::vec(1..12usize, 1..5), before in "[a-z ]{0,12} ", after in " [a-z ]{0,12}",
    ) {
        let encoded = encode(&secret);
        let sent: Vec<String> = pieces(&format!("{before}{encoded}{after}"), &lengths).iter().map(|piece| envelope(piece)).collect();
        let sent: Vec<&str> = sent.iter().map(String::as_str).collect();
        let redactor = with_secret(&secret);
        let clean = redactor.clean_pieces(&sent);
        prop_assert_eq!(clean.len(), sent.len());
        let shown: String = clean.iter().map(|piece| unwrapped(piece)).collect();
        let most = encoded.chars().count() * MOST / secret.chars().count();
        prop_assert!(left(&shown, &encoded, most).is_none(), "{name}: {encoded}: {shown}");
        let again: Vec<&str> = clean.iter().map(String::as_str).collect();
        prop_assert_eq!(&redactor.clean_pieces(&again), &clean);
        // The same stream as the body of a response.
        let body: String = sent.iter().map(|piece| format!("data: {piece}\n\n")).collect();
        let body = redactor.clean(&body);
        let shown: String = body.lines().filter_map(|line| line.strip_prefix("data: ")).map(unwrapped).collect();
        prop_assert!(left(&shown, &encoded, most).is_none(), "{name}: {encoded}: {body}");
    }

    #[test]
    fn pieces_without_a_secret_stay(sent in proptest::collection::vec("[a-z \"{}:,\\[\\]0-9-]{0,20}", 0..12), json in any::<bool>()) {
        let wrap = |piece: &String| if json { serde_json::json!({ "delta": piece }).to_string() } else { piece.clone() };
        let sent: Vec<String> = sent.iter().map(wrap).collect();
        let pieces: Vec<&str> = sent.iter().map(String::as_str).collect();
        prop_assert_eq!(with_secret("0a1b2c3d4e5f60718293a4b5c6d7e8f9").clean_pieces(&pieces), sent.clone());
    }
}

#[rstest]
#[case::plain(&["the hun", "ter", "2-hun", "ter2 is"], &["the <secret:service>", "", "", " is"])]
#[case::json(
    &[r#"{"delta": "hunte", "n": 1}"#, r#"{"delta":"r2-hu","n":2}"#, r#"{"delta":"nter2!"}"#],
    &[r#"{"delta": "<secret:service>", "n": 1}"#, r#"{"delta":"","n":2}"#, r#"{"delta":"!"}"#],
)]
#[case::unregistered(&["AKIAIOSF", "ODNN7ABCD", "EFQ."], &["<redacted:key-format>", "", "."])]
#[case::none(&["", "a"], &["", "a"])]
fn the_first_piece_shows_the_mark(#[case] pieces: &[&str], #[case] clean: &[&str]) {
    assert_eq!(with_secret("hunter2-hunter2").clean_pieces(pieces), clean);
}
