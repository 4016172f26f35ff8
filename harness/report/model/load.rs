//! What many users at the same time saw.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The result of a run with many users.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LoadReport {
    /// The number of users of this run, or of this shard of it.
    pub users: u32,
    /// The time in which the users start, in milliseconds.
    pub ramp_ms: u64,
    /// The time in which all users are active, in milliseconds.
    pub hold_ms: u64,
    /// The most calls a second, all users together.
    pub rate: u32,
    /// Calls that were due.
    pub calls: u64,
    /// Calls that were served as their steps expect.
    pub served: u64,
    /// Calls that were never sent, because an earlier call of the user still hung. They count as not served.
    pub unsent: u64,
    /// The share of calls that must be served, from 0 to 1.
    pub objective: f64,
    /// The most WebSockets that were open at the same time.
    pub sockets: u64,
    /// WebSockets that the server closed or that broke off.
    #[serde(default)]
    pub sockets_lost: u64,
    /// Frames and events that arrived. Each was searched for markers of other users.
    pub events: u64,
    /// Latency per kind of call.
    pub latency: Vec<LoadLatency>,
    /// The kinds of failure, the most frequent first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failures: Vec<LoadFailure>,
    /// What the failed calls have in common.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub common: Vec<CommonTrait>,
    /// The traits that were compared, so that reports of shards can be merged. Empty when no call failed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub traits: Vec<TraitCounts>,
    /// Messages, events and threads of one user that reached another.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub leaks: Vec<LoadLeak>,
    /// The number of leaks, also of those that are not listed.
    pub leak_count: u64,
    /// Calls that clean up and failed: test data may remain.
    #[serde(default)]
    pub not_cleaned: u64,
}

/// Latency of one kind of call, from the intended time of the call to its end. In milliseconds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LoadLatency {
    /// `http`, `sse`, `websocket-open`, or `websocket`: from a message to the event that ends its response.
    pub kind: String,
    /// The number of calls.
    pub calls: u64,
    /// Those that were served.
    pub served: u64,
    /// The median.
    pub p50_ms: f64,
    /// The 95th percentile.
    pub p95_ms: f64,
    /// The 99th percentile.
    pub p99_ms: f64,
    /// The longest.
    pub max_ms: f64,
    /// The histogram: pairs of a time in microseconds and the number of calls, with three significant digits.
    pub histogram: Vec<(u64, u64)>,
}

/// One kind of failure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LoadFailure {
    /// `scenario/step`.
    pub step: String,
    /// What was expected, and what came.
    pub says: String,
    /// How many calls failed so.
    pub calls: u64,
    /// The number of users whose calls failed so.
    pub users: u64,
    /// The id of the first such exchange in `probes`. Absent if no request was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchange: Option<u32>,
}

/// A trait that distinguishes the failed calls from the others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CommonTrait {
    /// What it is.
    #[serde(flatten)]
    pub counts: TraitCounts,
    /// In words, with numbers.
    pub says: String,
    /// The probability of a difference at least as large by chance (Fisher's exact test, one-sided, times the number of
    /// comparisons). Calls of one user with the same value count once.
    pub p_value: f64,
}

/// How many calls with a value of a trait failed, and how many of the others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TraitCounts {
    /// `endpoint`, `instance`, `revision`, `user`, `token-location`, `after-second` or `after-call`.
    pub name: String,
    /// The value: the name of the instance, a number of seconds or of calls …
    pub value: String,
    /// Calls with this value.
    pub with: CallCounts,
    /// All other calls of which the value is known.
    pub without: CallCounts,
}

/// Calls, and how many of them failed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CallCounts {
    /// Calls.
    pub calls: u64,
    /// Calls that failed.
    pub failed: u64,
    /// Pairs of a user and a value: the independent observations of the test.
    pub units: u64,
    /// Those of which more than half of the calls failed.
    pub failed_units: u64,
}

/// A marker of one user in what another user received.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LoadLeak {
    /// The name of the user who sent the marker.
    pub owner: String,
    /// The name of the user who received it.
    pub seen_by: String,
    /// The marker.
    pub marker: String,
    /// `scenario/step` of the call whose response contained it.
    pub step: String,
    /// The id of the exchange that contained it, in `probes`.
    pub exchange: u32,
    /// The id of an exchange in which its owner sent it. Absent if it was not kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_in: Option<u32>,
}
