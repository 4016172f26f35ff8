//! No registered value survives, in any encoding and at any place.

use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use proptest::prelude::{Just, Strategy, any, prop_assert, prop_oneof, proptest};
use rstest::rstest;

use super::*;

fn redactor(secret: &str) -> Redactor {
    let redactor = Redactor::new();
    redactor.register_secret("service", &SecretString::from(secret));
    redactor
}

fn base64(url: bool, padded: bool) -> GeneralPurpose {
    let config = GeneralPurposeConfig::new().with_encode_padding(padded).with_decode_allow_trailing_bits(true);
    let config = config.with_decode_padding_mode(DecodePaddingMode::Indifferent);
    GeneralPurpose::new(if url { &URL_SAFE } else { &STANDARD }, config)
}

fn percent(text: &str, every: usize) -> String {
    let encode = |(at, byte): (usize, u8)| {
        let must = !byte.is_ascii_alphanumeric();
        if must || at % every == 0 { format!("%{byte:02x}") } else { char::from(byte).to_string() }
    };
    text.bytes().enumerate().map(encode).collect()
}

fn escaped(text: &str, every: usize) -> String {
    let escape = |(at, character): (usize, char)| match character {
        '"' | '\\' | '/' => format!("\\{character}"),
        _ if at % every == 0 => {
            character.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04X}")).collect()
        }
        _ => character.to_string(),
    };
    text.chars().enumerate().map(escape).collect()
}

/// Reports whether any run of base64 characters, read at any of the four alignments, holds the secret.
fn holds_in_base64(text: &str, secret: &[u8]) -> bool {
    [false, true].into_iter().any(|url| {
        let sign = |c: char| c.is_ascii_alphanumeric() || if url { "-_".contains(c) } else { "+/".contains(c) };
        text.split(|c| !sign(c)).any(|run| {
            (0..run.len().min(4)).any(|skip| {
                let whole = &run[skip..run.len() - usize::from((run.len() - skip) % 4 == 1)];
                let decoded = base64(url, false).decode(whole).unwrap_or_default();
                decoded.windows(secret.len()).any(|window| window == secret)
            })
        })
    })
}

fn secrets() -> impl Strategy<Value = String> {
    prop_oneof!["[!-~]{8,48}", "[a-z+/= ]{8,20}x", "[é漢🦀\"\\\\/]{8,12}"]
}

proptest! {
    #[test]
    fn a_secret_embedded_raw_or_in_hex_does_not_survive(secret in secrets(), before in ".{0,20}", after in ".{0,20}") {
        let redactor = redactor(&secret);
        let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
        for form in [secret.clone(), hex.clone(), hex.to_uppercase()] {
            let clean = redactor.clean(&format!("{before}{form}{after}"));
            prop_assert!(!clean.contains(&form), "{clean}");
            prop_assert!(clean.contains("<secret:service>"), "{clean}");
        }
    }

    #[test]
    fn a_secret_does_not_survive_base64_at_any_offset(
        secret in secrets(), before in ".{0,5}", after in ".{0,5}", url in any::<bool>(), padded in any::<bool>(),
    ) {
        let encoded = base64(url, padded).encode(format!("{before}{secret}{after}"));
        let clean = redactor(&secret).clean(&format!("x={encoded};"));
        prop_assert!(!holds_in_base64(&clean, secret.as_bytes()), "{clean}");
        prop_assert!(clean.contains("<secret:service>"), "{clean}");
    }

    #[test]
    fn a_secret_does_not_survive_escapes(
        secret in secrets(), every in 1..6usize, before in "[a-z ]{0,9}",
        encode in prop_oneof![
            Just(percent as fn(&str, usize) -> String),
            Just(escaped as fn(&str, usize) -> String),
            Just((|text, every| percent(&escaped(text, every), 3)) as fn(&str, usize) -> String),
            Just((|text, every| escaped(&escaped(text, every), every)) as fn(&str, usize) -> String),
        ],
    ) {
        let encoded = encode(&secret, every);
        let clean = redactor(&secret).clean(&format!("{before}{encoded}!"));
        prop_assert!(!clean.contains(&encoded), "{clean}");
        prop_assert!(clean.contains("<secret:service>"), "{clean}");
    }

    #[test]
    fn text_without_a_credential_stays(text in "[ -~]{0,200}") {
        // Nor an assignment: the name of a secret may stand before it.
        let text = text.replace("eyJ", "").replace("earer", "").replace("EARER", "").replace(['=', ':'], "");
        prop_assert!(redactor("a secret that is nowhere in it").clean(&text) == text);
    }

    #[test]
    fn no_bytes_panic_the_redactor(bytes in proptest::collection::vec(any::<u8>(), 0..200), secret in ".{0,12}") {
        let _ = redactor(&secret).clean_bytes_lossy(&bytes);
    }
}

#[test]
fn a_form_encoded_secret_with_spaces_is_found() {
    assert_eq!(redactor("two words and more").clean("s=two+words+and+more&t=1"), "s=<secret:service>&t=1");
}

#[rstest]
#[case::whole("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1MSJ9.c2lnbmF0dXJlLTE", "<token:valid>")]
#[case::payload("claims eyJzdWIiOiJ1MSJ9 seen", "claims <token:valid> seen")]
#[case::signature("sig c2lnbmF0dXJlLTE", "sig <token:valid>")]
#[case::header("eyJhbGciOiJIUzI1NiJ9", "<jwt-header>")]
#[case::subprotocol("jwt.ZXlKaGJHY2lPaUpJVXpJMU5pSjkuZXlKemRXSWlPaUoxTVNKOS5jMmxuYm1GMGRYSmxMVEU", "jwt.<token:valid>")]
fn a_registered_token_is_replaced_whole_and_part_by_part(#[case] text: &str, #[case] clean: &str) {
    let redactor = Redactor::new();
    redactor.register_token(TokenKind::Valid, "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1MSJ9.c2lnbmF0dXJlLTE");
    assert_eq!(redactor.clean(text), clean);
}

#[rstest]
#[case("got eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0. here", "got <jwt> here")]
#[case("cut eyJhbGciOiJub25lIn0.eyJzdWIiOi", "cut <jwt>")]
#[case("cut <jwt-header>.eyJzdWIiOi", "cut <jwt>")]
#[case("cut jwt.ZXlKaGJHY2lPaUpJVXpJ", "cut jwt.<jwt>")]
#[case("Authorization: Bearer abcdefghijklmnopqrstuvwxyz==", "Authorization: Bearer <redacted>")]
#[case("BEARER%20abcdefghijklmnopqrstuvwxyz", "BEARER%20<redacted>")]
#[case("Bearer token is missing", "Bearer token is missing")]
fn unregistered_credentials_are_replaced_by_shape(#[case] text: &str, #[case] clean: &str) {
    assert_eq!(Redactor::new().clean(text), clean);
}

#[rstest]
#[case("the pin is hunter2.", "the pin is <secret:service>.")]
#[case("hunter2s and xhunter2", "hunter2s and xhunter2")]
#[case("basic aHVudGVyMg== ok", "basic <secret:service> ok")]
fn a_short_secret_is_replaced_only_where_it_stands_alone(#[case] text: &str, #[case] clean: &str) {
    assert_eq!(redactor("hunter2").clean(text), clean);
}

#[test]
fn nothing_of_two_overlapping_secrets_remains() {
    let redactor = redactor("abcdefghijkl");
    redactor.register_secret("signing", &SecretString::from("ghijklmnopqrstu"));
    assert_eq!(redactor.clean("-abcdefghijklmnopqrstu-"), "-<secret:signing>-");
}

#[test]
fn a_clone_knows_what_the_original_learns_later() {
    let original = Redactor::new();
    let clone = original.clone();
    original.register_secret("late", &SecretString::from("registered-later"));
    assert_eq!(clone.clean("registered-later"), "<secret:late>");
}

#[test]
fn debug_shows_counts_only() {
    let redactor = redactor("a-secret-value");
    redactor.register_token(TokenKind::Expired, "malformed-token");
    assert_eq!(format!("{redactor:?}"), "Redactor { secrets: 1, tokens: 1 }");
}

#[test]
fn a_mebibyte_with_many_tokens_known_is_cleaned() {
    let redactor = Redactor::new();
    (0..300).for_each(|n| redactor.register_token(TokenKind::Valid, &format!("eyJhbGciOiJIUzI1NiJ9.{n:064}.{n:043}")));
    let body = format!("{}{:064}", "lorem ipsum+dolor ".repeat(58_000), 299);
    assert!(redactor.clean(&body).ends_with("dolor <token:valid>"));
}
