//! Reads the log of a run in which every step passed: with `--deployed`, it shows which revision served the requests.

use std::time::Duration;

use tokio::time::Instant;

use crate::config::{LogSource, Target};
use crate::evidence::{Evidence, Focus, read_log};
use crate::run::context::by_hand::ByHand;
use crate::run::context::record::Record;
use crate::terms::EvidenceSource;

/// The pauses before the log is read again, while it has no request of this run.
const WAITS: [Duration; 3] = [Duration::from_millis(500), Duration::from_millis(1500), Duration::from_millis(3000)];
/// The time that is left for the end of the run.
const RESERVE: Duration = Duration::from_secs(2);

/// Reads the granted log and the supplied log. A granted log that is no file is read again while it has no request of this
/// run, because a platform shows an entry only after some seconds.
pub(crate) async fn read(
    evidence: &mut Evidence,
    target: &Target,
    record: &Record,
    by_hand: &ByHand,
    clean: &(dyn Fn(&str) -> String + Send + Sync),
    deadline: Instant,
) {
    let without = evidence.clone();
    let is_fixed = !target.opens(EvidenceSource::Logs) || target.logs.iter().all(LogSource::is_file);
    let mut waits = WAITS.into_iter();
    loop {
        let focus =
            Focus::on(record.sent.iter().map(|probe| (probe.started_at, probe.ended_at, probe.trace_id.as_str())));
        let mut fresh = without.clone();
        read_log(&mut fresh, target, focus.clone(), deadline, clean).await;
        by_hand.supplied.add_grown_log_to(&mut fresh, target, focus, deadline, clean).await;
        *evidence = fresh;
        let Some(wait) = waits.next().filter(|_| !is_fixed && !has_arrived(evidence, record)) else { return };
        if Instant::now() + wait + RESERVE >= deadline {
            return;
        }
        tokio::time::sleep(wait).await;
    }
}

/// Reports whether the log has a request of this run.
fn has_arrived(evidence: &Evidence, record: &Record) -> bool {
    let is_ours = |trace: &str| record.sent.iter().any(|probe| probe.trace_id == trace);
    let mut served = evidence.log.iter().filter(|entry| entry.revision().is_some());
    served.any(|entry| entry.trace.as_deref().is_some_and(is_ours))
}
