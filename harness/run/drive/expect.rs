//! Whether the response meets the expectations of a step. Each line says what was expected and what came instead.

use std::time::Duration;

use serde_json::Value;

use crate::config::Endpoint;
use crate::document::{JsonMatch, pattern_fits};
use crate::observe::{Observation, Outcome};
use crate::probe::{ErrorKind, Exchange};
use crate::run::drive::accept;
use crate::scenario::{Expect, Step};
use crate::terms::Hop;

/// Returns the expectations that are not met, one line each. Empty if the step passed. `verifier` is the component that
/// verifies tokens.
pub(crate) fn unmet(
    step: &Step,
    endpoint: &Endpoint,
    exchange: &Exchange,
    seen: &Observation,
    verifier: Hop,
) -> Vec<String> {
    let expect = &step.expect;
    let control = if expect.refused { refused(seen, verifier) } else { None };
    // After a failed call, the missing parts of the response add nothing.
    if let Some(line) = control.or_else(|| status(expect, exchange)).or_else(|| implied_success(expect, seen)) {
        let more = token(step, endpoint, exchange, seen).or_else(|| lacks(expect, endpoint, exchange, seen));
        return std::iter::once(line).chain(more).collect();
    }
    let mut lines: Vec<String> = maker(expect, seen, verifier).into_iter().chain(axes(expect, seen)).collect();
    lines.extend(lacks(expect, endpoint, exchange, seen).filter(|_| !lines.is_empty()));
    lines.extend(token(step, endpoint, exchange, seen));
    lines.extend(headers(expect, exchange));
    lines.extend(json(&expect.json, exchange));
    lines.extend(events(expect, exchange));
    lines.extend(times(expect, exchange));
    lines
}

/// Returns what a response that failed in spite of its status lacks of the endpoint's `accept`.
fn lacks(expect: &Expect, endpoint: &Endpoint, exchange: &Exchange, seen: &Observation) -> Option<String> {
    let has_a_good_status = exchange.status().is_some_and(|status| (200..300).contains(&status));
    let is_of_content = seen.result == Outcome::Failed && has_a_good_status && !expect.refused;
    is_of_content.then(|| accept::lacks(endpoint, exchange))?
}

/// Returns what the response of an accepted login lacks: the token that the target says it has.
fn token(step: &Step, endpoint: &Endpoint, exchange: &Exchange, seen: &Observation) -> Option<String> {
    let may_lack = step.expect.refused || !(step.expect.result.is_empty() || step.expect.result.contains(&Outcome::Ok));
    let looks_accepted = matches!(seen.result, Outcome::Ok | Outcome::Hollow);
    (looks_accepted && !may_lack && is_unissued(step, endpoint, exchange)).then(|| accept::lacks_token(endpoint))?
}

/// Reports whether a login issued no token. A step with a body of its own may be a login that is refused with the status of
/// an accepted one. With a cookie, `accept` distinguishes them.
fn is_unissued(step: &Step, endpoint: &Endpoint, exchange: &Exchange) -> bool {
    exchange.unissued && (endpoint.form.issued_cookie.is_some() || step.body.is_none())
}

/// Returns the outcome of a call that looks successful, but lacks the content or the token that the step requires.
pub(crate) fn without_content(
    step: &Step,
    endpoint: &Endpoint,
    exchange: &Exchange,
    seen: &Observation,
) -> Option<Outcome> {
    let is_short = !events(&step.expect, exchange).is_empty() || is_unissued(step, endpoint, exchange);
    let lacks = seen.result == Outcome::Ok && !step.expect.refused && is_short;
    let cut = exchange
        .error
        .as_ref()
        .is_some_and(|error| matches!(error.kind, ErrorKind::ConnectionTerminated | ErrorKind::HttpResponseIncomplete));
    lacks.then_some(if cut { Outcome::BrokenStream } else { Outcome::Hollow })
}

/// Returns why a success shows nothing about the credential: sign-in is optional, and the response names no user.
pub(crate) fn unprovable(step: &Step, endpoint: &Endpoint, seen: &Observation) -> Option<String> {
    let asks = step.expect.refused || !step.expect.authn.is_empty();
    let silent = endpoint.success_proves_nothing() && seen.result == Outcome::Ok;
    (asks && silent).then(|| {
        let id = &endpoint.id;
        format!(
            "{id} also answers without a token, and the target sets no `identity` to read the user from: a success proves nothing"
        )
    })
}

/// Checks a negative control. It passes only if the application itself refuses the credential, or the edge where the
/// target says that the edge verifies tokens: any other end proves nothing.
fn refused(seen: &Observation, verifier: Hop) -> Option<String> {
    let by_application = matches!(seen.answered_by, Hop::Backend | Hop::Auth | Hop::Unknown);
    match seen.result {
        Outcome::Denied if by_application || seen.answered_by == verifier => None,
        Outcome::Denied if seen.answered_by == Hop::Edge => Some(
            "expected the application to refuse the credential, but the refusal came from: edge (if the edge checks tokens \
             here, give the endpoint `validation = \"edge\"`, or expect a `status` in place of `refused`)"
                .into(),
        ),
        Outcome::Denied => Some(format!(
            "expected the application to refuse the credential, but the refusal came from: {}",
            seen.answered_by
        )),
        Outcome::Ok => Some("expected the application to refuse the credential, but it was accepted".into()),
        other => Some(format!(
            "expected the application to refuse the credential, but {}{}: whether it would refuse is not known{}",
            instead(other),
            seen.grpc_status.map(|status| format!(" (gRPC status {status})")).unwrap_or_default(),
            if seen.status.is_some_and(|status| (300..400).contains(&status)) { REDIRECTS } else { "" }
        )),
    }
}

const REDIRECTS: &str = " (if the redirect is the refusal, say so: `refusal` of the endpoint)";

/// Returns how a call ended at which no component judged the credential.
fn instead(outcome: Outcome) -> String {
    match outcome {
        Outcome::Refused => "the connection was refused".to_owned(),
        other => format!("the call ended with the result `{other}`"),
    }
}

fn status(expect: &Expect, exchange: &Exchange) -> Option<String> {
    if expect.status.is_empty() || exchange.status().is_some_and(|status| expect.status.contains(&status)) {
        return None;
    }
    let wanted: Vec<String> = expect.status.iter().map(u16::to_string).collect();
    let got = match (exchange.status(), &exchange.error) {
        (Some(status), _) => status.to_string(),
        (None, Some(error)) => error.to_string(),
        (None, None) => "no response".into(),
    };
    Some(format!("expected status {}, got {got}", wanted.join(" or ")))
}

/// Checks the endpoint's rule of acceptance for a step without an expected result: a status of 200 alone is not a
/// success.
fn implied_success(expect: &Expect, seen: &Observation) -> Option<String> {
    let asks_for_failure = expect.status.iter().any(|status| *status != 101 && !(200..300).contains(status));
    let implied = expect.result.is_empty() && !asks_for_failure && !expect.refused;
    (implied && seen.result != Outcome::Ok)
        .then(|| format!("expected the call to succeed, but it ended with {}", ended(seen)))
}

fn ended(seen: &Observation) -> String {
    match (seen.close_code, seen.status) {
        (Some(code), _) => format!("{} (closed with {code})", seen.result),
        (None, Some(status)) => match seen.because.get(1) {
            Some(also) => format!("{} ({status}: {})", seen.result, also.claim),
            None => format!("{} ({status})", seen.result),
        },
        (None, None) if seen.result == Outcome::Refused => "a refused connection".into(),
        (None, None) => seen.result.to_string(),
    }
}

/// Checks which component produced the response. A refusal may bear no mark of its component, and it may come from the
/// edge where the edge verifies tokens.
fn maker(expect: &Expect, seen: &Observation, verifier: Hop) -> Option<String> {
    let by = seen.answered_by;
    let may_refuse = expect.refused && (by == Hop::Unknown || (by == Hop::Edge && verifier == Hop::Edge));
    let wanted = expect.answered_by.filter(|hop| *hop != by && !may_refuse)?;
    Some(format!("expected a response from {wanted}, got one from {by}"))
}

fn axes(expect: &Expect, seen: &Observation) -> Vec<String> {
    let mut lines = Vec::new();
    if !expect.authn.is_empty() && !expect.authn.contains(&seen.authn) {
        let wanted: Vec<_> = expect.authn.iter().map(|one| one.as_str()).collect();
        lines.push(format!("expected authn {}, got {}", wanted.join(" or "), seen.authn));
    }
    if !expect.result.is_empty() && !expect.result.contains(&seen.result) {
        let wanted: Vec<_> = expect.result.iter().map(|one| one.as_str()).collect();
        lines.push(format!("expected result {}, got {}", wanted.join(" or "), ended(seen)));
    }
    lines
}

fn headers(expect: &Expect, exchange: &Exchange) -> Vec<String> {
    let unmet = expect
        .headers
        .iter()
        .filter(|(name, pattern)| !exchange.fields(name).any(|value| pattern_fits(pattern, value)));
    unmet
        .map(|(name, pattern)| {
            format!("expected header {name}: {pattern}, got {}", exchange.fields(name).next().unwrap_or("none"))
        })
        .collect()
}

pub(super) fn json(wanted: &[JsonMatch], exchange: &Exchange) -> Vec<String> {
    if wanted.is_empty() {
        return Vec::new();
    }
    let Ok(body) = serde_json::from_str::<Value>(&exchange.body.text) else {
        return vec!["expected a JSON body".into()];
    };
    wanted.iter().filter(|one| !one.holds(&body)).map(|one| unmatched(one, &body)).collect()
}

fn unmatched(one: &JsonMatch, body: &Value) -> String {
    let list = |values: Vec<&Value>| {
        values.iter().take(4).map(|value| value.to_string().chars().take(80).collect()).collect::<Vec<String>>()
    };
    let found = list(one.path.query(body).all());
    let got = if found.is_empty() { "nothing".into() } else { found.join(", ") };
    let wanted = list(one.any_of.iter().collect());
    let wanted = if wanted.is_empty() { "something".into() } else { wanted.join(" or ") };
    format!("expected {wanted} at {}, got {got}", one.path)
}

fn events(expect: &Expect, exchange: &Exchange) -> Vec<String> {
    let names: Vec<&str> = exchange
        .events
        .iter()
        .map(|event| event.name.as_str())
        .chain(exchange.received().map(|frame| frame.name.as_str()))
        .collect();
    let mut lines = Vec::new();
    let mut rest = names.iter();
    if let Some(missing) = expect.events.iter().find(|wanted| !rest.any(|name| name == wanted)) {
        lines.push(format!(
            "expected the events {} in this order, but `{missing}` is missing or out of order; got {}",
            expect.events.join(", "),
            shown(&names)
        ));
    }
    if expect.terminal.as_ref().is_some_and(|terminal| names.last() != Some(&terminal.as_str())) {
        lines.push(format!(
            "expected `{}` as the last event, got {}",
            expect.terminal.as_deref().unwrap_or_default(),
            shown(&names)
        ));
    }
    lines
}

fn shown(names: &[&str]) -> String {
    if names.is_empty() { "none".into() } else { names.iter().take(20).copied().collect::<Vec<_>>().join(", ") }
}

fn times(expect: &Expect, exchange: &Exchange) -> Vec<String> {
    let mut lines = Vec::new();
    let first = exchange
        .events
        .first()
        .map(|event| event.at_ms)
        .or_else(|| exchange.received().next().map(|frame| frame.at_ms));
    // Without any event, the missing events already have a line.
    let named = !expect.events.is_empty() || expect.terminal.is_some();
    let late = |limit: Duration| match first {
        Some(first) => (u128::from(first) > limit.as_millis()).then(|| format!("it came after {first} ms")),
        None => (!named).then(|| "no event came".to_owned()),
    };
    if let Some((limit, got)) = expect.first_event.and_then(|limit| Some((limit, late(limit)?))) {
        lines.push(format!("expected the first event within {} ms, but {got}", limit.as_millis()));
    }
    let end = Duration::from_secs_f64((exchange.phases.end_ms / 1000.0).max(0.0));
    if let Some(limit) = expect.total.filter(|limit| end > *limit) {
        lines.push(format!(
            "expected the call to end within {} ms, but it took {} ms",
            limit.as_millis(),
            end.as_millis()
        ));
    }
    lines
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{refused, unmet};
    use crate::fixtures::{endpoint, exchange};
    use crate::observe::{Observation, observe};
    use crate::scenario::{Scenario, Step};
    use crate::terms::{Hop, TokenKind};

    fn step(on: &str, token: &str, expect: &str) -> Step {
        let text = format!(
            "title = \"t\"\n[[step]]\nid = \"s\"\ncall = \"{on}\"\ntoken = \"{token}\"\n[step.expect]\n{expect}\n"
        );
        Scenario::parse("t.toml", &text).expect("a scenario").steps.remove(0)
    }

    #[rstest]
    #[case::nothing_more("", Hop::Backend, &[])]
    #[case::the_status("status = 401", Hop::Backend, &[])]
    #[case::another_status("status = 403", Hop::Backend, &["expected status 403, got 401"])]
    #[case::the_component("answered_by = \"backend\"", Hop::Backend, &[])]
    #[case::another_component("answered_by = \"auth\"", Hop::Backend, &["expected a response from auth, got one from backend"])]
    #[case::the_edge_that_verifies("answered_by = \"auth\"", Hop::Edge, &[])]
    #[case::a_component_without_a_mark("answered_by = \"backend\"", Hop::Unknown, &[])]
    #[case::a_missing_header("headers = { x-a = \"b\" }", Hop::Backend, &["expected header x-a: b, got none"])]
    #[case::a_missing_value("json = [{ path = \"$.error\" }]", Hop::Backend, &["expected something at $.error, got nothing"])]
    fn a_control_also_checks_its_other_expectations(
        #[case] more: &str,
        #[case] answered_by: Hop,
        #[case] lines: &[&str],
    ) {
        let on = "backend.threads";
        let sent = exchange(on, TokenKind::WrongKey).answered(401, "application/json", "{}");
        let seen = observe(&sent, &endpoint(on), "").expect("an observation");
        let verifier = if answered_by == Hop::Edge { Hop::Edge } else { Hop::Backend };
        let step = step(on, "wrong-key", &format!("refused = true\n{more}"));
        assert_eq!(unmet(&step, &endpoint(on), &sent, &Observation { answered_by, ..seen }, verifier), lines);
    }

    #[test]
    fn a_redirect_in_place_of_a_refusal_names_the_key_for_it() {
        let on = "backend.threads";
        let moved = exchange(on, TokenKind::WrongKey).answered(302, "text/html", "");
        let seen = observe(&moved.with_header("location", "/login"), &endpoint(on), "").expect("an observation");
        let line = refused(&Observation { result: crate::observe::Outcome::WrongService, ..seen }, Hop::Backend);
        assert!(line.is_some_and(|line| line.ends_with("`refusal` of the endpoint)")));
    }

    #[rstest]
    #[case::alone("", &["expected the first event within 5000 ms, but no event came"])]
    #[case::the_events_say_so("terminal = \"end\"", &["expected `end` as the last event, got none"])]
    fn a_stream_without_events_misses_its_first_event(#[case] more: &str, #[case] lines: &[&str]) {
        let on = "backend.chat-stream";
        let sent = exchange(on, TokenKind::Valid).answered(200, "text/event-stream", "");
        let seen = observe(&sent, &endpoint(on), "").expect("an observation");
        let step = step(on, "valid", &format!("result = \"broken-stream\"\nfirst_event = \"5s\"\n{more}"));
        let seen = Observation { result: crate::observe::Outcome::BrokenStream, ..seen };
        assert_eq!(unmet(&step, &endpoint(on), &sent, &seen, Hop::Backend), lines);
    }

    #[rstest]
    #[case::by_the_backend(Hop::Backend, Hop::Backend, true)]
    #[case::by_the_edge(Hop::Edge, Hop::Backend, false)]
    #[case::by_the_edge_that_verifies(Hop::Edge, Hop::Edge, true)]
    #[case::by_the_network(Hop::Network, Hop::Edge, false)]
    fn a_refusal_counts_only_by_the_component_that_verifies(
        #[case] answered_by: Hop,
        #[case] verifier: Hop,
        #[case] passes: bool,
    ) {
        let on = "backend.threads";
        let sent = exchange(on, TokenKind::WrongKey).answered(401, "application/json", "{}");
        let seen = observe(&sent, &endpoint(on), "").expect("an observation");
        assert_eq!(refused(&Observation { answered_by, ..seen }, verifier).is_none(), passes);
    }
}
