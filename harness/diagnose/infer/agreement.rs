//! What a mode of a fault says about one reading: whether it applies, whether it agrees, and whether it predicts the
//! failure.

use crate::diagnose::facts::token_location;
use crate::diagnose::infer::case::Case;
use crate::diagnose::model::fault_mode::FaultMode;
use crate::diagnose::model::prediction::Prediction;
use crate::diagnose::readings::probe_result::Reading;
use crate::observe::{Authn, LatencyClass, Observation, Outcome};
use crate::terms::{Hop, TokenKind};

/// Returns the predictions that apply to this reading.
/// If any prediction names another user, only such predictions apply to readings of another user.
pub(crate) fn speaking<'m>(mode: &'m FaultMode, reading: &'m Reading<'_>) -> impl Iterator<Item = &'m Prediction> {
    let other_user = !reading.class.same_user;
    let covered = mode.predict.iter().any(|one| one.on.asks_for_another_user());
    let all = mode.predict.iter();
    all.filter(move |one| !(other_user && covered) || one.on.asks_for_another_user())
        .filter(move |one| reading.is_on(&one.on) && (reading.beside_failure || !one.where_failing))
}

/// Reports whether the mode predicts the outcome of this reading and agrees with it.
pub(crate) fn predicts(mode: &FaultMode, reading: &Reading<'_>) -> bool {
    let mut spoke = false;
    for prediction in speaking(mode, reading) {
        spoke |= names_outcome(prediction, reading);
        if !prediction.some && !fits(prediction, reading) {
            return false;
        }
    }
    spoke
}

/// Reports whether the prediction names the outcome of this reading.
pub(crate) fn names_outcome(prediction: &Prediction, reading: &Reading<'_>) -> bool {
    prediction.result.contains(&reading.observation.result)
        && (reading.observation.result != Outcome::Ok || prediction.authn.contains(&reading.observation.authn))
}

/// Reports whether the reading alone agrees with the prediction.
///
/// What an exchange cannot show contradicts nothing. Nor does latency: open circuit breakers and warm caches shorten
/// it.
pub(crate) fn fits(prediction: &Prediction, reading: &Reading<'_>) -> bool {
    let seen = reading.observation;
    let result = prediction.result.is_empty() || prediction.result.contains(&seen.result);
    let hop = prediction.answered_by.is_empty()
        || (reading.answered_by == Hop::Unknown
            && !prediction.surely
            && (!prediction.hinted || hinted(prediction, seen)))
        || prediction.answered_by.contains(&reading.answered_by)
        || (seen.speaks_for_another && prediction.answered_by.contains(&Hop::Backend));
    let authn = prediction.authn.is_empty() || seen.authn == Authn::Unknown || prediction.authn.contains(&seen.authn);
    let answered = !prediction.answered || seen.status.is_some();
    let waited = !prediction.after_a_while || seen.result == Outcome::Ok || seen.latency != LatencyClass::Fast;
    result && hop && authn && answered && waited
}

fn hinted(prediction: &Prediction, seen: &Observation) -> bool {
    prediction.answered_by.contains(&seen.answered_by)
}

/// Reports whether the reading agrees with the prediction, alone and compared with its controls.
pub(crate) fn holds(prediction: &Prediction, reading: &Reading<'_>, case: &Case<'_>) -> bool {
    fits(prediction, reading) && relation_holds(prediction, reading, case)
}

/// Reports whether the reading fulfils a prediction that at least one probe must fulfil.
/// For an intermittent reading, one attempt is enough.
pub(crate) fn meets(prediction: &Prediction, reading: &Reading<'_>, case: &Case<'_>) -> bool {
    if prediction.comes_and_goes && !reading.varies() {
        return false;
    }
    if reading.is_firm() { holds(prediction, reading, case) } else { reading.ever(&prediction.result) }
}

/// Reports whether the mode allows the reading: every prediction holds that each probe must fulfil.
pub(crate) fn allows(mode: &FaultMode, reading: &Reading<'_>, case: &Case<'_>) -> bool {
    speaking(mode, reading).all(|one| one.some || holds(one, reading, case))
}

/// Reports whether the mode allows the difference between a call through the edge and one directly at the backend.
/// A fault behind the edge affects both.
pub(crate) const fn edge_difference_is_allowed(mode: &FaultMode, reading: &Reading<'_>) -> bool {
    !mode.inside || !reading.is_explained_by_the_edge_alone()
}

/// Reports whether the mode says that the edge removes the token from the header, although the backend does not read it
/// either.
pub(crate) fn blames_the_edge_for_an_unread_header(mode: &FaultMode, case: &Case<'_>) -> bool {
    let takes = |through: &Reading<'_>| speaking(mode, through).any(|one| one.same_as == Some(TokenKind::None));
    !mode.inside && token_location::lost_both_ways(&case.readings).any(takes)
}

/// Reports whether the response is the same as that of its control, or differs from it, as predicted.
///
/// Without a control nothing is contradicted. A predicted sameness fails only if the decisions differ, since texts may
/// vary. A predicted difference fails only if the responses are identical after masking ids and times.
fn relation_holds(prediction: &Prediction, reading: &Reading<'_>, case: &Case<'_>) -> bool {
    let control = |token| case.readings.control(reading, token).filter(|control| !control.varies());
    let same = prediction.same_as.and_then(control).is_none_or(|control| reading.same_decision(control));
    let differs = prediction.differs_from.and_then(control).is_none_or(|control| !reading.is_same_response_as(control));
    same && differs
}
