//! Whether the evidence excludes what was deployed as the cause. Without that, the gate never says `do not roll back`.

use crate::diagnose::{Cause, Certainty};
use crate::gate::{Cure, Gate};

/// From this share on, a service is not excluded: 1 minus the posterior of a certain verdict.
const EXCLUDED: f64 = 0.02;

impl Gate<'_> {
    /// Returns why the evidence does not exclude a deployed service as the cause of a failure, if it does not.
    pub(crate) fn doubt(&self, causes: &[Cause]) -> Option<String> {
        // A service that is not on the path of the requests cannot cause their failures.
        let is_on_the_path =
            |(service, _): &(String, String)| self.catalogue.ids().any(|id| self.involves(id, service));
        self.deployed.iter().any(is_on_the_path).then(|| causes.iter().find_map(|cause| self.doubt_of(cause)))?
    }

    fn involves(&self, id: &str, service: &str) -> bool {
        self.catalogue.entry(id).is_some_and(|entry| entry.involves.iter().any(|one| one == service))
    }

    fn doubt_of(&self, cause: &Cause) -> Option<String> {
        let cures: Vec<(String, Cure)> = self.cures(cause).collect();
        let is_involved = |id: &str| self.deployed.iter().any(|(service, _)| self.involves(id, service));
        let had_it_before = || cures.iter().all(|(id, _)| is_involved(id));
        if cause.certainty < Certainty::Likely && !had_it_before() {
            return Some(format!("the cause is {}, so what was deployed is not excluded", cause.certainty));
        }
        // That no revision cures a fault says nothing where the fault may be another one.
        let by_evidence = |id: &str| {
            let curable = self.catalogue.entry(id).is_some_and(|entry| entry.curable_by_rollback);
            curable || cause.certainty == Certainty::Certain
        };
        let not_cured = |id: &str| {
            cures.iter().any(|(one, cure)| one == id && matches!(cure, Cure::WouldNot(_))) && by_evidence(id)
        };
        let listed = |service: &str| -> f64 {
            shares(cause).filter(|(id, _)| self.involves(id, service) && not_cured(id)).map(|(_, share)| share).sum()
        };
        let open = |service: &str| cause.suspects.get(service).copied().unwrap_or_default() - listed(service);
        let suspect = self.deployed.iter().find(|(service, _)| open(service) >= EXCLUDED);
        suspect.map(|(service, _)| {
            let percent = open(service) * 100.0;
            format!("the evidence does not exclude {service}: {percent:.0} % of what may be wrong is in it")
        })
    }
}

/// Returns the candidates of a cause with their shares.
fn shares(cause: &Cause) -> impl Iterator<Item = (&str, f64)> {
    let others = cause.alternatives.iter().map(|other| (other.fault.as_str(), other.confidence));
    std::iter::once((cause.fault.as_str(), cause.confidence)).chain(others)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use rstest::rstest;
    use serde_json::json;

    use crate::diagnose::{Catalogue, Cause};
    use crate::fixtures::staging;
    use crate::gate::{Earlier, Gate};

    fn cause(fault: &str, certainty: &str, confidence: f64, suspects: &[(&str, f64)]) -> Cause {
        let suspects: BTreeMap<&str, f64> = suspects.iter().copied().collect();
        let cause = json!({
            "fault": fault, "title": "t", "hop": "client", "certainty": certainty, "confidence": confidence, "explains": ["a/b"],
            "alternatives": [], "whys": [], "ruled_out": [], "involves": [], "suspects": suspects,
        });
        serde_json::from_value(cause).expect("a cause")
    }

    #[rstest]
    #[case::elsewhere("client/unknown-user", "certain", 1.0, &[], true)]
    #[case::elsewhere_and_likely("client/unknown-user", "likely", 0.97, &[("backend", 0.01), ("auth", 0.4)], true)]
    #[case::not_sure("client/unknown-user", "ambiguous", 0.97, &[("backend", 0.01)], false)]
    #[case::unknown_faults_remain("client/unknown-user", "likely", 0.95, &[("backend", 0.05)], false)]
    #[case::no_revision_cures_it("edge/iam-denied", "certain", 0.99, &[("edge", 0.99), ("backend", 0.01)], true)]
    #[case::no_revision_may_cure_it("edge/iam-denied", "likely", 0.97, &[("edge", 0.97)], false)]
    #[case::something_else_at_the_edge("edge/iam-denied", "likely", 0.91, &[("edge", 0.99)], false)]
    fn the_deployed_service_is_excluded(
        #[case] fault: &str,
        #[case] certainty: &str,
        #[case] confidence: f64,
        #[case] suspects: &[(&str, f64)],
        #[case] excluded: bool,
    ) {
        let (target, catalogue, earlier) = (staging(), Catalogue::shipped(), Earlier::default());
        let deployed = ["backend", "edge"].map(|service| (service.to_owned(), "r-2".to_owned()));
        let gate = Gate {
            target: &target,
            catalogue,
            deployed: &deployed,
            previous: &[],
            manifests: &BTreeMap::new(),
            earlier: &earlier,
            baseline: None,
            lost: None,
            unexplained: None,
        };
        let doubt = gate.doubt(&[cause(fault, certainty, confidence, suspects)]);
        assert_eq!(doubt.is_none(), excluded, "{doubt:?}");
    }
}
