//! Runs each scenario alone: once healthy, and once with each violation.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::num::NonZeroUsize;
use std::sync::Arc;

use fivewhys::internal::config::{Endpoint, Target};
use fivewhys::internal::probe::Exchange;
use fivewhys::internal::report::{Report, StepOutcome, StepReport};
use fivewhys::internal::scenario::{self, Scenario, Step};
use fivewhys::internal::terms::EvidenceSource;
use fivewhys_mocks::Dialect;

use crate::expectations::proxy::{Alteration, Proxy};
use crate::expectations::response::{Form, Response};
use crate::expectations::violation::{self, Healthy, Violation};
use crate::support::twin::Bench;

/// Runs the whole matrix instead of a sample.
const WHOLE: &str = "FIVEWHYS_TRUST";

/// The distance between the chosen cells of one way and of the next.
const STRIDE: usize = 7;

/// One cell of the matrix: one violation of one step.
#[derive(Clone)]
struct Cell {
    stage: usize,
    /// The place of the step among all steps of the scenario.
    step: usize,
    /// The place of its request among all requests: the steps of one endpoint run one after the other.
    nth: usize,
    recorded: Response,
    violation: Violation,
}

/// A scenario, a twin for it, and its cells.
struct Stage {
    dialect: Dialect,
    bench: Bench,
    scenario: Scenario,
    cells: Vec<Cell>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_violated_expectation_fails_the_run_and_is_named() {
    let whole = std::env::var_os(WHOLE).is_some();
    let dialects = if whole { Dialect::ALL } else { &[Dialect::Documented] };
    let mut stages: Vec<Stage> = Vec::new();
    for dialect in dialects {
        for scenario in scenario::embedded().expect("the shipped scenarios have no mistake") {
            stages.push(Stage::of(stages.len(), *dialect, &scenario).await);
        }
    }
    let all: Vec<Cell> = stages.iter().flat_map(|stage| stage.cells.clone()).collect();
    let chosen = if whole { all } else { sample(all) };
    let (mut wrong, mut tally) = (Vec::new(), Tally::default());
    for cell in &chosen {
        let stage = &stages[cell.stage];
        match stage.violated(cell).await {
            Ok(because) => tally.add(stage, cell, &because),
            Err(why) => wrong.push(format!("{}: {why}", stage.name(cell))),
        }
    }
    if whole {
        writeln!(std::io::stdout(), "{}", tally.shown()).expect("stdout is open");
    }
    assert!(!chosen.is_empty() && wrong.is_empty(), "{} of {}:\n{}", wrong.len(), chosen.len(), wrong.join("\n"));
}

/// Returns one cell for each way to violate each kind of expectation, spread over the scenarios.
fn sample(cells: Vec<Cell>) -> Vec<Cell> {
    let mut ways: BTreeMap<(&str, String), Vec<Cell>> = BTreeMap::new();
    for cell in cells {
        let way = cell.violation.what.split(':').next().unwrap_or_default().to_owned();
        ways.entry((cell.violation.kind, way)).or_default().push(cell);
    }
    let spread = ways.into_values().enumerate();
    spread.map(|(at, mut cells)| cells.swap_remove(at * STRIDE % cells.len())).collect()
}

impl Stage {
    /// Boots a twin, runs the scenario through a proxy that alters nothing, and lists the violations of each step.
    async fn of(at: usize, dialect: Dialect, scenario: &Scenario) -> Self {
        let mut bench = Bench::boot(dialect, None).await;
        // The verdict is not the subject here: neither logs nor manifests are read, and no probe is added.
        bench = bench.with_evidence_sources(&[EvidenceSource::Auth, EvidenceSource::ServiceCredentials]);
        bench.target.budget.diagnosis_probes = 0;
        // The requests then come in the order of the steps.
        bench.target.budget.concurrency = NonZeroUsize::new(1);
        bench.target.probes.test_headers = false;
        let mut stage = Self { dialect, scenario: scenario.on(&bench.target).into_owned(), bench, cells: Vec::new() };
        let (report, seen) = stage.run(&stage.scenario, None).await;
        assert_eq!(report.exit.code, 0, "the proxy alters nothing: {:#?}", report.scenarios);
        stage.cells = stage.list(at, &report, &seen);
        stage.plays_unaltered().await;
        stage
    }

    /// Checks that a stream or socket passes when the proxy plays it from its record without a change.
    async fn plays_unaltered(&self) {
        let mut played: BTreeMap<usize, Response> = BTreeMap::new();
        let streams = self.cells.iter().filter(|cell| cell.recorded.form != Form::Body);
        played.extend(streams.map(|cell| (cell.nth, cell.recorded.clone())));
        for (nth, recorded) in played {
            let alteration = Alteration { nth, recorded, change: Arc::new(|_| {}) };
            let (report, _) = self.run(&self.scenario, Some(alteration)).await;
            assert_eq!(report.exit.code, 0, "nothing is altered: {:#?}", report.scenarios);
        }
    }

    fn list(&self, stage: usize, report: &Report, seen: &[String]) -> Vec<Cell> {
        let mut accepted: BTreeMap<&str, Response> = BTreeMap::new();
        let mut cells = Vec::new();
        let mut order: Vec<u32> = report.scenarios[0].steps.iter().filter_map(|step| step.exchange).collect();
        order.sort_unstable();
        for (at, step) in all(&self.scenario).enumerate() {
            let exchange = exchange(report, &report.scenarios[0].steps[at]);
            let nth = order.binary_search(&exchange.id).expect("it is one of them");
            let path = url::Url::parse(&exchange.request.url).expect("a URL").path().to_owned();
            assert_eq!(seen[nth], format!("{} {path}", exchange.request.method), "one request a step");
            let healthy = self.healthy(step, exchange, accepted.get(&*step.call));
            let (found, unknown) = violation::of(&healthy);
            assert!(unknown.is_empty(), "{}/{}: no violation is known for {unknown:?}", self.scenario.id, step.id);
            let recorded = healthy.response;
            if !step.expect.refused {
                accepted.insert(&step.call, recorded.clone());
            }
            let cell = |violation| Cell { stage, step: at, nth, recorded: recorded.clone(), violation };
            cells.extend(found.into_iter().map(cell));
        }
        cells
    }

    fn healthy<'a>(&'a self, step: &'a Step, exchange: &Exchange, accepted: Option<&Response>) -> Healthy<'a> {
        let target: &Target = &self.bench.target;
        let endpoint: &Endpoint = &target.endpoints[&step.call];
        let user = step.user.as_deref().and_then(|name| target.user(name)).unwrap_or(&target.users[0]);
        let response = Response::recorded(exchange, endpoint);
        Healthy { step, endpoint, response, sub: user.sub.clone(), accepted: accepted.cloned() }
    }

    /// Runs a scenario through a proxy. Returns the report and the requests.
    async fn run(&self, scenario: &Scenario, alteration: Option<Alteration>) -> (Report, Vec<String>) {
        let mut target = self.bench.target.clone();
        let proxy = Proxy::before(&mut target, alteration).await;
        let report = Bench::smoke_on(target, std::slice::from_ref(scenario)).await;
        (report, proxy.seen())
    }

    /// Runs the scenario with one violation. Returns the reasons of the step, or what is wrong with the report.
    async fn violated(&self, cell: &Cell) -> Result<Vec<String>, String> {
        let Cell { step, nth, recorded, violation, .. } = cell.clone();
        let mut scenario = self.scenario.clone();
        let steps = scenario.steps.len();
        let altered = if step < steps { &mut scenario.steps[step] } else { &mut scenario.finally[step - steps] };
        (violation.shorten)(&mut altered.expect);
        let alteration = Alteration { nth, recorded, change: violation.change };
        let (report, _) = self.run(&scenario, Some(alteration)).await;
        let results = &report.scenarios[0].steps;
        let failed = |result: &&StepReport| result.outcome == StepOutcome::Failed;
        let because = &results[step].because;
        if !failed(&&results[step]) || !matches!(report.exit.code, 1 | 3) {
            return Err(format!("exit code {}, the step: {:?} {because:?}", report.exit.code, results[step].outcome));
        }
        if let Some(earlier) = results[..step].iter().find(failed) {
            return Err(format!("the step {} failed too: {:?}", earlier.id, earlier.because));
        }
        let named = |text: &String| because.iter().any(|line| line.contains(&**text));
        if violation.named.iter().any(named) { Ok(because.clone()) } else { Err(format!("not named in {because:?}")) }
    }

    fn name(&self, cell: &Cell) -> String {
        let step = all(&self.scenario).nth(cell.step).expect("a step");
        format!(
            "{} {}/{} {}: {}",
            self.dialect.id(),
            self.scenario.id,
            step.id,
            cell.violation.kind,
            cell.violation.what
        )
    }
}

fn all(scenario: &Scenario) -> impl Iterator<Item = &Step> {
    scenario.steps.iter().chain(&scenario.finally)
}

fn exchange<'a>(report: &'a Report, step: &StepReport) -> &'a Exchange {
    let probes = report.probes.iter().map(|probe| &probe.exchange);
    probes.into_iter().find(|exchange| Some(exchange.id) == step.exchange).expect("the step has an exchange")
}

/// How many violations of each kind were named, and how many of them alone.
#[derive(Default)]
struct Tally {
    kinds: BTreeMap<&'static str, [usize; 3]>,
    company: Vec<String>,
}

impl Tally {
    fn add(&mut self, stage: &Stage, cell: &Cell, because: &[String]) {
        let [all, alone, hidden] = self.kinds.entry(cell.violation.kind).or_default();
        *all += 1;
        *alone += usize::from(because.len() == 1 && !cell.violation.hidden);
        *hidden += usize::from(cell.violation.hidden);
        if because.len() > 1 || cell.violation.hidden {
            self.company.push(format!("{}: {because:?}", stage.name(cell)));
        }
    }

    fn shown(&self) -> String {
        let mut text = "named with others:\n".to_owned() + &self.company.join("\n") + "\n";
        for (kind, [all, alone, hidden]) in &self.kinds {
            writeln!(text, "{kind}: {all} violations, {alone} named alone, {hidden} hidden by the status")
                .expect("a string");
        }
        text
    }
}
