//! What a mode of a fault says of one reading: whether it speaks of it, fits it, and foretells it. Sits in `diagnose`.

use super::case::Case;
use super::mode::{Mode, Prediction};
use super::reading::Reading;
use super::token_locations;
use crate::observe::{Authn, LatencyClass, Observation, Outcome};
use crate::terms::{Hop, TokenKind};

/// The predictions that speak of this reading. One that names another user speaks of nobody else, and the other way round.
pub(super) fn speaking<'m>(mode: &'m Mode, reading: &Reading<'_>) -> impl Iterator<Item = &'m Prediction> {
    let other_user = !reading.cell.same_user;
    let covered = mode.predict.iter().any(|one| one.on.asks_for_another_user());
    mode.predict.iter().filter(move |one| !(other_user && covered) || one.on.asks_for_another_user()).filter({
        let (cell, beside_failure) = (reading.cell, reading.beside_failure);
        move |one| one.on.matches(&cell) && (beside_failure || !one.where_failing)
    })
}

pub(super) fn predicts(mode: &Mode, reading: &Reading<'_>) -> bool {
    let mut spoke = false;
    for prediction in speaking(mode, reading) {
        spoke |= foretells(prediction, reading);
        if !prediction.some && !fits(prediction, reading) {
            return false;
        }
    }
    spoke
}

/// Whether it says of a failure that it ends in this way.
pub(super) fn foretells(prediction: &Prediction, reading: &Reading<'_>) -> bool {
    prediction.result.contains(&reading.observation.result)
        && (reading.observation.result != Outcome::Ok || prediction.authn.contains(&reading.observation.authn))
}

/// Whether the reading's own axes are as predicted. What an exchange could not tell contradicts nothing; nor does latency, which open
/// breakers and warm caches shorten.
pub(super) fn fits(prediction: &Prediction, reading: &Reading<'_>) -> bool {
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

/// Whether the reading is as predicted, alone and beside its controls.
pub(super) fn holds(prediction: &Prediction, reading: &Reading<'_>, case: &Case<'_>) -> bool {
    fits(prediction, reading) && relation_holds(prediction, reading, case)
}

/// Whether the reading is one of those of which the prediction demands at least one. Of what comes and goes one try is enough.
pub(super) fn meets(prediction: &Prediction, reading: &Reading<'_>, case: &Case<'_>) -> bool {
    if prediction.comes_and_goes && !reading.mixed {
        return false;
    }
    if reading.is_firm() { holds(prediction, reading, case) } else { reading.ever(&prediction.result) }
}

/// Whether the mode allows the reading: every prediction that each probe must meet holds.
pub(super) fn allows(mode: &Mode, reading: &Reading<'_>, case: &Case<'_>) -> bool {
    speaking(mode, reading).all(|one| one.some || holds(one, reading, case))
}

/// Whether the way past the edge went as the mode allows: what lies behind the edge meets both ways.
pub(super) const fn way_holds(mode: &Mode, reading: &Reading<'_>) -> bool {
    !mode.inside || !(reading.parts_the_ways || reading.is_cut_off)
}

/// Whether it has the edge take a token out of the header, and past the edge it is not read either.
pub(super) fn takes_what_is_gone(mode: &Mode, case: &Case<'_>) -> bool {
    let takes = |through: &Reading<'_>| speaking(mode, through).any(|one| one.same_as == Some(TokenKind::None));
    !mode.inside && token_locations::lost_both_ways(&case.readings).any(takes)
}

/// Whether the answer is like (or unlike) its control, as predicted. Without a control nothing is contradicted; a difference must
/// be one of decision, since texts lie; sameness must be to the letter.
fn relation_holds(prediction: &Prediction, reading: &Reading<'_>, case: &Case<'_>) -> bool {
    let control = |token| case.readings.control(reading, token).filter(|control| !control.mixed);
    let same = prediction.same_as.and_then(control).is_none_or(|control| reading.same_decision(control));
    let differs =
        prediction.differs_from.and_then(control).is_none_or(|control| !reading.is_to_the_letter_like(control));
    same && differs
}
