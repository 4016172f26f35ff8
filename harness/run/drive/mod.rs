//! Runs the scenarios: several in parallel, those with negative controls last and one by one.
//!
//! Start at [`drive`].
//!
//! - `course`: one scenario, step by step
//! - `request`: the probe that a step asks for
//! - `expect`: whether the response meets the expectations of the step
//! - `judged`: the result of a step
//! - `retry`: whether and when a step is sent again
//! - `captures`: values that one step gives to the next
//! - `allowance`: the time for steps, with a reserve for the diagnosis
//!
//! Invariant: this folder never looks for a cause.

pub(crate) mod allowance;
pub(crate) mod captures;
pub(crate) mod course;
pub(crate) mod expect;
pub(crate) mod judged;
pub(crate) mod request;
pub(crate) mod retry;

use crate::run::context::order::parted;
use futures_util::StreamExt as _;
use futures_util::stream;

use crate::config::Target;
use crate::diagnose::FailedStep;
use crate::probe::Prober;
use crate::report::{ScenarioReport, StepReport};
use crate::run::context::conduct::Conduct;
use crate::run::context::events::{Event, Listener};
use crate::run::context::lost_connection::LostConnections;
use crate::run::context::record::Record;
use crate::run::drive::allowance::Allowance;
use crate::run::drive::course::{Course, Done, Rules};
use crate::scenario::Scenario;

/// The results of the scenarios, in the given order.
#[derive(Debug, Default)]
pub(crate) struct Driven {
    pub(crate) scenarios: Vec<ScenarioReport>,
    pub(crate) failed: Vec<FailedStep>,
}

/// Runs all scenarios: those with negative controls last and one by one, since refused tokens open circuit breakers and
/// fill caches. The number of parallel scenarios does not change the results.
pub(crate) async fn drive(
    prober: &Prober,
    target: &Target,
    scenarios: &[Scenario],
    conduct: &Conduct,
    record: &mut Record,
    tell: Listener<'_>,
) -> Driven {
    let (controls, others) = parted(scenarios);
    let steps = |one: &Scenario| one.steps.len() + one.finally.len();
    tell(&Event::Started { steps: scenarios.iter().map(steps).sum() });
    let rules =
        Rules { target, allowance: Allowance::of(target.budget.run), conduct, lost: LostConnections::default() };
    let mut driven = Driven::default();
    for (scenarios, at_once) in [(others, target.concurrency()), (controls, 1)] {
        // Collected: a future that held the closure would not be `Send`.
        let courses: Vec<_> =
            scenarios.into_iter().map(|one| Course::new(prober.session(), one, &rules).drive(tell)).collect();
        let mut done = stream::iter(courses).buffered(at_once);
        while let Some(one) = done.next().await {
            driven.add(one, record);
        }
    }
    driven
}

impl Driven {
    /// Returns the results of scenarios of which no step ran.
    pub(crate) fn not_begun(target: &Target, scenarios: &[Scenario], why: &str) -> Self {
        let (controls, others) = parted(scenarios);
        let all = others.into_iter().chain(controls);
        Self { scenarios: all.map(|one| course::not_begun(target, one, why)).collect(), failed: Vec::new() }
    }

    fn add(&mut self, mut done: Done, record: &mut Record) {
        let renumbered = record.append(done.record);
        let new = |id: &mut u32| *id = renumbered.get(id).copied().unwrap_or(*id);
        done.report.steps.iter_mut().flat_map(StepReport::exchanges_mut).for_each(new);
        done.failed.iter_mut().for_each(|step| new(&mut step.exchange));
        self.scenarios.push(done.report);
        self.failed.extend(done.failed);
    }
}
