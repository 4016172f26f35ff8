//! What the probes of a run gave, reduced to what the model predicts.

use super::startup::OwnWords;
use crate::predict::call_seen::CallSeen;
use crate::predict::ending::Result;
use crate::predict::request::Request;
use crate::predict::topology::Seen;
use crate::terms::{Hop, Meaning, Service, TokenLocation};

/// One way in which a kind of request ended.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The request.
    pub request: Request,
    /// How it ended.
    pub result: Result,
    /// What the first exchange of it showed.
    pub seen: Shown,
    /// Whether the response came late.
    pub late: bool,
    /// The exchanges in which it ended so.
    pub exchanges: Vec<u32>,
    /// Whether the response names the product that the backend's responses usually name. `None`: not known.
    pub usual_product: Option<bool>,
    /// What the log of the component that was called says about it.
    pub logged: Vec<Meaning>,
    /// Whether the backend's own log shows that it arrived.
    pub arrived: bool,
    /// Whether the backend's own log has nothing of it, although it has something of nearly every success.
    pub missed: bool,
    /// What the auth service logged of the backend's questions. Only one reading of a run has it.
    pub call: Option<CallSeen>,
    /// What the backend logged of its own calls during the failed requests. Only one reading of a run has it.
    pub called_in_vain: Vec<Meaning>,
    /// What the auth service logged during the failed requests to the backend. Only one reading of a run has it.
    pub auth_said: Vec<Meaning>,
    /// Whether the last thing that the backend logged about itself is that it listens. Only one reading of a run has it.
    pub backend_started: bool,
    /// Whether it can contradict a hypothesis. One odd result among several may be an accident.
    pub firm: bool,
}

/// What one exchange showed, as far as it counts here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The id of the exchange.
    pub exchange: u32,
    /// The component that produced the response.
    pub answered_by: Hop,
    /// Whether `answered_by` rests on a hint only.
    pub maker_is_hint: bool,
    /// Whether that component may only report the decision of another service.
    pub speaks_for_another: bool,
    /// Whether the response took longer than usual read timeouts.
    pub is_slow: bool,
    /// Milliseconds to the first byte of the response, or to the end of the wait for it.
    pub took_ms: u64,
    /// Milliseconds to the end of a stream or socket. Absent for a plain response.
    pub lasted_ms: Option<u64>,
    /// Whether we ended a stream or socket that was still open.
    pub left_open: bool,
    /// Whether there was no connection at all.
    pub unconnected: bool,
    /// The product that the response names.
    pub product: Option<String>,
    /// Which headers of the connection the response has.
    pub connection_headers: Option<String>,
    /// The status code, if any.
    pub status: Option<u16>,
    /// A digest of the response. Equal shapes mean the same response.
    pub shape: String,
    /// What the sentence of the response means.
    pub means: Vec<Meaning>,
}

/// What the key set of the auth service holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeySetRead {
    /// Our key, among others.
    Ours,
    /// Other keys only.
    Others,
    /// Keys, and we have none to look for.
    Some,
    /// Nothing: it is empty, or could not be read.
    Nothing,
}

/// All readings of a run, those of one endpoint together.
#[derive(Debug)]
pub struct Evidence {
    /// The readings by endpoint, at most [`MOST`] of each. Those of one service stand together.
    pub endpoints: Vec<Vec<Reading>>,
    /// Whether the backend's clock is off, by its responses. `None`: none told the time.
    pub skewed_backend: Option<bool>,
    /// Whether the auth service's clock is off, by its responses. `None`: none told the time.
    pub skewed_auth: Option<bool>,
    /// Whether our key verifies the tokens that the auth service issues.
    pub issued_with_our_key: Option<bool>,
    /// Whether a key that the auth service publishes signed the tokens that it issues.
    pub issued_with_published_key: Option<bool>,
    /// Whether the issued tokens have the issuer and the audience that the target declares.
    pub issued_as_declared: Option<bool>,
    /// What the key set of the auth service holds, where it was read.
    pub key_set: Option<KeySetRead>,
    /// Whether the backend logged a request while others failed.
    pub backend_is_at_work: bool,
    /// What the services logged about themselves.
    pub own_words: OwnWords,
    /// The chance of this order of good calls that worked and that failed, if each fails by chance. Below 1: they worked at
    /// first, and none did from some moment on.
    pub chance_of_order: f64,
}

/// Readings of one endpoint that are compared.
pub const MOST: usize = 64;

impl Evidence {
    /// Takes an exchange for an accident: it contradicts no hypothesis any more.
    pub fn doubt(&mut self, exchange: u32) {
        let doubted = self.endpoints.iter_mut().flatten().filter(|one| one.exchanges.contains(&exchange));
        doubted.for_each(|one| one.firm = false);
    }

    /// Reports whether the edge refuses bad tokens at an endpoint where a good one reaches the backend, or would reach it.
    #[must_use]
    pub fn edge_checks(&self) -> bool {
        let is_gone = self.backend_is_gone();
        // An edge that refuses everyone may also word it by the token.
        let serves = self.endpoints.iter().flatten().any(|one| {
            let request = &one.request;
            let is_check = request.to == Service::Backend && request.is_health() && !request.past_edge;
            is_check && one.result.is_success()
        });
        let passes_the_edge = |group: &&Vec<Reading>| {
            let request = &group[0].request;
            request.to == Service::Backend && !request.past_edge
        };
        self.endpoints.iter().filter(passes_the_edge).any(|group| {
            let refuses = |one: &Reading| {
                let request = &one.request;
                let is_bad = request.token.is_sent() && !request.token.should_be_accepted();
                is_bad && one.result == Result::Denied && (one.is_of_the_edge() || (is_gone && one.seen.maker_is_hint))
            };
            let passes =
                |one: &Reading| one.request.token.should_be_accepted() && (one.is_behind_the_edge() || is_gone);
            group.iter().any(refuses) && (group.iter().any(passes) || (serves && tells_tokens_apart(group)))
        })
    }

    /// Reports whether no request gets past the edge: its health checks fail there, or get no answer.
    fn backend_is_gone(&self) -> bool {
        let of_backend = |one: &&Reading| one.request.to == Service::Backend && !one.request.past_edge;
        let mut checks = self.endpoints.iter().flatten().filter(of_backend).filter(|one| one.request.is_health());
        let is_down = |one: &Reading| {
            let by_edge = one.result == Result::Unavailable && one.maker() == (Hop::Edge, true);
            by_edge || (one.result == Result::TimedOut && one.seen.status.is_none())
        };
        let mut good = self.endpoints.iter().flatten().filter(of_backend).filter(|one| one.request.must_work());
        checks.clone().next().is_some() && checks.all(is_down) && good.all(|one| !one.result.is_success())
    }

    /// Reports whether the challenge for a good token in the header names another scheme.
    pub(in crate::compare) fn wants_other_scheme(&self) -> bool {
        self.endpoints.iter().flatten().any(|one| {
            let request = &one.request;
            let shows_ours = request.token.should_be_accepted() && request.location == TokenLocation::Header;
            shows_ours && one.result == Result::Denied && one.seen.means.contains(&Meaning::OtherScheme)
        })
    }

    /// Reports whether requests of the same kind ended differently.
    #[must_use]
    pub fn varies(&self) -> bool {
        self.endpoints.iter().any(|group| {
            let others = |one: &Reading| group.iter().any(|other| is_varied(one, other));
            group.iter().any(others)
        })
    }

    /// Returns every result that a reading has.
    #[must_use]
    pub fn seen(&self) -> Vec<Seen> {
        let of = |reading: &Reading| Seen {
            endpoint: reading.request.endpoint,
            result: reading.result,
            is_socket: reading.request.is_socket(),
        };
        let mut all: Vec<Seen> = self.endpoints.iter().flatten().map(of).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// Reports whether the edge refuses a bad token in other words than no token: it looks at tokens.
fn tells_tokens_apart(group: &[Reading]) -> bool {
    let refused = |sent: bool| {
        let of = move |one: &&Reading| one.request.token.is_sent() == sent && !one.request.token.should_be_accepted();
        group.iter().filter(of).filter(|one| one.result == Result::Denied && one.is_of_the_edge())
    };
    let with: Vec<&str> = refused(true).map(|one| one.seen.shape.as_str()).collect();
    !with.is_empty() && refused(false).next().is_some_and(|bare| !with.contains(&bare.seen.shape.as_str()))
}

fn is_varied(one: &Reading, other: &Reading) -> bool {
    one.request == other.request && one.result.is_success() && !other.result.is_success()
}

impl Reading {
    /// Reports whether the edge made the response: it says so, or lacks the name that the backend's responses have.
    fn is_of_the_edge(&self) -> bool {
        self.maker() == (Hop::Edge, true) || (self.usual_product == Some(false) && self.seen.maker_is_hint)
    }

    /// Reports whether the request got past the edge.
    fn is_behind_the_edge(&self) -> bool {
        self.result.is_success()
            || match self.seen.answered_by {
                Hop::Backend => self.usual_product != Some(false),
                Hop::Unknown => self.seen.status.is_some() && self.result != Result::Denied,
                // The edge says that it called the backend in vain.
                Hop::Edge => self.seen.means.iter().any(|one| matches!(one, Meaning::Upstream | Meaning::Waited)),
                _ => false,
            }
    }

    /// Returns the component that is said to have answered, and whether that is more than a hint.
    pub(super) fn maker(&self) -> (Hop, bool) {
        match self.seen.answered_by {
            // A hint at the backend is worth nothing where the name is missing that its responses have.
            Hop::Backend if self.seen.maker_is_hint && self.usual_product == Some(false) => (Hop::Unknown, false),
            hop => (hop, !self.seen.maker_is_hint),
        }
    }
}
