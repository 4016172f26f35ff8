//! The findings about deployed revisions that were not tested, or not shown to be.

use crate::diagnose::{Finding, Proof};
use crate::evidence::{Layout, Manifest};
use crate::gate::tested::Seen;
use crate::platform::rollback;
use crate::report::{RevisionEvidence, RevisionShare, Tested, TestedRevision};
use crate::terms::Service;

/// The id of the finding that another revision was tested. It fails the run.
pub(crate) const OTHER: &str = "other-revision-tested";
/// The id of the finding that nothing shows which revision was tested. It does not fail the run.
pub(crate) const NOT_SHOWN: &str = "deployed-revision-not-shown";

/// Returns one finding for the revisions that were not tested, and one for those that are not shown.
pub(crate) fn findings(tested: &[TestedRevision], seen: &Seen<'_>) -> Vec<Finding> {
    let lines = |result: Tested, of: &dyn Fn(&TestedRevision) -> Vec<String>| -> Vec<Proof> {
        let with = tested.iter().filter(|one| one.result == result);
        with.flat_map(of).map(|says| Proof::new(says, None)).collect()
    };
    let other = Finding {
        id: OTHER.to_owned(),
        title: "Not tested: another revision than the deployed one answered or gets traffic".to_owned(),
        evidence: lines(Tested::Other, &|one| other(one, seen)),
        fails: true,
    };
    let not_shown = Finding {
        id: NOT_SHOWN.to_owned(),
        title: "Nothing shows that the deployed revision is the one that was tested".to_owned(),
        evidence: lines(Tested::NotShown, &|one| not_shown(one, seen)),
        fails: false,
    };
    [other, not_shown].into_iter().filter(|finding| !finding.evidence.is_empty()).collect()
}

/// Returns what shows the other revision, and the command that sends the traffic to the deployed one.
fn other(one: &TestedRevision, seen: &Seen<'_>) -> Vec<String> {
    let mut says: Vec<String> = one.deciding().map(|why| format!("{} {}: {why}", one.service, one.revision)).collect();
    if by_traffic(one) && manifest(one, seen).is_some_and(|it| it.layout == Layout::CloudRun && it.ready != Some(false))
    {
        let command = rollback::to_revision(seen.target, &one.service, &one.revision);
        says.push(format!("to test it, send it the traffic and run again: `{command}`"));
    }
    says
}

fn by_traffic(one: &TestedRevision) -> bool {
    one.proof.iter().any(|proof| proof.by == RevisionEvidence::Manifest && proof.share != RevisionShare::All)
}

fn manifest<'a>(one: &TestedRevision, seen: &Seen<'a>) -> Option<&'a Manifest> {
    seen.manifests.iter().find(|(service, _)| service.as_str() == one.service).map(|(_, manifest)| manifest)
}

/// Returns what would show the revision.
fn not_shown(one: &TestedRevision, seen: &Seen<'_>) -> Vec<String> {
    let target = seen.target;
    let TestedRevision { service, revision, .. } = one;
    if !Service::ALL.iter().any(|known| known.as_str() == service) {
        return vec![format!("{service} {revision}: only backend and auth are asked for their revision")];
    }
    let mut says = vec![
        format!("{service} {revision}: no evidence names the revision that answered"),
        match manifest(one, seen) {
            Some(_) => format!(
                "its manifest has no traffic shares; that of a Cloud Run service has: `--manifest {service}=FILE`"
            ),
            None => format!("its manifest would show it: the evidence `manifest`, or `--manifest {service}=FILE`"),
        },
        format!("the platform's request log would show it: the evidence `logs`, or `--logs {service}=FILE`"),
    ];
    if target.version.header.is_none() && target.version.json.is_none() {
        says.push(format!(
            "a response that names its revision would show it: `header` or `json` in `[target.{}.version]`",
            target.name
        ));
    }
    says
}
