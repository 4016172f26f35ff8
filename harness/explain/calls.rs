//! Recorded requests as the steps of a run.

use std::collections::{BTreeMap, BTreeSet};

use url::Url;

use crate::config::{Accept, Endpoint, Target};
use crate::explain::system::{USER, endpoint_id};
use crate::har::Recorded;
use crate::observe::{Because, Observation, Outcome, observe};
use crate::probe::{Exchange, ProbeKey};
use crate::report::{
    ExitReport, ProbeReport, Reach, Report, RunOutcome, SCHEMA, ScenarioReport, StepOutcome, StepReport, Timing,
};
use crate::run::NamedReport;
use crate::statements;
use crate::terms::{EndpointKind, Hop, TokenKind, TokenLocation};

/// The most calls of one recording that are compared. Failed calls come first.
const MOST: usize = 200;

/// Makes the report of a run of the recorded calls. `None`: there is no call.
pub(super) fn part(recorded: &[Recorded], target: &Target) -> Option<NamedReport> {
    let hosts = hosts(recorded, target);
    let of_the_system = |one: &&Recorded| {
        !one.is_asset && one.url.host_str().is_some_and(|host| hosts.contains(host)) && !is_unchanged(&one.exchange)
    };
    let calls: Vec<&Recorded> = recorded.iter().filter(of_the_system).collect();
    let mut seen: Vec<(Exchange, Observation)> = calls
        .iter()
        .filter(|one| !is_before_login(one, &calls, target))
        .filter_map(|one| observed(one, target))
        .collect();
    forget_what_repeats(&mut seen);
    if seen.is_empty() {
        return None;
    }
    for (id, (exchange, observation)) in (1..).zip(&mut seen) {
        (exchange.id, observation.exchange) = (id, id);
        exchange.step = Some(format!("{SCENARIO}/{}", step_id(exchange)));
    }
    let only_missing =
        seen.iter().filter(|(_, one)| one.result != Outcome::Ok).all(|(_, one)| one.result == Outcome::NotFound);
    let steps: Vec<StepReport> = seen.iter().map(|(exchange, one)| step(exchange, one, only_missing)).collect();
    let started_at = seen.iter().map(|(exchange, _)| exchange.started_at).min().unwrap_or_default();
    let count = seen.len();
    let probes = seen.into_iter().map(|(exchange, seen)| ProbeReport { observation: Some(seen), exchange }).collect();
    Some(NamedReport { from: "the recording".to_owned(), report: report(target, steps, probes, (started_at, count)) })
}

/// The name of the only scenario.
const SCENARIO: &str = "recorded";

/// A browser asked whether its copy is still good, and it is.
fn is_unchanged(exchange: &Exchange) -> bool {
    exchange.status() == Some(304)
}

/// Returns the hosts of the system: those of the target, those that got a credential, and those beside the page.
fn hosts<'a>(recorded: &'a [Recorded], target: &'a Target) -> BTreeSet<&'a str> {
    let bases = [&target.backend, &target.auth, &target.websocket].into_iter().filter_map(|url| url.host_str());
    let mut hosts: BTreeSet<&str> = bases.collect();
    let trusted = recorded.iter().filter(|one| one.credential.is_some()).filter_map(|one| one.url.host_str());
    hosts.extend(trusted);
    let page = recorded.iter().find(|one| one.is_asset).and_then(|one| site(&one.url));
    let beside = recorded.iter().filter(|one| page.is_some() && site(&one.url) == page);
    hosts.extend(beside.filter_map(|one| one.url.host_str()));
    hosts
}

/// Returns the last two labels of a host.
fn site(url: &Url) -> Option<Vec<&str>> {
    url.host_str().map(|host| host.rsplitn(3, '.').take(2).collect())
}

/// Reports whether a call was refused without a credential, and the same call succeeded with one later: a page asks
/// whether its user is signed in.
fn is_before_login(one: &Recorded, calls: &[&Recorded], target: &Target) -> bool {
    let id = endpoint_id(one, target);
    let served = |other: &&&Recorded| {
        other.credential.is_some() && other.exchange.meant_status().is_some_and(|status| status < 400)
    };
    let is_refused = one.credential.is_none() && matches!(one.exchange.meant_status(), Some(401 | 403));
    is_refused && calls.iter().filter(served).any(|other| endpoint_id(other, target) == id)
}

fn observed(one: &Recorded, target: &Target) -> Option<(Exchange, Observation)> {
    let id = endpoint_id(one, target);
    let endpoint = target.endpoints.get(&id)?;
    let takes_token = !endpoint.token_locations.is_empty();
    // Browsers export without credentials unless asked to keep them: a caller counts as signed in.
    let token = match one.credential {
        Some(credential) => credential.token,
        None if takes_token => TokenKind::Valid,
        None => TokenKind::None,
    };
    let exchange = Exchange {
        probe: ProbeKey {
            endpoint: id,
            token,
            token_location: one.credential.map_or_else(|| endpoint.usual_token_location(), |one| one.location),
            user: target.users.first().map_or(USER, |user| user.name.as_str()).to_owned(),
            ..one.exchange.probe.clone()
        },
        ..one.exchange.clone()
    };
    let mut observation = match only_its_status(one) {
        true => observe(&exchange, &by_status(endpoint, exchange.status()), ""),
        false => observe(&exchange, endpoint, ""),
    }?;
    observation.carried = one.carried;
    if let Some(says) = &one.by_the_platform {
        let because = Because { claim: "the platform answered".to_owned(), bytes: says.clone() };
        (observation.answered_by, observation.unmarked, observation.maker_is_hint) = (Hop::Edge, false, false);
        (observation.means, observation.because) = (statements::meanings(says), vec![because]);
        observation.says = Some(says.clone());
    }
    // A request log has no headers, so a missing one says nothing.
    observation.unchallenged &= !one.is_logged();
    Some((exchange, observation))
}

/// Reports whether a recording shows no content of a response: a log has none, and an exporter may leave it out.
fn only_its_status(one: &Recorded) -> bool {
    let Exchange { body, frames, .. } = &one.exchange;
    body.text.is_empty() && frames.is_empty() && (one.is_logged() || body.bytes > 0)
}

/// Returns the endpoint without what its content must be.
fn by_status(endpoint: &Endpoint, status: Option<u16>) -> Endpoint {
    let upgraded = status == Some(101);
    let kind = match endpoint.kind {
        EndpointKind::Websocket if !upgraded => EndpointKind::Websocket,
        _ => EndpointKind::Http,
    };
    let accept = Accept { status: if upgraded { vec![101] } else { Vec::new() }, ..Accept::default() };
    Endpoint { kind, accept, caller_rejected: None, identity: None, ..endpoint.clone() }
}

/// Keeps the first calls of each kind that ended alike, and at most [`MOST`].
fn forget_what_repeats(seen: &mut Vec<(Exchange, Observation)>) {
    const ALIKE: usize = 3;
    let mut counts: BTreeMap<(String, TokenLocation, String, String), usize> = BTreeMap::new();
    seen.retain(|(exchange, one)| {
        let key = (
            exchange.probe.endpoint.clone(),
            exchange.probe.token_location,
            format!("{:?}", one.result),
            one.shape.clone(),
        );
        let count = counts.entry(key).or_default();
        *count += 1;
        *count <= ALIKE
    });
    if seen.len() > MOST {
        seen.sort_by_key(|(exchange, one)| (one.result == Outcome::Ok, exchange.started_at));
        seen.truncate(MOST);
    }
    seen.sort_by_key(|(exchange, _)| exchange.started_at);
}

fn step_id(exchange: &Exchange) -> String {
    let name = exchange.probe.endpoint.split_once('.').map_or("", |(_, name)| name);
    format!("{}-{name}", exchange.id)
}

fn step(exchange: &Exchange, seen: &Observation, only_missing: bool) -> StepReport {
    let path = Url::parse(&exchange.request.url).map_or_else(|_| String::new(), |url| url.path().to_owned());
    // A page asks for things that do not exist; where calls fail in another way too, that way counts.
    let is_harmless = seen.result == Outcome::Ok || (seen.result == Outcome::NotFound && !only_missing);
    let refused_as_it_must = !seen.probe.token.should_be_accepted() && matches!(seen.result, Outcome::Denied);
    let failed = !(is_harmless || refused_as_it_must);
    let ended = exchange.shown_status().map_or_else(
        || exchange.error.as_ref().map_or_else(|| "no answer".to_owned(), ToString::to_string),
        |status| format!("status {status}"),
    );
    StepReport {
        id: step_id(exchange),
        endpoint: exchange.probe.endpoint.clone(),
        call: format!("{} {path}", exchange.request.method),
        outcome: if failed { StepOutcome::Failed } else { StepOutcome::Passed },
        exchange: Some(exchange.id),
        because: if failed { vec![format!("expected a success, got {ended} ({})", seen.result)] } else { Vec::new() },
        tries: Vec::new(),
        flaky: false,
        already: false,
        source: "the recording".to_owned(),
        trace_url: None,
        took_ms: Some(exchange.phases.end_ms),
    }
}

fn report(
    target: &Target,
    steps: Vec<StepReport>,
    probes: Vec<ProbeReport>,
    (started_at, count): (jiff::Timestamp, usize),
) -> Report {
    let failed = steps.iter().any(|step| step.outcome == StepOutcome::Failed);
    let ends = probes.iter().map(|probe| {
        let since = probe.exchange.started_at.duration_since(started_at).as_secs_f64() * 1000.0;
        since + probe.exchange.phases.end_ms
    });
    let total_ms = ends.fold(0.0, f64::max);
    let outcome = if failed { StepOutcome::Failed } else { StepOutcome::Passed };
    Report {
        schema: SCHEMA.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        target: target.name.clone(),
        evidence: target.evidence_sources.iter().map(ToString::to_string).collect(),
        outcome: if failed { RunOutcome::Failed } else { RunOutcome::Passed },
        scenarios: vec![ScenarioReport {
            id: SCENARIO.to_owned(),
            title: "the recorded calls".to_owned(),
            outcome,
            steps,
            cause: None,
        }],
        objectives: Vec::new(),
        causes: Vec::new(),
        passages: Vec::new(),
        findings: Vec::new(),
        probes,
        unread: Vec::new(),
        published: None,
        proxy: None,
        reach: Reach::default(),
        system: None,
        shard: None,
        kept: None,
        interrupted: None,
        baseline: None,
        gate: None,
        explained: None,
        load: None,
        deployed: Vec::new(),
        timing: Timing {
            started_at,
            total_ms,
            scenarios_ms: total_ms,
            diagnosis_ms: 0.0,
            scenario_probes: count,
            diagnosis_probes: 0,
            held_back_ms: 0.0,
        },
        exit: ExitReport::default(),
    }
}
