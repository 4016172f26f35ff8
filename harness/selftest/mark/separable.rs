//! Whether two faults differ at all in something the evidence shows. Computed from what was observed, never from what the catalogue predicts.
//!
//! Each fault is recorded at least twice. What differs between two recordings of one fault (or of the healthy system) differs by chance
//! and tells nothing; what is the same in all recordings of the one and never so in those of the other tells them apart.

use std::collections::{BTreeMap, BTreeSet};

use crate::observe::Observation;
use crate::selftest::mark::template::Template;
use crate::selftest::subject::mask::View;

/// A server whose clock is this many seconds off shows it in `Date`.
const CLOCK_S: i64 = 3;
/// One answer is slower than another only if it takes this many times as long ...
const SLOWER_TIMES: u64 = 4;
/// ... and this many milliseconds more ...
const SLOWER_MS: u64 = 200;
/// ... and only if so many are: one or two are slow on a busy machine too.
const SLOWER_PROBES: usize = 3;

/// The aspects of an answer that are its wording: what it says as a whole, and the words in it that somebody knows.
const TEXT: &str = "text";
const WORDS: &str = "words";
/// Marks of words, and not of form, begin so.
const OF_WORDS: [&str; 2] = ["says.", "names."];

/// Everything one recording shows through some evidence.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Traits {
    /// What was asked, and each aspect of what it gave. What was not asked tells nothing.
    pub asked: BTreeMap<String, String>,
    /// How long it took, in milliseconds.
    pub took: BTreeMap<String, u64>,
    /// What stands in the evidence. What does not stand there tells as much.
    pub lines: BTreeSet<String>,
}

impl Traits {
    /// Of a view.
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
        let told = [
            format!("target validation {:?}", view.target.validation),
            format!("target startup check {:?}", view.target.startup_check),
        ];
        traits.lines = manifest_lines(view, &template).chain(log_lines(view, &template)).chain(told).collect();
        traits
    }
}

fn asked(one: &Observation) -> String {
    format!("{} as {}", one.probe, one.probe.user)
}

/// Each by itself: a text that is never the same twice says nothing of the status it came with.
fn answer(one: &Observation) -> impl Iterator<Item = (&'static str, String)> {
    let (words, marks): (Vec<&String>, Vec<&String>) =
        one.signatures.iter().partition(|id| OF_WORDS.iter().any(|of| id.starts_with(of)));
    let skew = one.clock_skew_s.is_some_and(|skew| skew.abs() > CLOCK_S);
    let Observation { result, authn, status, close_code, shape, identity, .. } = one;
    let ours = one.issued_with_our_secret;
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
    /// Of all recordings of one fault through the same evidence.
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

    /// Something in which the two always differ, if there is such a thing. `healthy` is the system in order: what comes and goes there
    /// by itself tells nothing.
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

    /// Whether something in which the fault differs from the other, and from a system in order, is here too: then it shows. The mere
    /// wording of an answer is not enough: no rule may know what our twin says.
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

    fn apart(a: &Stable, b: &Stable, healthy: &Stable) -> bool {
        assert_eq!(a.differs(b, healthy).is_some(), b.differs(a, healthy).is_some(), "it takes two to differ");
        a.differs(b, healthy).is_some()
    }

    #[test]
    fn another_answer_tells_two_apart_and_what_was_not_asked_does_not() {
        let healthy = Stable::default();
        let refused = twice(seen(&[("chat", "403"), ("health", "200")], &[], 5));
        assert!(apart(&refused, &twice(seen(&[("chat", "401")], &[], 5)), &healthy));
        assert!(!apart(&refused, &twice(seen(&[("chat", "403"), ("login", "500")], &[], 5)), &healthy));
    }

    #[test]
    fn what_differs_between_two_recordings_of_one_fault_tells_nothing() {
        let healthy = Stable::default();
        let fickle = Stable::of(&[seen(&[("chat", "403")], &["breaker open"], 5), seen(&[("chat", "503")], &[], 5)]);
        assert!(!apart(&fickle, &twice(seen(&[("chat", "200")], &[], 5)), &healthy));
    }

    #[test]
    fn a_line_that_only_one_of_them_writes_tells_them_apart_unless_it_comes_and_goes_anyway() {
        let (with, without) = (twice(seen(&[], &["secret refused"], 5)), twice(seen(&[], &[], 5)));
        assert!(apart(&with, &without, &Stable::default()));
        let fickle = Stable::of(&[seen(&[], &["secret refused"], 5), seen(&[], &[], 5)]);
        assert!(!apart(&with, &without, &fickle));
    }

    #[test]
    fn much_slower_tells_apart_and_a_little_slower_does_not() {
        let healthy = Stable::default();
        let fast = twice(seen(&[], &[], 10));
        assert!(apart(&twice(seen(&[], &[], 600)), &fast, &healthy));
        assert!(!apart(&twice(seen(&[], &[], 190)), &fast, &healthy));
        assert!(!apart(&Stable::of(&[seen(&[], &[], 600), seen(&[], &[], 40)]), &fast, &healthy));
        let mut busy = seen(&[], &[], 10);
        busy.took.insert("chat".to_owned(), 600);
        assert!(!apart(&twice(busy), &fast, &healthy), "one slow answer is the machine's");
    }
}
