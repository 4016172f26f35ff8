//! Compares one JSON report with the truth of its case.

use std::fmt;

use serde_json::Value;

use super::case::{Mode, Truth};

/// Whether one thing is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    Yes,
    /// Yes, but the report calls the candidate unlikely.
    Unlikely,
    No,
    /// Nothing says what would be right.
    NotJudged,
}

impl Mark {
    const fn of(right: bool) -> Self {
        if right { Self::Yes } else { Self::No }
    }

    pub(crate) const fn is_right(self) -> bool {
        matches!(self, Self::Yes | Self::Unlikely)
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
        text.pad(match self {
            Self::Yes => "yes",
            Self::Unlikely => "unlikely",
            Self::No => "no",
            Self::NotJudged => "–",
        })
    }
}

/// A fault that a report names.
#[derive(Debug)]
struct Candidate {
    fault: String,
    is_unlikely: bool,
}

/// One cause of a report: its fault, then its alternatives.
#[derive(Debug)]
struct Cause {
    certainty: String,
    candidates: Vec<Candidate>,
}

/// How right one report is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Judgement {
    /// The outcome that the report states.
    pub outcome: String,
    /// The first cause, with its certainty.
    pub said: Option<String>,
    /// The first cause lies at a hop of the truth.
    pub hop_right: Mark,
    /// The true cause is among the candidates of some cause.
    pub among: Mark,
    /// The true cause is the first candidate of the first cause.
    pub first: Mark,
    /// Some cause is certain, and it is neither the true one nor near it.
    pub wrong_and_certain: bool,
    /// The same for likely.
    pub wrong_and_likely: bool,
}

impl Judgement {
    /// Judges a report. Fails if it is no report of `fivewhys`.
    pub(crate) fn of(report: &Value, truth: &Truth, mode: Mode) -> Result<Self, String> {
        let outcome = report["outcome"].as_str().ok_or("the report has no outcome")?.to_owned();
        let causes = report["causes"].as_array().ok_or("the report has no list of causes")?;
        let causes: Vec<Cause> = causes.iter().map(cause).collect::<Option<_>>().ok_or("a cause has no fault")?;
        let wrong = |certainty| causes.iter().any(|one| one.certainty == certainty && is_wrong(one, truth, mode));
        Ok(Self {
            said: causes.first().map(|first| format!("{} ({})", first.candidates[0].fault, first.certainty)),
            hop_right: hop_right(&causes, truth, mode),
            among: among(&causes, truth, mode),
            first: first(&causes, truth, mode),
            wrong_and_certain: wrong("certain"),
            wrong_and_likely: wrong("likely"),
            outcome,
        })
    }

    /// Reports whether the run passed.
    pub(crate) fn passed(&self) -> bool {
        self.outcome == "passed"
    }
}

fn cause(value: &Value) -> Option<Cause> {
    let candidate = |value: &Value| {
        let is_unlikely = value["unlikely"].as_bool().unwrap_or(false);
        Some(Candidate { fault: value["fault"].as_str()?.to_owned(), is_unlikely })
    };
    let alternatives = value["alternatives"].as_array().into_iter().flatten();
    let candidates = std::iter::once(value).chain(alternatives).map(candidate).collect::<Option<_>>()?;
    Some(Cause { certainty: value["certainty"].as_str()?.to_owned(), candidates })
}

/// Returns the hop of a fault: `edge` of `edge/timeout` and of `unknown@edge`.
fn hop(fault: &str) -> &str {
    fault.rsplit('@').next().unwrap_or(fault).split('/').next().unwrap_or(fault)
}

fn lies_right(fault: &str, truth: &Truth) -> bool {
    truth.hops.iter().any(|right| right == hop(fault))
}

/// Returns the ids that name the true cause, or `None` if no id can be judged.
fn means(truth: &Truth, mode: Mode) -> Option<&Vec<String>> {
    truth.means.as_ref().filter(|means| mode == Mode::Fault && !means.is_empty())
}

fn hop_right(causes: &[Cause], truth: &Truth, mode: Mode) -> Mark {
    match mode {
        Mode::Healthy => Mark::NotJudged,
        Mode::Fault => Mark::of(causes.first().is_some_and(|one| lies_right(&one.candidates[0].fault, truth))),
    }
}

fn among(causes: &[Cause], truth: &Truth, mode: Mode) -> Mark {
    let Some(means) = means(truth, mode) else { return Mark::NotJudged };
    let all = causes.iter().flat_map(|cause| &cause.candidates);
    let right: Vec<&Candidate> = all.filter(|one| means.contains(&one.fault)).collect();
    match right.iter().all(|one| one.is_unlikely) {
        _ if right.is_empty() => Mark::No,
        true => Mark::Unlikely,
        false => Mark::Yes,
    }
}

fn first(causes: &[Cause], truth: &Truth, mode: Mode) -> Mark {
    let Some(means) = means(truth, mode) else { return Mark::NotJudged };
    Mark::of(causes.first().is_some_and(|one| means.contains(&one.candidates[0].fault)))
}

/// Reports whether the cause is wrong. On a healthy system every cause is. Where no ids are written down, the hop decides.
fn is_wrong(cause: &Cause, truth: &Truth, mode: Mode) -> bool {
    let fault = &cause.candidates[0].fault;
    match (mode, &truth.means) {
        (Mode::Healthy, _) => true,
        (Mode::Fault, Some(means)) => !means.contains(fault) && !truth.near.contains(fault),
        (Mode::Fault, None) => !lies_right(fault, truth),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::json;

    /// A truth at the edge: `means` is written as a list, or `none written`.
    fn truth(means: &str) -> Truth {
        let ids = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let means = (means != "none written").then(|| ids(means));
        Truth { hops: ids("edge network"), means, near: ids("backend/near") }
    }

    /// A report with a cause for each line: `certainty first other ?unlikely`.
    fn report(causes: &[&str]) -> Value {
        let cause = |line: &&str| {
            let mut words = line.split(' ');
            let (certainty, fault) = (words.next(), words.next());
            let other = |word: &str| json!({"fault": word.trim_start_matches('?'), "unlikely": word.starts_with('?')});
            json!({"certainty": certainty, "fault": fault, "alternatives": words.map(other).collect::<Vec<_>>()})
        };
        json!({"outcome": "failed", "causes": causes.iter().map(cause).collect::<Vec<_>>()})
    }

    fn judged(causes: &[&str], means: &str, mode: Mode) -> Judgement {
        Judgement::of(&report(causes), &truth(means), mode).expect("it is a report")
    }

    #[rstest]
    #[case::id(&["likely edge/timeout"], Mark::Yes)]
    #[case::unknown(&["unknown unknown@network"], Mark::Yes)]
    #[case::a_later_cause(&["likely auth/down", "likely edge/timeout"], Mark::No)]
    #[case::an_alternative(&["ambiguous auth/down edge/timeout"], Mark::No)]
    #[case::a_longer_hop(&["likely edge-auth/timeout"], Mark::No)]
    #[case::nothing(&[], Mark::No)]
    fn the_hop_is_that_of_the_first_cause(#[case] causes: &[&str], #[case] right: Mark) {
        assert_eq!(judged(causes, "edge/x", Mode::Fault).hop_right, right);
        assert_eq!(judged(causes, "none written", Mode::Fault).hop_right, right);
    }

    #[rstest]
    #[case::first(&["likely edge/x"], Mark::Yes, Mark::Yes)]
    #[case::second_meaning(&["likely edge/y"], Mark::Yes, Mark::Yes)]
    #[case::alternative(&["ambiguous auth/down edge/x"], Mark::Yes, Mark::No)]
    #[case::unlikely(&["ambiguous auth/down ?edge/x"], Mark::Unlikely, Mark::No)]
    #[case::unlikely_once(&["ambiguous auth/down ?edge/x edge/y"], Mark::Yes, Mark::No)]
    #[case::a_later_cause(&["likely auth/down", "likely edge/x"], Mark::Yes, Mark::No)]
    #[case::near_is_not_right(&["likely backend/near"], Mark::No, Mark::No)]
    #[case::nothing(&[], Mark::No, Mark::No)]
    fn the_true_cause_is_found_by_id(#[case] causes: &[&str], #[case] among: Mark, #[case] first: Mark) {
        let it = judged(causes, "edge/x edge/y", Mode::Fault);
        assert_eq!((it.among, it.first), (among, first));
    }

    #[rstest]
    #[case::none_written("none written", Mode::Fault)]
    #[case::not_in_the_catalogue("", Mode::Fault)]
    #[case::healthy("edge/x", Mode::Healthy)]
    fn without_a_known_id_no_id_is_judged(#[case] means: &str, #[case] mode: Mode) {
        let it = judged(&["likely edge/x"], means, mode);
        assert_eq!((it.among, it.first), (Mark::NotJudged, Mark::NotJudged));
    }

    #[rstest]
    #[case::right("likely edge/x", "edge/x", false)]
    #[case::near("likely backend/near", "edge/x", false)]
    #[case::same_hop_other_fault("likely edge/z", "edge/x", true)]
    #[case::not_in_the_catalogue("likely edge/z", "", true)]
    #[case::near_and_not_in_the_catalogue("likely backend/near", "", false)]
    #[case::only_the_hop_is_known("likely edge/z", "none written", false)]
    #[case::another_hop("likely auth/down", "none written", true)]
    #[case::ambiguous("ambiguous auth/down", "edge/x", false)]
    fn wrong_and_likely(#[case] said: &str, #[case] means: &str, #[case] wrong: bool) {
        let it = judged(&["certain edge/x", said], means, Mode::Fault);
        assert_eq!(it.wrong_and_likely, wrong);
    }

    #[test]
    fn certain_and_likely_are_told_apart() {
        let it = judged(&["ambiguous edge/x", "certain auth/down"], "edge/x", Mode::Fault);
        assert!(it.wrong_and_certain && !it.wrong_and_likely);
    }

    #[test]
    fn on_a_healthy_system_every_cause_is_wrong_and_no_hop_is_right() {
        let it = judged(&["certain edge/x"], "edge/x", Mode::Healthy);
        assert!(it.wrong_and_certain && !it.hop_right.is_right());
    }

    #[test]
    fn what_is_no_report_is_not_judged() {
        for value in [json!({}), json!({"outcome": "failed"}), json!({"outcome": "failed", "causes": [{}]})] {
            assert!(Judgement::of(&value, &truth("edge/x"), Mode::Fault).is_err(), "{value}");
        }
    }
}
