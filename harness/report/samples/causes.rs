//! The causes of the sample reports.

use crate::diagnose::{
    Alternative, Cause, Certainty, Hops, JoinedBy, Proof, Rollback, RuledOut, Settling, Why, WorstLine,
};
use crate::evidence::Severity;
use crate::terms::Hop;

/// A certain cause with every part of a block.
pub(crate) fn certain_cause() -> Cause {
    Cause {
        fault: "backend-auth/service-secret-mismatch".to_owned(),
        title: "The backend and the auth service hold different service secrets".to_owned(),
        hop: Hops::One(Hop::BackendAuth),
        certainty: Certainty::Certain,
        confidence: 0.998,
        explains: vec!["chat-stream/send".to_owned(), "chat-messages/send".to_owned()],
        alternatives: Vec::new(),
        whys: vec![
            why("POST /api/chat/stream answered 403", &["the backend answered (JSON envelope, x-trace-id), in 57 ms"]),
            why("it could not validate the token", &["a valid and a wrong-key token got the same answer"]),
            why(
                "the auth service did not accept the token for the backend",
                &["it accepts the same token from this test, with the right service credentials", "its health is 200 in 4 ms"],
            ),
            why(
                "the auth service refused the backend itself",
                &["its log at 12:01:07.311: invalid service secret, caller netra-backend"],
            ),
            why("the secrets differ", &["manifest: backend reads service-secret-staging:3, auth reads :latest (4)"]),
        ],
        worst_lines: Vec::new(),
        ruled_out: ["edge/iam-denied", "client/wrong-signing-secret", "auth/down", "backend-auth/auth-url-wrong"].map(out).to_vec(),
        involves: vec!["backend".to_owned(), "auth".to_owned()],
        suspects: Default::default(),
        owner: None,
        fix: Some(
            "gcloud run services update netra-backend-staging --update-secrets=SERVICE_SECRET=service-secret-staging:latest".to_owned(),
        ),
        verify: Some("fivewhys smoke --target staging --scenario chat-stream".to_owned()),
        rollback: Some(Rollback {
            cures: true,
            says: "would cure it: 00611-cr5 read version 4. `gcloud run services update-traffic netra-backend-staging --to-revisions=00611-cr5=100`"
                .to_owned(),
        }),
        settled_by: None,
    }
}

/// The same run with the evidence `edge` and `auth` only: one of six causes.
pub(crate) fn ambiguous_cause() -> Cause {
    let slugs = [
        "service-id-mismatch",
        "service-secret-missing",
        "service-id-missing",
        "auth-url-wrong",
        "intermediary-answers",
    ];
    let alternative = |(slug, confidence): (&str, f64)| Alternative {
        fault: format!("backend-auth/{slug}"),
        title: format!("What the catalogue says about {slug} in one line"),
        confidence,
        unlikely: false,
        settled_by: (confidence > 0.1).then(|| manifest(None)),
    };
    let mut cause = certain_cause();
    cause.whys.truncate(3);
    cause.certainty = Certainty::Ambiguous;
    cause.confidence = 0.31;
    cause.alternatives = slugs.into_iter().zip([0.24, 0.18, 0.14, 0.09, 0.004]).map(alternative).collect();
    cause.fix = None;
    cause.verify = None;
    cause.rollback = None;
    cause.settled_by =
        Some(manifest(Some(["gcloud", "run", "services", "describe", "netra-backend-staging", "--format=json"])));
    cause
}

fn manifest(command: Option<[&str; 6]>) -> Settling {
    let one = |slug: &str| format!("backend-auth/{slug}");
    Settling {
        evidence: "manifest".to_owned(),
        asks: "the backend's manifest".to_owned(),
        command: command.map(|words| words.join(" ")),
        argv: command.iter().flatten().map(|word| (*word).to_owned()).collect(),
        feed: Some("fivewhys smoke --target staging --manifest -".to_owned()),
        note: None,
        leaves: 2.0,
        of: 6,
        splits: vec![
            vec![one("service-secret-mismatch"), one("intermediary-answers")],
            vec![one("service-id-missing")],
        ],
    }
}

/// A cause of which only the hop is known.
pub(crate) fn unknown_cause() -> Cause {
    let mut cause = certain_cause();
    cause.fault = "unknown@backend".to_owned();
    cause.title = "No fault of the catalogue explains what the backend answers".to_owned();
    cause.hop = Hops::One(Hop::Backend);
    cause.certainty = Certainty::Unknown;
    cause.confidence = 0.4;
    cause.whys = vec![why("POST /api/chat/messages answered 418", &["the backend answered (x-trace-id), in 12 ms"])];
    cause.worst_lines = worst_lines();
    cause.ruled_out.truncate(2);
    cause.involves = vec!["backend".to_owned()];
    cause.fix = None;
    cause.verify = None;
    cause.rollback = None;
    cause
}

/// Two lines that no pattern matched, and one that a pattern of another fault matched.
fn worst_lines() -> Vec<WorstLine> {
    let line = |by, says: &str, severity, matched_by: &[&str]| WorstLine {
        says: says.to_owned(),
        by,
        at: jiff::Timestamp::UNIX_EPOCH,
        severity,
        count: if says.contains("times") { 4 } else { 1 },
        exchange: 7,
        joined_by: Some(JoinedBy::Time),
        last_words: false,
        matched_by: matched_by.iter().map(|id| (*id).to_owned()).collect(),
    };
    vec![
        line(
            Hop::Backend,
            "the backend's log at 00:00:00.311Z (4 times, by time): ERROR teapot: KettleError: the element is not connected",
            Severity::Error,
            &[],
        ),
        line(
            Hop::Auth,
            "the auth service's log at 00:00:00.298Z (by time): WARN slow query: 1.2 s",
            Severity::Warning,
            &["data/postgres-slow"],
        ),
        line(
            Hop::Edge,
            "the platform's log at 00:00:00.304Z (by time): POST /auth/validate 429",
            Severity::Warning,
            &[],
        ),
    ]
}

/// One proof.
pub(crate) fn proof(says: &str, exchange: Option<u32>) -> Proof {
    Proof::new(says, exchange)
}

fn why(claim: &str, evidence: &[&str]) -> Why {
    Why { claim: claim.to_owned(), evidence: evidence.iter().map(|says| proof(says, Some(7))).collect() }
}

fn out(fault: &str) -> RuledOut {
    RuledOut { fault: fault.to_owned(), by: proof("the backend itself answered the valid token", Some(7)) }
}
