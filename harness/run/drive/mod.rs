//! Runs the scenarios: several in parallel, those with negative controls last.
//!
//! Start at [`drive`].
//!
//! - `course`: one scenario, step by step
//! - `lanes`: which of its steps run beside each other
//! - `request`: the probe that a step asks for
//! - `expect`: whether the response meets the expectations of the step
//! - `accept`: what a response lacks of the endpoint's `accept`
//! - `judged`: the result of a step
//! - `retry`: whether and when a step is sent again
//! - `captures`: values that one step gives to the next
//! - `filled`: what a step expects, with those values
//! - `allowance`: the time for steps, with a reserve for the diagnosis
//!
//! Invariant: this folder never looks for a cause.

mod accept;
pub(crate) mod allowance;
pub(crate) mod captures;
pub(crate) mod course;
pub(crate) mod expect;
pub(crate) mod filled;
pub(crate) mod judged;
pub(crate) mod lanes;
pub(crate) mod request;
pub(crate) mod retry;

use crate::run::context::order::parted;
use futures_util::future::join_all;
use tokio::sync::Semaphore;

use crate::config::Target;
use crate::diagnose::FailedStep;
use crate::probe::Prober;
use crate::report::{ScenarioReport, StepReport};
use crate::run::context::conduct::Conduct;
use crate::run::context::events::{Event, Listener};
use crate::run::context::lost_connection::LostConnections;
use crate::run::context::record::Record;
use crate::run::drive::allowance::Allowance;
use crate::run::drive::course::{Course, Done, Part, Rules};
use crate::scenario::Scenario;

/// The results of the scenarios, in the given order.
#[derive(Debug, Default)]
pub(crate) struct Driven {
    pub(crate) scenarios: Vec<ScenarioReport>,
    pub(crate) failed: Vec<FailedStep>,
}

/// Runs all scenarios: those with negative controls last, since refused tokens open circuit breakers and fill caches. Of
/// these, every step that comes before the controls runs before any control. The number of parallel scenarios does not
/// change the results.
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
    let (allowance, lost) = (Allowance::of(target.budget.run), LostConnections::default());
    let slots = Semaphore::new(target.concurrency().min(Semaphore::MAX_PERMITS));
    let rules = Rules { target, allowance, conduct, lost, slots };
    let new = |scenario| Course::new(prober.session(), scenario, &rules);
    let others = each(others.into_iter().map(new).collect(), Part::Whole, tell).await;
    let mut controls: Vec<_> = controls.into_iter().map(new).collect();
    for part in [Part::BeforeControls, Part::FromControls] {
        controls = each(controls, part, tell).await;
    }
    let mut driven = Driven::default();
    others.into_iter().chain(controls).for_each(|course| driven.add(course.done(), record));
    driven
}

/// Runs a part of each scenario, as many beside each other as there are slots, and returns them in the given order.
async fn each<'a>(courses: Vec<Course<'a>>, part: Part, tell: Listener<'_>) -> Vec<Course<'a>> {
    // Collected: a future that held the closure would not be `Send`.
    let begun: Vec<_> = courses.into_iter().map(|course| course.drive(part, tell)).collect();
    join_all(begun).await
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
