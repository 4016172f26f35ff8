//! What one run changes: an incident opens, changes its cause, or is cured.
//!
//! The plain definition, over the runs of one target in order. A run that tested nothing neither fails nor passes.
//!
//! - An incident opens at the run that is the Nth failed one without a passed one between them.
//! - Its cause changes when the last N failed runs with a known reason, and at least two, give one reason, and that is another one than
//!   the incident had. A run without a known reason changes nothing. One run is not enough: the target may have changed while it ran.
//! - It is cured at the next run that passes.
//! - The first of several runs that tested nothing is told once, and so is the first run after them if it tells nothing else.
//!
//! The reason of a run is the set of its faults that are likely or certain: see [`Ran::reasons`].

use std::collections::BTreeSet;

use crate::report::StepOutcome;
use crate::watch::state::{Change, ChangeKind, End, Incident, Ran, Watched};

/// The fewest runs that must agree on another cause. A run during which the target changes has seen two systems, and may name the
/// cause of neither.
const FEWEST: usize = 2;
/// The most runs that are kept: a day with a run each minute.
pub(crate) const MOST_RUNS: usize = 1440;
/// The most incidents that are kept.
const MOST_INCIDENTS: usize = 100;
/// The most changes of one incident that are kept.
const MOST_CHANGES: usize = 100;

/// What a run changed. At most one change comes of one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum News {
    /// The last incident changed.
    Incident(ChangeKind),
    /// The run tested nothing, and the one before did.
    Untested,
    /// The run tested something, the one before did not, and no incident changed.
    TestedAgain,
}

impl News {
    /// Returns the word of notifications.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Incident(ChangeKind::Opened) => "opened",
            Self::Incident(ChangeKind::CauseChanged) => "cause-changed",
            Self::Incident(ChangeKind::Cured) => "cured",
            Self::Untested => "untested",
            Self::TestedAgain => "tested-again",
        }
    }
}

impl Watched {
    /// Takes a run, and returns what it changed. `confirm`: the number of runs that must agree before an incident opens or
    /// changes its cause, from 1 to [`MOST_RUNS`].
    pub(crate) fn take(&mut self, ran: Ran, confirm: usize) -> Option<News> {
        let was_untested = self.runs.back().is_some_and(|last| last.end == End::Untested);
        let end = ran.end;
        self.count(&ran);
        self.runs.push_back(ran);
        let changed = match end {
            End::Untested => return self.trimmed((!was_untested).then_some(News::Untested)),
            End::Passed => self.cure(),
            End::Failed if self.open_incident().is_some() => self.go_on(confirm),
            End::Failed => self.open(confirm),
        };
        self.trimmed(changed.map(News::Incident).or(was_untested.then_some(News::TestedAgain)))
    }

    /// Returns the incident that is not cured.
    pub(crate) fn open_incident(&self) -> Option<&Incident> {
        self.incidents.back().filter(|last| last.cured.is_none())
    }

    /// Reports whether the last run gave another reason than its incident has, and too few runs agree on it.
    pub(crate) fn doubts(&self) -> bool {
        let reasons = self.runs.back().map(Ran::reasons).filter(|reasons| !reasons.is_empty());
        reasons.is_some_and(|now| self.open_incident().is_some_and(|incident| incident.reasons != now))
    }

    fn count(&mut self, ran: &Ran) {
        let counted = match ran.end {
            End::Passed => &mut self.totals.passed,
            End::Failed => &mut self.totals.failed,
            End::Untested => &mut self.totals.untested,
        };
        *counted += 1;
        self.totals.requests += ran.requests;
        if ran.auth.is_some_and(|auth| auth.accepted > 0) {
            self.auth_last_success = Some(ran.at);
        }
    }

    /// Returns the failed runs since the last passed one, newest first.
    fn failing(&self) -> impl Iterator<Item = &Ran> {
        let tested = self.runs.iter().rev().filter(|ran| ran.end != End::Untested);
        tested.take_while(|ran| ran.end == End::Failed)
    }

    fn open(&mut self, confirm: usize) -> Option<ChangeKind> {
        let first = self.failing().last().filter(|_| self.failing().count() >= confirm)?;
        let last = self.runs.back()?;
        let change = change(last, ChangeKind::Opened);
        let scenarios: BTreeSet<String> = self.failing().flat_map(failed).collect();
        let incident = Incident {
            number: self.incidents.back().map_or(0, |last| last.number) + 1,
            opened: first.at,
            cured: None,
            causes: last.causes.clone(),
            scenarios: scenarios.into_iter().collect(),
            changes: vec![change],
            reasons: last.reasons(),
        };
        self.incidents.push_back(incident);
        Some(ChangeKind::Opened)
    }

    fn go_on(&mut self, confirm: usize) -> Option<ChangeKind> {
        let reasons = self.agreed(confirm.max(FEWEST));
        let (ran, incident) = (self.runs.back()?, self.incidents.back_mut()?);
        let scenarios: BTreeSet<String> = incident.scenarios.drain(..).chain(failed(ran)).collect();
        incident.scenarios = scenarios.into_iter().collect();
        let agreed = reasons.filter(|now| *now != incident.reasons);
        if agreed.is_some() || incident.reasons.is_empty() || ran.reasons() == incident.reasons {
            incident.causes.clone_from(&ran.causes);
        }
        incident.reasons = agreed?;
        incident.changes.push(change(ran, ChangeKind::CauseChanged));
        Some(ChangeKind::CauseChanged)
    }

    /// Returns the reason that the last failed runs with a known reason agree on, if the last run has one.
    fn agreed(&self, confirm: usize) -> Option<BTreeSet<String>> {
        let now = self.runs.back().map(Ran::reasons).filter(|now| !now.is_empty())?;
        let known = self.failing().map(Ran::reasons).filter(|reasons| !reasons.is_empty());
        let same = known.take(confirm).filter(|reasons| *reasons == now).count();
        (same == confirm).then_some(now)
    }

    fn cure(&mut self) -> Option<ChangeKind> {
        self.open_incident()?;
        let (ran, incident) = (self.runs.back()?, self.incidents.back_mut()?);
        incident.cured = Some(ran.at);
        incident.changes.push(change(ran, ChangeKind::Cured));
        Some(ChangeKind::Cured)
    }

    fn trimmed(&mut self, news: Option<News>) -> Option<News> {
        self.runs.drain(..self.runs.len().saturating_sub(MOST_RUNS));
        self.incidents.drain(..self.incidents.len().saturating_sub(MOST_INCIDENTS));
        if let Some(last) = self.incidents.back_mut() {
            // The first change says with which cause the incident opened.
            let end = last.changes.len().saturating_sub(MOST_CHANGES) + 1;
            last.changes.drain(1..end.max(1));
        }
        news
    }
}

fn change(ran: &Ran, kind: ChangeKind) -> Change {
    let best = ran.causes.first().map(|cause| cause.fault.clone());
    Change { at: ran.at, kind, fault: best.filter(|_| !ran.reasons().is_empty()) }
}

/// Returns the scenarios that failed.
fn failed(ran: &Ran) -> impl Iterator<Item = String> {
    let failed = ran.scenarios.iter().filter(|scenario| scenario.outcome == StepOutcome::Failed);
    failed.map(|scenario| scenario.id.clone())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::{SignedDuration, Timestamp};
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;
    use crate::diagnose::Certainty;
    use crate::watch::state::Named;

    fn cause(fault: &str) -> Named {
        let certainty = if fault.starts_with('?') { Certainty::Ambiguous } else { Certainty::Likely };
        let (title, hop) = (fault.to_owned(), "backend".to_owned());
        Named { fault: fault.to_owned(), title, hop, certainty, whys: Vec::new(), explains: Vec::new() }
    }

    /// `+` passed, `.` tested nothing, or the letters of the faults: `ab`, `?a` for an ambiguous one.
    fn ran(text: &str, at: usize) -> Ran {
        let at = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(i64::try_from(at).expect("small"));
        let mut ran = Ran::untested(at, Duration::ZERO, "no secret".to_owned());
        ran.end = match text {
            "+" => End::Passed,
            "." => return ran,
            _ => End::Failed,
        };
        let faults: Vec<String> = match text.strip_prefix('?') {
            Some(open) => vec![format!("?{open}")],
            None => text.chars().map(String::from).collect(),
        };
        ran.error = None;
        ran.causes =
            if ran.end == End::Failed { faults.iter().map(|fault| cause(fault)).collect() } else { Vec::new() };
        ran
    }

    fn told(runs: &[&str], confirm: usize) -> Vec<Option<News>> {
        let mut watched = Watched::default();
        runs.iter().enumerate().map(|(at, text)| watched.take(ran(text, at), confirm)).collect()
    }

    fn short(news: &[Option<News>]) -> String {
        news.iter().map(|news| news.map_or("-", |news| &news.as_str()[..2])).collect::<Vec<_>>().join(" ")
    }

    #[rstest]
    #[case::healthy("+ + +", 1, "- - -")]
    #[case::one_incident("+ a a + +", 1, "- op - cu -")]
    #[case::another_cause("a b b b", 1, "op - ca -")]
    #[case::in_the_middle_of_a_change("a x b b", 1, "op - - ca")]
    #[case::in_the_middle_of_a_cure("a x +", 1, "op - cu")]
    #[case::order_of_causes("ab ba", 1, "op -")]
    #[case::a_second_cause("a ab ab a a", 1, "op - ca - ca")]
    #[case::refined_once("?a a ?a a a", 1, "op - - ca -")]
    #[case::an_open_verdict_is_no_change("a ?b ?c a", 1, "op - - -")]
    #[case::untested_is_told_once(". . + .", 1, "un - te un")]
    #[case::untested_is_never_a_cure("a . . a +", 1, "op un - te cu")]
    #[case::what_follows_tells_it(". a . +", 1, "un op un cu")]
    #[case::a_flake("a + a a +", 2, "- - - op cu")]
    #[case::untested_between("a . a +", 2, "- un op cu")]
    #[case::a_change_is_confirmed("a a b a b b", 2, "- op - - - ca")]
    fn a_run_tells_a_change(#[case] runs: &str, #[case] confirm: usize, #[case] news: &str) {
        let runs: Vec<&str> = runs.split(' ').collect();
        assert_eq!(short(&told(&runs, confirm)), news);
    }

    #[test]
    fn a_run_is_in_doubt_until_enough_runs_agree() {
        let mut watched = Watched::default();
        let doubts = ["+", "a", "?b", "b", "b", "ab", "+"].iter().enumerate().map(|(at, text)| {
            watched.take(ran(text, at), 1);
            watched.doubts()
        });
        assert_eq!(doubts.collect::<Vec<_>>(), [false, false, false, true, false, true, false]);
    }

    #[test]
    fn an_incident_keeps_its_causes_until_enough_runs_agree_on_others() {
        let mut watched = Watched::default();
        let causes = ["a", "x", "b", "?c", "b", "ba", "?c", "+"].iter().enumerate().map(|(at, text)| {
            watched.take(ran(text, at), 1);
            watched.incidents[0].causes.iter().map(|cause| cause.fault.as_str()).collect::<String>()
        });
        assert_eq!(causes.collect::<Vec<_>>(), ["a", "a", "a", "a", "b", "b", "b", "b"]);
    }

    #[test]
    fn an_incident_opens_with_its_first_failed_run() {
        let mut watched = Watched::default();
        for (at, text) in ["+", "a", "a", "+"].iter().enumerate() {
            watched.take(ran(text, at), 2);
        }
        let incident = watched.incidents.back().expect("an incident");
        assert_eq!((incident.number, incident.opened.as_second()), (1, 1));
        assert_eq!(incident.cured.map(Timestamp::as_second), Some(3));
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let mut watched = Watched::default();
        for at in 0..3 * MOST_RUNS {
            watched.take(ran(["a", "b", "+"][at % 3], at), 1);
        }
        for at in 0..300 {
            watched.take(ran(["a", "b"][at / 2 % 2], at), 1);
        }
        assert_eq!((watched.runs.len(), watched.incidents.len()), (MOST_RUNS, MOST_INCIDENTS));
        let last = watched.incidents.back().expect("an incident");
        assert_eq!((last.changes.len(), last.changes[0].kind), (MOST_CHANGES, ChangeKind::Opened));
        assert_eq!(watched.totals.failed, 2 * MOST_RUNS as u64 + 300);
    }

    /// The plain definition: the state after each run follows from all runs until then.
    #[derive(Debug, Default, Clone, PartialEq)]
    struct After {
        opened: usize,
        cured: usize,
        reasons: Vec<BTreeSet<String>>,
        blind: bool,
    }

    fn after(runs: &[Ran], confirm: usize) -> After {
        let mut after = After { blind: runs.last().is_some_and(|ran| ran.end == End::Untested), ..After::default() };
        let tested: Vec<&Ran> = runs.iter().filter(|ran| ran.end != End::Untested).collect();
        let parts: Vec<&[&Ran]> = tested.split(|ran| ran.end == End::Passed).collect();
        after.opened = parts.iter().filter(|failed| failed.len() >= confirm).count();
        after.cured = parts[..parts.len() - 1].iter().filter(|failed| failed.len() >= confirm).count();
        for failed in parts.iter().filter(|failed| failed.len() >= confirm) {
            after.reasons.push(failed[confirm - 1].reasons());
            let mut reason = failed[confirm - 1].reasons();
            for n in confirm..failed.len() {
                let known: Vec<_> =
                    failed[..=n].iter().map(|ran| ran.reasons()).filter(|one| !one.is_empty()).collect();
                let confirm = confirm.max(2);
                let last = &known[known.len().saturating_sub(confirm)..];
                let now = failed[n].reasons();
                let agree = last.len() == confirm && last.iter().all(|one| *one == now) && !now.is_empty();
                if agree && now != reason {
                    reason = now;
                    after.reasons.push(reason.clone());
                }
            }
        }
        after
    }

    fn expected(before: &After, now: &After) -> Option<News> {
        if now.blind {
            return (!before.blind).then_some(News::Untested);
        }
        let kind = if now.opened > before.opened {
            Some(ChangeKind::Opened)
        } else if now.cured > before.cured {
            Some(ChangeKind::Cured)
        } else if now.reasons.len() > before.reasons.len() {
            Some(ChangeKind::CauseChanged)
        } else {
            None
        };
        kind.map(News::Incident).or(before.blind.then_some(News::TestedAgain))
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

        #[test]
        fn notifications_are_the_changes_of_the_plain_definition(
            texts in prop::collection::vec(prop::sample::select(vec!["+", ".", "a", "b", "ab", "ba", "?a", "?b"]), 0..40),
            confirm in 1_usize..4,
            restart in 0_usize..40,
        ) {
            let runs: Vec<Ran> = texts.iter().enumerate().map(|(at, text)| ran(text, at)).collect();
            let mut watched = Watched::default();
            for n in 0..runs.len() {
                if n == restart {
                    let kept = serde_json::to_string(&watched).expect("it can be written");
                    watched = serde_json::from_str(&kept).expect("it can be read");
                }
                let wanted = expected(&after(&runs[..n], confirm), &after(&runs[..=n], confirm));
                prop_assert_eq!(watched.take(runs[n].clone(), confirm), wanted, "run {} of {:?}", n, texts);
            }
        }
    }
}
