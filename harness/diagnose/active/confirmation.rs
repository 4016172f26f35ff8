//! Chooses a probe after a cause is found: it completes the chain, may refute the cause, or shows a masked fault.

use crate::config::DIRECT;
use crate::diagnose::active::foresight::Foresight;
use crate::diagnose::facts::token_location;
use crate::diagnose::infer::candidate::Candidate;
use crate::diagnose::infer::case::Case;
use crate::diagnose::infer::mark_seen;
use crate::diagnose::model::evidence_rule::EvidenceRule;
use crate::diagnose::model::probe_class::{Kind, Place, ProbeClass};
use crate::diagnose::readings::probe_result::Reading;
use crate::observe::Outcome;
use crate::probe::ProbeKey;
use crate::terms::{Caller, TokenKind, TokenLocation};

/// The most links for whose proof a probe is sent after the cause is found.
const CHAIN: usize = 4;

/// Returns a probe where one candidate remains.
pub(crate) fn one(case: &Case<'_>, found: &[(&Candidate<'_>, f64)], open: &[ProbeKey]) -> Option<ProbeKey> {
    let (only, foresight) = (found.first()?.0, Foresight::of(case));
    missing_link(only, open, &foresight)
        .or_else(|| refutation(only, open, &foresight))
        .or_else(|| doubt_of_the_edge(case, found, open))
        .or_else(|| beyond(found, open, &foresight))
        .or_else(|| unvalidated(found, open, &foresight))
        .or_else(|| token_location::doubtful(&case.readings, open))
}

/// Returns a probe where several candidates remain, best first, and no probe distinguishes them.
pub(crate) fn several(case: &Case<'_>, found: &[(&Candidate<'_>, f64)], open: &[ProbeKey]) -> Option<ProbeKey> {
    let foresight = Foresight::of(case);
    missing_link(found.first()?.0, open, &foresight)
        .or_else(|| doubt_of_the_edge(case, found, open))
        .or_else(|| beyond(found, open, &foresight).filter(|_| are_before_the_backend(found, case)))
        .or_else(|| unvalidated(found, open, &foresight))
        .or_else(|| token_location::doubtful(&case.readings, open))
}

/// Returns a probe that would prove an unproven link of the chain.
fn missing_link(best: &Candidate<'_>, open: &[ProbeKey], foresight: &Foresight<'_, '_>) -> Option<ProbeKey> {
    let case = foresight.case();
    let spent = case.readings.all.iter().filter(|reading| !case.is_of_a_step(reading.observation.exchange)).count();
    let unproven = best.fault.whys.iter().filter(|rule| !mark_seen::proven(case, best, rule)).take(CHAIN);
    unproven
        .filter(|_| spent < CHAIN * 3)
        .find_map(|rule| open.iter().find(|key| would_prove(&rule.proof, key, best, foresight)).cloned())
}

/// Returns a probe that may refute a lone candidate: one of a kind of endpoint that was not probed yet.
fn refutation(only: &Candidate<'_>, open: &[ProbeKey], foresight: &Foresight<'_, '_>) -> Option<ProbeKey> {
    let case = foresight.case();
    // A candidate without its own mark is also tested with the other kind of valid token.
    let found = mark_seen::marked(case, only);
    let issued = |class: &ProbeClass| class.token == TokenKind::Issued;
    let unasked = |key: &&ProbeKey| {
        case.class_of(key).is_some_and(|class| {
            let of_its_kind = |other: &ProbeClass| {
                // Both tokens take the same way, so one call with the other kind tells as much as one at each place.
                let is_there = other.place == class.place || (issued(&class) && other.goes_through_the_backend());
                is_there && (found || issued(other) == issued(&class))
            };
            !case.readings.all.iter().any(|reading| of_its_kind(&reading.class))
        })
    };
    open.iter().filter(unasked).find(|key| foresight.is_sharp(only, key)).cloned()
}

/// Returns a call directly at the backend that shows whether the edge removes the token: through the edge, the response
/// is the same refusal as without a token, and a candidate lies behind the edge. One call shows it for each kind of
/// connection.
pub(crate) fn doubt_of_the_edge(
    case: &Case<'_>,
    found: &[(&Candidate<'_>, f64)],
    open: &[ProbeKey],
) -> Option<ProbeKey> {
    let is_good = |class: &ProbeClass| class.place == Place::Direct && class.token.should_be_accepted();
    let is_asked =
        |class: &ProbeClass| case.readings.all.iter().any(|one| is_good(&one.class) && way(&one.class) == way(class));
    let doubtful = |key: &&ProbeKey| {
        let is_open = case.class_of(key).is_some_and(|class| is_good(&class) && !is_asked(&class));
        let is_refused = |one: &&Reading<'_>| matches!(one.observation.result, Outcome::Denied | Outcome::NotFound);
        let mut refused = case.readings.failing().filter(is_refused);
        let through = refused.find(|one| key.endpoint.strip_suffix(DIRECT) == Some(one.endpoint()));
        is_open && through.is_some_and(|through| case.readings.is_answered_as_without_token(through) == Some(true))
    };
    open.iter().find(doubtful).filter(|_| found.iter().any(|(one, _)| one.fault.is_inside())).cloned()
}

/// Returns whether the call asks for a socket, and whether its token stands in the header.
fn way(class: &ProbeClass) -> (bool, bool) {
    (class.kind == Kind::Websocket, class.token_location == TokenLocation::Header)
}

/// Reports whether every candidate lies before the backend, and no call to the backend itself was made yet.
fn are_before_the_backend(found: &[(&Candidate<'_>, f64)], case: &Case<'_>) -> bool {
    let asked = case.readings.all.iter().any(|one| one.class.place == Place::Direct && one.must_work());
    !asked && found.iter().all(|(one, _)| !one.fault.is_inside())
}

/// Returns a probe that must succeed despite the cause, over a kind of connection that has not succeeded yet.
/// A second fault would show there.
fn beyond(found: &[(&Candidate<'_>, f64)], open: &[ProbeKey], foresight: &Foresight<'_, '_>) -> Option<ProbeKey> {
    let case = foresight.case();
    // A call that succeeds directly at the backend says nothing about the edge.
    let tells = |class: &ProbeClass| !class.is_direct() || found.iter().all(|(one, _)| !one.fault.is_inside());
    let leaves_alone = |class: &ProbeClass, key: &ProbeKey| {
        tells(class) && found.iter().all(|(one, _)| foresight.surely_works(one, key))
    };
    let went_well = |reading: &&Reading<'_>| {
        let asked = matches!(reading.class.place, Place::Protected | Place::Direct);
        asked && !reading.fails() && reading.must_work() && leaves_alone(&reading.class, &reading.observation.probe)
    };
    let is_seen =
        |class: &ProbeClass| case.readings.all.iter().filter(went_well).any(|one| way(&one.class) == way(class));
    let unseen = |key: &&ProbeKey| {
        let must_work = key.token == TokenKind::Issued || (key.token == TokenKind::Valid && key.caller == Caller::None);
        let goes_in =
            |class: &ProbeClass| class.goes_through_the_backend() && leaves_alone(class, key) && !is_seen(class);
        must_work && case.class_of(key).is_some_and(|class| goes_in(&class))
    };
    open.iter().find(unseen).cloned()
}

/// Returns a probe that asks the auth service to validate the token, where the cause does not affect that and no call
/// accepted the token yet: the token may be bad too.
fn unvalidated(found: &[(&Candidate<'_>, f64)], open: &[ProbeKey], foresight: &Foresight<'_, '_>) -> Option<ProbeKey> {
    let case = foresight.case();
    let may_be_yes = |one: &Candidate<'_>, key: &ProbeKey| one.fault.is_inside() && foresight.may_work(one, key);
    let is_good =
        |class: &ProbeClass| class.token == TokenKind::Valid && matches!(class.caller, None | Some(Caller::Right));
    let judged = |one: &Reading<'_>| {
        let let_in = one.class.goes_through_the_backend() && one.must_work() && !one.fails();
        is_good(&one.class) && (one.class.place == Place::Introspection || let_in)
    };
    let unasked = !case.readings.all.iter().any(judged);
    let tells = |key: &ProbeKey| {
        let is_asked = |class: ProbeClass| class.place == Place::Introspection && is_good(&class);
        case.class_of(key).is_some_and(is_asked) && found.iter().all(|(one, _)| may_be_yes(one, key))
    };
    open.iter().find(|key| unasked && tells(key)).cloned()
}

fn would_prove(rule: &EvidenceRule, key: &ProbeKey, best: &Candidate<'_>, foresight: &Foresight<'_, '_>) -> bool {
    let case = foresight.case();
    let Some(class) = case.class_of(key) else { return false };
    match rule {
        EvidenceRule::Reading(on, results) => {
            on.matches_at(&key.endpoint, &class) && foresight.may_end(best, key, results)
        }
        EvidenceRule::SameAs(_, token) => {
            class.place == Place::Protected && class.token == *token && case.fails_on(&key.endpoint)
        }
        EvidenceRule::Fact(key, _) => key == "issued-signature" && class.token == TokenKind::Issued,
        EvidenceRule::Log => false,
    }
}
