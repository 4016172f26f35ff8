//! What many users saw, in words that several formats share.

use super::numbers::{counted, duration, seconds};
use crate::report::{LoadFailure, LoadLatency, LoadReport};

/// Returns the numbers of the run in one line.
pub(crate) fn load_in_short(load: &LoadReport) -> String {
    let users = counted(load.users as usize, "user", "users");
    let times = format!("ramp {}, hold {}", seconds(load.ramp_ms as f64), seconds(load.hold_ms as f64));
    let share = 100.0 * load.served as f64 / load.calls.max(1) as f64;
    let served = format!("{} of {} calls served ({share:.1} %)", load.served, load.calls);
    let objective = format!("objective {:.1} %", load.objective * 100.0);
    format!("{users}, {times}, at most {} calls a second: {served}, {objective}", load.rate)
}

/// Returns how many calls of how many users failed in one way.
pub(crate) fn load_failed(failure: &LoadFailure) -> String {
    let calls = counted(failure.calls as usize, "call", "calls");
    format!("{calls} of {}", counted(failure.users as usize, "user", "users"))
}

/// Returns what else must be said of the run, one sentence without its full stop each.
pub(crate) fn load_notes(load: &LoadReport) -> Vec<String> {
    let events = format!(
        "{} sockets at the same time, {} events and frames, each searched for markers of other users",
        load.sockets, load.events
    );
    let lost = (load.sockets_lost > 0).then(|| {
        let sockets = counted(load.sockets_lost as usize, "socket", "sockets");
        format!("the server closed {sockets}, or they broke off")
    });
    let calls = |count: u64| counted(count as usize, "call", "calls");
    let unsent = (load.unsent > 0)
        .then(|| format!("not sent, because an earlier call of the user still hung: {}", calls(load.unsent)));
    let left = (load.not_cleaned > 0)
        .then(|| format!("clean-up failed, so test data may remain: {}", calls(load.not_cleaned)));
    std::iter::once(events).chain(lost).chain(unsent).chain(left).collect()
}

/// Returns the latency of one kind of call, from the intended time.
pub(crate) fn load_latency(one: &LoadLatency) -> String {
    let [p50, p95, p99, max] = [one.p50_ms, one.p95_ms, one.p99_ms, one.max_ms].map(duration);
    let not_served = one.calls - one.served.min(one.calls);
    format!("{} calls, {not_served} not served: p50 {p50}, p95 {p95}, p99 {p99}, max {max}", one.calls)
}
