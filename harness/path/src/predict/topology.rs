//! What the operator declares of a system, as probabilities of its traits.

use super::ending::Result as Ended;
use super::model::{priors, shows_as};
use super::traits::{Choice, Trait, Value};
use crate::terms::{Algorithm, Validation};

/// What the operator declares, in plain values.
#[derive(Debug, Clone)]
pub struct Declared {
    /// How the backend verifies tokens.
    pub validation: Validation,
    /// How tokens are signed.
    pub algorithm: Algorithm,
    /// Whether the auth service publishes its keys.
    pub has_key_set: bool,
    /// Whether there is an auth service. Without one, the backend asks nobody.
    pub has_auth_service: bool,
    /// Whether the backend checks its configuration when it starts. `None`: the operator does not say.
    pub startup_check: Option<bool>,
    /// How each endpoint verifies tokens, where it declares a way of its own.
    pub endpoints: Vec<Option<Validation>>,
}

/// What the operator declares, as probabilities.
#[derive(Debug, Clone)]
pub struct Topology {
    /// The values of each trait with their probabilities, as declared or by the priors.
    values: Vec<Vec<(Value, f64)>>,
    /// How each endpoint verifies its token, where it declares a way of its own.
    verifies: Vec<Option<Choice>>,
    /// How an endpoint verifies tokens by itself.
    local_way: Choice,
    /// The values of each trait that an endpoint has for itself, by endpoint. Empty: the same everywhere.
    own: Vec<Vec<Vec<(Value, f64)>>>,
    /// Whether the edge verifies tokens before the backend does it too.
    edge_checks_too: bool,
}

/// A result that a reading has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seen {
    /// The place of its endpoint among those of the case.
    pub endpoint: usize,
    /// How it ended.
    pub result: Ended,
    /// Whether it asked for a socket.
    pub is_socket: bool,
}

/// The weight of a declaration. It is a strong prior, not a constant: a wrong one must not rule out the truth.
const DECLARED: f64 = 0.95;

impl Topology {
    /// Returns the probabilities that follow from what the operator declares.
    #[must_use]
    pub fn of(target: &Declared) -> Self {
        let yes = target.startup_check.map_or(0.5, |checks| if checks { DECLARED } else { 1.0 - DECLARED });
        let mut values: Vec<Vec<(Value, f64)>> = Trait::ALL.iter().map(|of| priors(*of).to_vec()).collect();
        values[Trait::Verify as usize] = ways_to_verify(target);
        values[Trait::ChecksConfigAtStart as usize] = yes_or_no(yes);
        if target.algorithm == Algorithm::Hs256 && !target.has_key_set {
            values[Trait::AuthUsesKeySet as usize] = yes_or_no(1.0 - DECLARED);
        }
        if !target.has_auth_service {
            for asks in [Trait::LoginAsksAuth, Trait::MayAskForMore] {
                values[asks as usize] = vec![(Value::Choice(Choice::No), 1.0)];
            }
        }
        let jwks = jwks_rather_than_a_shared_key(target) > 0.5;
        let own = |validation: Validation| declared(validation, jwks);
        let verifies = target.endpoints.iter().map(|endpoint| endpoint.and_then(own)).collect();
        let local_way = if jwks { Choice::Jwks } else { Choice::SharedKey };
        Self { values, verifies, local_way, own: Vec::new(), edge_checks_too: false }
    }

    /// Joins values that predict these results alike. This saves most walks.
    #[must_use]
    pub fn seeing(mut self, seen: &[Seen]) -> Self {
        let at =
            |endpoint: usize| -> Vec<Seen> { seen.iter().copied().filter(|one| one.endpoint == endpoint).collect() };
        let on_sockets: Vec<Seen> = seen.iter().copied().filter(|one| one.is_socket).collect();
        self.own = (0..self.verifies.len()).map(|endpoint| self.own_seeing(&at(endpoint))).collect();
        for of in Trait::ALL.iter().filter(|of| of.is_form() && !of.is_local()) {
            let seen = if of.is_of_sockets() { &on_sockets } else { seen };
            self.values[*of as usize] = joined(&self.values[*of as usize], seen);
        }
        self.values[Trait::RefusalForm as usize] = usual_unless_seen(&self.values[Trait::RefusalForm as usize], seen);
        self
    }

    /// Returns the values of an endpoint's own traits, joined where they predict these results alike.
    fn own_seeing(&self, seen: &[Seen]) -> Vec<Vec<(Value, f64)>> {
        let own = Trait::ALL.iter().filter(|of| of.is_local());
        let values = |of: Trait| if of.is_form() { joined(self.values(of), seen) } else { self.values(of).to_vec() };
        own.map(|of| values(*of)).collect()
    }

    /// The edge was seen to refuse bad tokens for endpoints where good ones reach the backend.
    #[must_use]
    pub fn with_a_checking_edge(mut self, checks: bool) -> Self {
        self.edge_checks_too = checks && !self.edge_may_verify();
        self
    }

    /// Reports whether the edge verifies tokens before the backend does it too.
    pub(super) const fn edge_checks_too(&self) -> bool {
        self.edge_checks_too
    }

    /// Returns how the token of an endpoint is verified, where it declares a way of its own.
    pub(super) fn declared_way(&self, endpoint: usize) -> Option<Choice> {
        self.verifies.get(endpoint).copied().flatten()
    }

    /// Returns how an endpoint verifies tokens that does it by itself.
    pub(super) const fn local_way(&self) -> Choice {
        self.local_way
    }

    /// Reports whether the edge may verify tokens.
    pub(super) fn edge_may_verify(&self) -> bool {
        let edge = |(value, _): &(Value, f64)| *value == Value::Choice(Choice::Edge);
        self.values(Trait::Verify).iter().any(edge) || self.verifies.contains(&Some(Choice::Edge))
    }

    /// Returns the values of a trait with their probabilities, as declared or by the priors.
    fn values(&self, of: Trait) -> &[(Value, f64)] {
        &self.values[of as usize]
    }

    /// Returns the values of a trait at an endpoint.
    pub(crate) fn values_at(&self, of: Trait, endpoint: usize) -> &[(Value, f64)] {
        match self.own.get(endpoint) {
            Some(own) if of.is_local() => &own[of as usize - Trait::Touched as usize],
            _ => self.values(of),
        }
    }
}

fn yes_or_no(yes: f64) -> Vec<(Value, f64)> {
    vec![(Value::Choice(Choice::Yes), yes), (Value::Choice(Choice::No), 1.0 - yes)]
}

/// Returns the ways in which the backend may verify tokens. A declared way has most of the weight.
fn ways_to_verify(target: &Declared) -> Vec<(Value, f64)> {
    use Choice::{Introspection, Jwks, LocalThenIntrospection, SharedKey};
    let jwks = jwks_rather_than_a_shared_key(target);
    let open =
        [(Introspection, 0.3), (LocalThenIntrospection, 0.2), (SharedKey, 0.5 * (1.0 - jwks)), (Jwks, 0.5 * jwks)];
    let declared: Vec<(Choice, f64)> = match (target.validation, declared(target.validation, jwks > 0.5)) {
        (Validation::Unknown, _) => return open.map(|(choice, share)| (Value::Choice(choice), share)).to_vec(),
        // The old name `auth-service` covers both.
        (Validation::Introspection, _) => vec![(Introspection, 0.75), (LocalThenIntrospection, 0.25)],
        (Validation::Local, _) => vec![(SharedKey, 1.0 - jwks), (Jwks, jwks)],
        (_, way) => way.into_iter().map(|way| (way, 1.0)).collect(),
    };
    let is_declared = |choice: Choice| declared.iter().any(|(other, _)| *other == choice);
    let rest: Vec<(Choice, f64)> = open.into_iter().filter(|(choice, _)| !is_declared(*choice)).collect();
    let sum: f64 = rest.iter().map(|(_, share)| share).sum();
    let declared = declared.into_iter().map(|(choice, share)| (Value::Choice(choice), DECLARED * share));
    declared
        .chain(rest.into_iter().map(|(choice, share)| (Value::Choice(choice), (1.0 - DECLARED) * share / sum)))
        .collect()
}

/// Returns how likely a backend that verifies by itself fetches its keys.
fn jwks_rather_than_a_shared_key(target: &Declared) -> f64 {
    match (target.algorithm, target.has_key_set) {
        (Algorithm::Hs256, false) => 0.25,
        (Algorithm::Hs256, true) => 0.5,
        (_, false) => 0.75,
        (_, true) => 0.9,
    }
}

const fn declared(validation: Validation, jwks: bool) -> Option<Choice> {
    Some(match validation {
        Validation::Introspection => Choice::Introspection,
        Validation::Jwks => Choice::Jwks,
        Validation::Local if jwks => Choice::Jwks,
        Validation::SharedKey | Validation::Local => Choice::SharedKey,
        Validation::LocalThenIntrospection => Choice::LocalThenIntrospection,
        Validation::Edge => Choice::Edge,
        Validation::Session => Choice::Session,
        Validation::Unknown => return None,
    })
}

/// Joins results that are equally far from each of these readings.
fn joined(values: &[(Value, f64)], seen: &[Seen]) -> Vec<(Value, f64)> {
    let mut classes: Vec<(Value, f64)> = Vec::new();
    for (value, prior) in values {
        let alike = |other: &Value| match (value, other) {
            (Value::Result(one), Value::Result(other)) => are_alike(*one, *other, seen),
            _ => false,
        };
        match classes.iter_mut().find(|(other, _)| alike(other)) {
            Some((_, sum)) => *sum += prior,
            None => classes.push((*value, *prior)),
        }
    }
    classes
}

/// Results that the walk or the emission treats in a way of its own.
const ALONE: [Ended; 6] =
    [Ended::NotFound, Ended::InvalidRequest, Ended::TimedOut, Ended::BrokenStream, Ended::Hollow, Ended::Reset];

fn are_alike(one: Ended, other: Ended, seen: &[Seen]) -> bool {
    let both = [one, other];
    let same = |seen: &Seen| {
        !both.contains(&seen.result)
            && shows_as(one, seen.result, seen.is_socket) == shows_as(other, seen.result, seen.is_socket)
    };
    one.is_form() == other.is_form() && !both.iter().any(|result| ALONE.contains(result)) && seen.iter().all(same)
}

/// Adds the forms that no reading has to the usual form: a system that refuses in them would have shown it.
fn usual_unless_seen(values: &[(Value, f64)], seen: &[Seen]) -> Vec<(Value, f64)> {
    let is_seen = |value: &Value| seen.iter().any(|one| *value == Value::Result(one.result));
    let mut kept: Vec<(Value, f64)> = Vec::new();
    for (at, (value, prior)) in values.iter().enumerate() {
        if at == 0 || is_seen(value) {
            kept.push((*value, *prior));
        } else {
            kept[0].1 += prior;
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use rstest::rstest;

    use super::{Choice, Declared, Ended, Seen, Topology, Trait};
    use crate::path::effect::{Effect, Patch, Reach};
    use crate::path::stop::Stop;
    use crate::predict::ending::{Ending, Reason};
    use crate::predict::request::Request;
    use crate::predict::traits::Value;
    use crate::predict::walk::walk;
    use crate::predict::world::{Unset, World};
    use crate::terms::{Algorithm, TokenKind, Validation};

    /// A system with one endpoint, which may declare a way of its own.
    fn of_one_endpoint(validation: Validation, own: Option<Validation>) -> Declared {
        let algorithm = Algorithm::Hs256;
        Declared {
            validation,
            algorithm,
            has_key_set: false,
            has_auth_service: true,
            startup_check: None,
            endpoints: vec![own],
        }
    }

    #[rstest]
    fn the_ways_to_verify_sum_to_one(
        #[values(
            Validation::Introspection,
            Validation::Jwks,
            Validation::SharedKey,
            Validation::LocalThenIntrospection,
            Validation::Local,
            Validation::Edge,
            Validation::Session,
            Validation::Unknown
        )]
        validation: Validation,
        #[values(Algorithm::Hs256, Algorithm::Rs256, Algorithm::Es256)] algorithm: Algorithm,
        #[values(false, true)] has_key_set: bool,
        #[values(&[], Ended::ALL)] seen: &[Ended],
    ) {
        let seen: Vec<Seen> =
            seen.iter().map(|result| Seen { endpoint: 0, result: *result, is_socket: false }).collect();
        let target = Declared { algorithm, has_key_set, ..of_one_endpoint(validation, None) };
        let topology = Topology::of(&target).seeing(&seen);
        for one in Trait::ALL {
            let values = topology.values_at(*one, 0);
            let sum: f64 = values.iter().map(|(_, prior)| prior).sum();
            assert!((sum - 1.0).abs() < 1e-9, "{one}: {sum}");
            assert!(values.iter().all(|(_, prior)| *prior >= 0.0), "{one}: {values:?}");
        }
    }

    #[rstest]
    #[case(Validation::Introspection, &[Choice::Introspection, Choice::LocalThenIntrospection])]
    #[case(Validation::Jwks, &[Choice::Jwks])]
    #[case(Validation::SharedKey, &[Choice::SharedKey])]
    #[case(Validation::LocalThenIntrospection, &[Choice::LocalThenIntrospection])]
    #[case(Validation::Local, &[Choice::SharedKey, Choice::Jwks])]
    #[case(Validation::Edge, &[Choice::Edge])]
    #[case(Validation::Session, &[Choice::Session])]
    fn a_declared_way_has_most_of_the_weight(#[case] validation: Validation, #[case] ways: &[Choice]) {
        let topology = Topology::of(&of_one_endpoint(validation, None));
        let is_declared = |value: &Value| matches!(value, Value::Choice(choice) if ways.contains(choice));
        let all = topology.values(Trait::Verify);
        let sum: f64 = all.iter().filter(|(value, _)| is_declared(value)).map(|(_, prior)| prior).sum();
        assert!((sum - 0.95).abs() < 1e-9, "{sum}");
    }

    /// Adds the probability of every way in which the request can end.
    fn endings(world: &mut World<'_>, request: &Request, weight: f64, all: &mut Vec<(Ending, f64)>) {
        match walk(world, request) {
            Ok(ending) => all.push((ending, weight)),
            Err(Unset(of)) => {
                let Ok(()) = world.with_each_value(of, |world, prior| {
                    endings(world, request, weight * prior, all);
                    Ok::<(), Infallible>(())
                });
            }
        }
    }

    /// Returns the probability of each reason for which a token of the auth service is refused, if that service signs
    /// with another key than it publishes. The reason shows the way: a key that is not in the set, a wrong signature, or
    /// a token that is not active.
    fn reason_of_a_refusal(target: &Declared, reason: Reason) -> f64 {
        let topology = Topology::of(target);
        let signs = Patch { at: None, effect: Effect::SignOtherwise, reach: Reach::All, of: None, only: None };
        let request = Request::to_a_protected_endpoint(TokenKind::Issued);
        let mut all = Vec::new();
        endings(&mut World::new(&topology, vec![(Stop::Auth, signs)]), &request, 1.0, &mut all);
        let sum = |counts: &dyn Fn(&Ending) -> bool| -> f64 {
            all.iter().filter(|(ending, _)| counts(ending)).map(|(_, weight)| weight).sum()
        };
        sum(&|ending| ending.result == Ended::Denied && ending.reason == reason)
            / sum(&|ending| ending.result == Ended::Denied)
    }

    #[rstest]
    #[case(Validation::Jwks, Reason::Key)]
    #[case(Validation::SharedKey, Reason::Signature)]
    #[case(Validation::Introspection, Reason::Inactive)]
    #[case(Validation::Session, Reason::Inactive)]
    fn the_word_of_an_endpoint_outweighs_that_of_the_target(#[case] own: Validation, #[case] reason: Reason) {
        // A way of the target that gives another reason.
        let validation = if reason == Reason::Signature { Validation::Jwks } else { Validation::SharedKey };
        let elsewhere = reason_of_a_refusal(&of_one_endpoint(validation, None), reason);
        let here = reason_of_a_refusal(&of_one_endpoint(validation, Some(own)), reason);
        assert!(elsewhere < 0.15, "without a word of its own: {elsewhere}");
        assert!(here >= 0.94, "{here}");
    }

    #[test]
    fn only_a_declaration_lets_the_edge_verify() {
        let may_verify = |validation, own| Topology::of(&of_one_endpoint(validation, own)).edge_may_verify();
        assert!(!may_verify(Validation::Introspection, None));
        assert!(may_verify(Validation::Introspection, Some(Validation::Edge)));
        assert!(may_verify(Validation::Edge, None));
    }
}
