//! The violations of one step: for each of its expectations, the changes of its response that violate it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use fivewhys::internal::config::Endpoint;
use fivewhys::internal::document::JsonMatch;
use fivewhys::internal::observe::{Authn, Outcome};
use fivewhys::internal::scenario::{Expect, Step};
use fivewhys::internal::terms::Hop;

use crate::expectations::place;
use crate::expectations::response::{Change, Form, Response};

/// One change of a response, and how the report must name the violated expectation.
#[derive(Clone)]
pub(crate) struct Violation {
    /// The kind of expectation: `status`, `events` …
    pub(crate) kind: &'static str,
    /// What the change does: the way, and after a colon the place.
    pub(crate) what: String,
    /// One of these texts must be in the reasons of the step.
    pub(crate) named: Vec<String>,
    /// Whether the expected status hides this expectation: no response with that status can violate it.
    pub(crate) hidden: bool,
    pub(crate) change: Change,
    /// Shortens a limit of the step, so that the test need not wait.
    pub(crate) shorten: fn(&mut Expect),
}

/// A step in a system that meets its expectations.
pub(crate) struct Healthy<'a> {
    pub(crate) step: &'a Step,
    pub(crate) endpoint: &'a Endpoint,
    /// The response to the step.
    pub(crate) response: Response,
    /// The id of the step's user.
    pub(crate) sub: String,
    /// The response of the same endpoint to a valid credential, from an earlier step.
    pub(crate) accepted: Option<Response>,
}

const LIMIT: Duration = Duration::from_millis(20);
const DELAY: Duration = Duration::from_millis(200);
const BY_THE_EDGE: (&str, &str) = ("proxy-status", "edge; error=http_request_denied");
const HTML: (&str, &str) = ("content-type", "text/html");
const JSON: (&str, &str) = ("content-type", "application/json");

/// Returns the violations of a step, and the kinds of expectation for which none is known.
pub(crate) fn of(healthy: &Healthy<'_>) -> (Vec<Violation>, Vec<&'static str>) {
    // Without `..`: a new kind of expectation does not compile until it has a violation here.
    let Expect { status, headers, json, events, terminal, first_event, total, answered_by, authn, result, refused } =
        &healthy.step.expect;
    let written = BTreeMap::from([
        ("status", !status.is_empty()),
        ("headers", !headers.is_empty()),
        ("json", !json.is_empty()),
        ("events", !events.is_empty()),
        ("terminal", terminal.is_some()),
        ("first_event", first_event.is_some()),
        ("total", total.is_some()),
        ("answered_by", answered_by.is_some()),
        ("authn", !authn.is_empty()),
        ("result", !result.is_empty()),
        ("refused", *refused),
    ]);
    let found = if *refused { of_refusal(healthy) } else { of_success(healthy) };
    let unknown = written.into_iter().filter(|(kind, written)| *written && !found.iter().any(|one| one.kind == *kind));
    let mut unknown: Vec<&str> = unknown.map(|(kind, _)| kind).collect();
    // Without an accepted call of the same endpoint, no response shows that the credential was accepted.
    unknown.extend((*refused && healthy.accepted.is_none()).then_some("refused"));
    (found, unknown)
}

fn of_success(healthy: &Healthy<'_>) -> Vec<Violation> {
    let lists = [statuses, headers, json, events, terminal, times, answered_by, authn, result];
    lists.iter().flat_map(|list| list(healthy)).collect()
}

impl Violation {
    fn new(
        kind: &'static str,
        what: impl Into<String>,
        named: impl Into<String>,
        change: impl Fn(&mut Response) + Send + Sync + 'static,
    ) -> Self {
        let named = vec![named.into()];
        Self { kind, what: what.into(), named, hidden: false, change: Arc::new(change), shorten: |_| {} }
    }

    /// Returns the violation by a response that replaces the healthy one.
    fn by(kind: &'static str, what: impl Into<String>, named: impl Into<String>, response: Response) -> Self {
        Self::new(kind, what, named, move |altered| *altered = response.clone())
    }

    /// Also accepts the unexpected status as the reason, if the status hides this expectation.
    fn or_status(mut self, expect: &Expect, status: u16) -> Self {
        self.hidden = !expect.status.is_empty() && !expect.status.contains(&status);
        if self.hidden {
            self.named.push("expected status".to_owned());
        }
        self
    }
}

fn statuses(healthy: &Healthy<'_>) -> Vec<Violation> {
    let allowed = &healthy.step.expect.status;
    if allowed.is_empty() {
        return Vec::new();
    }
    let others = [200, 202, 403, 500].into_iter().filter(|status| !allowed.contains(status));
    let violation = |status: u16| {
        let body = Response::page(status, &[JSON], "{}");
        Violation::new("status", format!("status: {status}"), "expected status", move |response| match response.form {
            Form::Frames => *response = body.clone(),
            Form::Body | Form::Events => response.status = status,
        })
    };
    others.map(violation).collect()
}

fn headers(healthy: &Healthy<'_>) -> Vec<Violation> {
    let of_one = |(name, pattern): &(String, String)| {
        let named = format!("expected header {name}");
        let (removed, replaced) = (name.clone(), name.clone());
        let without = Violation::new("headers", format!("no header: {name}"), &*named, move |response| {
            response.headers.retain(|(name, _)| *name != removed);
        });
        let other = Violation::new("headers", format!("another header: {name}"), &*named, move |response| {
            let values = response.headers.iter_mut().filter(|(name, _)| *name == replaced);
            values.for_each(|(_, value)| "altered".clone_into(value));
        });
        let any = pattern.chars().all(|sign| sign == '*');
        std::iter::once(without).chain((!any).then_some(other))
    };
    healthy.step.expect.headers.iter().flat_map(of_one).collect()
}

fn json(healthy: &Healthy<'_>) -> Vec<Violation> {
    let mut found = Vec::new();
    for condition in &healthy.step.expect.json {
        let named = [format!("at {}", condition.path), "expected a JSON body".to_owned()];
        found.extend(alterations("json", &named, condition, &healthy.response));
    }
    found
}

/// Alters the body at the place of a condition, if that breaks the condition.
type Way = fn(&str, &JsonMatch) -> Option<String>;

/// Returns the changes of the body that break a condition on it.
fn alterations(kind: &'static str, named: &[String], condition: &JsonMatch, healthy: &Response) -> Vec<Violation> {
    let ways: [(&str, Way); 2] = [("another value", place::with_another_value), ("no value", place::without)];
    let possible =
        ways.into_iter().filter(|(_, way)| healthy.pieces.iter().any(|one| way(&one.data, condition).is_some()));
    possible
        .map(|(what, way)| {
            let altered = condition.clone();
            let change = move |response: &mut Response| response.alter_body(|body| way(body, &altered));
            let violation = Violation::new(kind, format!("{what}: {}", condition.path), "", change);
            Violation { named: named.to_vec(), ..violation }
        })
        .collect()
}

fn events(healthy: &Healthy<'_>) -> Vec<Violation> {
    let names = &healthy.step.expect.events;
    let missing = |name: &String| format!("`{name}` is missing or out of order");
    let dropped = names.iter().map(|name| {
        let dropped = name.clone();
        Violation::new("events", format!("missing: {name}"), missing(name), move |response| {
            response.drop_named(&dropped);
        })
    });
    let swapped = names.windows(2).map(|pair| {
        let [earlier, later] = [pair[0].clone(), pair[1].clone()];
        let change = move |response: &mut Response| response.move_before(&later, &earlier);
        let violation = Violation::new("events", format!("too early: {}", pair[1]), "", change);
        Violation { named: pair.iter().map(missing).collect(), ..violation }
    });
    dropped.chain(swapped).collect()
}

fn terminal(healthy: &Healthy<'_>) -> Vec<Violation> {
    let Some(last) = healthy.step.expect.terminal.clone() else { return Vec::new() };
    let named = format!("expected `{last}` as the last event");
    let other = last.clone();
    let renamed = move |response: &mut Response| {
        let (from, to) = (format!("\"{other}\""), "\"altered\"");
        response.alter_body(|data| Some(data.replace(&from, to)));
    };
    vec![
        Violation::new("terminal", "another last event", &*named, renamed),
        Violation::new("terminal", "no last event", &*named, move |response| response.drop_named(&last)),
    ]
}

fn times(healthy: &Healthy<'_>) -> Vec<Violation> {
    let expect = &healthy.step.expect;
    let first = expect.first_event.map(|_| {
        let late = |response: &mut Response| response.before_first = DELAY;
        let none = |response: &mut Response| response.pieces.clear();
        let named = "expected the first event within";
        let late = Violation::new("first_event", "a late first event", named, late);
        let shorten: fn(&mut Expect) = |expect| expect.first_event = Some(LIMIT);
        let mut none = Violation::new("first_event", "no event", named, none);
        // The lines about missing events say so, if there are any.
        none.named.extend(["missing or out of order", "as the last event"].map(str::to_owned));
        [Violation { shorten, ..late }, none]
    });
    let total = expect.total.map(|_| {
        let late = |response: &mut Response| response.before_last = DELAY;
        let late = Violation::new("total", "a late end", "expected the call to end within", late);
        Violation { shorten: |expect| expect.total = Some(LIMIT), ..late }
    });
    first.into_iter().flatten().chain(total).collect()
}

fn answered_by(healthy: &Healthy<'_>) -> Vec<Violation> {
    let expect = &healthy.step.expect;
    let Some(hop @ (Hop::Backend | Hop::Auth)) = expect.answered_by else { return Vec::new() };
    let status = expect.status.first().copied().unwrap_or(503);
    let mut response = Response::page(status, &[BY_THE_EDGE, HTML], "<html>not the service</html>");
    if status == 101 {
        (response.form, response.close) = (Form::Frames, 1011);
        response.pieces.clear();
    }
    vec![Violation::by("answered_by", "a response from the edge", format!("expected a response from {hop}"), response)]
}

fn authn(healthy: &Healthy<'_>) -> Vec<Violation> {
    let expect = &healthy.step.expect;
    if expect.authn != [Authn::Accepted] {
        return Vec::new();
    }
    let named = "expected authn accepted";
    let mut refusal = Response::page(401, &[JSON, ("www-authenticate", "Bearer error=\"invalid_token\"")], "{}");
    if healthy.response.form == Form::Frames {
        refusal = Response { pieces: Vec::new(), close: 4401, ..healthy.response.clone() };
    }
    let status = refusal.status;
    let refused = Violation::by("authn", "a refusal of a valid token", named, refusal).or_status(expect, status);
    let sub = healthy.sub.clone();
    let names_user = healthy.response.pieces.iter().any(|piece| piece.data.contains(&sub));
    let other_user = Violation::new("authn", "another user", named, move |response| {
        response.alter_body(|data| Some(data.replace(&sub, "another-user")));
    });
    let is_read = healthy.endpoint.identity.is_some() && names_user;
    std::iter::once(refused).chain(is_read.then_some(other_user)).collect()
}

fn result(healthy: &Healthy<'_>) -> Vec<Violation> {
    if healthy.step.expect.result != [Outcome::Ok] {
        return Vec::new();
    }
    let named = "expected result ok";
    let accept = &healthy.endpoint.accept;
    let mut found = Vec::new();
    for condition in &accept.json {
        found.extend(alterations("result", &[named.to_owned()], condition, &healthy.response));
    }
    if let Some(last) = accept.terminal_event.clone() {
        let change = move |response: &mut Response| response.drop_named(&last);
        found.push(Violation::new("result", "no last event of the endpoint", named, change));
    }
    if accept.first_frame.is_some() {
        let change = |response: &mut Response| drop(response.pieces.remove(0));
        found.push(Violation::new("result", "no first frame of the endpoint", named, change));
    }
    if healthy.response.form == Form::Body {
        found.push(Violation::new("result", "a cut body", named, |response| response.cut = true));
    }
    found
}

/// Returns the violations of a negative control: the credential is accepted, refused by another component, or the call
/// ends in another way.
fn of_refusal(healthy: &Healthy<'_>) -> Vec<Violation> {
    let named = "expected the application to refuse the credential";
    let by_edge = Response::page(403, &[BY_THE_EDGE, HTML], "<html>blocked</html>");
    let by_edge = |kind| Violation::by(kind, "a refusal by the edge", "the refusal came from: edge", by_edge.clone());
    let mut found: Vec<Violation> = [404, 429, 500, 503]
        .map(|status| {
            let response = Response::page(status, &[JSON], "{}");
            Violation::by("refused", format!("status: {status}"), named, response)
        })
        .into();
    if let Some(accepted) = healthy.accepted.clone() {
        found.push(Violation::by("refused", "the credential is accepted", named, accepted));
    }
    if healthy.endpoint.kind.is_upgrade()
        && let Some(open) = &healthy.accepted
    {
        let response = Response { pieces: Vec::new(), close: 1011, ..open.clone() };
        found.push(Violation::by("refused", "closed with 1011", named, response));
    }
    found.push(by_edge("refused"));
    found.extend(healthy.step.expect.answered_by.map(|_| by_edge("answered_by")));
    found
}

#[cfg(test)]
mod tests {
    use fivewhys::internal::config::{Overrides, TargetFile};
    use fivewhys::internal::scenario::Scenario;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::known("authn = \"accepted\"", &[])]
    #[case::another_value("authn = \"anonymous\"", &["authn"])]
    #[case::two("result = \"denied\"\nanswered_by = \"edge\"", &["answered_by", "result"])]
    #[case::nothing_accepted_before("refused = true", &["refused"])]
    #[case::more_than_refused("refused = true\nstatus = 401", &["status", "refused"])]
    fn an_expectation_without_a_known_violation_is_named(#[case] expect: &str, #[case] kinds: &[&str]) {
        let token = if expect.starts_with("refused") { "none" } else { "valid" };
        let text = format!("title = \"t\"\n[[step]]\nid = \"s\"\ncall = \"backend.threads\"\ntoken = \"{token}\"\n");
        let scenario = Scenario::parse("t.toml", &format!("{text}[step.expect]\n{expect}\n")).expect("a scenario");
        let file = TargetFile::embedded().expect("the shipped targets have no mistake");
        let target = file.resolve(Some("staging"), &Overrides::default()).expect("`staging` resolves");
        let (step, endpoint) = (&scenario.steps[0], &target.endpoints["backend.threads"]);
        let response = Response::page(200, &[JSON], "[]");
        let healthy = Healthy { step, endpoint, response, sub: "user".to_owned(), accepted: None };
        assert_eq!(of(&healthy).1, kinds);
    }
}
