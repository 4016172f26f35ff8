//! Decides whether a set of evidence separates two faults. It uses only what was observed, never what the catalogue predicts.
//!
//! Each fault is recorded at least twice. What differs between two recordings of the same fault, or of the healthy system, differs by chance
//! and does not count. Two faults are separable if something is the same in all recordings of the first and never occurs in those of the second.

use std::collections::{BTreeMap, BTreeSet};

use crate::observe::Observation;
use crate::selftest::mark::template::Template;
use crate::selftest::subject::mask::View;

/// A clock that is wrong by more than this many seconds shows in `Date`.
const CLOCK_S: i64 = 3;
/// A response is slower than another only if it takes this many times as long ...
const SLOWER_TIMES: u64 = 4;
/// ... and this many milliseconds more ...
const SLOWER_MS: u64 = 200;
/// ... and only if this many responses are slower: a busy machine slows down one or two as well.
const SLOWER_PROBES: usize = 3;

/// The aspects of a response that are its wording: the whole text, and the words in it that a signature knows.
const TEXT: &str = "text";
const WORDS: &str = "words";
/// Prefixes of signatures that match words rather than the form of a response.
const OF_WORDS: [&str; 2] = ["says.", "names."];

/// Everything that one recording shows with one set of evidence.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Traits {
    /// Each probe with each aspect of its response. A probe that was not sent does not count.
    pub asked: BTreeMap<String, String>,
    /// How long each probe took, in milliseconds.
    pub took: BTreeMap<String, u64>,
    /// The lines of manifests and logs. The absence of a line counts as well.
    pub lines: BTreeSet<String>,
}

impl Traits {
    /// Collects the traits of a view.
    pub(crate) fn of(view: &View) -> Self {
        let template = Template::new(&[("backend", &view.target.backend), ("auth", &view.target.auth)]);
        let mut traits = Self::default();
        let mut repeated: BTreeMap<String, usize> = BTreeMap::new();
        for one in view.driven.iter().chain(&view.pool) {
            let times = repeated.entry(asked(one)).and_modify(|times| *times += 1).or_insert(1);
            let cell = format!("{} #{times}", asked(one));
            traits.took.insert(cell.clone(), one.took_ms);
            traits.asked.extend(answer(one).map(|(aspect, value)| (format!("{cell}: {aspect}"), value)));
        }
        let target = [
            format!("target validation {:?}", view.target.validation),
            format!("target startup check {:?}", view.target.startup_check),
        ];
        traits.lines = manifest_lines(view, &template).chain(log_lines(view, &template)).chain(target).collect();
        traits
    }
}

fn asked(one: &Observation) -> String {
    format!("{} as {}", one.probe, one.probe.user)
}

/// Returns the aspects of a response, each by itself: a text that always differs must not hide a status that never does.
fn answer(one: &Observation) -> impl Iterator<Item = (&'static str, String)> {
    let (words, marks): (Vec<&String>, Vec<&String>) =
        one.signatures.iter().partition(|id| OF_WORDS.iter().any(|of| id.starts_with(of)));
    let skew = one.clock_skew_s.is_some_and(|skew| skew.abs() > CLOCK_S);
    let Observation { result, authn, status, close_code, shape, identity, .. } = one;
    let ours = one.issued.with_our_secret;
    [
        ("ends", format!("{result} {authn} {status:?} {close_code:?}")),
        (TEXT, shape.clone()),
        (WORDS, format!("{words:?}")),
        ("marks", format!("{marks:?}")),
        ("user", format!("{identity:?}")),
        ("clock", skew.to_string()),
        ("key", format!("{ours:?}")),
    ]
    .into_iter()
}

fn manifest_lines<'a>(view: &'a View, template: &'a Template) -> impl Iterator<Item = String> + 'a {
    view.evidence.manifests.iter().flat_map(move |(service, manifest)| {
        let variables = manifest.env.iter().map(move |(name, value)| {
            format!("manifest {service} {name}={}", template.without_addresses(&format!("{value:?}")))
        });
        let reason = template.of_text(manifest.reason.as_deref().unwrap_or_default());
        let behind = manifest.latest_created != manifest.latest_ready;
        let state = format!("manifest {service} ready {:?} {reason} behind {behind}", manifest.ready);
        let ingress = format!("manifest {service} ingress {:?}", manifest.ingress);
        variables.chain([state, ingress])
    })
}

fn log_lines<'a>(view: &'a View, template: &'a Template) -> impl Iterator<Item = String> + 'a {
    view.evidence.log.iter().map(|entry| match &entry.request {
        Some(one) => {
            let path = template.of_text(&one.path);
            let agent = template.of_text(&one.user_agent);
            format!("log {} {} {} {path} {} {agent}", entry.by, one.service, one.method, one.status)
        }
        None => format!("log {} {}", entry.by, template.of_text(&entry.text)),
    })
}

/// What all recordings of one fault have in common.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stable {
    asked: BTreeMap<String, String>,
    took: BTreeMap<String, (u64, u64)>,
    always: BTreeSet<String>,
    ever: BTreeSet<String>,
}

impl Stable {
    /// Takes all recordings of one fault with the same evidence.
    pub(crate) fn of(recordings: &[Traits]) -> Self {
        let Some((first, others)) = recordings.split_first() else { return Self::default() };
        let mut stable = Self {
            asked: first.asked.clone(),
            took: first.took.iter().map(|(cell, took)| (cell.clone(), (*took, *took))).collect(),
            always: first.lines.clone(),
            ever: first.lines.clone(),
        };
        for other in others {
            stable.asked.retain(|cell, value| other.asked.get(cell) == Some(value));
            for (cell, range) in &mut stable.took {
                let took = other.took.get(cell).copied().unwrap_or(range.0);
                *range = (range.0.min(took), range.1.max(took));
            }
            stable.always.retain(|line| other.lines.contains(line));
            stable.ever.extend(other.lines.iter().cloned());
        }
        stable
    }

    /// Returns something in which the two always differ. A line that comes and goes in the healthy system does not count.
    pub(crate) fn differs(&self, other: &Self, healthy: &Self) -> Option<String> {
        let fickle = |line: &&String| healthy.ever.contains(*line) && !healthy.always.contains(*line);
        let only_here = |here: &Self, there: &Self| {
            here.always.iter().find(|line| !there.ever.contains(*line) && !fickle(line)).cloned()
        };
        let other_answer =
            self.asked.iter().find(|(cell, value)| other.asked.get(*cell).is_some_and(|it| it != *value));
        other_answer
            .map(|(cell, _)| cell.clone())
            .or_else(|| only_here(self, other))
            .or_else(|| only_here(other, self))
            .or_else(|| self.slower(other).or_else(|| other.slower(self)))
    }

    /// Reports whether this recording has something in which the fault differs from the other fault and from the healthy system. The wording
    /// of a response is not enough, as no rule may know the wording of the twin.
    pub(crate) fn shows(&self, fault: &Self, other: &Self, healthy: &Self) -> bool {
        let own = |(cell, value): (&String, &String)| {
            let not_of = |one: &Self| one.asked.get(cell).is_some_and(|it| it != value);
            let wording = [TEXT, WORDS].iter().any(|aspect| cell.ends_with(aspect));
            !wording && self.asked.get(cell) == Some(value) && not_of(other) && not_of(healthy)
        };
        let gone =
            |line: &String| healthy.always.contains(line) && other.always.contains(line) && !fault.ever.contains(line);
        let new =
            |line: &String| fault.always.contains(line) && !other.ever.contains(line) && !healthy.ever.contains(line);
        fault.asked.iter().any(own)
            || self.always.iter().any(new)
            || healthy.always.iter().any(|line| gone(line) && !self.ever.contains(line))
    }

    fn slower(&self, other: &Self) -> Option<String> {
        let slow = |(cell, (least, _)): &(&String, &(u64, u64))| {
            let most = other.took.get(*cell).map_or(*least, |(_, most)| *most);
            *least > most * SLOWER_TIMES && *least > most + SLOWER_MS
        };
        self.took.iter().filter(slow).nth(SLOWER_PROBES - 1).map(|(cell, _)| format!("{cell} takes longer"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(asked: &[(&str, &str)], lines: &[&str], took: u64) -> Traits {
        Traits {
            asked: asked.iter().map(|(cell, value)| ((*cell).to_owned(), (*value).to_owned())).collect(),
            took: ["chat", "health", "login"].map(|cell| (cell.to_owned(), took)).into(),
            lines: lines.iter().map(|line| (*line).to_owned()).collect(),
        }
    }

    fn twice(one: Traits) -> Stable {
        Stable::of(&[one.clone(), one])
    }

    fn separable(a: &Stable, b: &Stable, healthy: &Stable) -> bool {
        assert_eq!(a.differs(b, healthy).is_some(), b.differs(a, healthy).is_some(), "the comparison is symmetric");
        a.differs(b, healthy).is_some()
    }

    #[test]
    fn a_different_response_separates_and_an_unsent_probe_does_not() {
        let healthy = Stable::default();
        let refused = twice(seen(&[("chat", "403"), ("health", "200")], &[], 5));
        assert!(separable(&refused, &twice(seen(&[("chat", "401")], &[], 5)), &healthy));
        assert!(!separable(&refused, &twice(seen(&[("chat", "403"), ("login", "500")], &[], 5)), &healthy));
    }

    #[test]
    fn what_varies_between_recordings_of_one_fault_does_not_count() {
        let healthy = Stable::default();
        let fickle = Stable::of(&[seen(&[("chat", "403")], &["breaker open"], 5), seen(&[("chat", "503")], &[], 5)]);
        assert!(!separable(&fickle, &twice(seen(&[("chat", "200")], &[], 5)), &healthy));
    }

    #[test]
    fn a_line_of_one_fault_separates_unless_it_comes_and_goes() {
        let (with, without) = (twice(seen(&[], &["secret refused"], 5)), twice(seen(&[], &[], 5)));
        assert!(separable(&with, &without, &Stable::default()));
        let fickle = Stable::of(&[seen(&[], &["secret refused"], 5), seen(&[], &[], 5)]);
        assert!(!separable(&with, &without, &fickle));
    }

    #[test]
    fn much_slower_separates_and_a_little_slower_does_not() {
        let healthy = Stable::default();
        let fast = twice(seen(&[], &[], 10));
        assert!(separable(&twice(seen(&[], &[], 600)), &fast, &healthy));
        assert!(!separable(&twice(seen(&[], &[], 190)), &fast, &healthy));
        assert!(!separable(&Stable::of(&[seen(&[], &[], 600), seen(&[], &[], 40)]), &fast, &healthy));
        let mut busy = seen(&[], &[], 10);
        busy.took.insert("chat".to_owned(), 600);
        assert!(!separable(&twice(busy), &fast, &healthy), "one slow response is due to the machine");
    }
}
