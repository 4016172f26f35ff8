//! One valid token in two token locations of the same endpoint.
//!
//! In the header it gets the same response as no token. In the other location it is read and refused. A fault that
//! removes or ignores the header is then present in addition to the fault that refuses the token.

use crate::diagnose::model::credential_words;
use crate::diagnose::model::fact::{Fact, TOKEN_BY_HEADER};
use crate::diagnose::readings::probe_result::{Reading, Readings};
use crate::probe::ProbeKey;
use crate::terms::{TokenKind, TokenLocation};

/// Returns the fact that the header is not read. `None`: both locations get the same response, or no call was made
/// without a token.
pub(crate) fn fact(readings: &Readings<'_>) -> Option<Fact> {
    let (header, other) = lost(readings).next()?;
    let says = format!(
        "{}: a token in the header gets the same response as no token; {} it gets another response",
        header.endpoint(),
        credential_words::token_location(other.observation.probe.token_location)
    );
    Some(Fact {
        key: TOKEN_BY_HEADER,
        value: "lost",
        anomaly: false,
        says,
        exchange: Some(header.observation.exchange),
    })
}

/// Returns the call without a token that would show it.
pub(crate) fn doubtful(readings: &Readings<'_>, open: &[ProbeKey]) -> Option<ProbeKey> {
    let untold =
        refused_differently(readings).filter(|(header, _)| readings.is_answered_as_without_token(header).is_none());
    let mut endpoints = untold.map(|(header, _)| header.endpoint());
    endpoints
        .find_map(|endpoint| open.iter().find(|key| key.endpoint == endpoint && key.token == TokenKind::None).cloned())
}

/// Returns pairs of readings: the token in the header gets the same response as no token, in another location it does
/// not.
fn lost<'r, 'a>(readings: &'r Readings<'a>) -> impl Iterator<Item = (&'r Reading<'a>, &'r Reading<'a>)> {
    let as_without = |one: &Reading<'_>| readings.is_answered_as_without_token(one);
    refused_differently(readings)
        .filter(move |(header, other)| (as_without(header), as_without(other)) == (Some(true), Some(false)))
}

/// Returns pairs of readings of one valid token at one endpoint, which is refused differently in the header and
/// elsewhere.
fn refused_differently<'r, 'a>(readings: &'r Readings<'a>) -> impl Iterator<Item = (&'r Reading<'a>, &'r Reading<'a>)> {
    let refused = |one: &&Reading<'_>| one.fails() && one.is_firm() && one.observation.status.is_some();
    let by_header =
        move |one: &&Reading<'_>| refused(one) && one.observation.probe.token_location == TokenLocation::Header;
    readings.all.iter().filter(by_header).flat_map(move |header| {
        let (key, others) = (&header.observation.probe, readings.all.iter().filter(refused));
        let beside = others.filter(move |one| {
            let other = &one.observation.probe;
            (&other.endpoint, other.token, &other.user) == (&key.endpoint, key.token, &key.user)
                && other.token_location != key.token_location
        });
        beside.filter(|one| !one.is_same_response_as(header)).map(move |other| (header, other))
    })
}
