//! Targets with several addresses of the backend, of which one does not answer.

use rstest::rstest;

use crate::config::{Overrides, Target, TargetFile};
use crate::diagnose::model::catalogue::Catalogue;
use crate::diagnose::readings::input::{FailedStep, Given};
use crate::diagnose::verdict::diagnose;
use crate::evidence::Evidence;
use crate::fixtures::exchange;
use crate::observe::{Observation, observe};
use crate::probe::{ErrorKind, Exchange};
use crate::terms::TokenKind::{None as NoToken, Valid};

/// Returns `staging`, whose threads are served by another backend.
fn target() -> Target {
    let file = TargetFile::embedded().expect("the shipped file parses");
    let set = [r#"endpoint."backend.threads".base_url="http://threads.inner.test:8080""#.to_owned()];
    file.resolve(Some("staging"), &Overrides::new(&set, [])).expect("staging resolves")
}

#[rstest]
#[case::no_listener(ErrorKind::ConnectionRefused, "network/connection-refused")]
#[case::unknown_name(ErrorKind::DnsError, "network/dns")]
fn what_another_address_answers_excludes_no_fault_of_the_network(#[case] error: ErrorKind, #[case] fault: &str) {
    let target = target();
    let health = r#"{"status":"healthy","service":"netra-ai-platform"}"#;
    let sent = [
        exchange("backend.health", NoToken).answered(200, "application/json", health),
        exchange("backend.chat-messages", Valid).answered(200, "application/json", r#"{"messages":[]}"#),
        exchange("backend.threads", Valid).broken(error),
    ];
    let ids = 1..;
    let seen = sent.into_iter().zip(ids).map(|(one, id)| {
        let one = Exchange { id, ..one };
        observe(&one, &target.endpoints[&one.probe.endpoint], "").expect("an observation")
    });
    let observations: Vec<Observation> = seen.collect();
    let failed = [FailedStep { step: "s/t".into(), exchange: 3, control: false }];
    let evidence = Evidence::default();
    let given = Given { target: &target, observations: &observations, sent: &[], evidence: &evidence, failed: &failed };
    let causes = diagnose(given, Catalogue::shipped());
    assert_eq!(causes[0].fault, fault, "{causes:#?}");
}
