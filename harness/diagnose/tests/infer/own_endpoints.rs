//! An entry of a target that names the endpoints it reaches.

use std::sync::Arc;

use rstest::rstest;

use crate::diagnose::model::catalogue::Catalogue;
use crate::diagnose::readings::input::{FailedStep, Given};
use crate::diagnose::verdict::diagnose;
use crate::evidence::Evidence;
use crate::fixtures::{exchange, staging};
use crate::observe::{Observation, observe};
use crate::probe::Exchange;
use crate::terms::TokenKind::{None as NoToken, Valid};

const ORDERS: &str = "backend.chat-messages";
const FEED: &str = "backend.threads";

/// An entry for code of the backend that only one endpoint runs.
const ENTRY: &str = r#"[[fault]]
id = "backend/orders-broken"
title = "The orders of the backend fail, and the feed works"
about = "A change broke the orders."
prior = "common"
does = [{ effect = "fail" }]
endpoints = ["backend.chat-messages"]
involves = ["backend"]
curable_by_rollback = true
owner = "shop"
fix = "repair the orders"
whys = [{ claim = "the feed works", proof = "endpoint:backend.threads valid = ok" }]
"#;

#[rstest]
#[case::its_own(ORDERS, FEED, true)]
#[case::another(FEED, ORDERS, false)]
fn it_explains_failures_of_its_endpoints_alone(#[case] fails: &str, #[case] works: &str, #[case] is_named: bool) {
    let target = staging();
    let catalogue = Arc::new(Catalogue::of(&[("own.toml".to_owned(), ENTRY.to_owned())]).expect("it is in order"));
    let catalogue = catalogue.fits(&target).expect("the target has the endpoint");
    let seen = |(id, (on, token, status, body)): (u32, (&str, _, u16, &str))| {
        let sent = Exchange { id, ..exchange(on, token).answered(status, "application/json", body) };
        observe(&sent, &target.endpoints[on], "").expect("an observation")
    };
    let healthy = r#"{"status":"healthy","service":"netra-ai-platform"}"#;
    let calls = [
        (fails, Valid, 500, r#"{"detail":"Internal Server Error"}"#),
        (works, Valid, 200, if works == ORDERS { r#"{"messages":[]}"# } else { "[]" }),
        (fails, NoToken, 401, r#"{"detail":"Not authenticated"}"#),
        ("backend.health", NoToken, 200, healthy),
    ];
    let observations: Vec<Observation> = (1..).zip(calls).map(seen).collect();
    let (evidence, failed) = (Evidence::default(), [FailedStep { step: "s/t".into(), exchange: 1, control: false }]);
    let given = Given { target: &target, observations: &observations, sent: &[], evidence: &evidence, failed: &failed };
    let cause = diagnose(given, &catalogue).into_iter().next().expect("a cause");
    let own = "backend/orders-broken";
    let named = cause.fault == own || cause.alternatives.iter().any(|one| one.fault == own);
    assert_eq!(named, is_named, "{} {:?}", cause.fault, cause.alternatives);
}
