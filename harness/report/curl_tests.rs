//! The curl commands of a report: that they say what was sent, and that a shell takes every word as one. Sits in `report`.

use std::process::Command;

use proptest::prelude::{ProptestConfig, any, prop_assert_eq, prop_oneof, proptest};
use rstest::rstest;

use super::super::samples;
use super::{command, needs, quoted};
use crate::probe::Exchange;
use crate::token::TokenKind;

fn exchange(change: impl FnOnce(&mut Exchange)) -> Exchange {
    let mut exchange = samples::probe().exchange;
    exchange.request.body = None;
    change(&mut exchange);
    exchange
}

#[rstest]
#[case::bearer(
    exchange(|_| ()),
    r#"curl --include --silent --show-error --request POST --header 'authorization: Bearer '"$TOKEN" http://127.0.0.1:8080/api/chat/stream"#
)]
#[case::body(
    exchange(|e| e.request.body = Some(r#"{"token":"<token:valid>","of":"it's"}"#.to_owned())),
    r#"curl --include --silent --show-error --request POST --header 'authorization: Bearer '"$TOKEN" --data-raw '{"token":"'"$TOKEN""\",\"of\":\"it's\"}" http://127.0.0.1:8080/api/chat/stream"#
)]
#[case::stream(
    exchange(|e| e.request.headers = vec![("Accept".to_owned(), "text/event-stream".to_owned())]),
    "curl --include --silent --show-error --no-buffer --max-time 30 --request POST --header 'Accept: text/event-stream' http://127.0.0.1:8080/api/chat/stream"
)]
#[case::socket(
    exchange(|e| {
        e.request.method = "GET".to_owned();
        e.request.url = "wss://host/ws?token=<token:valid>".to_owned();
        e.request.headers = vec![("Upgrade".to_owned(), "websocket".to_owned()), ("Cookie".to_owned(), "a=<cookie>".to_owned())];
    }),
    r#"curl --include --silent --show-error --no-buffer --max-time 30 --http1.1 --header 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==' --header 'Upgrade: websocket' 'https://host/ws?token='"$TOKEN""#
)]
#[case::service_secret(
    exchange(|e| e.request.headers = vec![("X-Service-Secret".to_owned(), "<secret:service>".to_owned())]),
    r#"curl --include --silent --show-error --request POST --header 'X-Service-Secret: '"$SERVICE_SECRET" http://127.0.0.1:8080/api/chat/stream"#
)]
#[case::password(
    exchange(|e| e.request.body = Some(r#"{"password":"<secret:password>"}"#.to_owned())),
    r#"curl --include --silent --show-error --request POST --header 'authorization: Bearer '"$TOKEN" --data-raw '{"password":"'"$USER_SECRET"'"}' http://127.0.0.1:8080/api/chat/stream"#
)]
#[case::a_token_of_somebody_else(
    exchange(|e| e.request.headers = vec![("Authorization".to_owned(), "Bearer <jwt>".to_owned())]),
    r#"curl --include --silent --show-error --request POST --header 'Authorization: Bearer '"$TOKEN" http://127.0.0.1:8080/api/chat/stream"#
)]
#[case::a_credential_of_another_form(
    exchange(|e| e.request.headers = vec![("Authorization".to_owned(), "Bearer <redacted>".to_owned())]),
    r#"curl --include --silent --show-error --request POST --header 'Authorization: Bearer '"$TOKEN" http://127.0.0.1:8080/api/chat/stream"#
)]
fn a_request_is_made_again(#[case] exchange: Exchange, #[case] expected: &str) {
    assert_eq!(command(&exchange), expected);
}

#[rstest]
#[case(TokenKind::Valid, "TOKEN=$(fivewhys mint alice --target staging)")]
#[case(TokenKind::WrongKey, "TOKEN=$(fivewhys mint alice --kind wrong-key --target staging)")]
fn what_it_needs_is_said(#[case] kind: TokenKind, #[case] expected: &str) {
    assert_eq!(needs(&exchange(|e| e.probe.token = kind), "staging"), [expected]);
    assert!(needs(&exchange(|e| e.request.headers.clear()), "staging").is_empty());
}

#[test]
fn each_secret_that_is_needed_is_said() {
    let both = exchange(|e| {
        e.request.headers = vec![("X-Service-Secret".to_owned(), "<secret:service>".to_owned())];
        e.request.body = Some("<secret:password>".to_owned());
    });
    let needs = needs(&both, "staging").join("\n");
    assert!(
        needs.contains("SERVICE_SECRET=…  # the secret the backend shows") && needs.contains("USER_SECRET=…"),
        "{needs}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_shell_takes_every_word_as_one_and_runs_nothing(word in prop_oneof![any::<String>(), r#"[$`"'\\!(){}a ;&|<>~*?#=-]{0,20}"#]) {
        let shown = super::printable(&word, true);
        let output = Command::new("sh").args(["-c", &format!("printf '%s' {}", quoted(&word))]).output().expect("a shell");
        if super::first_mark(&shown).is_none() {
            prop_assert_eq!(String::from_utf8_lossy(&output.stdout), shown);
        }
    }
}
