//! The loop of one target: runs, keeps what each run showed, and publishes it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::watch::Sender;
use tokio::task::block_in_place;

use crate::redact::Redactor;
use crate::report::{ObjectiveReport, Report, json};
use crate::run::{self, Interruption, RunError};
use crate::watch::course::exporting::Exporting;
use crate::watch::course::{Job, Listener, Said, Until};
use crate::watch::notify::notification::Notification;
use crate::watch::schedule::Slots;
use crate::watch::state::{Ran, State, Watched};
use crate::watch::store::{Broken, Pending, Store};

/// Runs that begin at once after a run in doubt, before the next slot: the target may have changed during that run.
const MOST_AGAIN: usize = 2;

/// The loop of one target.
pub(crate) struct Rounds {
    /// Its place in the state.
    pub(crate) place: usize,
    pub(crate) job: Job,
    pub(crate) slots: Slots,
    pub(crate) confirm: usize,
    pub(crate) until: Until,
    pub(crate) store: Arc<Store>,
    pub(crate) state: Arc<Sender<Arc<State>>>,
    /// Counts the notifications that were kept.
    pub(crate) kept: Sender<u64>,
    pub(crate) interruption: Interruption,
    pub(crate) listener: Listener,
}

/// How one run ended.
struct Ended {
    ran: Ran,
    /// Empty: nothing was tested, or no receiver reads it.
    report: String,
    objectives: Vec<ObjectiveReport>,
    /// The report whose spans are exported. Absent: nothing was tested, or nothing is exported.
    spans: Option<Report>,
    code: u8,
}

impl Rounds {
    /// Runs until the end, and returns the exit code of the last run.
    pub(crate) async fn run(self) -> u8 {
        let begun = tokio::time::Instant::now();
        let mut watched = self.state.borrow().targets[self.place].clone();
        let mut exporting = Exporting::default();
        let (mut last, mut again, mut code) = (None, 0, 0);
        let code = loop {
            let (slot, at) = match last.filter(|_| watched.doubts() && again < MOST_AGAIN) {
                Some(slot) => (slot, begun.elapsed()),
                None => self.slots.next(last, begun.elapsed(), fastrand::f64()),
            };
            again = if last == Some(slot) { again + 1 } else { 0 };
            if matches!(self.until, Until::For(end) if at >= end) {
                break code;
            }
            if self.interruption.or(tokio::time::sleep_until(begun + at)).await.is_none() {
                break code;
            }
            // The run that a signal ended tells nothing of the target.
            let Some(mut ended) = self.once().await else { break code };
            code = ended.code;
            let spans = ended.spans.take();
            self.take(&mut watched, ended);
            if let (Some(spans), Some(export)) = (spans, &self.job.export) {
                exporting.begin(spans, export, &self.listener);
            }
            if self.until == Until::Once {
                break code;
            }
            last = Some(slot);
        };
        self.interruption.or(exporting.end()).await;
        code
    }

    /// Runs once. `None`: a signal ended the run.
    async fn once(&self) -> Option<Ended> {
        let redactor = Redactor::new();
        self.job.receivers.iter().for_each(|receiver| receiver.conceal(&redactor));
        self.job.export.iter().for_each(|export| export.conceal(&redactor));
        let run = run::Smoke { redactor: redactor.clone(), ..self.job.run.clone() };
        let (at, started) = (Timestamp::now(), Instant::now());
        let by_hand = match block_in_place(|| (self.job.by_hand)()) {
            Ok(by_hand) => by_hand,
            Err(why) => return Some(untested(at, started, &redactor.clean(&why))),
        };
        match run::smoke_by_hand(&run, &by_hand, &|_| {}).await {
            Ok(report) if report.interrupted.is_some() => None,
            Ok(report) => Some(self.ended(&report.cleaned(&redactor))),
            Err(_) if self.interruption.signal().is_some() => None,
            Err(error) => Some(untested(at, started, &redactor.clean(&said(&error)))),
        }
    }

    fn ended(&self, report: &Report) -> Ended {
        let target = &self.job.run.target;
        let reads = self.job.receivers.iter().any(|receiver| receiver.takes_report());
        Ended {
            ran: Ran::of(report, target.budget.run, target.has_auth_service()),
            report: if reads { json::render(report) } else { String::new() },
            objectives: report.objectives.clone(),
            spans: self.job.export.is_some().then(|| report.clone()),
            code: report.exit.code,
        }
    }

    /// Keeps a run on the disk, then publishes it, then lets its notification be delivered.
    fn take(&self, watched: &mut Watched, ended: Ended) {
        match block_in_place(|| self.keep(watched, ended)) {
            Ok((now, told)) => {
                *watched = now;
                self.state.send_modify(|state| Arc::make_mut(state).targets[self.place].clone_from(watched));
                if let Some(ran) = watched.runs.back() {
                    (self.listener)(&Said::Ran(&watched.name, ran));
                }
                if let Some(told) = told {
                    self.kept.send_modify(|kept| *kept += 1);
                    (self.listener)(&Said::Changed(&told.text));
                }
            }
            // As if it had not run: the next run shows the same.
            Err(broken) => {
                let name = &watched.name;
                (self.listener)(&Said::Note(&format!("a run of {name} is dropped, as it cannot be kept: {broken}")));
            }
        }
    }

    fn keep(&self, before: &Watched, ended: Ended) -> Result<(Watched, Option<Notification>), Broken> {
        let mut watched = before.clone();
        watched.take_objectives(&self.job.run.target.objectives, &ended.objectives, ended.ran.at);
        let news = watched.take(ended.ran, self.confirm);
        let told = news.map(|news| Notification::of(news, &watched, self.store.id()));
        let pending = told.as_ref().filter(|_| !self.job.receivers.is_empty()).map(|told| {
            Ok(Pending {
                target: watched.name.clone(),
                receivers: self.job.receivers.iter().map(|receiver| receiver.name.clone()).collect(),
                notification: serde_json::to_string(told)?,
                report: ended.report,
            })
        });
        let pending = pending.transpose().map_err(|error: serde_json::Error| Broken::of(&error))?;
        self.store.keep(&watched, pending.as_ref())?;
        Ok((watched, told))
    }
}

fn untested(at: Timestamp, started: Instant, error: &str) -> Ended {
    let took: Duration = started.elapsed();
    let ran = Ran::untested(at, took, error.to_owned());
    Ended { ran, report: String::new(), objectives: Vec::new(), spans: None, code: run::ExitCode::Mistake.code() }
}

/// Returns an error with what it says to do.
fn said(error: &RunError) -> String {
    let help = miette::Diagnostic::help(error).map(|help| format!("; {help}"));
    format!("{error}{}", help.unwrap_or_default())
}
