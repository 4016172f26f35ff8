//! A fault may hit some of the calls of one kind.

use crate::diagnose::belief::{Beliefs, Hypothesis, Records, evidence, topology_seeing};
use crate::diagnose::model::catalogue::Catalogue;
use crate::fixtures::{endpoint, exchange, staging};
use crate::observe::{Observation, observe};
use crate::probe::Exchange;
use crate::terms::TokenKind;

#[test]
fn a_fault_that_comes_and_goes_is_possible_where_calls_of_one_kind_end_differently() {
    let target = staging();
    let served = (200, r#"{"threads":[]}"#);
    let failed = (500, "Internal Server Error");
    let seen = |(id, (status, body)): (u32, (u16, &str))| {
        let sent =
            Exchange { id, ..exchange("backend.threads", TokenKind::Valid).answered(status, "application/json", body) };
        observe(&sent, &endpoint("backend.threads"), "").expect("an observation")
    };
    let all: Vec<Observation> = (1..).zip([served, failed, served, failed, failed, served]).map(seen).collect();
    let evidence = evidence(&all.iter().collect::<Vec<_>>(), &target, "primary", &|_| true, &Records::default());
    assert!(evidence.varies());
    let topology = topology_seeing(&evidence, &target);
    let beliefs = Beliefs::of(evidence, &topology, &target, Catalogue::shipped());
    let of = |id: &str| {
        let is_it = |one: &Hypothesis<'_>| matches!(one, Hypothesis::Fault(fault) if fault.id == id);
        beliefs.all.iter().filter(|one| is_it(&one.hypothesis)).collect::<Vec<_>>()
    };
    let [handler] = of("backend/handler-error")[..] else { panic!("the fault stands once") };
    assert!(handler.score.is_finite() && !handler.explains.is_empty(), "{handler:?}");
    assert!(of("backend/jwt-secret-mismatch").iter().all(|one| !one.score.is_finite()), "it stays");
}
