//! The fast search against plain enumeration, and what each hypothesis must be able to cause.

use std::collections::BTreeSet;
use std::convert::Infallible;

use fivewhys_path::internal::{
    Counted, Ending, Like, MODES, Step, Trait, Unset, emission, is_possible, likelihood_of_words, walk,
};
use fivewhys_path::{
    CallSeen, Decisions, Ended, Evidence, OwnWords, Patch, Reading, Reason, Request, Shared, Startup, Stop, World,
    likelihood,
};
use proptest::prelude::*;

use super::declared::{request, topology, topology_seeing};
use super::evidence::{Records, evidence};
use super::hypothesis::Hypothesis;
use super::posterior::Beliefs;
use crate::config::Target;
use crate::diagnose::model::catalogue::Catalogue;
use crate::fixtures::{exchange, staging};
use crate::observe::{Authn, Observation, Outcome, observe};
use crate::probe::Exchange;
use crate::terms::{TokenKind, TokenLocation};

/// The endpoints and tokens that the property draws from.
const CALLS: [(&str, TokenKind); 8] = [
    ("backend.health", TokenKind::None),
    ("auth.health", TokenKind::None),
    ("auth.verify", TokenKind::Valid),
    ("auth.verify", TokenKind::WrongKey),
    ("backend.threads", TokenKind::Valid),
    ("backend.threads", TokenKind::None),
    ("backend.chat-messages", TokenKind::Valid),
    ("backend.chat-messages", TokenKind::WrongKey),
];

const ANSWERS: [(u16, &str); 7] = [
    (200, r#"{"status":"healthy","service":"netra-ai-platform","messages":[],"threads":[],"valid":true}"#),
    (401, r#"{"detail":"invalid signature"}"#),
    (401, r#"{"detail":"Not authenticated"}"#),
    (403, r#"{"detail":"no"}"#),
    (404, r#"{"detail":"Not Found"}"#),
    (500, "Internal Server Error"),
    (503, r#"{"detail":"authentication service unavailable"}"#),
];

fn observed(target: &Target, calls: &[(usize, usize)]) -> Vec<Observation> {
    let one = |(at, (call, answer)): (usize, &(usize, usize))| {
        let ((endpoint, token), (status, body)) = (CALLS[*call], ANSWERS[*answer]);
        let id = u32::try_from(at).expect("few exchanges") + 1;
        let sent = Exchange { id, ..exchange(endpoint, token).answered(status, "application/json", body) };
        // The first refusal comes from a cache.
        let sent = if *answer == 1 { sent.with_header("age", "41") } else { sent };
        observe(&sent, &target.endpoints[endpoint], "").expect("an observation")
    };
    calls.iter().enumerate().map(one).collect()
}

/// The plain sum over all settings: no memory, no early end, no results joined.
struct Plain<'e>(&'e [Vec<Reading>]);

impl Plain<'_> {
    fn all(&self, world: &mut World<'_>) -> (f64, bool) {
        match self.as_set(world) {
            Ok(result) => result,
            Err(Unset(of)) => summed(world, of, &mut |world| self.all(world)),
        }
    }

    fn as_set(&self, world: &mut World<'_>) -> Step<(f64, bool)> {
        let (mut like, mut possible) = ([Like::ONE; 2], true);
        for readings in self.0 {
            let (one, can_be) = endpoint(world, readings)?;
            let service = usize::from(readings[0].request.to == crate::terms::Service::Auth);
            like[service].times(&one);
            possible &= can_be;
        }
        Ok((if possible { like.iter().map(Like::summed).product() } else { 0.0 }, possible))
    }
}

fn summed(world: &mut World<'_>, of: Trait, each: &mut dyn FnMut(&mut World<'_>) -> (f64, bool)) -> (f64, bool) {
    let (mut sum, mut possible) = (0.0, false);
    let Ok(()) = world.with_each_value(of, |world, prior| {
        let (like, can_be) = each(world);
        sum += prior * like;
        possible |= can_be;
        Ok::<(), Infallible>(())
    });
    (sum, possible)
}

fn endpoint(world: &mut World<'_>, readings: &[Reading]) -> Step<(Like, bool)> {
    match score(world, readings) {
        Err(Unset(of)) if of.is_local() => {
            let (mut sum, mut possible) = (Like::ZERO, false);
            world.with_each_value(of, |world, prior| {
                let (like, can_be) = endpoint(world, readings)?;
                sum.add(&like, prior);
                possible |= can_be;
                Ok(())
            })?;
            Ok((sum, possible))
        }
        other => other,
    }
}

fn score(world: &mut World<'_>, readings: &[Reading]) -> Step<(Like, bool)> {
    let (mut like, mut possible) = ([1.0; MODES], true);
    let mut counted = Counted::default();
    let mut told = Vec::new();
    for reading in readings {
        let ends = ends(world, &reading.request)?;
        let weights = |(share, ending): &(f64, Ending)| emission(ending, reading, &counted).map(|one| share * one);
        let weight = |end: &(f64, Ending)| weights(end)[0];
        let times = if ends.len() > 1 { reading.exchanges.len() as i32 } else { 1 };
        for (mode, all) in like.iter_mut().enumerate() {
            *all *= ends.iter().map(|end| weights(end)[mode]).sum::<f64>().powi(times);
        }
        possible &= !reading.firm || ends.iter().any(|(_, ending)| is_possible(ending, reading));
        let likeliest = ends.iter().max_by(|a, b| weight(a).total_cmp(&weight(b))).expect("an ending").1;
        counted.add(&likeliest, reading);
        let is_own_refusal = likeliest.result == Ended::Denied && likeliest.reason != Reason::Kept;
        if is_own_refusal && reading.result == Ended::Denied && !reading.request.is_socket() {
            told.push((likeliest.maker, likeliest.reason, reading.seen.shape.as_str()));
        }
    }
    let words = likelihood_of_words(&told);
    Ok((if possible { Like::of(like, words) } else { Like::ZERO }, possible))
}

fn ends(world: &mut World<'_>, request: &Request) -> Step<Vec<(f64, Ending)>> {
    world.dice = false;
    let steady = walk(world, request)?;
    if !world.is_random() {
        return Ok(vec![(1.0, steady)]);
    }
    world.dice = true;
    let other = walk(world, request);
    world.dice = false;
    let other = other?;
    if other == steady {
        return Ok(vec![(1.0, steady)]);
    }
    let share = world.share()?;
    Ok(vec![(1.0 - share, steady), (share, other)])
}

/// Returns the place of an answer. Successes and refusals are the most: any other answer rules most hypotheses out.
fn usual_or_any() -> impl Strategy<Value = usize> {
    prop_oneof![3 => Just(0), 3 => Just(1), 2 => 0..ANSWERS.len()]
}

/// Returns what the logs of both sides say about the backend's calls, for one of the exchanges.
fn records() -> impl Strategy<Value = Records> {
    use crate::statements::Meaning;
    let call = proptest::option::of(proptest::sample::select(CallSeen::ALL));
    let in_vain =
        proptest::sample::subsequence(vec![Meaning::CallDenied, Meaning::AuthUnreachable, Meaning::Cache], 0..2);
    let auth_said = proptest::sample::subsequence(vec![Meaning::Issuer, Meaning::Cache], 0..2);
    let of_backend = proptest::option::of(Just(Startup::Listens));
    (1..8_u32, call, in_vain, auth_said, of_backend).prop_map(|(asks, call, in_vain, auth_said, of_backend)| {
        let own_words = OwnWords { of_backend, ..OwnWords::default() };
        Records { asks: Some(asks), call, called_in_vain: in_vain, auth_said, own_words, ..Records::default() }
    })
}

fn patches_of(hypothesis: usize) -> Vec<(Stop, Patch)> {
    let all: Vec<Hypothesis<'_>> = Hypothesis::all(Catalogue::shipped()).collect();
    all[hypothesis % all.len()].patches()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_fast_search_gives_the_same_as_plain_enumeration(
        calls in proptest::collection::vec((0..CALLS.len(), usual_or_any()), 1..8),
        one in 0..200_usize,
        other in proptest::option::of(0..200_usize),
        compared_before in 0..200_usize,
        records in records(),
    ) {
        let target = staging();
        let observations = observed(&target, &calls);
        let kept: Vec<&Observation> = observations.iter().collect();
        // The order of the calls is not enumerated.
        let evidence =
            Evidence { chance_of_order: 1.0, ..evidence(&kept, &target, "primary", &|_| true, &records) };
        let patches = [patches_of(one), other.map(patches_of).unwrap_or_default()].concat();
        for topology in [topology(&target), topology(&target).seeing(&evidence.seen())] {
            let plain = Plain(&evidence.endpoints).all(&mut World::new(&topology, patches.clone()));
            let expected = plain.0;
            let mut shared = Shared::default();
            let mut log = |patches: &[(Stop, Patch)]| {
                likelihood(&mut Decisions::new(World::new(&topology, patches.to_vec())), &evidence, &mut shared).log
            };
            log(&patches_of(compared_before));
            let log = log(&patches);
            if plain.1 {
                prop_assert!((log - expected.ln()).abs() < 1e-6, "{log} is not {}", expected.ln());
            } else {
                prop_assert_eq!(log, f64::NEG_INFINITY);
            }
        }
    }
}

/// Returns how likely a healthy system gives this answer, whose cache says this.
fn of_a_healthy_system(token: TokenKind, cache: &str) -> f64 {
    let target = staging();
    let sent = exchange("backend.threads", token).answered(200, "application/json", "[]").with_header("x-cache", cache);
    let seen = observe(&sent, &target.endpoints["backend.threads"], "").expect("an observation");
    let evidence = evidence(&[&seen], &target, "primary", &|_| true, &Records::default());
    let topology = topology(&target);
    likelihood(&mut Decisions::new(World::new(&topology, Vec::new())), &evidence, &mut Shared::default()).log
}

#[test]
fn only_a_response_that_a_request_should_not_get_tells_of_a_cache() {
    let [good, bad] = [TokenKind::Valid, TokenKind::WrongKey]
        .map(|token| of_a_healthy_system(token, "HIT") - of_a_healthy_system(token, "MISS"));
    assert!(good.abs() < 1e-9 && bad < 0.1_f64.ln(), "{good} {bad}");
}

/// Every request that the target can make, with every token.
fn requests(target: &Target) -> Vec<Request> {
    let mut all = BTreeSet::new();
    for (at, endpoint) in target.endpoints.values().enumerate() {
        for location in endpoint.token_locations.iter().copied().chain([endpoint.usual_token_location()]) {
            for token in [TokenKind::Valid, TokenKind::Issued, TokenKind::None] {
                let caller = crate::terms::Caller::Right;
                let (id, user) = (endpoint.id.clone(), "primary".to_owned());
                let key = crate::probe::ProbeKey { endpoint: id, token, token_location: location, caller, user };
                all.extend(request(&key, target, endpoint, at, "primary"));
            }
        }
    }
    all.into_iter().collect()
}

/// Reports whether some setting of the traits makes a request fail that must work.
fn can_fail(world: &mut World<'_>, request: &Request) -> bool {
    match walk(world, request) {
        Ok(ending) => !matches!(ending.result, Ended::Ok),
        Err(Unset(of)) => {
            world.with_each_value(of, |world, _| if can_fail(world, request) { Err(()) } else { Ok(()) }).is_err()
        }
    }
}

#[test]
fn each_fault_can_make_a_request_fail_that_must_work() {
    let target = staging();
    let topology = topology(&target);
    let mut requests: Vec<Request> = requests(&target).into_iter().filter(Request::must_work).collect();
    let in_cookies = |one: &Request| Request { location: TokenLocation::Cookie, ..*one };
    requests.extend(requests.iter().map(in_cookies).collect::<Vec<_>>());
    let from_cache = |one: &Request| Request { from_cache: true, ..*one };
    requests.extend(requests.iter().map(from_cache).collect::<Vec<_>>());
    let causes_nothing = |hypothesis: &Hypothesis<'_>| {
        let mut world = World::new(&topology, hypothesis.patches());
        !requests.iter().any(|request| {
            [false, true].iter().any(|dice| {
                world.dice = *dice;
                can_fail(&mut world, request)
            })
        })
    };
    let dead: Vec<String> = Hypothesis::all(Catalogue::shipped()).filter(causes_nothing).map(Hypothesis::id).collect();
    assert_eq!(dead, ["healthy"], "a fault must be able to cause a failure, and a healthy system none");
}

#[test]
fn each_fault_says_what_it_changes() {
    let silent: Vec<&str> = Catalogue::shipped()
        .faults()
        .iter()
        .filter(|fault| fault.does.is_empty())
        .map(|fault| fault.id.as_str())
        .collect();
    assert_eq!(silent, [""; 0]);
}

#[test]
fn readings_that_nothing_explains_may_be_accidents() {
    let target = staging();
    let seen = |id: u32, endpoint: &str, result: Outcome, authn: Authn| {
        let sent = Exchange { id, ..exchange(endpoint, TokenKind::Valid).answered(200, "application/json", "{}") };
        let seen = observe(&sent, &target.endpoints[endpoint], "").expect("an observation");
        Observation { result, authn, ..seen }
    };
    // The same call ends in three ways, each of them twice: no fault, known or not, and no two faults do that.
    let ways = [
        (Outcome::Ok, Authn::AcceptedAsOther),
        (Outcome::DnsFailed, Authn::Unknown),
        (Outcome::TlsFailed, Authn::Unknown),
    ];
    let twice = ways.iter().chain(&ways);
    let all: Vec<Observation> =
        (1..).zip(twice).map(|(id, (result, authn))| seen(id, "backend.threads", *result, *authn)).collect();
    let kept: Vec<&Observation> = all.iter().collect();
    let evidence = evidence(&kept, &target, "primary", &|_| true, &Records::default());
    let topology = topology_seeing(&evidence, &target);
    let beliefs = Beliefs::of(evidence, &topology, &target, Catalogue::shipped());
    assert!(beliefs.all[0].score.is_finite(), "no hypothesis remains");
}
