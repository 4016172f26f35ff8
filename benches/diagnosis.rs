//! One verdict on a recorded case, without any I/O. It must take at most 5 ms.
//!
//! `cargo bench --bench diagnosis`. The case is recorded once, from a twin, before anything is timed.

#[path = "../tests/support/twin.rs"]
#[expect(dead_code, reason = "whole runs are for the tests")]
mod twin;

use std::sync::Arc;

use fivewhys::internal::config::Target;
use fivewhys::internal::diagnose::{Catalogue, Given, diagnose, next_probe};
use fivewhys::internal::observe::Observation;
use fivewhys::internal::redact::Redactor;
use fivewhys::internal::run::{self, Recording};
use fivewhys::internal::scenario;
use fivewhys_mocks::Dialect;

use crate::twin::Bench;

/// It has many candidates that look alike, so that all evidence is needed.
const FAULT: &str = "backend-auth/service-secret-mismatch";

fn main() {
    divan::main();
}

/// A run against a broken twin, with the answer to every probe it could have asked for.
fn recorded() -> (Target, Recording) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let bench = Bench::boot(Dialect::Observed, Some(FAULT.parse().expect("a fault of the twin"))).await;
        let scenarios = scenario::embedded().expect("the shipped scenarios");
        let run = run::Smoke {
            target: Arc::new(bench.target.clone()),
            scenarios,
            catalogue: fivewhys::internal::diagnose::Catalogue::shipped_shared(),
            deployed: Vec::new(),
            redactor: Redactor::new(),
            conduct: fivewhys::internal::run::Conduct::default(),
        };
        let recording = run::record(&run).await.expect("something is tested");
        bench.twin.shutdown().await;
        (bench.target, recording)
    })
}

fn given<'a>(target: &'a Target, recording: &'a Recording, observations: &'a [Observation]) -> Given<'a> {
    let Recording { sent, evidence, failed, .. } = recording;
    Given { target, observations, sent, evidence, failed }
}

#[divan::bench]
fn a_verdict(bencher: divan::Bencher<'_, '_>) {
    let (target, recording) = recorded();
    let all: Vec<Observation> = recording.driven.iter().chain(&recording.pool).cloned().collect();
    let given = given(&target, &recording, &all);
    let causes = diagnose(given, Catalogue::shipped());
    assert_eq!(causes.first().map(|cause| cause.fault.as_str()), Some(FAULT), "it is timed on a right verdict");
    bencher.bench(|| diagnose(divan::black_box(given), Catalogue::shipped()));
}

#[divan::bench]
fn the_next_probe(bencher: divan::Bencher<'_, '_>) {
    let (mut target, recording) = recorded();
    target.close_evidence_sources_except(&[fivewhys::internal::terms::EvidenceSource::Auth]);
    let given = given(&target, &recording, &recording.driven);
    bencher.bench(|| next_probe(divan::black_box(given), Catalogue::shipped(), &[]));
}
