//! How likely a reading is, given how the request ended in the model.

use super::manner::{FORMS, MARKS, MODES, WORDS};
use super::meanings::fits;
use super::reading::Reading;
use crate::predict::ending::{Ending, Maker, Reason, Result, Stream, Wait};
use crate::predict::model::{Noise, noise, shows_as};
use crate::terms::Hop;
use crate::terms::Meaning;

/// The readings that were counted before at this endpoint, each with the ending that it most likely had. What misleads once
/// does so each time, so it counts once.
#[derive(Debug, Default)]
pub struct Counted<'e>(Vec<(Ending, &'e Reading)>);

impl<'e> Counted<'e> {
    /// Returns the number of readings that were counted.
    pub(super) const fn len(&self) -> usize {
        self.0.len()
    }

    /// Forgets the readings after the first ones.
    pub(super) fn truncate(&mut self, len: usize) {
        self.0.truncate(len);
    }

    /// Counts a reading, with the ending that it most likely had.
    pub fn add(&mut self, ending: &Ending, reading: &'e Reading) {
        self.0.push((*ending, reading));
    }

    /// Reports whether a reading was counted for which this holds.
    fn any(&self, is_alike: impl Fn(&Ending, &Reading) -> bool) -> bool {
        self.0.iter().any(|(ending, reading)| is_alike(ending, reading))
    }
}

/// Reports whether both say that the request did not work, in different forms.
pub(super) fn is_other_form(ending: &Ending, reading: &Reading) -> bool {
    ending.result != reading.result && ending.result.is_form() && reading.result.is_form()
}

/// Reports whether the reading is possible. The form of a failure is never certain.
pub fn is_possible(ending: &Ending, reading: &Reading) -> bool {
    ending.result == reading.result || is_other_form(ending, reading)
}

/// Returns how likely the reading is, for each mode of a manner.
pub fn emission(ending: &Ending, reading: &Reading, counted: &Counted<'_>) -> [f64; MODES] {
    let noise = noise();
    let late = of_latency(ending, reading, counted, noise)
        * of_stream(ending, reading, counted, noise)
        * of_arrival(ending, reading, counted, noise)
        * of_call(ending, reading, noise)
        * of_call_in_vain(ending, reading, noise)
        * of_auth(ending, reading, noise)
        * of_status(ending, reading, noise)
        * of_cache(ending, reading, counted, noise)
        * if reading.backend_started { of_start(ending, noise) } else { 1.0 };
    let by = |of: &dyn Fn(bool) -> f64| [of(false), of(true)];
    let results = by(&|deviates| of_result(ending, reading, counted, noise, deviates));
    let makers = by(&|misleads| match misleads {
        true => noise.maker_open * noise.product_open.powi(i32::from(reading.usual_product.is_some())),
        false => of_maker(ending, reading, counted, noise),
    });
    let words = by(&|misleads| of_words(ending, reading, counted, noise, misleads));
    std::array::from_fn(|mode| {
        let at = |bit: usize| usize::from(mode & bit != 0);
        late * results[at(FORMS)] * makers[at(MARKS)] * words[at(WORDS)]
    })
}

fn of_status(ending: &Ending, reading: &Reading, noise: &Noise) -> f64 {
    let is_redirect = matches!(ending.reason, Reason::Slash | Reason::Scheme);
    match reading.seen.status {
        Some(status) if is_redirect && !(300..400).contains(&status) => noise.status_misnamed,
        Some(status) if reading.result == Result::InvalidRequest && !may_name(status, ending.reason) => {
            noise.status_misnamed
        }
        _ => 1.0,
    }
}

/// Reports whether a request that is invalid for this reason gets this status. What is too large has 413, 414 and 431 (RFC
/// 9110, RFC 6585), and 494 of nginx. A wrong protocol has 426 and 505. A server may answer 400 in place of each.
fn may_name(status: u16, reason: Reason) -> bool {
    match reason {
        // A socket names it when it closes.
        Reason::Size => matches!(status, 101 | 400 | 413 | 414 | 431 | 494),
        Reason::Protocol => matches!(status, 400 | 426 | 505),
        _ => true,
    }
}

fn of_result(ending: &Ending, reading: &Reading, counted: &Counted<'_>, noise: &Noise, deviates: bool) -> f64 {
    let results = Result::ALL.len() as f64;
    if ending.result == reading.result {
        return if deviates { 1.0 - noise.deviating } else { 1.0 - noise.stray - noise.form };
    }
    if !is_other_form(ending, reading) {
        return noise.stray / results;
    }
    if counted.any(|its, other| (its.result, other.result) == (ending.result, reading.result)) {
        return 1.0;
    }
    let usual = shows_as(ending.result, reading.result, reading.request.is_socket());
    let usual = usual.unwrap_or(noise.form / results);
    if deviates { usual.max(noise.deviating / OTHER_FORMS) } else { usual }
}

/// Forms that a failure may take instead of its own.
const OTHER_FORMS: f64 = 6.0;

fn of_maker(ending: &Ending, reading: &Reading, counted: &Counted<'_>, noise: &Noise) -> f64 {
    let (seen, firm) = reading.maker();
    let made_so = |its: &Ending, other: &Reading| {
        (its.maker, other.seen.answered_by, other.result) == (ending.maker, seen, reading.result)
    };
    if counted.any(made_so) {
        return 1.0;
    }
    let product = of_product(ending, reading, noise);
    let made = match ending.maker {
        Maker::Network if reading.seen.status.is_some() => return noise.maker_mistaken,
        // A network that drops every packet lets no connection come about.
        Maker::Network if ending.result == Result::TimedOut && !reading.seen.unconnected => return 0.0,
        Maker::Network => return 0.95,
        // A stranger looks like a backend.
        Maker::Stranger if seen == Hop::Backend => {
            return product * if firm { noise.maker_hint_mistaken } else { noise.maker_told };
        }
        // The edge may serve something of its own there, such as its default page.
        Maker::Stranger if seen == Hop::Edge => return product * noise.stranger_is_edge,
        Maker::Stranger => {
            return product * if seen == Hop::Unknown { noise.maker_untold } else { noise.maker_hint_mistaken };
        }
        // A component that hangs accepts connections: the kernel does it.
        Maker::Any if reading.seen.unconnected => return noise.hangs_unconnected,
        Maker::Any => return if seen == Hop::Unknown { 0.8 } else { 0.1 },
        Maker::Edge => Hop::Edge,
        Maker::Backend => Hop::Backend,
        Maker::Auth => Hop::Auth,
    };
    product
        * match seen {
            Hop::Unknown => noise.maker_untold,
            seen if seen == made => noise.maker_told,
            Hop::Edge if reading.seen.speaks_for_another => match made {
                Hop::Backend => noise.maker_intercepted,
                _ => noise.maker_told,
            },
            _ if firm => noise.maker_mistaken,
            _ => noise.maker_hint_mistaken,
        }
}

/// Returns how likely the response names this product. Many edges name themselves in every response.
fn of_product(ending: &Ending, reading: &Reading, noise: &Noise) -> f64 {
    let usual = if ending.maker == Maker::Backend { 1.0 - noise.product_differs } else { noise.product_open };
    match reading.usual_product {
        None => 1.0,
        Some(true) => usual,
        Some(false) => 1.0 - usual,
    }
}

fn of_latency(ending: &Ending, reading: &Reading, counted: &Counted<'_>, noise: &Noise) -> f64 {
    if counted.any(|its, other| (its.wait, other.late) == (ending.wait, reading.late)) {
        return 1.0;
    }
    let late = match ending.wait {
        Wait::None if reading.result == Result::BrokenStream => noise.late_break,
        Wait::None => noise.late_by_chance,
        // Retries end long before the limit.
        Wait::Briefly if reading.seen.is_slow => noise.late_by_chance,
        Wait::Each | Wait::Briefly => noise.late_by_waiting,
        Wait::First => noise.late_once,
    };
    if reading.late { late } else { 1.0 - late }
}

/// Returns how likely a stream that began ends as it did: by the server, or by us because it stayed open.
fn of_stream(ending: &Ending, reading: &Reading, counted: &Counted<'_>, noise: &Noise) -> f64 {
    let open = reading.seen.left_open;
    let began = reading.seen.lasted_ms.is_some() && !reading.result.is_success();
    if !began || counted.any(|its, other| (its.stream, other.seen.left_open) == (ending.stream, open)) {
        return 1.0;
    }
    let stays = match ending.stream {
        Stream::Any => 0.5,
        Stream::Ends => noise.stream_left_by_chance,
        Stream::StaysOpen => noise.stream_left_open,
    };
    if open { stays } else { 1.0 - stays }
}

/// Returns how likely the backend's log shows a request that ended so.
fn of_arrival(ending: &Ending, reading: &Reading, counted: &Counted<'_>, noise: &Noise) -> f64 {
    let is_odd = |ending: &Ending, reading: &Reading| reading.arrived && !ending.may_reach_the_backend();
    if is_odd(ending, reading) && !counted.any(is_odd) {
        return noise.arrived_by_chance;
    }
    let is_lost = |ending: &Ending, reading: &Reading| {
        reading.missed && ending.maker == Maker::Backend && ending.reason != Reason::Kept
    };
    if is_lost(ending, reading) && !counted.any(is_lost) { noise.missed_by_chance } else { 1.0 }
}

/// Returns how likely a response comes from a cache, where the request should have got another one.
fn of_cache(ending: &Ending, reading: &Reading, counted: &Counted<'_>, noise: &Noise) -> f64 {
    let is_wrong = |one: &Reading| one.request.from_cache && one.result.is_success() != one.request.must_work();
    if !is_wrong(reading) || counted.any(|its, other| is_wrong(other) && its.reason == ending.reason) {
        return 1.0;
    }
    match ending.reason {
        Reason::Kept => noise.cache_fits,
        Reason::Unknown => noise.cache_open,
        _ => noise.cache_misleads,
    }
}

/// Returns how likely the log of the auth service is.
fn of_call(ending: &Ending, reading: &Reading, noise: &Noise) -> f64 {
    match reading.call {
        None => 1.0,
        Some(_) if ending.reason == Reason::Unknown => noise.call_open,
        Some(seen) if ending.calls.has(seen) => noise.call_fits / f64::from(ending.calls.len()),
        Some(_) => noise.call_misleads,
    }
}

/// Returns how likely the last thing that the backend logged about itself is that it listens.
fn of_start(ending: &Ending, noise: &Noise) -> f64 {
    match ending.reason {
        Reason::Down => noise.started_while_down,
        Reason::NeverUp => noise.startup_misleads,
        _ => 1.0,
    }
}

/// Returns how likely the backend logs this about its own calls.
fn of_call_in_vain(ending: &Ending, reading: &Reading, noise: &Noise) -> f64 {
    let told = &reading.called_in_vain;
    match ending.reason {
        _ if told.is_empty() => 1.0,
        Reason::Unknown => noise.call_open,
        reason if told.iter().any(|meaning| fits(*meaning, reason)) => noise.call_fits,
        _ => noise.call_misleads,
    }
}

/// Returns how likely the auth service logs this while the backend asks it.
fn of_auth(ending: &Ending, reading: &Reading, noise: &Noise) -> f64 {
    let told = &reading.auth_said;
    match ending.why_not {
        _ if told.is_empty() => 1.0,
        Reason::Unknown => noise.call_open,
        why if told.iter().any(|meaning| fits(*meaning, why)) => noise.call_fits,
        _ => noise.call_misleads,
    }
}

/// Returns how likely the sentence of the response and the lines of the log are. They are hints, so they never make a
/// probability zero.
fn of_words(ending: &Ending, reading: &Reading, counted: &Counted<'_>, noise: &Noise, misleads: bool) -> f64 {
    if !ending.result.is_form() || reading.result.is_success() {
        return 1.0;
    }
    let known = |of: fn(&Reading) -> &[Meaning]| {
        counted.any(|its, other| its.reason == ending.reason && of(other).first() == of(reading).first())
    };
    let fit = |of: fn(&Reading) -> &[Meaning]| {
        let means = of(reading);
        match means.first() {
            None => 1.0,
            Some(_) if known(of) => 1.0,
            Some(_) if misleads => noise.sentence_unsure,
            Some(_) if means.iter().any(|meaning| may_be_said(*meaning, ending)) => noise.sentence_fits,
            // What a cache kept has the words of another request.
            Some(_) if matches!(ending.reason, Reason::Unknown | Reason::Kept) => noise.sentence_open,
            Some(_) => noise.sentence_misleads,
        }
    };
    let is_silent =
        |ending: &Ending, reading: &Reading| ending.reason == Reason::Maintenance && reading.seen.means.is_empty();
    let unsaid = is_silent(ending, reading) && !counted.any(is_silent);
    fit(|one| &one.seen.means) * fit(|one| &one.logged) * if unsaid { noise.maintenance_unsaid } else { 1.0 }
}

/// Reports whether the component that makes this answer may say this. Only an edge asks an authorizer about each request.
fn may_be_said(meaning: Meaning, ending: &Ending) -> bool {
    let is_behind_the_edge = matches!(ending.maker, Maker::Backend | Maker::Auth);
    fits(meaning, ending.reason) && !(meaning == Meaning::AuthorizerRefused && is_behind_the_edge)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{Reason, may_name};

    #[rstest]
    #[case::headers(431, Reason::Size, true)]
    #[case::schema(422, Reason::Size, false)]
    #[case::upgrade(426, Reason::Protocol, true)]
    #[case::media_type(415, Reason::Protocol, false)]
    #[case::another_reason(422, Reason::Invalid, true)]
    fn a_status_names_what_is_too_large(#[case] status: u16, #[case] reason: Reason, #[case] may: bool) {
        assert_eq!(may_name(status, reason), may);
    }
}
