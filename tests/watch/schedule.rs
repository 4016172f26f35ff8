//! Ten minutes of faults that come and go by the clock, whatever the watch does then, with `kill -9` in the middle.
//!
//! The promise of `docs/users/watch.md`: the first run that begins after a change tells it. That run begins at most one period and its jitter
//! after the change, and tells it when it ends. Another cause is told one run later.

use std::io::Write as _;
use std::time::{Duration, Instant};

use super::changes::{FAULTS, changed, cured, opened};
use super::process::{Line, Place, Watching};
use super::system::System;

const OPTIONS: [&str; 4] = ["--every", "30s", "--listen", "127.0.0.1:0"];
/// The longest time between the starts of two runs: the period, and 10 % of jitter.
const PERIOD: Duration = Duration::from_secs(33);
/// How exactly a line says when its run began: its time has one decimal, and a busy machine writes it later.
const BLUR: Duration = Duration::from_secs(1);
/// The time between two changes. It is no multiple of the period, so that changes come at any moment of a run and between runs.
const PHASE: Duration = Duration::from_secs(67);
const PHASES: usize = 9;

/// What the schedule saw.
#[derive(Debug, Default)]
struct Seen {
    passed: usize,
    failed: usize,
    kills: u64,
    /// What was told before this phase.
    told: usize,
    /// Incidents that a run in the middle of a change opened with another cause than the next runs.
    corrected: usize,
    /// The longest time from a change until it was told.
    slowest: Duration,
    longest_run: Duration,
}

impl Seen {
    fn count(&mut self, run: &Line) {
        let ends = if run.end == "passed" { &mut self.passed } else { &mut self.failed };
        *ends += 1;
        self.longest_run = self.longest_run.max(run.took);
    }

    /// Reads runs until the change is told, and requires that this is in time.
    fn change_is_told(&mut self, watch: &Watching, place: &Place, expected: &(String, String), since: Instant) {
        let (mut base, mut limit, mut after) = (PERIOD, BLUR, 0);
        while !self.is_told(place, expected) {
            let run = watch.next();
            self.count(&run);
            if run.began() > since {
                (after, limit) = (after + 1, limit + run.took + BLUR);
            } else {
                base = base.max(run.ended.saturating_duration_since(since));
            }
            let delivered = Instant::now() + BLUR;
            while !self.is_told(place, expected) && Instant::now() < delivered {
                std::thread::sleep(Duration::from_millis(20));
            }
            assert!(after <= 2, "{expected:?} is not told, but {:?}", place.changes());
        }
        let waited = since.elapsed();
        self.say(&format!("{expected:?} after {waited:.1?}, {after} runs; limit {:.1?}", base + limit));
        assert!(waited <= base + limit, "told {waited:?} after the change");
        self.slowest = self.slowest.max(waited);
        self.corrected += place.changes().len() - self.told - 1;
        self.told = place.changes().len();
    }

    /// Reports whether exactly this is told of the phase. A run in the middle of a change may open an incident with another cause.
    fn is_told(&self, place: &Place, expected: &(String, String)) -> bool {
        match &place.changes()[self.told..] {
            [one] => one == expected,
            [(first, _), then] => first == "opened" && expected.0 == "opened" && *then == changed(&expected.1),
            _ => false,
        }
    }

    fn say(&self, line: &str) {
        std::io::stderr().write_all(format!("{line}\n").as_bytes()).expect("stderr is there");
    }
}

/// Returns the fault of a phase: two different ones follow each other, then there is none.
fn fault(phase: usize) -> Option<&'static str> {
    (phase % 3 < 2).then(|| FAULTS[(phase / 3 * 2 + phase % 3) % FAULTS.len()])
}

/// Returns what is told of a phase.
fn tells(phase: usize) -> (String, String) {
    match (phase.checked_sub(1).and_then(fault), fault(phase)) {
        (None, Some(fault)) => opened(fault),
        (Some(_), Some(fault)) => changed(fault),
        (Some(was), None) => cured(was),
        (None, None) => unreachable!("two phases without a fault never follow each other"),
    }
}

/// Kills a watch in the middle of a run, each time a second later, and starts it again.
fn killed(watch: Watching, system: &System, place: &Place, seen: &mut Seen) -> Watching {
    system.is_called();
    std::thread::sleep(Duration::from_secs(seen.kills));
    watch.kill().iter().for_each(|run| seen.count(run));
    seen.kills += 1;
    place.watch(&system.target(), &OPTIONS)
}

/// `cargo test --release --features watch --test main watch::schedule::ten_minutes -- --ignored --nocapture`
#[test]
#[ignore = "takes ten minutes, and needs runs that are shorter than 30 s: a release build"]
fn ten_minutes() {
    let (system, place, mut seen) = (System::start(), Place::new(), Seen::default());
    let mut watch = place.watch(&system.target(), &OPTIONS);
    seen.count(&watch.next());
    let begun = Instant::now();
    for phase in 0..PHASES {
        let due = begun + PHASE * u32::try_from(phase).expect("small");
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        system.have_at_once(&fault(phase).into_iter().collect::<Vec<_>>());
        seen.change_is_told(&watch, &place, &tells(phase), Instant::now());
        if phase % 3 == 1 {
            watch = killed(watch, &system, &place, &mut seen);
        }
    }
    seen.count(&watch.next());
    let counts = [
        ("fivewhys_runs_total{target=\"twin\",end=\"passed\"}", seen.passed),
        ("fivewhys_runs_total{target=\"twin\",end=\"failed\"}", seen.failed),
        ("fivewhys_incidents_opened_total{target=\"twin\"}", PHASES / 3),
        ("fivewhys_incident_open{target=\"twin\"}", 0),
    ];
    let metrics = place.metrics(|text| counts.iter().all(|(name, count)| text.contains(&format!("{name} {count}\n"))));
    let shown = metrics.lines().filter(|line| counts.iter().any(|(name, _)| line.starts_with(name)));
    seen.say(&format!("{seen:#?}\n{}", shown.collect::<Vec<_>>().join("\n")));
    assert_eq!(place.changes().len(), seen.told, "nothing else is told: {:?}", place.changes());
    for (name, count) in counts {
        assert!(metrics.contains(&format!("{name} {count}\n")), "{name} is not {count}");
    }
}
