//! Reads the log again while the verdict is not certain: Cloud Logging shows an entry only after some seconds.

use std::time::Duration;

use crate::config::LogSource;
use crate::evidence::{Evidence, read_log};
use crate::run::inquiry::Inquiry;
use crate::terms::EvidenceSource;

/// The pauses before the log is read again. The first read finds what was written during the diagnosis; the others wait
/// for an entry of a failing probe.
const WAITS: [Duration; 4] =
    [Duration::ZERO, Duration::from_millis(500), Duration::from_millis(1500), Duration::from_millis(3000)];
/// The time that is left for the end of the run.
const RESERVE: Duration = Duration::from_secs(2);

impl Inquiry<'_> {
    /// Reads the log again until the verdict is certain, the log contains the failing probes, or no time is left.
    pub(crate) async fn read_late_log(&mut self) {
        if !self.target.opens(EvidenceSource::Logs) || self.target.logs.iter().all(LogSource::is_file) {
            return;
        }
        for wait in WAITS {
            let in_time = tokio::time::Instant::now() + wait + RESERVE < self.deadline;
            if self.is_settled() || !in_time || (!wait.is_zero() && self.has_arrived()) {
                return;
            }
            tokio::time::sleep(wait).await;
            self.read_log_again().await;
            self.ask_all().await;
        }
    }

    /// Reports whether the log reaches the last failing probe.
    fn has_arrived(&self) -> bool {
        let last = self.failing().map(|probe| probe.started_at).max();
        let ours = |trace: &str| self.failing().any(|probe| probe.trace_id == trace);
        self.evidence
            .log
            .iter()
            .any(|entry| last.is_none_or(|last| entry.at >= last) || entry.trace.as_deref().is_some_and(ours))
    }

    /// Reads the log again, and keeps the earlier entries if that fails.
    async fn read_log_again(&mut self) {
        let unread = self
            .evidence
            .unread
            .iter()
            .filter(|(evidence_source, _)| *evidence_source != EvidenceSource::Logs)
            .cloned()
            .collect();
        let manifests = self.evidence.manifests.clone();
        let signing_key = self.evidence.signing_key.clone();
        let mut fresh = Evidence { manifests, signing_key, unread, ..Evidence::default() };
        read_log(&mut fresh, self.target, self.focus(), self.deadline, self.clean).await;
        if fresh.log.len() < self.evidence.log.len()
            && fresh.unread.iter().any(|(evidence_source, _)| *evidence_source == EvidenceSource::Logs)
        {
            return;
        }
        let supplied = &self.by_hand.supplied;
        supplied.add_grown_log_to(&mut fresh, self.target, self.focus(), self.deadline, self.clean).await;
        self.evidence = fresh;
    }
}
