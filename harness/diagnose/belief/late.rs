//! Which failures were late.

use fivewhys_path::Reading;

use crate::terms::Role;

/// A failure is late if it took this many times as long as the fastest response of its endpoint,
const LATE_BESIDE: u64 = 8;
/// this many times as long as any success of its health checks, which show a cold service,
const LATE_BEYOND: u64 = 2;
/// and at least this many ms. Each call of the endpoint with a token that ended so must have taken as long, and one alone is no
/// sign: a first call is often slow.
const LATE_AT_LEAST: u64 = 400;

/// Marks the failures that were late beside other responses.
pub(super) fn mark_late(all: &mut [Reading]) {
    let times = |counts: &dyn Fn(&Reading) -> bool| -> Vec<u64> {
        all.iter().filter(|one| counts(one)).map(|one| one.seen.took_ms).collect()
    };
    let cold = |one: &Reading| {
        let checks = times(&|other| {
            let request = &other.request;
            request.to == one.request.to && request.role == Role::Health && other.result.is_success()
        });
        LATE_BEYOND * checks.iter().max().copied().unwrap_or_default()
    };
    let is_late = |one: &Reading| {
        let of_endpoint = times(&|other| other.request.endpoint == one.request.endpoint);
        let ended_so = times(&|other| {
            let request = &other.request;
            request.endpoint == one.request.endpoint && request.token.is_sent() && other.result == one.result
        });
        let fastest = |all: &[u64]| all.iter().min().copied().unwrap_or_default();
        let usual = LATE_BESIDE * fastest(&of_endpoint);
        one.request.token.is_sent()
            && ended_so.len() > 1
            && fastest(&ended_so) >= LATE_AT_LEAST.max(usual).max(cold(one))
    };
    // A stream may pause, and a limit of ours may be short.
    let was_cold = |one: &Reading| {
        let answered = one.seen.status.is_some() && one.seen.lasted_ms.is_none();
        answered && one.seen.took_ms < cold(one)
    };
    let failed_late = |one: &Reading| (one.late && !was_cold(one)) || is_late(one);
    let late: Vec<bool> =
        all.iter().map(|one| if one.result.is_success() { one.late } else { failed_late(one) }).collect();
    all.iter_mut().zip(late).for_each(|(one, late)| one.late = late);
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use crate::diagnose::belief::evidence::{Records, evidence};
    use crate::fixtures::{endpoint, exchange, staging};
    use crate::observe::{LatencyClass, Observation, observe};
    use crate::terms::TokenKind::{self, None as Bare, Valid};

    const HEALTH: &str = "backend.health";
    const CALL: &str = "backend.threads";
    const HEALTHY: &str = r#"{"status":"healthy","service":"netra-ai-platform"}"#;

    /// The places of the failures with a valid token that count as late.
    fn late(calls: &[(&str, TokenKind, u16, u64)]) -> Vec<bool> {
        let seen = |(id, (on, token, status, took_ms)): (u32, &(&str, TokenKind, u16, u64))| {
            let body = if *status == 200 { HEALTHY } else { "{}" };
            let sent = exchange(on, *token).answered(*status, "application/json", body);
            let seen = observe(&sent, &endpoint(on), "").expect("an observation");
            let latency = if *took_ms < 1200 { LatencyClass::HalfSecond } else { LatencyClass::Seconds };
            Observation { exchange: id, took_ms: *took_ms, latency, ..seen }
        };
        let all: Vec<Observation> = (1..).zip(calls).map(seen).collect();
        let found = evidence(&all.iter().collect::<Vec<_>>(), &staging(), "primary", &|_| true, &Records::default());
        let failed = found.endpoints.iter().flatten().filter(|one| !one.result.is_success());
        failed.filter(|one| one.request.token == Valid).map(|one| one.late).collect()
    }

    #[rstest]
    #[case::beside_one_without_a_token(&[(HEALTH, Bare, 200, 9), (CALL, Bare, 401, 8), (CALL, Valid, 401, 600), (CALL, Valid, 401, 610)], &[true])]
    #[case::one_alone(&[(HEALTH, Bare, 200, 9), (CALL, Bare, 401, 8), (CALL, Valid, 401, 600)], &[false])]
    #[case::as_quick_as_others(&[(HEALTH, Bare, 200, 9), (CALL, Bare, 401, 90), (CALL, Valid, 401, 600), (CALL, Valid, 401, 610)], &[false])]
    #[case::a_first_call(
        &[(HEALTH, Bare, 200, 9), (CALL, Bare, 401, 8), (CALL, Valid, 401, 600), (CALL, Valid, 401, 20)],
        &[false]
    )]
    #[case::a_cold_service(&[(HEALTH, Bare, 200, 2400), (CALL, Bare, 401, 8), (CALL, Valid, 401, 2300)], &[false])]
    #[case::seconds(&[(HEALTH, Bare, 200, 9), (CALL, Bare, 401, 8), (CALL, Valid, 401, 2300)], &[true])]
    fn a_failure_is_late_beside_others(#[case] calls: &[(&str, TokenKind, u16, u64)], #[case] expected: &[bool]) {
        assert_eq!(late(calls), expected);
    }
}
