//! Which probe to send next: the one that splits the remaining candidates best for what it costs. Sits in `diagnose`; it only asks, `run` sends.

use super::again;
use super::case::Case;
use super::catalogue::Catalogue;
use super::cell::{Cell, Kind, Place};
use super::given::{FailedStep, Given};
use super::hypotheses::Hypotheses;
use super::mode::Prediction;
use super::proof::ProofRule;
use super::reading::Reading;
use super::weigh::{Weighed, weigh};
use super::{carriers, chain, plan_keys};
use crate::observe::Outcome;
use crate::probe::{Caller, Carrier, ProbeKey};
use crate::target::{DIRECT, Door, Role, Service};
use crate::token::TokenKind;

/// A probe that splits less than this is not worth sending.
const WORTH: f64 = 0.008;
/// The same where the auth service cannot be asked: what the others say makes hardly anything certain.
const WORTH_PAST_THE_EDGE: f64 = 0.02;
const WORTH_AT_THE_EDGE: f64 = 0.035;
/// Even a pair of faults that are hardly possible counts this much: rare rivals must be parted too.
const RARE: f64 = 0.01;
/// How much less the same question is worth on another surface.
const AGAIN: f64 = 5.0;
/// Probes sent only to complete the chain of a cause that is already found.
const CHAIN: usize = 4;

/// The next probe, or nothing when the cause is certain and its chain complete, or no open probe can help.
#[must_use]
pub fn next_probe(given: Given<'_>, catalogue: &Catalogue, refused: &[ProbeKey]) -> Option<ProbeKey> {
    let case = Case::of(given, &[]);
    let open: Vec<ProbeKey> = plan_keys::possible(&case);
    let open: Vec<ProbeKey> =
        open.into_iter().filter(|key| !case.readings.has(key) && !refused.contains(key)).collect();
    let open: Vec<ProbeKey> = open.into_iter().filter(|key| !is_walled_off(&case, key, refused)).collect();
    if let Some(first) = open.iter().find(|key| is_auth_health(key, given)) {
        return Some(first.clone());
    }
    if let Some(doubtful) = again::doubtful(&case) {
        return Some(doubtful);
    }
    let weighing = weigh(&case, catalogue);
    let failed: Vec<&FailedStep> = given.failed.iter().collect();
    let hypotheses = Hypotheses::of(&case, &weighing, &failed);
    let candidates = hypotheses.faults();
    if matches!(hypotheses, Hypotheses::Two(_))
        && let Some(doubt) = doubt_of_the_edge(&case, &candidates, &open)
    {
        return Some(door_first(&case, doubt, refused));
    }
    let next = match candidates.as_slice() {
        [] => None,
        [(only, _)] => missing_link(&case, only, &open)
            .or_else(|| refutation(&case, only, &open))
            .or_else(|| doubt_of_the_edge(&case, &candidates, &open))
            .or_else(|| beyond(&case, &candidates, &open))
            .or_else(|| unjudged(&case, &candidates, &open))
            .or_else(|| carriers::doubtful(&case, &open)),
        several => best(&case, several, &open)
            .or_else(|| missing_link(&case, several.first()?.0, &open))
            .or_else(|| doubt_of_the_edge(&case, several, &open))
            .or_else(|| beyond(&case, several, &open).filter(|_| are_before_the_backend(several, &case)))
            .or_else(|| unjudged(&case, several, &open))
            .or_else(|| carriers::doubtful(&case, &open)),
    }?;
    Some(door_first(&case, next, refused))
}

/// Past the edge health is asked first: where nobody is let in, nothing that is said there counts.
fn door_first(case: &Case<'_>, next: ProbeKey, refused: &[ProbeKey]) -> ProbeKey {
    let past_edge = case.target.surfaces.get(&next.surface).is_some_and(|surface| surface.past_edge);
    let health =
        plan_keys::direct_health(case.target, case.user()).filter(|health| past_edge && !refused.contains(health));
    health.unwrap_or(next)
}

/// Past the edge, where health was asked already and nobody was let in.
fn is_walled_off(case: &Case<'_>, key: &ProbeKey, refused: &[ProbeKey]) -> bool {
    let past_edge = case.target.surfaces.get(&key.surface).is_some_and(|surface| surface.past_edge);
    let asked = plan_keys::direct_health(case.target, case.user()).is_none_or(|health| refused.contains(&health));
    past_edge && asked && !case.readings.all.iter().any(|reading| reading.cell.place == Place::DirectHealth)
}

fn is_auth_health(key: &ProbeKey, given: Given<'_>) -> bool {
    let surface = given.target.surfaces.get(&key.surface);
    given.target.opens(Door::Auth)
        && surface.is_some_and(|surface| surface.role == Role::Health && surface.service == Service::Auth)
}

fn best(case: &Case<'_>, candidates: &[(&Weighed<'_>, f64)], open: &[ProbeKey]) -> Option<ProbeKey> {
    let worth = |key: &ProbeKey| {
        let Some(cell) = cell(case, key) else { return 0.0 };
        let pairs = candidates
            .iter()
            .enumerate()
            .flat_map(|(at, one)| candidates[at + 1..].iter().map(move |other| (*one, *other)));
        let split: f64 = pairs.map(|(a, b)| (a.1 * b.1).max(RARE) * parts(a.0, b.0, &cell)).sum();
        let asked = case.readings.all.iter().any(|reading| reading.cell.asks_like(&cell));
        split / cost(key) / if asked { AGAIN } else { 1.0 }
    };
    let least = match [Door::Auth, Door::Direct].map(|door| case.target.opens(door)) {
        [true, _] => WORTH,
        [_, true] => WORTH_PAST_THE_EDGE,
        _ => WORTH_AT_THE_EDGE,
    };
    // Of equals the first: keys come with the failing surface in front.
    let weighed = open.iter().rev().map(|key| (worth(key), key)).filter(|(worth, _)| *worth > least);
    weighed.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, key)| key.clone())
}

fn cell(case: &Case<'_>, key: &ProbeKey) -> Option<Cell> {
    let user = case.user();
    Cell::of(key, case.target.surfaces.get(&key.surface)?, user)
}

/// A wrong secret leaves traces in the other side's log, an issued token costs two calls.
fn cost(key: &ProbeKey) -> f64 {
    match (key.token, key.caller) {
        (TokenKind::Issued, _) => 2.0,
        (_, Caller::WrongSecret | Caller::WrongId) => 1.5,
        _ => 1.0,
    }
}

/// How surely this probe would part two faults: 1 when they cannot give the same answer.
fn parts(a: &Weighed<'_>, b: &Weighed<'_>, cell: &Cell) -> f64 {
    let by_fact = |one: &Weighed<'_>| one.mode.facts.get("issued-signature").cloned();
    if cell.token == TokenKind::Issued && by_fact(a) != by_fact(b) {
        return 1.0;
    }
    match (foretold(a, cell), foretold(b, cell)) {
        (Some(one), Some(other)) if one.iter().all(|outcome| !other.contains(outcome)) => 1.0,
        (Some(one), Some(other)) if one == other => relation_parts(a, b, cell),
        (None, None) => 0.0,
        (Some(_), Some(_)) => 0.4,
        _ => 0.1,
    }
}

fn foretold<'w>(one: &'w Weighed<'_>, cell: &Cell) -> Option<&'w Vec<Outcome>> {
    let speaking =
        one.mode.predict.iter().filter(|prediction| prediction.on.matches(cell) && !prediction.result.is_empty());
    speaking.map(|prediction| &prediction.result).min_by_key(|result| result.len())
}

fn relation_parts(a: &Weighed<'_>, b: &Weighed<'_>, cell: &Cell) -> f64 {
    let same = |one: &Weighed<'_>| one.mode.predict.iter().any(|rule: &Prediction| rule.same_as == Some(cell.token));
    let other =
        |one: &Weighed<'_>| one.mode.predict.iter().any(|rule: &Prediction| rule.differs_from == Some(cell.token));
    match (cell.place, other(a), other(b)) {
        (Place::Protected, true, false) => {
            if same(b) {
                0.8
            } else {
                0.5
            }
        }
        (Place::Protected, false, true) => {
            if same(a) {
                0.8
            } else {
                0.5
            }
        }
        _ => 0.0,
    }
}

/// A probe that would prove a link of the chain that nothing proves yet.
fn missing_link(case: &Case<'_>, best: &Weighed<'_>, open: &[ProbeKey]) -> Option<ProbeKey> {
    let spent = case.readings.all.iter().filter(|reading| !case.is_of_a_step(reading.observation.exchange)).count();
    let unproven = best
        .fault
        .whys
        .iter()
        .filter(|rule| rule.mode.as_ref().is_none_or(|mode| *mode == best.mode.name))
        .filter(|rule| !chain::proven(case, best, rule))
        .take(CHAIN);
    unproven
        .filter(|_| spent < CHAIN * 3)
        .find_map(|rule| open.iter().find(|key| would_prove(case, &rule.proof, key, best)).cloned())
}

/// A probe of a kind of place that a lone candidate speaks of and nothing was asked of yet: it may be refuted there.
fn refutation(case: &Case<'_>, only: &Weighed<'_>, open: &[ProbeKey]) -> Option<ProbeKey> {
    // What is merely left over is put to the test with the other kind of good token too.
    let found = chain::marked(case, only);
    let unasked = |key: &&ProbeKey| {
        cell(case, key).is_some_and(|cell| {
            let spoken = only.mode.predict.iter().any(|prediction| prediction.on.matches(&cell));
            let of_its_kind = |other: &Cell| {
                let issued = |cell: &Cell| cell.token == TokenKind::Issued;
                other.place == cell.place && (found || issued(other) == issued(&cell))
            };
            spoken && !case.readings.all.iter().any(|reading| of_its_kind(&reading.cell))
        })
    };
    open.iter().find(unasked).cloned()
}

/// What lies behind the edge is found, and through the edge our token fares exactly as none: whether it gets there at all shows past it.
fn doubt_of_the_edge(case: &Case<'_>, found: &[(&Weighed<'_>, f64)], open: &[ProbeKey]) -> Option<ProbeKey> {
    let doubtful = |key: &&ProbeKey| {
        let past = cell(case, key).is_some_and(|cell| cell.place == Place::Direct);
        let through = case.readings.failing().find(|one| key.surface.strip_suffix(DIRECT) == Some(one.surface()));
        past && through.is_some_and(|through| case.readings.fares_like_nobody(through) == Some(true))
    };
    open.iter().find(doubtful).filter(|_| found.iter().any(|(one, _)| one.mode.inside)).cloned()
}

/// Whether all of them are, and nothing is known yet of what lies past them.
fn are_before_the_backend(found: &[(&Weighed<'_>, f64)], case: &Case<'_>) -> bool {
    let asked = case.readings.all.iter().any(|one| one.cell.place == Place::Direct && one.must_work());
    !asked && found.iter().all(|(one, _)| !one.mode.inside)
}

/// A probe that the cause found leaves alone and that must work, by a way in by which none went well yet: whatever else is the matter
/// shows there.
fn beyond(case: &Case<'_>, found: &[(&Weighed<'_>, f64)], open: &[ProbeKey]) -> Option<ProbeKey> {
    let alone = |one: &Weighed<'_>, cell: &Cell| match foretold(one, cell) {
        Some(results) => results.as_slice() == [Outcome::Ok],
        None => cell.is_past_the_edge() && !one.mode.inside,
    };
    // What goes well past the edge says nothing of the edge.
    let tells = |cell: &Cell| !cell.is_past_the_edge() || found.iter().all(|(one, _)| !one.mode.inside);
    let leaves_alone = |cell: &Cell| tells(cell) && found.iter().all(|(one, _)| alone(one, cell));
    let went_well = |reading: &&Reading<'_>| {
        let asked = matches!(reading.cell.place, Place::Protected | Place::Direct);
        asked && !reading.fails() && reading.must_work() && leaves_alone(&reading.cell)
    };
    let is_seen = |cell: &Cell| {
        let way = |cell: &Cell| (cell.kind == Kind::Websocket, cell.carrier == Carrier::Header);
        case.readings.all.iter().filter(went_well).any(|one| way(&one.cell) == way(cell))
    };
    let unseen = |key: &&ProbeKey| {
        let must_work = key.token == TokenKind::Issued || (key.token == TokenKind::Valid && key.caller == Caller::None);
        let goes_in = |cell: &Cell| cell.goes_through_the_backend() && leaves_alone(cell) && !is_seen(cell);
        must_work && cell(case, key).is_some_and(|cell| goes_in(&cell))
    };
    open.iter().find(unseen).cloned()
}

/// The auth service's judgement of our token, where the cause found leaves that alone and nobody has let the token in: it may be bad too.
fn unjudged(case: &Case<'_>, found: &[(&Weighed<'_>, f64)], open: &[ProbeKey]) -> Option<ProbeKey> {
    let may_be_yes = |one: &Weighed<'_>, cell: &Cell| {
        one.mode.inside && foretold(one, cell).is_none_or(|results| results.contains(&Outcome::Ok))
    };
    let is_good = |cell: &Cell| cell.token == TokenKind::Valid && matches!(cell.caller, None | Some(Caller::Right));
    let judged = |one: &Reading<'_>| {
        let let_in = one.cell.goes_through_the_backend() && one.must_work() && !one.fails();
        is_good(&one.cell) && (one.cell.place == Place::Oracle || let_in)
    };
    let unasked = !case.readings.all.iter().any(judged);
    let tells = |cell: &Cell| {
        cell.place == Place::Oracle && is_good(cell) && found.iter().all(|(one, _)| may_be_yes(one, cell))
    };
    open.iter().find(|key| unasked && cell(case, key).is_some_and(|cell| tells(&cell))).cloned()
}

fn would_prove(case: &Case<'_>, rule: &ProofRule, key: &ProbeKey, best: &Weighed<'_>) -> bool {
    let Some(cell) = cell(case, key) else { return false };
    match rule {
        ProofRule::Reading(on, results) => {
            on.matches(&cell)
                && foretold(best, &cell).is_none_or(|set| set.iter().any(|outcome| results.contains(outcome)))
        }
        ProofRule::SameAs(_, token) => {
            cell.place == Place::Protected && cell.token == *token && case.fails_on(&key.surface)
        }
        ProofRule::Fact(key, _) => key == "issued-signature" && cell.token == TokenKind::Issued,
        ProofRule::Log => false,
    }
}
