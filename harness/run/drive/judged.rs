//! The result of a step, from its exchange.

use crate::config::{Endpoint, KnownFailure, Validation};
use crate::diagnose::FailedStep;
use crate::observe::{Observation, Outcome};
use crate::probe::{CannotProbe, ErrorKind, Exchange};
use crate::report::{StepOutcome, StepReport};
use crate::run::drive::course::Course;
use crate::run::drive::{expect, filled};
use crate::scenario::Step;
use crate::terms::Hop;

impl Course<'_> {
    /// Returns the result of a step whose probe cannot be sent: skipped if the target lacks something for it, otherwise
    /// failed.
    pub(crate) fn not_sent(&self, step: &Step, error: &CannotProbe) -> StepReport {
        let skipped = self.skipped(step, error.to_string());
        match error {
            CannotProbe::EvidenceSourceClosed { .. }
            | CannotProbe::NoIssuer
            | CannotProbe::NoLogout
            | CannotProbe::NoSigningKey(_)
            | CannotProbe::NotAJwt(_)
            | CannotProbe::NotRecorded(_)
            | CannotProbe::NoCallerId
            | CannotProbe::NoCaller => skipped,
            _ => StepReport { outcome: StepOutcome::Failed, ..skipped },
        }
    }

    /// Returns the result of a step for which the auth service minted no token. The exchange with the issuer endpoint is
    /// the failure to explain.
    pub(crate) fn without_token(&mut self, step: &Step, error: &CannotProbe) -> (StepReport, bool) {
        let skipped = self.skipped(step, error.to_string());
        let Some(exchange) = error.exchange().cloned() else { return (skipped, true) };
        let (id, took_ms) = (Some(exchange.id), Some(exchange.phases.end_ms));
        let seen = self.record.keep(exchange, self.target);
        (StepReport { exchange: id, outcome: StepOutcome::Failed, took_ms, ..skipped }, seen.is_none())
    }

    /// Returns the result of a step, and whether its failure needs no diagnosis.
    pub(crate) fn judged(&mut self, step: &Step, endpoint: &Endpoint, exchange: Exchange) -> (StepReport, bool) {
        let user = self.user(step);
        let step = &*filled::after(step, &mut self.captures, user, &exchange);
        let spent = exchange.error.as_ref().is_some_and(|error| error.kind == ErrorKind::BudgetSpent);
        let seen = self.keep(step, endpoint, exchange);
        let exchange = &self.record.probes.last().expect("just kept").exchange;
        let because = match &seen {
            Some(seen) => expect::unmet(step, endpoint, exchange, seen, self.verifier(endpoint)),
            None if spent => vec!["the run budget was spent before this step ended".into()],
            None => Vec::new(),
        };
        let unprovable = seen.as_ref().and_then(|seen| expect::unprovable(step, endpoint, seen));
        let outcome = match (&unprovable, because.is_empty()) {
            (Some(_), _) => StepOutcome::Skipped,
            (None, true) => StepOutcome::Passed,
            (None, false) => StepOutcome::Failed,
        };
        let report = StepReport {
            exchange: Some(exchange.id),
            outcome,
            because: unprovable.map_or(because, |why| vec![why]),
            took_ms: Some(exchange.phases.end_ms),
            ..self.skipped(step, String::new())
        };
        let accepted_control = step.expect.refused && seen.as_ref().is_some_and(|seen| seen.result == Outcome::Ok);
        (report, accepted_control || seen.is_none())
    }

    /// Returns the component that verifies the tokens of this endpoint, as the target says.
    fn verifier(&self, endpoint: &Endpoint) -> Hop {
        match endpoint.validation.unwrap_or(self.target.validation) {
            Validation::Edge => Hop::Edge,
            _ => Hop::Backend,
        }
    }

    /// Keeps an exchange, with the outcome that it has for this step.
    fn keep(&mut self, step: &Step, endpoint: &Endpoint, exchange: Exchange) -> Option<Observation> {
        let seen = self.record.keep(exchange, self.target)?;
        let exchange = &self.record.probes.last()?.exchange;
        let Some(result) = expect::without_content(step, endpoint, exchange, &seen) else { return Some(seen) };
        self.record.correct_last(result);
        Some(Observation { result, ..seen })
    }

    /// Marks a failure that the target lists as known. Any other failure goes to the diagnosis, unless it needs none.
    pub(crate) fn known_or_failed(
        &mut self,
        report: StepReport,
        name: &str,
        control: bool,
        no_question: bool,
    ) -> StepReport {
        if report.outcome != StepOutcome::Failed {
            return report;
        }
        if let Some(known) = self.known(name) {
            let because = vec![format!("known until {}: {}", known.expires, known.reason)];
            return StepReport { outcome: StepOutcome::Known, because, ..report };
        }
        if let Some(exchange) = report.exchange.filter(|_| !no_question) {
            self.allowance.note_failure();
            self.failed.push(FailedStep { step: name.to_owned(), exchange, control });
        }
        report
    }

    fn known(&self, name: &str) -> Option<&KnownFailure> {
        let today = jiff::Zoned::now().date();
        let of = |known: &&KnownFailure| known.of == name || known.of == self.scenario.id;
        self.target.known_failures.iter().filter(|known| known.expires > today).find(of)
    }
}
