//! `WWW-Authenticate` (RFC 9110, 11.6.1): what a refusal demands, and what it says about the bearer token (RFC 6750, 3).

use crate::observe::maker::{Mark, Says};
use crate::probe::Exchange;

/// What a bearer challenge says about the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bearer {
    /// No error code: the request had no token, or this service never gives a code.
    Bare,
    /// `invalid_token`: the service examined the token and refused it.
    InvalidToken,
    /// `insufficient_scope`: the service knows the user, but the user lacks the permission.
    InsufficientScope,
    /// `invalid_request`, or a code that RFC 6750 does not define.
    Other,
}

/// One challenge of the header.
#[derive(Debug, PartialEq, Eq)]
struct Challenge<'a> {
    scheme: &'a str,
    /// The value of the first `error` parameter.
    error: Option<String>,
}

/// Returns what the bearer challenge says, if there is one.
pub(crate) fn bearer(exchange: &Exchange) -> Option<Bearer> {
    let all: Vec<Challenge<'_>> = exchange.headers("www-authenticate").flat_map(challenges).collect();
    let mut bearers = all.iter().filter(|one| one.scheme.eq_ignore_ascii_case("bearer")).peekable();
    bearers.peek()?;
    Some(match bearers.find_map(|one| one.error.as_deref()) {
        None => Bearer::Bare,
        Some("invalid_token") => Bearer::InvalidToken,
        Some("insufficient_scope") => Bearer::InsufficientScope,
        Some(_) => Bearer::Other,
    })
}

/// Returns a mark when the response demands another kind of credential. Usually the edge does that: it knows nothing
/// about the tokens of the application. The weight makes it a hint.
pub(crate) fn mark(exchange: &Exchange) -> Option<Mark> {
    let mut schemes = exchange.headers("www-authenticate").flat_map(challenges).map(|one| one.scheme);
    let foreign = ["basic", "digest", "negotiate", "ntlm"];
    let scheme = schemes.find_map(|scheme| foreign.into_iter().find(|word| scheme.eq_ignore_ascii_case(word)))?;
    Some(Mark {
        id: format!("challenge.{scheme}"),
        says: Says::Edge,
        weight: 0.6,
        bytes: format!("header www-authenticate: {scheme}"),
    })
}

/// Splits a header value into challenges. Tolerant, because Google's edge writes a space where a comma belongs, and a
/// quoted text may hold any character.
fn challenges(value: &str) -> Vec<Challenge<'_>> {
    let mut found: Vec<Challenge<'_>> = Vec::new();
    let mut rest = value;
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        let end = rest.find([' ', '\t', ',', '=', '"']).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        match after.trim_start().strip_prefix('=') {
            Some(after) if !word.is_empty() => {
                let (text, after) = parameter(after.trim_start());
                if let Some(last) = found.last_mut().filter(|_| word.eq_ignore_ascii_case("error")) {
                    last.error.get_or_insert(text);
                }
                rest = after;
            }
            _ if !word.is_empty() => {
                found.push(Challenge { scheme: word, error: None });
                rest = after;
            }
            _ if after.is_empty() => return found,
            // Skips a character that fits nowhere.
            _ => rest = &after[1..],
        }
    }
}

/// Returns the value of a parameter and the rest of the text.
fn parameter(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([' ', '\t', ',']).unwrap_or(text.len());
        return (text[..end].to_owned(), &text[end..]);
    };
    let mut value = String::new();
    let mut signs = quoted.char_indices();
    while let Some((at, sign)) = signs.next() {
        match sign {
            '"' => return (value, &quoted[at + 1..]),
            '\\' => value.extend(signs.next().map(|(_, sign)| sign)),
            sign => value.push(sign),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::{Bearer, bearer, mark};
    use crate::fixtures::exchange;
    use crate::terms::TokenKind;

    fn refused(values: &[&str]) -> crate::probe::Exchange {
        let plain = exchange("backend.chat-messages", TokenKind::Valid).answered(401, "", "");
        values.iter().fold(plain, |one, value| one.with_header("www-authenticate", value))
    }

    #[rstest]
    #[case::no_error_code("Bearer", Some(Bearer::Bare))]
    #[case::no_error_code_and_a_realm(r#"Bearer realm="example, inc""#, Some(Bearer::Bare))]
    #[case::examined_and_refused(r#"Bearer realm="x", error="invalid_token""#, Some(Bearer::InvalidToken))]
    #[case::without_quotes("bearer error=invalid_token", Some(Bearer::InvalidToken))]
    #[case::a_space_instead_of_a_comma(
        r#"Bearer error="invalid_token" error_description="could not, be verified""#,
        Some(Bearer::InvalidToken)
    )]
    #[case::known_and_not_allowed(r#"Bearer error="insufficient_scope", scope="a b""#, Some(Bearer::InsufficientScope))]
    #[case::malformed(r#"Bearer error="invalid_request""#, Some(Bearer::Other))]
    #[case::after_another_scheme(r#"Basic realm="x", Bearer error="invalid_token""#, Some(Bearer::InvalidToken))]
    #[case::the_error_of_another_scheme(r#"DPoP error="invalid_token", Bearer"#, Some(Bearer::Bare))]
    #[case::a_text_that_quotes(r#"Bearer realm="error=\"invalid_token\"""#, Some(Bearer::Bare))]
    #[case::another_scheme("Negotiate abcd==", None)]
    #[case::nothing("", None)]
    fn a_bearer_challenge_is_read(#[case] value: &str, #[case] says: Option<Bearer>) {
        assert_eq!(bearer(&refused(&[value])), says);
    }

    #[test]
    fn challenges_in_several_headers_are_read() {
        let two = refused(&["Basic realm=\"x\"", "Bearer error=\"invalid_token\""]);
        assert_eq!(bearer(&two), Some(Bearer::InvalidToken));
    }

    #[test]
    fn a_demand_for_a_password_is_a_hint_for_the_edge() {
        assert_eq!(mark(&refused(&["Basic realm=\"Bearer\""])).map(|mark| mark.id), Some("challenge.basic".into()));
        assert!(mark(&refused(&["Bearer"])).is_none());
    }

    proptest! {
        #[test]
        fn no_challenge_panics(value in "(?s).{0,80}", signs in r#"[a-z=", \\é]{0,60}"#) {
            let _ = (bearer(&refused(&[&value, &signs])), mark(&refused(&[&signs])));
        }
    }
}
