//! The constants of the observation model, read from `observation_model.toml`.

use std::sync::LazyLock;

use serde::Deserialize;

use super::ending::Result as Ended;
use super::traits::{Trait, Value};

/// The chances with which a reading misleads. See the file for units and sources.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Noise {
    /// A reading that nothing under discussion explains.
    pub stray: f64,
    /// A failure that shows in another form than the model knows.
    pub form: f64,
    /// The component that answered, told right by its marks.
    pub maker_told: f64,
    /// The component that answered, not told.
    pub maker_untold: f64,
    /// The component that answered, told wrong.
    pub maker_mistaken: f64,
    /// A hint at the wrong component.
    pub maker_hint_mistaken: f64,
    /// A page of the edge in place of a response of the backend.
    pub maker_intercepted: f64,
    /// A backend with a wrong address of the auth service names another address than the target.
    pub address_wrong: f64,
    /// A backend that does not reach the auth service for another reason names another address.
    pub address_open: f64,
    /// A backend that reaches the auth service names another address.
    pub address_mapped: f64,
    /// Another service that answers is the edge itself.
    pub stranger_is_edge: f64,
    /// A response that is late although no component waits.
    pub late_by_chance: f64,
    /// A stream that breaks late although no component waits.
    pub late_break: f64,
    /// A response that is late because a component waits.
    pub late_by_waiting: f64,
    /// A response of the backend that names another product than its successes.
    pub product_differs: f64,
    /// A response of another component that names the product of the backend.
    pub product_open: f64,
    /// Any component, where marks mislead.
    pub maker_open: f64,
    /// A service whose sentences mislead.
    pub words_mislead: f64,
    /// A service whose marks mislead.
    pub marks_mislead: f64,
    /// A service whose failures take unusual forms.
    pub forms_deviate: f64,
    /// The share of failures that take another form there.
    pub deviating: f64,
    /// Any sentence, where sentences mislead.
    pub sentence_unsure: f64,
    /// A sentence that means the reason.
    pub sentence_fits: f64,
    /// A sentence where the reason is not known to the model.
    pub sentence_open: f64,
    /// A sentence that means something else.
    pub sentence_misleads: f64,
    /// How likely a service that is switched off does not say so.
    pub maintenance_unsaid: f64,
    /// What the log of the auth service has of the backend's questions, where it fits.
    pub call_fits: f64,
    /// The same, where the reason is not known to the model.
    pub call_open: f64,
    /// Requests in the log of the auth service are not those that were asked for the request at hand.
    pub call_misleads: f64,
    /// A response that the request should not get comes from a cache, which keeps responses that it should not keep.
    pub cache_fits: f64,
    /// The same, where the reason is not known to the model.
    pub cache_open: f64,
    /// The same, where the reason is another.
    pub cache_misleads: f64,
    /// The prior of an unknown fault at one stop, in the unit of a fault's prior.
    pub unknown_prior: f64,
    /// The prior of a healthy system with an accident.
    pub healthy_prior: f64,
    /// A clock that is off although no fault explains it.
    pub skew_by_chance: f64,
    /// A clock that is off, where the `Date` headers show nothing.
    pub skew_unseen: f64,
    /// The same reason in the same words.
    pub same_words: f64,
    /// The key set of an auth service that does not publish its keys gives nothing.
    pub key_set_gone: f64,
    /// The key set of any other auth service gives nothing.
    pub key_set_unread: f64,
    /// Issued tokens have the issuer and the audience that the target declares, although the auth service issues other claims.
    pub claim_spared: f64,
    /// Issued tokens have another issuer or audience than the target declares, although all is well.
    pub declared_wrong: f64,
    /// A backend that does not start logs a request: another process writes in the same log.
    pub logged_while_down: f64,
    /// A backend that does not run logged that it listens: it ended later, without a word.
    pub started_while_down: f64,
    /// A service that does not start logs the reason that the fault has.
    pub startup_told: f64,
    /// It logs that it ended, and not why.
    pub startup_untold: f64,
    /// It logs another reason.
    pub startup_hinted: f64,
    /// A service that starts logs that it does not.
    pub startup_misleads: f64,
    /// The edge calls another port than the backend listens on, where it misses the backend.
    pub port_missed: f64,
    /// The same, where it does not: a platform maps the ports.
    pub port_mapped: f64,
    /// The backend writes the same line in most windows of requests that never reach it.
    pub arrived_by_chance: f64,
    /// The backend's log has nothing of a request that it answered, although it has something of nearly every other.
    pub missed_by_chance: f64,
    /// Calls fail from some moment on, where each fails by chance: at least this chance.
    pub order_misleads: f64,
    /// A component ends a stream, but later than we stop to wait.
    pub stream_left_by_chance: f64,
    /// A stream without its content stays open until we stop to wait.
    pub stream_left_open: f64,
    /// A new reason in new words.
    pub new_words: f64,
    /// One endpoint words its refusals in a way of its own.
    pub words_deviate: f64,
    /// A system words each reason differently.
    pub words_each: f64,
    /// A system words only a missing credential differently.
    pub words_missing: f64,
    /// A server answers another status where a request is too large, or in the wrong protocol.
    pub status_misnamed: f64,
    /// A system tells every flaw of a token in the same words, and other reasons in their own.
    pub words_token: f64,
    /// A share of requests: the chance that a fault that comes and goes shows in one request.
    pub share: f64,
    /// The same, for a fault that rarely shows.
    pub rare_share: f64,
    /// The chance that a second fault is present.
    pub second_fault: f64,
    /// A response that is late because a component waits, where only the first of several calls waits.
    pub late_once: f64,
    /// The chance that a service challenges with a scheme of its own although it takes ours.
    pub scheme_of_another: f64,
    /// The chance that a component that hangs gets no connection.
    pub hangs_unconnected: f64,
    /// How often a fault comes and goes that may also stay, in the unit of its prior.
    pub at_times: f64,
    /// The share of the unknown faults that come and go.
    pub unknown_at_times: f64,
}

/// The other forms in which a result shows.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Forms {
    of: Ended,
    http: Vec<(Ended, f64)>,
    socket: Vec<(Ended, f64)>,
    /// Where the probabilities come from.
    #[expect(dead_code, reason = "kept in the data for its readers")]
    source: String,
}

/// The priors of one trait.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Priors {
    #[serde(rename = "trait")]
    of: Trait,
    /// Values and their probabilities. Absent: every result is equally likely.
    values: Option<Vec<(Value, f64)>>,
    /// Where the probabilities come from.
    #[expect(dead_code, reason = "kept in the data for its readers")]
    source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ModelFile {
    noise: Noise,
    form: Vec<Forms>,
    prior: Vec<Priors>,
}

static MODEL: LazyLock<ModelFile> = LazyLock::new(|| {
    toml::from_str(include_str!("observation_model.toml"))
        .unwrap_or_else(|error| unreachable!("observation_model.toml is checked by a test: {error}"))
});

/// The values of every trait, in the order of the list.
static PRIORS: LazyLock<Vec<Vec<(Value, f64)>>> = LazyLock::new(|| {
    let anything = || Ended::ALL.iter().map(|result| (Value::Result(*result), 1.0 / Ended::ALL.len() as f64)).collect();
    let of = |one: &Trait| {
        let found = MODEL.prior.iter().find(|prior| prior.of == *one);
        found.and_then(|prior| prior.values.clone()).unwrap_or_else(anything)
    };
    Trait::ALL.iter().map(of).collect()
});

/// Returns the values of a trait with their prior probabilities.
pub(super) fn priors(of: Trait) -> &'static [(Value, f64)] {
    &PRIORS[of as usize]
}

/// Returns the chances with which a reading misleads.
pub fn noise() -> &'static Noise {
    &MODEL.noise
}

/// Returns the chance that a result shows in this other form. `None`: no more than any other form.
pub(crate) fn shows_as(result: Ended, seen: Ended, is_socket: bool) -> Option<f64> {
    let forms = MODEL.form.iter().find(|forms| forms.of == result)?;
    let listed = if is_socket { &forms.socket } else { &forms.http };
    listed.iter().find(|(form, _)| *form == seen).map(|(_, chance)| *chance)
}

#[cfg(test)]
mod tests {
    use super::{Trait, priors};

    #[test]
    fn the_priors_of_each_trait_sum_to_one() {
        for one in Trait::ALL {
            let sum: f64 = priors(*one).iter().map(|(_, prior)| prior).sum();
            assert!((sum - 1.0).abs() < 1e-9, "{one}: {sum}");
            assert!(priors(*one).len() <= 32, "{one} has more values than a setting can hold");
        }
    }
}
