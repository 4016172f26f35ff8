//! A request as a `curl` command to copy. Shell variables stand for the credentials.

use crate::probe::Exchange;
use crate::report::text::hostile::printable;

/// Headers that are left out: this program adds them for itself, or a browser keeps them.
const NOT_REPEATED: [&str; 6] =
    ["accept-encoding", "user-agent", "traceparent", "x-request-id", "cookie", "sec-websocket-key"];
/// Any 16 bytes will do (RFC 6455, section 4.1): this is the key of the example in the RFC.
const KEY: &str = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";

/// Returns the command. [`needs`] returns the variables that it uses.
pub(crate) fn command(exchange: &Exchange) -> String {
    let request = &exchange.request;
    let is_socket = request.url.starts_with("ws");
    let mut words: Vec<String> = ["curl", "--include", "--silent", "--show-error"].map(quoted).to_vec();
    let is_stream = request
        .headers
        .iter()
        .any(|(name, value)| name.eq_ignore_ascii_case("accept") && value.contains("event-stream"));
    if is_socket || is_stream {
        words.extend(["--no-buffer", "--max-time", "30"].map(quoted));
    }
    if request.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("accept-encoding")) {
        words.push(quoted("--compressed"));
    }
    if is_socket {
        words.extend(["--http1.1", "--header", KEY].map(quoted));
    }
    if request.method != "GET" {
        words.extend(["--request".to_owned(), quoted(&request.method)]);
    }
    for (name, value) in
        request.headers.iter().filter(|(name, _)| !NOT_REPEATED.contains(&name.to_lowercase().as_str()))
    {
        words.extend(["--header".to_owned(), quoted(&format!("{name}: {value}"))]);
    }
    if let Some(body) = &request.body {
        words.extend(["--data-raw".to_owned(), quoted(body)]);
    }
    words.push(quoted(&url(&request.url)));
    words.join(" ")
}

/// Returns the commands that set the variables, one on each line.
pub(crate) fn needs(exchange: &Exchange, target: &str) -> Vec<String> {
    let mut needs = Vec::new();
    let command = command(exchange);
    if command.contains("$TOKEN") {
        let kind = exchange.probe.token;
        let kind = if kind.should_be_accepted() { String::new() } else { format!(" --kind {kind}") };
        needs.push(format!(
            "TOKEN=$(fivewhys mint {}{kind} --target {})",
            quoted(&exchange.probe.user),
            quoted(target)
        ));
    }
    if command.contains("$SERVICE_SECRET") {
        needs.push("SERVICE_SECRET=…  # the secret that the backend sends to the auth service".to_owned());
    }
    if command.contains("$USER_SECRET") {
        needs.push("USER_SECRET=…  # the user's password".to_owned());
    }
    needs
}

/// Returns a URL that curl accepts. curl makes the handshake of a WebSocket, shows what follows as bytes, and sends no frames.
fn url(url: &str) -> String {
    url.strip_prefix("ws").map_or_else(|| url.to_owned(), |rest| format!("http{rest}"))
}

/// Returns one word for a POSIX shell: our variables in double quotes, everything else in single quotes.
fn quoted(word: &str) -> String {
    // The text may hold characters on which a terminal acts.
    let mut rest = &*printable(word, true);
    let mut shell = String::new();
    while let Some((start, end, variable)) = first_mark(rest) {
        shell.push_str(&literal(&rest[..start]));
        shell.push_str(&format!("\"${variable}\""));
        rest = &rest[end..];
    }
    shell.push_str(&literal(rest));
    if shell.is_empty() { "''".to_owned() } else { shell }
}

fn literal(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    // A shell accepts every character that is left: a NUL is shown as `\u{0}`.
    shlex::try_quote(text).map_or_else(|_| String::new(), std::borrow::Cow::into_owned)
}

/// Returns the position of the first credential's mark, and the variable that stands for it.
fn first_mark(text: &str) -> Option<(usize, usize, &'static str)> {
    // If two marks begin at the same place, the first in this list counts.
    let marks = [
        ("<token:", "TOKEN"),
        ("<secret:service>", "SERVICE_SECRET"),
        ("<secret", "USER_SECRET"),
        ("<jwt", "TOKEN"),
        ("<redacted", "TOKEN"),
    ];
    let found = marks.into_iter().filter_map(|(mark, variable)| {
        let start = text.find(mark)?;
        Some((start, start + text[start..].find('>')? + 1, variable))
    });
    found.min_by_key(|(start, ..)| *start)
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use proptest::prelude::{ProptestConfig, any, prop_assert_eq, prop_oneof, proptest};
    use rstest::rstest;

    use super::{command, needs, quoted};
    use crate::probe::Exchange;
    use crate::report::samples;
    use crate::terms::TokenKind;

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
    #[case::a_foreign_token(
    exchange(|e| e.request.headers = vec![("Authorization".to_owned(), "Bearer <jwt>".to_owned())]),
    r#"curl --include --silent --show-error --request POST --header 'Authorization: Bearer '"$TOKEN" http://127.0.0.1:8080/api/chat/stream"#
)]
    #[case::a_credential_of_another_form(
    exchange(|e| e.request.headers = vec![("Authorization".to_owned(), "Bearer <redacted>".to_owned())]),
    r#"curl --include --silent --show-error --request POST --header 'Authorization: Bearer '"$TOKEN" http://127.0.0.1:8080/api/chat/stream"#
)]
    fn a_request_becomes_a_command(#[case] exchange: Exchange, #[case] expected: &str) {
        assert_eq!(command(&exchange), expected);
    }

    #[rstest]
    #[case(TokenKind::Valid, "TOKEN=$(fivewhys mint alice --target staging)")]
    #[case(TokenKind::WrongKey, "TOKEN=$(fivewhys mint alice --kind wrong-key --target staging)")]
    fn the_command_to_mint_the_token_is_given(#[case] kind: TokenKind, #[case] expected: &str) {
        assert_eq!(needs(&exchange(|e| e.probe.token = kind), "staging"), [expected]);
        assert!(needs(&exchange(|e| e.request.headers.clear()), "staging").is_empty());
    }

    #[test]
    fn every_secret_is_named() {
        let both = exchange(|e| {
            e.request.headers = vec![("X-Service-Secret".to_owned(), "<secret:service>".to_owned())];
            e.request.body = Some("<secret:password>".to_owned());
        });
        let needs = needs(&both, "staging").join("\n");
        assert!(
            needs.contains("SERVICE_SECRET=…  # the secret that the backend sends") && needs.contains("USER_SECRET=…"),
            "{needs}"
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

        #[test]
        fn a_shell_reads_every_word_as_one_and_runs_nothing(word in prop_oneof![any::<String>(), r#"[$`"'\\!(){}a ;&|<>~*?#=-]{0,20}"#]) {
            let shown = super::printable(&word, true);
            let output = Command::new("sh").args(["-c", &format!("printf '%s' {}", quoted(&word))]).output().expect("a shell");
            if super::first_mark(&shown).is_none() {
                prop_assert_eq!(String::from_utf8_lossy(&output.stdout), shown);
            }
        }
    }
}
