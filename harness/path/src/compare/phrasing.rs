//! How far a system tells reasons apart in words. The same reason is told in the same words; that needs no pattern.
//!
//! It changes no outcome, so it is summed out here and never walked again.

use crate::predict::ending::{Maker, Reason};
use crate::predict::model::noise;

/// The ways of wording: each reason in its own words, every flaw of a token in the same words, only a missing credential in
/// its own words, all in the same.
pub(crate) const WAYS: usize = 4;

/// Returns the prior of each way.
pub(super) fn priors() -> [f64; WAYS] {
    let noise = noise();
    let all = 1.0 - noise.words_each - noise.words_token - noise.words_missing;
    [noise.words_each, noise.words_token, noise.words_missing, all]
}

/// Sums the likelihood over the ways of wording.
pub(super) fn summed(like: [f64; WAYS]) -> f64 {
    priors().iter().zip(like).map(|(prior, like)| prior * like).sum()
}

/// What a library finds in a token by itself.
const FLAWS: [Reason; 6] =
    [Reason::Malformed, Reason::Signature, Reason::Key, Reason::Expired, Reason::Early, Reason::Claims];

fn told_as(way: usize, reason: Reason) -> Reason {
    match way {
        0 => reason,
        1 if FLAWS.contains(&reason) => Reason::Signature,
        1 => reason,
        2 if reason == Reason::Missing => reason,
        2 => Reason::Unknown,
        _ => Reason::None,
    }
}

/// A refusal: the component that words it, its reason, and the shape of its response.
pub(crate) type Told<'a> = (Maker, Reason, &'a str);

/// Returns the likelihood of the words of one endpoint, for each way. Each component has words of its own.
pub fn likelihood(told: &[(Maker, Reason, &str)]) -> [f64; WAYS] {
    if told.len() < 2 {
        return [1.0; WAYS];
    }
    let each: [f64; WAYS] = std::array::from_fn(|way| fit(way, told));
    let deviate = noise().words_deviate;
    let mean = summed(each);
    each.map(|fit| (1.0 - deviate) * fit + deviate * mean)
}

fn fit(way: usize, told: &[(Maker, Reason, &str)]) -> f64 {
    let noise = noise();
    let mut seen: Vec<((Maker, Reason), &str)> = Vec::new();
    let mut likelihood = 1.0;
    for (maker, reason, shape) in told {
        let key = (*maker, told_as(way, *reason));
        if let Some((_, known)) = seen.iter().find(|(known, _)| *known == key) {
            likelihood *= if known == shape { noise.same_words } else { 1.0 - noise.same_words };
            continue;
        }
        if !seen.is_empty() {
            let is_new = seen.iter().all(|(_, known)| known != shape);
            likelihood *= if is_new { noise.new_words } else { 1.0 - noise.new_words };
        }
        seen.push((key, shape));
    }
    likelihood
}

#[cfg(test)]
mod tests {
    use super::{Maker, Reason, likelihood};

    #[test]
    fn a_library_may_word_every_flaw_of_a_token_alike_and_another_reason_in_its_own_words() {
        let flaws = [Reason::Signature, Reason::Malformed, Reason::Expired, Reason::Claims]
            .map(|one| (Maker::Backend, one, "not valid"));
        let told: Vec<_> =
            flaws.into_iter().chain([(Maker::Backend, Reason::Caller, "could not be verified")]).collect();
        let [each, token, missing, all] = likelihood(&told);
        assert!([each, missing, all].iter().all(|other| token > 4.0 * other), "{each} {token} {missing} {all}");
    }

    #[test]
    fn each_component_has_words_of_its_own() {
        let told = |last: Maker| {
            [
                (Maker::Edge, Reason::Malformed, "not valid"),
                (Maker::Edge, Reason::Signature, "not valid"),
                (last, Reason::Claims, "refused"),
            ]
        };
        let best = |told: &[_]| likelihood(told).into_iter().fold(0.0, f64::max);
        assert!(best(&told(Maker::Backend)) > 4.0 * best(&told(Maker::Edge)));
    }
}
