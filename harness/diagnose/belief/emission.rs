//! How likely a reading is, given how the request ended in the model.

use super::evidence::Reading;
use super::meanings::reasons;
use crate::diagnose::predict::ending::{Ending, Maker, Reason, Result, Wait};
use crate::diagnose::predict::model::{Noise, noise, shows_as};
use crate::terms::Hop;

/// What was counted before at this endpoint. What misleads once does so each time, so it counts once.
#[derive(Debug, Default)]
pub(super) struct Counted {
    forms: Vec<(Result, Result)>,
    makers: Vec<(Maker, Hop, Result)>,
    latencies: Vec<(Wait, bool)>,
    sentences: Vec<(Reason, Option<crate::statements::Meaning>)>,
}

impl Counted {
    /// Returns the number of readings that were counted.
    pub(super) fn len(&self) -> usize {
        self.forms.len()
    }

    /// Forgets the readings after the first ones.
    pub(super) fn truncate(&mut self, len: usize) {
        self.forms.truncate(len);
        self.makers.truncate(len);
        self.latencies.truncate(len);
        self.sentences.truncate(len);
    }

    pub(super) fn add(&mut self, ending: &Ending, reading: &Reading<'_>) {
        self.forms.push((ending.result, reading.result));
        self.makers.push((ending.maker, reading.seen.answered_by, reading.result));
        self.latencies.push((ending.wait, reading.late));
        self.sentences.push((ending.reason, reading.seen.means.first().copied()));
    }
}

/// Reports whether both say that the request did not work, in different forms.
pub(super) fn is_other_form(ending: &Ending, reading: &Reading<'_>) -> bool {
    ending.result != reading.result && ending.result.is_form() && reading.result.is_form()
}

/// Reports whether the reading is possible. The form of a failure is never certain.
pub(super) fn is_possible(ending: &Ending, reading: &Reading<'_>) -> bool {
    ending.result == reading.result || is_other_form(ending, reading)
}

/// Returns how likely the reading is.
pub(super) fn emission(ending: &Ending, reading: &Reading<'_>, counted: &Counted) -> f64 {
    let noise = noise();
    of_result(ending, reading, counted, noise)
        * of_maker(ending, reading, counted, noise)
        * of_latency(ending, reading, counted, noise)
        * of_sentence(ending, reading, counted, noise)
}

fn of_result(ending: &Ending, reading: &Reading<'_>, counted: &Counted, noise: &Noise) -> f64 {
    let results = Result::ALL.len() as f64;
    if ending.result == reading.result {
        1.0 - noise.stray - noise.form
    } else if !is_other_form(ending, reading) {
        noise.stray / results
    } else if counted.forms.contains(&(ending.result, reading.result)) {
        1.0
    } else {
        shows_as(ending.result, reading.result, reading.request.is_socket()).unwrap_or(noise.form / results)
    }
}

fn of_maker(ending: &Ending, reading: &Reading<'_>, counted: &Counted, noise: &Noise) -> f64 {
    let (seen, firm) = reading.maker();
    if counted.makers.contains(&(ending.maker, seen, reading.result)) {
        return 1.0;
    }
    let made = match ending.maker {
        Maker::Network => return if seen == Hop::Network { 0.95 } else { noise.maker_mistaken },
        Maker::Stranger => return 0.25,
        Maker::Any => return if seen == Hop::Unknown { 0.7 } else { 0.15 },
        Maker::Edge => Hop::Edge,
        Maker::Backend => Hop::Backend,
        Maker::Auth => Hop::Auth,
    };
    match seen {
        Hop::Unknown => noise.maker_untold,
        seen if seen == made => noise.maker_told,
        Hop::Edge if reading.seen.speaks_for_another => noise.maker_told,
        _ if firm => noise.maker_mistaken,
        _ => noise.maker_hint_mistaken,
    }
}

fn of_latency(ending: &Ending, reading: &Reading<'_>, counted: &Counted, noise: &Noise) -> f64 {
    if counted.latencies.contains(&(ending.wait, reading.late)) {
        return 1.0;
    }
    let late = match ending.wait {
        Wait::None => noise.late_by_chance,
        Wait::Each => noise.late_by_waiting,
        Wait::First => noise.late_once,
    };
    if reading.late { late } else { 1.0 - late }
}

/// A sentence is a hint, so it never makes a probability zero.
fn of_sentence(ending: &Ending, reading: &Reading<'_>, counted: &Counted, noise: &Noise) -> f64 {
    let means = &reading.seen.means;
    let Some(first) = means.first() else { return 1.0 };
    if reading.result.is_success()
        || !ending.result.is_form()
        || counted.sentences.contains(&(ending.reason, Some(*first)))
    {
        return 1.0;
    }
    if means.iter().any(|meaning| reasons(*meaning).contains(&ending.reason)) {
        noise.sentence_fits
    } else if ending.reason == Reason::Unknown {
        noise.sentence_open
    } else {
        noise.sentence_misleads
    }
}
