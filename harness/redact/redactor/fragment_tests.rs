//! No large part of a registered value survives when it is cut, wrapped or reversed. Other text stays.

use proptest::prelude::{Just, Strategy, prop_assert, prop_oneof, proptest};
use rstest::rstest;

use super::*;

const HEADER: &str = "eyJhbGciOiJIUzI1NiJ9";
const PAYLOAD: &str = "eyJzdWIiOiJ1c2VyLTEiLCJqdGkiOiI4YzdmNWQ2Mi0xMTIyIn0";
const SIGNATURE: &str = "dGhpcyBpcyBub3QgYSByZWFsIHNpZ25hdHVyZSBhdCA";
const SECRET: &str = "kT9-vQ2_mX7+zR4/wL8=pN3&hJ6";

fn redactor() -> Redactor {
    let redactor = Redactor::new();
    redactor.register_token(TokenKind::Valid, &format!("{HEADER}.{PAYLOAD}.{SIGNATURE}"));
    redactor.register_secret("service", &SecretString::from(SECRET));
    redactor
}

fn reversed(text: &str) -> String {
    text.chars().rev().collect()
}

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

/// Returns the text with a break after every `every` characters.
fn wrapped(text: &str, every: usize, by: &str) -> String {
    let lines: Vec<String> = text.chars().collect::<Vec<_>>().chunks(every).map(|line| line.iter().collect()).collect();
    lines.join(by)
}

fn without_space(text: &str) -> String {
    text.split_whitespace().collect()
}

/// Returns twenty consecutive characters of the value that are in the text, forwards or backwards. Ignores white space.
fn survivor(text: &str, value: &str) -> Option<String> {
    let (text, value) = (without_space(text), without_space(value));
    let parts = value.as_bytes().windows(20).map(|part| String::from_utf8_lossy(part).into_owned());
    parts.into_iter().find(|part| text.contains(part) || text.contains(&reversed(part)))
}

#[rstest]
#[case::wrapped(wrapped(&format!("{PAYLOAD}.{SIGNATURE}"), 7, "\r\n  "), "<token:valid>")]
#[case::by_tags(wrapped(&format!("{PAYLOAD}.{SIGNATURE}"), 9, "<br/>\n"), "<token:valid>")]
#[case::listed(format!("[\"{}\"]", wrapped(SIGNATURE, 5, "\", \"")), "[\"<token:valid>\"]")]
#[case::escaped_line_ends(wrapped(SIGNATURE, 10, "\\n"), "<token:valid>")]
#[case::encoded_line_ends(wrapped(SIGNATURE, 10, "%0D%0A"), "<token:valid>")]
#[case::whole_token(wrapped(&format!("{HEADER}.{PAYLOAD}.{SIGNATURE}"), 8, " "), "<jwt-header>.<token:valid>")]
#[case::reversed(reversed(SIGNATURE), "<token:valid>")]
#[case::turned_and_wrapped(wrapped(&reversed(SIGNATURE), 3, "\n"), "<token:valid>")]
#[case::without_its_end(SIGNATURE[..41].to_owned(), "<token:valid>")]
#[case::without_its_start(SIGNATURE[5..].to_owned(), "<token:valid>")]
#[case::start_of_the_payload(PAYLOAD[..16].to_owned(), "<token:valid>")]
#[case::middle(PAYLOAD[9..25].to_owned(), "<token:valid>")]
#[case::too_little(SIGNATURE[9..24].to_owned(), &SIGNATURE[9..24])]
#[case::after_a_backslash(format!("\\{}", &SIGNATURE[3..]), "<token:valid>")]
#[case::secret(SECRET[4..16].to_owned(), "<secret:service>")]
#[case::secret_reversed(reversed(&SECRET[..13]), "<secret:service>")]
#[case::too_little_of_a_secret(SECRET[4..15].to_owned(), &SECRET[4..15])]
#[case::in_base64("dlEyX21YNyt6UjQvd0w4".to_owned(), "<secret:service>")]
#[case::in_hex(wrapped(&hex(&SECRET[2..20]), 16, "\n"), "<secret:service>")]
#[case::in_upper_hex(reversed(&hex(&SECRET[2..20]).to_uppercase()), "<secret:service>")]
fn a_part_of_a_value_is_replaced(#[case] part: String, #[case] clean: &str) {
    assert_eq!(redactor().clean(&format!("= {part} =")), format!("= {clean} ="));
}

#[rstest]
#[case(
    "trace 8c7f5d62-1122-4e5f-9a7b-0123456789ab, sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
)]
#[case("data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk")]
#[case("POST /api/chat/stream?user-1 \\ \"a\", 'b' <br> c\n{\"sub\":\"user-1\",\"jti\":\"8c7f5d62-1122\"}")]
fn similar_text_stays(#[case] text: &str) {
    assert_eq!(redactor().clean(text), text);
}

#[test]
fn a_token_that_shares_claims_with_a_known_one_leaves_no_rest() {
    let stranger = format!("{HEADER}.{}J4eXp6IjoxfQ.c29tZWJvZHkgZWxzZSBzaWduZWQgdGhpcw", &PAYLOAD[..24]);
    assert_eq!(redactor().clean(&format!("a {stranger} b")), "a <jwt> b");
}

#[test]
fn a_value_of_one_character_is_replaced_and_costs_little() {
    let redactor = Redactor::new();
    redactor.register_token(TokenKind::Issued, &"a".repeat(40_000));
    assert_eq!(redactor.clean(&"a".repeat(200_000)).replace("<token:issued>", ""), "");
}

#[test]
fn cleaning_twice_changes_nothing() {
    let once = redactor().clean(&wrapped(&format!("{HEADER}.{PAYLOAD}.{SIGNATURE} {SECRET}"), 11, "\n"));
    assert_eq!(redactor().clean(&once), once);
}

fn values() -> impl Strategy<Value = String> {
    prop_oneof!["[A-Za-z0-9_-]{40,120}", "[!-~]{24,64}", "[a-z0-9]{32,40}", "[ -~]{40,64}", "[0-9a-f]{32,64}"]
}

proptest! {
    #[test]
    fn nothing_of_a_secret_survives(
        secret in values(), every in 1..80usize, by in "[ \t\r\n]{1,3}", back in proptest::bool::ANY,
        cut in (0..33usize, 0..33usize), before in ".{0,40}", after in ".{0,40}",
    ) {
        let redactor = Redactor::new();
        redactor.register_secret("service", &SecretString::from(secret.clone()));
        let text = format!("{before}{}{after}", mangled(&secret, every, &by, back, cut));
        let clean = redactor.clean(&text);
        prop_assert!(survivor(&clean, &secret).is_none(), "{secret} in {text}: {clean}");
    }

    #[test]
    fn nothing_of_a_token_survives(
        payload in "eyJ[A-Za-z0-9_-]{20,400}", signature in "[A-Za-z0-9_-]{43}", every in 1..80usize,
        by in prop_oneof![Just(" "), Just("\r\n"), Just("<br>"), Just("\\n"), Just("\", \"")],
        back in proptest::bool::ANY, cut in (0..33usize, 0..33usize), before in ".{0,40}", after in ".{0,40}",
    ) {
        let redactor = Redactor::new();
        let token = format!("{HEADER}.{payload}.{signature}");
        redactor.register_token(TokenKind::Valid, &token);
        for part in [&token, &payload, &signature] {
            let text = format!("{before}{}{after}", mangled(part, every, by, back, cut));
            let clean = redactor.clean(&text);
            for value in [&payload, &signature] {
                prop_assert!(survivor(&clean, value).is_none(), "{value} in {text}: {clean}");
            }
        }
    }

    #[test]
    fn text_without_a_part_of_a_value_stays(text in "([ -~\n]{0,60}|[A-Za-z0-9+/]{40}|[0-9a-f-]{36}|<br>){0,8}") {
        let text = text.replace("eyJ", "").replace("ZXlK", "").replace("earer", "").replace("EARER", "");
        prop_assert!(redactor().clean(&text) == text);
    }
}

/// Cuts a value by some percent at either end, reverses it if `back`, and wraps it.
fn mangled(value: &str, every: usize, by: &str, back: bool, cut: (usize, usize)) -> String {
    let left = &value[value.len() * cut.0 / 100..value.len() - value.len() * cut.1 / 100];
    let left = if back { reversed(left) } else { left.to_owned() };
    wrapped(&left, every, by)
}

#[test]
fn a_secret_of_common_words_does_not_garble_a_report() {
    let redactor = Redactor::new();
    let secret = "service-secret-mismatch-0123456789abcdef";
    redactor.register_secret("service", &SecretString::from(secret.to_owned()));
    let report = "backend-auth/service-secret-mismatch · certain";
    assert_eq!(redactor.clean_own(report), report);
    assert_ne!(redactor.clean(report), report);
    assert!(!redactor.clean_own(&format!("{report} {secret}")).contains("0123456789abcdef"));
}
