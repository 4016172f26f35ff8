//! What the model of the path foresees for a fault, in words.

use fivewhys_path::{Ended, Outlook};

use crate::diagnose::belief::Foreseen;
use crate::diagnose::model::fault::Fault;
use crate::diagnose::model::probe_class::{Place, ProbeClass};
use crate::diagnose::model::probe_selector::ProbeSelector;
use crate::diagnose::wording::predictions::{any, outcome, selector};
use crate::observe::Outcome;
use crate::terms::{EvidenceSource, TokenKind};

/// The evidence whose probes are shown.
const SHOWN: [EvidenceSource; 3] = [EvidenceSource::Edge, EvidenceSource::Auth, EvidenceSource::ServiceCredentials];

/// A probe that ends this differently from one in a healthy system is told.
const OTHERWISE: f64 = 0.1;
/// A way to end with a smaller probability is not told.
const TOLD: f64 = 0.1;

/// Returns how probes end where the fault shows: one line for the probes that end alike, without those that end as in a
/// healthy system.
pub(crate) fn predicted(fault: &Fault) -> Vec<String> {
    let foreseen = Foreseen::with(&SHOWN);
    let Some(outlooks) = foreseen.of(fault) else { return Vec::new() };
    let healthy = foreseen.healthy();
    let all = foreseen.classes.iter().zip(outlooks.iter().zip(&healthy));
    let told = all.filter(|(class, (outlook, usual))| is_told(class) && outlook.distance(usual) >= OTHERWISE);
    let mut groups: Vec<(ProbeSelector, String)> =
        told.map(|(class, (outlook, _))| (only(class), ends(outlook))).collect();
    while let Some((at, other)) = alike(&groups) {
        let (on, _) = groups.remove(other);
        join(&mut groups[at].0, on);
    }
    groups.into_iter().map(|(on, ends)| format!("{}: {ends}", selector(&on))).collect()
}

/// Reports whether the class is one of those that say most about a fault.
fn is_told(class: &ProbeClass) -> bool {
    let tokens = [TokenKind::Valid, TokenKind::Issued, TokenKind::None, TokenKind::WrongKey];
    tokens.contains(&class.token) && class.same_user
}

/// Returns two groups that end alike and differ along one axis at most.
fn alike(groups: &[(ProbeSelector, String)]) -> Option<(usize, usize)> {
    let mut pairs = (0..groups.len()).flat_map(|at| (at + 1..groups.len()).map(move |other| (at, other)));
    pairs.find(|(at, other)| groups[*at].1 == groups[*other].1 && axes(&groups[*at].0, &groups[*other].0) <= 1)
}

/// Returns along how many axes two selectors differ.
fn axes(one: &ProbeSelector, other: &ProbeSelector) -> usize {
    let same = [
        one.places == other.places,
        one.kinds == other.kinds,
        one.tokens == other.tokens,
        one.token_locations == other.token_locations,
        one.callers == other.callers,
    ];
    same.iter().filter(|same| !**same).count()
}

fn join(on: &mut ProbeSelector, other: ProbeSelector) {
    add(&mut on.places, other.places);
    add(&mut on.kinds, other.kinds);
    add(&mut on.tokens, other.tokens);
    add(&mut on.token_locations, other.token_locations);
    add(&mut on.callers, other.callers);
}

fn add<T: PartialEq>(all: &mut Vec<T>, more: Vec<T>) {
    for one in more {
        if !all.contains(&one) {
            all.push(one);
        }
    }
}

/// Returns how a probe ends, the likeliest way first: `refused (83 %) or server error (14 %)`.
fn ends(outlook: &Outlook) -> String {
    let mut ways: Vec<(Ended, f64)> = Vec::new();
    for (result, share) in outlook.results() {
        match ways.iter_mut().find(|(known, _)| *known == result) {
            Some((_, sum)) => *sum += share,
            None => ways.push((result, share)),
        }
    }
    ways.retain(|(_, share)| *share >= TOLD);
    ways.sort_by(|a, b| b.1.total_cmp(&a.1));
    let word = |(result, share): &(Ended, f64)| format!("{} ({:.0} %)", ended(*result), share * 100.0);
    match ways.as_slice() {
        [(only, _)] => ended(*only).to_owned(),
        several => any(&several.iter().map(word).collect::<Vec<_>>()),
    }
}

fn ended(result: Ended) -> &'static str {
    match result {
        Ended::OtherUser => "accepted as another user",
        Ended::HeldBack => "successful, with all parts at the end",
        result => Outcome::ALL.iter().find(|one| Ended::from(**one) == result).map_or(result.as_str(), outcome),
    }
}

/// Returns the selector of one class.
fn only(class: &ProbeClass) -> ProbeSelector {
    let takes_token = matches!(class.place, Place::Protected | Place::Direct | Place::Introspection);
    let has_forms = class.place == Place::Protected;
    ProbeSelector {
        places: vec![class.place],
        kinds: if has_forms { vec![class.kind] } else { Vec::new() },
        tokens: if takes_token { vec![class.token] } else { Vec::new() },
        token_locations: if has_forms { vec![class.token_location] } else { Vec::new() },
        callers: if class.place == Place::Introspection { vec![class.caller] } else { Vec::new() },
        ..ProbeSelector::default()
    }
}
