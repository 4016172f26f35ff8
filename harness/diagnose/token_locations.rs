//! One good token by two token locations: in the header it fares as if it were not there, by another it is looked at, and refused. Whoever keeps
//! the header from being read is at fault beside whatever refuses the token. Sits in `diagnose`.

use super::case::Case;
use super::fact::Fact;
use super::reading::{Reading, Readings};
use crate::probe::ProbeKey;
use crate::terms::{TokenKind, TokenLocation};

/// The key of the fact.
pub(super) const KEY: &str = "token-by-header";

/// Nothing where the two do not part, or where nobody asked without a token.
pub(super) fn fact(readings: &Readings<'_>) -> Option<Fact> {
    let (header, other) = lost(readings).next()?;
    let says = format!(
        "in the header of {} our token fares to the letter like none, and as {} it does not",
        header.endpoint(),
        other.observation.probe.token_location
    );
    Some(Fact { key: KEY, value: "lost", anomaly: false, says, exchange: Some(header.observation.exchange) })
}

/// The calls through the edge whose header is not read, and not past the edge either.
pub(super) fn lost_both_ways<'r, 'a>(readings: &'r Readings<'a>) -> impl Iterator<Item = &'r Reading<'a>> {
    let past = |through: &Reading<'_>| {
        let past =
            |one: &&Reading<'_>| readings.through_the_edge(one).is_some_and(|it| it.exchanges == through.exchanges);
        readings.all.iter().find(past)
    };
    let too =
        move |through: &Reading<'_>| past(through).and_then(|past| readings.fares_like_nobody(past)) == Some(true);
    lost(readings).map(|(header, _)| header).filter(move |header| too(header))
}

/// The call without a token that would tell.
pub(super) fn doubtful(case: &Case<'_>, open: &[ProbeKey]) -> Option<ProbeKey> {
    let untold = parted(&case.readings).filter(|(header, _)| case.readings.fares_like_nobody(header).is_none());
    let mut endpoints = untold.map(|(header, _)| header.endpoint());
    endpoints
        .find_map(|endpoint| open.iter().find(|key| key.endpoint == endpoint && key.token == TokenKind::None).cloned())
}

/// In the header as if it were not there, by another token location not so.
fn lost<'r, 'a>(readings: &'r Readings<'a>) -> impl Iterator<Item = (&'r Reading<'a>, &'r Reading<'a>)> {
    let like_nobody = |one: &Reading<'_>| readings.fares_like_nobody(one);
    parted(readings)
        .filter(move |(header, other)| (like_nobody(header), like_nobody(other)) == (Some(true), Some(false)))
}

/// The same good token on the same endpoint, refused in the header and otherwise refused by another token location.
fn parted<'r, 'a>(readings: &'r Readings<'a>) -> impl Iterator<Item = (&'r Reading<'a>, &'r Reading<'a>)> {
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
        beside.filter(|one| !one.is_to_the_letter_like(header)).map(move |other| (header, other))
    })
}
