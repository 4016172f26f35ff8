//! A run with many users: one instance fails, and a marker leaks.

use super::passed;
use crate::diagnose::{Finding, Proof};
use crate::report::{
    CallCounts, CommonTrait, ExitReport, LoadFailure, LoadLatency, LoadLeak, LoadReport, Report, RunOutcome,
    TraitCounts,
};

/// Fails with a leak and with a trait in common.
pub(crate) fn many_users() -> Report {
    let finding = |id: &str, says: &str, fails| Finding {
        id: id.to_owned(),
        title: "The backend treats the user as a different user".to_owned(),
        evidence: vec![Proof::new(says, Some(1))],
        fails,
    };
    Report {
        outcome: RunOutcome::Failed,
        load: Some(load()),
        findings: vec![
            finding("backend/cross-user-leak", "second received this marker of primary in stream/send", true),
            finding("load-unserved", "133 of 200 calls were served: 66.5 %, and the objective is 95.0 %", true),
        ],
        exit: ExitReport { code: 1, meaning: "the backend treats the user as a different user".to_owned() },
        ..passed()
    }
}

fn load() -> LoadReport {
    let counts = |calls, failed| CallCounts { calls, failed, units: calls, failed_units: failed };
    let counts = TraitCounts {
        name: "instance".to_owned(),
        value: "backend-b".to_owned(),
        with: counts(67, 67),
        without: counts(133, 0),
    };
    LoadReport {
        users: 200,
        ramp_ms: 10_000,
        hold_ms: 30_000,
        rate: 50,
        calls: 200,
        served: 133,
        unsent: 2,
        objective: 0.95,
        sockets: 180,
        sockets_lost: 1,
        events: 4000,
        latency: vec![LoadLatency {
            kind: "http".to_owned(),
            calls: 200,
            served: 133,
            p50_ms: 12.4,
            p95_ms: 80.0,
            p99_ms: 1200.0,
            max_ms: 1300.0,
            histogram: vec![(12_400, 190), (1_200_000, 10)],
        }],
        failures: vec![LoadFailure {
            step: "messages/post".to_owned(),
            says: "expected status 200, got 500".to_owned(),
            calls: 67,
            users: 60,
            exchange: Some(1),
        }],
        common: vec![CommonTrait {
            counts: counts.clone(),
            says: "67 of 67 failed calls were answered by the instance backend-b; 67 of 67 calls there failed, and 0 of 133 calls that others answered".to_owned(),
            p_value: 1.9e-12,
        }],
        traits: vec![counts],
        leaks: vec![LoadLeak {
            owner: "primary".to_owned(),
            seen_by: "second".to_owned(),
            marker: "fwm0123456789abcdef01234567".to_owned(),
            step: "stream/send".to_owned(),
            exchange: 1,
            sent_in: None,
        }],
        leak_count: 1,
        not_cleaned: 3,
    }
}
