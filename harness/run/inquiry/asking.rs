//! Asks the operator whether the command that would settle the verdict may be run, runs it, and diagnoses again.

use std::sync::Arc;

use crate::config::EvidenceLocation;
use crate::diagnose::{Certainty, Settling};
use crate::evidence::{LONGEST, Supplied, output_of, read_log_of};
use crate::run::context::by_hand::MayRun;
use crate::run::inquiry::Inquiry;
use crate::terms::EvidenceSource;

/// The allowed starts of a command. None of them changes anything.
const READ_ONLY: [&[&str]; 10] = [
    &["gcloud", "run", "services", "describe"],
    &["gcloud", "run", "services", "list"],
    &["gcloud", "logging", "read"],
    &["kubectl", "get", "deployment"],
    &["kubectl", "logs"],
    &["aws", "ecs", "describe-task-definition"],
    &["docker", "compose", "config"],
    &["docker", "compose", "logs"],
    &["curl", "--silent", "--show-error", "--fail", "--max-time"],
    &["cat", "--"],
];

impl Inquiry<'_> {
    /// Asks until the verdict is certain, or the operator has decided on every command.
    pub(crate) async fn ask_a_person(&mut self) {
        let Some(may_run) = self.by_hand.may_run.clone() else { return };
        let mut decided: Vec<String> = Vec::new();
        while let Some(settling) = self.undecided(&decided) {
            decided.push(settling.asks.clone());
            if allowed(&may_run, &settling).await {
                self.run(&settling).await;
                self.ask_all().await;
            }
        }
    }

    /// Returns the next command to ask about: the best one first, then those that distinguish the other candidates.
    fn undecided(&self, decided: &[String]) -> Option<Settling> {
        let open = self.causes().into_iter().filter(|cause| cause.certainty < Certainty::Certain);
        let settlings = open.flat_map(|cause| {
            cause.settled_by.into_iter().chain(cause.alternatives.into_iter().filter_map(|other| other.settled_by))
        });
        settlings.filter(|one| is_read_only(&one.argv)).find(|one| !decided.contains(&one.asks))
    }

    async fn run(&mut self, settling: &Settling) {
        let evidence_source = if settling.evidence == EvidenceSource::Logs.as_str() {
            EvidenceSource::Logs
        } else {
            EvidenceSource::Manifest
        };
        let taken = match evidence_source {
            EvidenceSource::Logs => self.take_log(&settling.argv).await,
            _ => self.take_manifests(&settling.argv).await,
        };
        if let Err(why) = taken {
            self.evidence.unread.push((evidence_source, (self.clean)(&why)));
        }
    }

    async fn take_manifests(&mut self, argv: &[String]) -> Result<(), String> {
        let text = output_of(argv, self.target).await.map_err(|error| error.to_string())?;
        let mut supplied = Supplied::default();
        let added = supplied.add_manifests(&argv[0], None, &text, &self.target.names);
        added.map_err(|error| error.to_string())?;
        supplied.lay_manifests_over(&mut self.evidence, self.clean);
        Ok(())
    }

    async fn take_log(&mut self, argv: &[String]) -> Result<(), String> {
        let (from, focus) = (EvidenceLocation::Command(argv.to_vec()).into(), self.focus());
        let end = tokio::time::Instant::now() + LONGEST;
        let read = read_log_of(&mut self.evidence, &from, self.target, focus, end, self.clean).await;
        read.map_err(|error| error.to_string())
    }
}

fn is_read_only(argv: &[String]) -> bool {
    READ_ONLY.iter().any(|start| argv.len() > start.len() && argv.iter().zip(*start).all(|(word, known)| word == known))
}

/// Asks the operator on a blocking thread: the answer may take minutes.
async fn allowed(may_run: &MayRun, settling: &Settling) -> bool {
    let (may_run, settling) = (Arc::clone(may_run), settling.clone());
    tokio::task::spawn_blocking(move || may_run(&settling)).await.unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::is_read_only;

    #[rstest]
    #[case::describe("gcloud run services describe x --format=json", true)]
    #[case::read("gcloud logging read x", true)]
    #[case::fetch("curl --silent --show-error --fail --max-time 30 http://127.0.0.1/x", true)]
    #[case::update("gcloud run services update x", false)]
    #[case::delete("gcloud logging delete x", false)]
    #[case::shell("sh -c x", false)]
    #[case::cut("gcloud run services describe", false)]
    #[case::nothing("", false)]
    fn only_read_only_commands_are_run(#[case] command: &str, #[case] runs: bool) {
        let argv: Vec<String> = command.split_whitespace().map(str::to_owned).collect();
        assert_eq!(is_read_only(&argv), runs);
    }
}
