//! Which share of the runs passed, and a strip with one mark for each of the last runs.

use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};

use super::times;
use crate::report::words::counted;
use crate::watch::state::{End, Ran, Watched};

/// Runs in the strip.
const RUNS: usize = 90;
/// The width of a run's mark, and its height where it failed.
const WIDTH: usize = 6;
const HEIGHT: usize = 32;

/// Runs by end, in a window of time.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    passed: usize,
    failed: usize,
    untested: usize,
}

impl Counts {
    fn of<'a>(runs: impl Iterator<Item = &'a Ran>) -> Self {
        runs.fold(Self::default(), |mut counts, run| {
            match run.end {
                End::Passed => counts.passed += 1,
                End::Failed => counts.failed += 1,
                End::Untested => counts.untested += 1,
            }
            counts
        })
    }

    /// Returns the share of the tested runs that passed. It is 100 % only if all of them did.
    fn share(&self) -> Option<String> {
        let tested = self.passed + self.failed;
        let hundredths = (self.passed * 10_000).checked_div(tested)?;
        Some(match hundredths {
            10_000 => "100 %".to_owned(),
            part => format!("{}.{:02} %", part / 100, part % 100),
        })
    }

    fn says(&self) -> String {
        let tested = counted(self.passed + self.failed, "run", "runs");
        let untested =
            if self.untested > 0 { format!(", {} more tested nothing", self.untested) } else { String::new() };
        format!("{} of {tested} passed{untested}", self.passed)
    }
}

pub(super) fn section(target: &Watched, now: Timestamp) -> Markup {
    let day = now.checked_sub(SignedDuration::from_hours(24)).unwrap_or(Timestamp::MIN);
    let last_day = Counts::of(target.runs.iter().filter(|run| run.at >= day));
    let kept = Counts::of(target.runs.iter());
    let oldest = target.runs.front().map_or(now, |run| run.at);
    html! {
        h3 { "Uptime" }
        dl .shares {
            @if oldest < day { (share("Last 24 h", &last_day)) }
            (share(&format!("Last {}", times::span(oldest, now)), &kept))
        }
        (strip(target))
    }
}

fn share(window: &str, counts: &Counts) -> Markup {
    html! { div { dt { (window) } dd { strong { (counts.share().unwrap_or_else(|| "–".to_owned())) } " " span .quiet { (counts.says()) } } } }
}

/// How the strip is read.
pub(super) const LEGEND: &str = "Uptime: each mark is a run, the newest at the right: low if it passed, high if it failed, an outline if it tested nothing.";

/// Returns one mark for each run.
fn strip(target: &Watched) -> Markup {
    let skipped = target.runs.len().saturating_sub(RUNS);
    let runs: Vec<&Ran> = target.runs.iter().skip(skipped).collect();
    let counts = Counts::of(runs.iter().copied());
    let width = RUNS * WIDTH;
    let first = RUNS - runs.len();
    html! {
        svg .strip viewBox=(format!("0 0 {width} {HEIGHT}")) role="img" preserveAspectRatio="none"
            aria-label=(format!("The last {}: {}", counted(runs.len(), "run", "runs"), counts.says())) {
            @for (n, run) in runs.iter().enumerate() { (mark((first + n) * WIDTH, run.end)) }
        }
    }
}

fn mark(x: usize, end: End) -> Markup {
    let (class, height) = match end {
        End::Passed => ("passed", HEIGHT / 2),
        End::Failed => ("failed", HEIGHT),
        End::Untested => ("untested", HEIGHT / 2),
    };
    let inset = usize::from(end == End::Untested);
    html! { rect .(class) x=(x + inset) y=(HEIGHT - height + inset) width=(WIDTH - 1 - 2 * inset) height=(height - 2 * inset) {} }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::Counts;

    #[rstest]
    #[case(0, 0, None)]
    #[case(3, 0, Some("100 %"))]
    #[case(99_999, 1, Some("99.99 %"))]
    #[case(1, 2, Some("33.33 %"))]
    #[case(0, 5, Some("0.00 %"))]
    fn a_share_is_whole_only_if_every_run_passed(
        #[case] passed: usize,
        #[case] failed: usize,
        #[case] says: Option<&str>,
    ) {
        assert_eq!(Counts { passed, failed, untested: 7 }.share().as_deref(), says);
    }
}
