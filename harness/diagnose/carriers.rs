//! One good token by two carriers: in the header it fares as if it were not there, by another it is looked at, and refused. Whoever keeps
//! the header from being read is at fault beside whatever refuses the token. Sits in `diagnose`.

use super::case::Case;
use super::fact::Fact;
use super::reading::{Reading, Readings};
use crate::probe::ProbeKey;
use crate::terms::{Carrier, TokenKind};

/// The key of the fact.
pub(super) const KEY: &str = "token-by-header";

/// Nothing where the two do not part, or where nobody asked without a token.
pub(super) fn fact(readings: &Readings<'_>) -> Option<Fact> {
    let (header, other) = lost(readings).next()?;
    let says = format!(
        "in the header of {} our token fares to the letter like none, and as {} it does not",
        header.surface(),
        other.observation.probe.carrier
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
    let mut surfaces = untold.map(|(header, _)| header.surface());
    surfaces.find_map(|surface| open.iter().find(|key| key.surface == surface && key.token == TokenKind::None).cloned())
}

/// In the header as if it were not there, by another carrier not so.
fn lost<'r, 'a>(readings: &'r Readings<'a>) -> impl Iterator<Item = (&'r Reading<'a>, &'r Reading<'a>)> {
    let like_nobody = |one: &Reading<'_>| readings.fares_like_nobody(one);
    parted(readings)
        .filter(move |(header, other)| (like_nobody(header), like_nobody(other)) == (Some(true), Some(false)))
}

/// The same good token on the same surface, refused in the header and otherwise refused by another carrier.
fn parted<'r, 'a>(readings: &'r Readings<'a>) -> impl Iterator<Item = (&'r Reading<'a>, &'r Reading<'a>)> {
    let refused = |one: &&Reading<'_>| one.fails() && one.is_firm() && one.observation.status.is_some();
    let by_header = move |one: &&Reading<'_>| refused(one) && one.observation.probe.carrier == Carrier::Header;
    readings.all.iter().filter(by_header).flat_map(move |header| {
        let (key, others) = (&header.observation.probe, readings.all.iter().filter(refused));
        let beside = others.filter(move |one| {
            let other = &one.observation.probe;
            (&other.surface, other.token, &other.user) == (&key.surface, key.token, &key.user)
                && other.carrier != key.carrier
        });
        beside.filter(|one| !one.is_to_the_letter_like(header)).map(move |other| (header, other))
    })
}
