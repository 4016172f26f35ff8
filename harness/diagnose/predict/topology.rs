//! What the operator declares of a system, as probabilities of its traits.

use super::ending::Result as Ended;
use super::model::{has_forms, priors};
use super::traits::{Choice, Trait, Value};
use crate::config::{Target, Validation};
use crate::terms::Algorithm;

/// What the operator declares.
#[derive(Debug, Clone)]
pub(in crate::diagnose) struct Topology {
    /// The values of each trait with their probabilities, as declared or by the priors.
    values: Vec<Vec<(Value, f64)>>,
    /// How each endpoint verifies its token, where it declares a way of its own.
    verifies: Vec<Option<Choice>>,
}

/// The weight of a declaration. It is a strong prior, not a constant: a wrong one must not rule out the truth.
const DECLARED: f64 = 0.95;

impl Topology {
    pub(in crate::diagnose) fn of(target: &Target, seen: &[Ended]) -> Self {
        let yes = target.startup_check.map_or(0.5, |checks| if checks { DECLARED } else { 1.0 - DECLARED });
        let mut values: Vec<Vec<(Value, f64)>> = Trait::ALL.iter().map(|of| collapsed(*of, seen)).collect();
        values[Trait::Verify as usize] = ways_to_verify(target);
        values[Trait::ChecksConfigAtStart as usize] =
            vec![(Value::Choice(Choice::Yes), yes), (Value::Choice(Choice::No), 1.0 - yes)];
        let jwks = jwks_rather_than_a_shared_key(target) > 0.5;
        let own = |validation: Validation| declared(validation, jwks);
        let verifies = target.endpoints.values().map(|endpoint| endpoint.validation.and_then(own)).collect();
        Self { values, verifies }
    }

    /// Returns how the token of an endpoint is verified, where it declares a way of its own.
    pub(super) fn declared_way(&self, endpoint: usize) -> Option<Choice> {
        self.verifies.get(endpoint).copied().flatten()
    }

    /// Reports whether the edge may verify tokens.
    pub(super) fn edge_may_verify(&self) -> bool {
        let edge = |(value, _): &(Value, f64)| *value == Value::Choice(Choice::Edge);
        self.values(Trait::Verify).iter().any(edge) || self.verifies.contains(&Some(Choice::Edge))
    }

    /// Returns the values of a trait with their probabilities, as declared or by the priors.
    pub(in crate::diagnose) fn values(&self, of: Trait) -> &[(Value, f64)] {
        &self.values[of as usize]
    }
}

/// Returns the ways in which the backend may verify tokens. A declared way has most of the weight.
fn ways_to_verify(target: &Target) -> Vec<(Value, f64)> {
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
fn jwks_rather_than_a_shared_key(target: &Target) -> f64 {
    match (target.algorithm, &target.jwks) {
        (Algorithm::Hs256, None) => 0.25,
        (Algorithm::Hs256, Some(_)) => 0.5,
        (_, None) => 0.75,
        (_, Some(_)) => 0.9,
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

/// Joins the results that no reading has, where every result is possible: what they predict is equally far from every
/// reading. This saves most walks of an unknown fault.
fn collapsed(of: Trait, seen: &[Ended]) -> Vec<(Value, f64)> {
    let values = priors(of);
    if of == Trait::RefusalForm {
        return usual_unless_seen(values, seen);
    }
    if !matches!(of, Trait::UnknownDoes | Trait::OwnWay) {
        return values.to_vec();
    }
    let mut all: Vec<(Value, f64)> = Vec::new();
    for (value, prior) in values {
        let like = |other: &Value| match (value, other) {
            (Value::Result(one), Value::Result(other)) => {
                // An unknown fault of the client causes these in their own form.
                let own = [Ended::NotFound, Ended::InvalidRequest];
                let alone = |result: &Ended| has_forms(*result) || own.contains(result);
                let plain = |result: &Ended| !seen.contains(result) && !alone(result);
                plain(one) && plain(other) && one.is_form() == other.is_form()
            }
            _ => false,
        };
        match all.iter_mut().find(|(other, _)| like(other)) {
            Some((_, sum)) => *sum += prior,
            None => all.push((*value, *prior)),
        }
    }
    all
}

/// Adds the forms that no reading has to the usual form: a system that refuses in them would have shown it.
fn usual_unless_seen(values: &[(Value, f64)], seen: &[Ended]) -> Vec<(Value, f64)> {
    let is_seen = |value: &Value| matches!(value, Value::Result(result) if seen.contains(result));
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
