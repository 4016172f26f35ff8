//! The diagnosis in progress: reads the granted evidence, sends one probe after the other, and concludes.
//!
//! Start at [`inquire`].
//!
//! - `late_log`: reads the log again while the verdict is not certain
//! - `asking`: asks the operator for permission to run a command
//! - `request_log`: reads the log although every step passed, for the proof of the tested revision
//! - `foreign_page`: probes that name a foreign page as their origin
//! - `http2`: a failed call again with HTTP/1.1 alone
//! - `test_headers`: one probe with the headers by which tests identify themselves
//!
//! Invariant: this folder never names a cause itself; `diagnose` does.

pub(crate) mod asking;
pub(crate) mod foreign_page;
pub(crate) mod http2;
pub(crate) mod late_log;
pub(crate) mod request_log;
pub(crate) mod test_headers;

use std::time::Duration;

use tokio::time::Instant;

use crate::config::Target;
use crate::diagnose::{self, Catalogue, Cause, Certainty, FailedStep, Finding, Given, diagnose, next_probe};
use crate::evidence::{Evidence, Focus, read_log, read_manifests};
use crate::probe::{CannotProbe, ProbeKey, ProbeRequest, Prober, Session};
use crate::report::ObjectiveReport;
use crate::run::context::by_hand::ByHand;
use crate::run::context::events::{Event, Listener};
use crate::run::context::interruption::Interruption;
use crate::run::context::record::Record;
use crate::terms::{Caller, EvidenceSource, Role, TokenKind};

/// The result of a diagnosis.
#[derive(Debug, Default)]
pub(crate) struct Conclusion {
    pub(crate) causes: Vec<Cause>,
    pub(crate) findings: Vec<Finding>,
    pub(crate) evidence: Evidence,
    /// The number of probes that the diagnosis sent.
    pub(crate) probes: usize,
    /// What another folder measured of the objectives. Absent: the steps of the run show it.
    pub(crate) measured: Option<Vec<ObjectiveReport>>,
}

/// A diagnosis in progress.
pub(crate) struct Inquiry<'a> {
    pub(crate) target: &'a Target,
    catalogue: &'a Catalogue,
    pub(crate) record: &'a mut Record,
    pub(crate) evidence: Evidence,
    pub(crate) clean: &'a (dyn Fn(&str) -> String + Send + Sync),
    /// When the run must have ended.
    pub(crate) deadline: Instant,
    pub(crate) by_hand: &'a ByHand,
    failed: &'a [FailedStep],
    session: Session,
    tell: Listener<'a>,
    /// The probes that were chosen, sent or not.
    asked: Vec<ProbeKey>,
}

/// What a diagnosis needs from the run.
pub(crate) struct Driven<'a> {
    pub(crate) prober: &'a Prober,
    pub(crate) target: &'a Target,
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) failed: &'a [FailedStep],
    pub(crate) deadline: Instant,
    pub(crate) interruption: &'a Interruption,
}

/// Sends probes until a cause is certain, no probe can help, the budget is spent, or the run is stopped. Then it
/// concludes.
pub(crate) async fn inquire(
    driven: &Driven<'_>,
    record: &mut Record,
    mut evidence: Evidence,
    by_hand: &ByHand,
    clean: &(dyn Fn(&str) -> String + Send + Sync),
    tell: Listener<'_>,
) -> Conclusion {
    let Driven { prober, target, catalogue, failed, deadline, interruption } = *driven;
    interruption.or(read_manifests(&mut evidence, target, deadline, clean)).await;
    by_hand.supplied.lay_manifests_over(&mut evidence, clean);
    let (session, before) = (prober.session(), record.probes.len());
    let mut inquiry = Inquiry {
        target,
        catalogue,
        record,
        evidence,
        clean,
        deadline,
        by_hand,
        failed,
        session,
        tell,
        asked: Vec::new(),
    };
    if failed.is_empty() {
        interruption.or(inquiry.ask_without_caller()).await;
    } else {
        interruption.or(inquiry.find_out()).await;
    }
    let (mut causes, mut findings) = (Vec::new(), Vec::new());
    // After a second signal the report must not wait for the diagnosis.
    if !interruption.is_hurried() {
        causes = inquiry.causes();
        findings = diagnose::findings(inquiry.given(), &causes);
    }
    let of_test_headers = test_headers::finding(&inquiry.session, target, inquiry.record);
    findings.extend(interruption.or(of_test_headers).await.flatten());
    let of_http2 = http2::finding(&inquiry.session, target, failed, inquiry.record);
    findings.extend(interruption.or(of_http2).await.flatten());
    let of_foreign_pages = foreign_page::findings(&inquiry.session, target, inquiry.record);
    findings.extend(interruption.or(of_foreign_pages).await.unwrap_or_default());
    Conclusion {
        causes,
        findings,
        probes: inquiry.record.probes.len() - before,
        evidence: inquiry.evidence,
        measured: None,
    }
}

/// The time that the choice of the first probe is expected to take.
const FIRST_THOUGHT: Duration = Duration::from_millis(100);

impl Inquiry<'_> {
    async fn find_out(&mut self) {
        (self.tell)(&Event::DiagnosisStarted);
        let focus = self.focus();
        let (target, deadline, clean) = (self.target, self.deadline, self.clean);
        read_log(&mut self.evidence, target, focus.clone(), deadline, clean).await;
        self.by_hand.supplied.add_grown_log_to(&mut self.evidence, target, focus, deadline, clean).await;
        self.ask_all().await;
        self.read_late_log().await;
        self.ask_a_person().await;
    }

    /// Returns what matters most in a log: the time and the ids of the probes.
    fn focus(&self) -> Focus {
        Focus::on(self.record.sent.iter().map(|probe| (probe.started_at, probe.ended_at, probe.trace_id.as_str())))
    }

    /// Sends one probe after the other, within the target's limits on their number and on time.
    pub(crate) async fn ask_all(&mut self) {
        let many = self.target.budget.diagnosis_probes as usize;
        let mut thought = FIRST_THOUGHT;
        // After the next probe, the verdict takes about as long as the choice of that probe.
        while self.asked.len() < many && Instant::now() + thought * 2 < self.deadline {
            let begun = Instant::now();
            let Some(key) = next_probe(self.given(), self.catalogue, &self.asked) else { break };
            thought = begun.elapsed();
            self.asked.push(key.clone());
            self.ask(key).await;
        }
    }

    async fn ask(&mut self, key: ProbeKey) {
        ask(&self.session, key, self.target, self.record, self.tell).await;
    }

    /// Sends one more probe when no step failed: it shows whether the auth service requires service credentials.
    async fn ask_without_caller(&mut self) {
        let judges = self.target.endpoints.values().find(|one| one.role == Role::Introspection && one.takes_caller);
        let Some(endpoint) = judges.filter(|_| self.target.opens(EvidenceSource::Auth)) else { return };
        let user = self.target.users.first().map(|user| user.name.clone()).unwrap_or_default();
        let (token, token_location, caller) = (TokenKind::Valid, endpoint.usual_token_location(), Caller::None);
        self.ask(ProbeKey { endpoint: endpoint.id.clone(), token, token_location, caller, user }).await;
    }

    /// Returns the causes by what is known now.
    pub(crate) fn causes(&self) -> Vec<Cause> {
        diagnose(self.given(), self.catalogue)
    }

    /// Reports whether every cause is certain.
    pub(crate) fn is_settled(&self) -> bool {
        self.causes().iter().all(|cause| cause.certainty == Certainty::Certain)
    }

    /// Returns the probes of the failed steps.
    pub(crate) fn failing(&self) -> impl Iterator<Item = &crate::diagnose::SentProbe> {
        let is_failed = |exchange: u32| self.failed.iter().any(|step| step.exchange == exchange);
        self.record.sent.iter().filter(move |probe| is_failed(probe.exchange))
    }

    fn given(&self) -> Given<'_> {
        given(self.target, self.record, &self.evidence, self.failed)
    }
}

/// Sends one probe and keeps its exchange.
pub(crate) async fn ask(session: &Session, key: ProbeKey, target: &Target, record: &mut Record, tell: Listener<'_>) {
    tell(&Event::Asking { probe: key.to_string() });
    match session.send(&ProbeRequest::new(key.clone())).await {
        Ok(exchange) => drop(record.keep(exchange, target)),
        Err(error) => {
            tracing::debug!(%key, %error, "this probe cannot be sent");
            keep_issuer(&error, target, record);
        }
    }
}

/// Keeps the exchange with an issuer that gave no token.
pub(crate) fn keep_issuer(error: &CannotProbe, target: &Target, record: &mut Record) {
    if let Some(exchange) = error.exchange() {
        record.keep(exchange.clone(), target);
    }
}

/// Returns what the run has so far, for `diagnose`.
pub(crate) fn given<'a>(
    target: &'a Target,
    record: &'a Record,
    evidence: &'a Evidence,
    failed: &'a [FailedStep],
) -> Given<'a> {
    Given { target, observations: &record.observations, sent: &record.sent, evidence, failed }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    use rstest::rstest;
    use secrecy::SecretString;

    use super::*;
    use crate::config::{Overrides, TargetFile, User};
    use crate::fixtures::exchange;
    use crate::probe::{CredentialError, Credentials};
    use crate::redact::Redactor;
    use crate::token::IssuedJwt;

    struct NoCredentials;

    impl Credentials for NoCredentials {
        fn token(&self, _: TokenKind, _: &User) -> Result<SecretString, CredentialError> {
            Err(CredentialError("there are none".into()))
        }

        fn forged(&self, _: TokenKind, _: &str) -> Option<SecretString> {
            None
        }

        fn read_issued(&self, _: &str) -> IssuedJwt {
            IssuedJwt::default()
        }

        fn conceal(&self, _: &str, _: &str) {}

        fn learn(&self, _: TokenKind, _: &str) {}

        fn service_secret(&self) -> Result<SecretString, CredentialError> {
            Err(CredentialError("there are none".into()))
        }

        fn user_secret(&self, _: &User, _: &str) -> Result<SecretString, CredentialError> {
            Err(CredentialError("there are none".into()))
        }
    }

    /// Returns a target whose address has no listener.
    fn target() -> Target {
        let set = ["backend=http://127.0.0.1:1".to_owned(), r#"evidence=["edge"]"#.to_owned()];
        let file = TargetFile::embedded().expect("the shipped file parses");
        file.resolve(Some("staging"), &Overrides::new(&set, [])).expect("staging resolves")
    }

    #[rstest]
    #[case::there_is_time(Duration::from_secs(60), true)]
    #[case::none_is_left(Duration::ZERO, false)]
    #[tokio::test]
    async fn a_diagnosis_starts_no_probe_after_the_deadline(#[case] left: Duration, #[case] asks: bool) {
        let target = Arc::new(target());
        let deadline = Instant::now() + left;
        let prober = Prober::new(Arc::clone(&target), Arc::new(NoCredentials), Arc::new(Redactor::new()), deadline)
            .expect("it can be set up");
        let refused = exchange("backend.chat-messages", TokenKind::Valid).answered(403, "application/json", "{}");
        let (mut record, asked) = (Record::default(), Mutex::new(Vec::new()));
        record.keep(refused, &target).expect("an observation");
        let failed = [FailedStep { step: "s/t".into(), exchange: 1, control: false }];
        let (catalogue, interruption) = (Catalogue::shipped(), &Interruption::default());
        let (prober, target) = (&prober, &*target);
        let driven = Driven { prober, target, catalogue, failed: &failed, deadline, interruption };
        let tell = |event: &Event| {
            if let Event::Asking { probe } = event {
                asked.lock().expect("no thread panicked").push(probe.clone());
            }
        };
        let conclusion =
            inquire(&driven, &mut record, Evidence::default(), &ByHand::default(), &str::to_owned, &tell).await;
        let asked = asked.into_inner().expect("no thread panicked");
        assert_eq!((!asked.is_empty(), conclusion.probes > 0), (asks, asks), "{asked:?}");
        assert!(!conclusion.causes.is_empty(), "it concludes from what is known");
    }
}
