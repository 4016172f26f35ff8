//! The sentence with which a component refused a request.

use serde_json::Value;

use crate::probe::{Exchange, Side, is_grpc};

/// Characters of a sentence that are kept.
const LONGEST: usize = 200;
/// The fields of an error document that hold its sentence, the most specific first. RFC 6749 (5.2), RFC 9457 (3.1),
/// GraphQL (7.1), and the names that frameworks use.
const FIELDS: [&str; 10] =
    ["errors", "detail", "error_description", "message", "msg", "reason", "title", "description", "error", "code"];
/// The fields that hold the path of the request. RFC 9457 (3.1.5), Spring, NestJS, LoopBack.
const PATHS: [&str; 4] = ["path", "instance", "url", "uri"];
/// Levels of an error document that are searched.
const DEPTH: usize = 3;

/// Returns the sentence of an exchange: the reason of a close frame, the text of an error document or page, the
/// challenge, or the last event or frame that reports an error. `None`: the component gave no reason.
///
/// The text is redacted, since an exchange keeps only redacted text. It has at most 200 characters.
pub(crate) fn sentence(exchange: &Exchange) -> Option<String> {
    // A challenge of another scheme than `Bearer` says more than the page, that of `Bearer` less.
    let challenge =
        |bearer: bool| of_challenge(exchange).filter(|(_, is_bearer)| *is_bearer == bearer).map(|(text, _)| text);
    let [of_scheme, of_bearer] = [challenge(false), challenge(true)];
    let parts =
        [of_close(exchange), of_redirect(exchange), of_scheme, of_body(exchange), of_messages(exchange), of_bearer];
    let mut said: Vec<String> = Vec::new();
    for part in parts.into_iter().flatten() {
        if !part.is_empty() && !said.iter().any(|known| known.contains(&part)) {
            said.push(part);
        }
    }
    let whole = said.join("; ");
    (!whole.is_empty()).then(|| whole.chars().take(LONGEST).collect())
}

/// Returns whether a sentence names the path that was asked for (`true`), or another: a proxy changed it on the way.
/// `None`: it names no path.
pub(crate) fn names_asked_path(sentence: &str, exchange: &Exchange) -> Option<bool> {
    let after_host = exchange.request.url.splitn(4, '/').nth(3).unwrap_or_default();
    let asked = after_host.split(['?', '#']).next().unwrap_or_default().trim_matches('/');
    let is_end = |one: char| one.is_whitespace() || "\"'`()<>,;?".contains(one);
    let mut named = sentence.split(is_end).filter_map(|word| {
        // Some write the method before the path: `GET:/orders`.
        let path = word.find('/').map(|at| (&word[..at], &word[at..]))?;
        let is_path = path.0.trim_end_matches(':').chars().all(|one| one.is_ascii_uppercase()) && path.1.len() > 1;
        is_path.then(|| path.1.trim_matches(['/', '.', ':']))
    });
    named.next().map(|first| first == asked || named.any(|other| other == asked))
}

fn of_close(exchange: &Exchange) -> Option<String> {
    let close = exchange.close.as_ref().filter(|close| close.by == Side::Server)?;
    Some(squeezed(&close.reason))
}

/// Returns where a redirect leads. The query is left out: it may hold a copy of the request.
fn of_redirect(exchange: &Exchange) -> Option<String> {
    exchange.status().filter(|status| (300..400).contains(status))?;
    let location = exchange.header("location")?;
    let to = location.split(['?', '#']).next().unwrap_or_default();
    Some(squeezed(&format!("redirect to {to}")))
}

/// Returns the text of `grpc-message`: the body of a gRPC call is for programs only.
fn of_body(exchange: &Exchange) -> Option<String> {
    if exchange.grpc_failure().is_some() {
        return exchange.fields("grpc-message").next().map(squeezed);
    }
    if exchange.header("content-type").is_some_and(is_grpc) {
        return None;
    }
    let text = exchange.body.text.trim();
    match serde_json::from_str::<Value>(text) {
        Ok(json) => in_json(&json, 0),
        Err(_) if text.starts_with('<') => in_page(text),
        Err(_) => text.lines().find(|line| !line.trim().is_empty()).map(squeezed),
    }
}

/// Returns the sentence of the last event or frame that reports an error.
fn of_messages(exchange: &Exchange) -> Option<String> {
    let frames = exchange.received().map(|frame| frame.data.as_str());
    let all: Vec<&str> = exchange.events.iter().map(|event| event.data.as_str()).chain(frames).collect();
    let is_error = |data: &&&str| data.to_ascii_lowercase().contains("error");
    let last = all.iter().rev().find(is_error)?;
    serde_json::from_str::<Value>(last).ok().and_then(|json| in_json(&json, 0)).or_else(|| Some(squeezed(last)))
}

/// Returns the `error_description` or `error` of a bearer challenge, or a challenge of another scheme. The flag says
/// which.
fn of_challenge(exchange: &Exchange) -> Option<(String, bool)> {
    let challenge = exchange.header("www-authenticate")?;
    let value = |name: &str| {
        let rest = challenge.split_once(&format!("{name}=\"")).map(|(_, rest)| rest)?;
        rest.split_once('"').map(|(value, _)| squeezed(value))
    };
    let is_bearer = challenge.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("bearer"));
    let error = value("error_description").or_else(|| value("error"));
    error.or_else(|| (!is_bearer).then(|| squeezed(challenge))).map(|text| (text, is_bearer))
}

fn in_json(json: &Value, depth: usize) -> Option<String> {
    match json {
        Value::String(text) => Some(squeezed(text)),
        Value::Array(items) if depth < DEPTH => items.iter().find_map(|item| in_json(item, depth + 1)),
        Value::Object(fields) if depth < DEPTH => {
            let of_path = |name: &&str| fields.get(*name)?.as_str().filter(|path| path.starts_with('/')).map(squeezed);
            let said = FIELDS.iter().filter_map(|name| in_json(fields.get(*name)?, depth + 1));
            each_once(said.chain(PATHS.iter().find_map(of_path).filter(|_| depth == 0)))
        }
        _ => None,
    }
}

/// Returns the title and the first heading of a page.
fn in_page(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let between = |open: &str, close: &str| {
        let start = lower.find(open)?;
        let start = start + lower.get(start..)?.find('>')? + 1;
        let end = start + lower.get(start..)?.find(close)?;
        Some(squeezed(text.get(start..end)?))
    };
    let parts = [between("<title", "</title"), between("<h1", "</h1"), between("<p", "</p")];
    each_once(parts.into_iter().flatten().filter(|part| !part.is_empty()))
}

/// Joins the parts, each once.
fn each_once(parts: impl Iterator<Item = String>) -> Option<String> {
    let mut said: Vec<String> = Vec::new();
    for part in parts {
        if !said.contains(&part) {
            said.push(part);
        }
    }
    (!said.is_empty()).then(|| said.join(": "))
}

/// Returns the text without tags, in one line.
fn squeezed(text: &str) -> String {
    // The placeholder of a token looks like a tag.
    let plain = if text.contains("<token:") { text.to_owned() } else { without_tags(text) };
    plain.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LONGEST).collect()
}

fn without_tags(text: &str) -> String {
    let mut plain = String::new();
    let mut in_tag = false;
    for one in text.chars().take(LONGEST * 4) {
        match one {
            '<' => in_tag = true,
            '>' if in_tag => in_tag = false,
            _ if in_tag => {}
            other => plain.push(other),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{names_asked_path, sentence};
    use crate::fixtures::exchange;
    use crate::terms::TokenKind;

    #[rstest]
    #[case::problem(
        "application/problem+json",
        r#"{"title":"Unauthorized","status":401,"detail":"jwt expired"}"#,
        "jwt expired: Unauthorized"
    )]
    #[case::nested("application/json", r#"{"error":{"code":"x.y","message":"no such user"}}"#, "no such user: x.y")]
    #[case::validation("application/json", r#"{"detail":[{"loc":["body"],"msg":"field required"}]}"#, "field required")]
    #[case::graphql(
        "application/json",
        r#"{"data":null,"errors":[{"path":["orders"],"message":"jwt expired"}]}"#,
        "jwt expired"
    )]
    #[case::page(
        "text/html",
        "<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>",
        "502 Bad Gateway"
    )]
    #[case::text("text/plain", "no healthy upstream\n", "no healthy upstream")]
    fn the_sentence_of_a_response_is_found(#[case] kind: &str, #[case] body: &str, #[case] said: &str) {
        let exchange = exchange("backend.chat-messages", TokenKind::Valid).answered(401, kind, body);
        assert_eq!(sentence(&exchange).as_deref(), Some(said));
    }

    #[rstest]
    #[case::cut("No route for GET /chat/messages", Some(false))]
    #[case::with_method("Route GET:/verify not found", Some(false))]
    #[case::the_same("Cannot GET /api/chat/messages", Some(true))]
    #[case::the_same_with_slash("no handler for /api/chat/messages/", Some(true))]
    #[case::no_path("Not Found", None)]
    #[case::media_type("expected application/json", None)]
    fn a_sentence_may_name_a_path_that_was_not_asked_for(#[case] says: &str, #[case] is_asked: Option<bool>) {
        let mut asked = exchange("backend.chat-messages", TokenKind::Valid);
        asked.request.url = "https://example.test/api/chat/messages?limit=1".to_owned();
        assert_eq!(names_asked_path(says, &asked), is_asked);
    }

    const PAGE: &str = "<html><head><title>401 Authorization Required</title></head><body></body></html>";

    #[rstest]
    #[case::basic("Basic realm=\"staff\"", "Basic realm=\"staff\"; 401 Authorization Required")]
    #[case::negotiate("Negotiate", "Negotiate; 401 Authorization Required")]
    #[case::bearer_with_error("Bearer error=\"invalid_token\"", "401 Authorization Required; invalid_token")]
    #[case::bearer("Bearer", "401 Authorization Required")]
    #[case::bearer_in_lower_case("bearer realm=\"api\"", "401 Authorization Required")]
    fn only_a_challenge_of_another_scheme_comes_before_the_page(#[case] challenge: &str, #[case] said: &str) {
        let refused = exchange("backend.chat-messages", TokenKind::Valid).answered(401, "text/html", PAGE);
        assert_eq!(sentence(&refused.with_header("www-authenticate", challenge)).as_deref(), Some(said));
    }
}
