//! Noise: what a healthy system does to its callers all the same. Seeded, so that a run can be had again.

mod around;
mod cold;
mod dice;
mod parse;

pub(crate) use around::around;
pub(crate) use cold::{Warmup, warming};
pub(crate) use dice::Dice;
pub use parse::UnknownNoise;

use std::time::Duration;

/// How noisy a twin is; by default it is not.
///
/// The n-th draw of a kind depends on the seed and on n alone: requests that arrive in the same order meet the same noise.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Noise {
    /// What every draw depends on.
    pub seed: u64,
    /// Each answer of the edge is late by less than this, evenly spread.
    pub jitter: Duration,
    /// The share of connections, 0 to 1, that the edge resets before it answers.
    pub dropped: f64,
    /// For so long after its first request, each of backend and auth service keeps its callers waiting. Half a second or
    /// more outlasts the budget of the backend's health probe (contract 3.1), and then its first callers are refused.
    pub cold_start: Duration,
    /// The share of requests, 0 to 1, that an older revision of the backend answers, in order like the newest. The two share
    /// their messages; the manifest shows both, the answers do not.
    pub older_revision: f64,
    /// Which answers lose their body to a page of the edge's own.
    pub error_pages: ErrorPages,
    /// The edge's answers carry no `Server`.
    pub no_server: bool,
}

/// Which answers the edge replaces by its own page; the status stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ErrorPages {
    /// None.
    #[default]
    Off,
    /// 5xx.
    ServerErrors,
    /// 4xx and 5xx.
    AllErrors,
}

impl Noise {
    /// Every noise at its usual strength: 30 ms of jitter, 2 % of the connections dropped, 400 ms of cold start, half of the
    /// traffic to an older revision, pages for 5xx, no `Server`.
    pub fn all(seed: u64) -> Self {
        Self {
            seed,
            jitter: Duration::from_millis(30),
            dropped: 0.02,
            cold_start: Duration::from_millis(400),
            older_revision: 0.5,
            error_pages: ErrorPages::ServerErrors,
            no_server: true,
        }
    }
}
