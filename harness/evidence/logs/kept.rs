//! The entries of a long log that can matter. When there are too many, alike entries go first: of each pattern the
//! first and the last stay, and more of those that report a failure.

use std::collections::HashMap;

use jiff::Timestamp;

use super::draft::{By, Draft};
use super::pattern;

/// The most entries that are kept.
pub(super) const ENTRIES: usize = 20_000;
/// The most memory that they take, in bytes.
const BYTES: usize = 32 << 20;
/// The most alike entries that stay at each end of a pattern, in the order in which the limits are tried.
const ALIKE: [usize; 5] = [512, 64, 16, 4, 1];
/// So many times more entries stay that report a failure.
const BAD: usize = 8;

/// The entries that matter most: those of our probes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Focus {
    /// The time during which the probes ran.
    pub(crate) span: Option<(Timestamp, Timestamp)>,
    /// The trace ids that they carried.
    pub(crate) traces: Vec<String>,
}

/// The clocks of a log and of this machine may differ by this much.
const CLOCKS: jiff::SignedDuration = jiff::SignedDuration::from_secs(5);

impl Focus {
    /// Creates a focus on probes: when each started and ended, and its trace id.
    pub(crate) fn on<'a>(probes: impl IntoIterator<Item = (Timestamp, Timestamp, &'a str)>) -> Self {
        let mut focus = Self::default();
        for (from, to, trace) in probes {
            let (first, last) = focus.span.unwrap_or((from, to));
            focus.span = Some((first.min(from), last.max(to)));
            focus.traces.push(trace.to_owned());
        }
        let wide =
            |(from, to): (Timestamp, Timestamp)| Some((from.checked_sub(CLOCKS).ok()?, to.checked_add(CLOCKS).ok()?));
        Self { span: focus.span.and_then(wide), ..focus }
    }

    fn holds(&self, draft: &Draft) -> bool {
        let in_time = self.span.zip(draft.at).is_some_and(|((from, to), at)| from <= at && at <= to);
        in_time || draft.trace.as_ref().is_some_and(|trace| self.traces.contains(trace))
    }
}

#[derive(Debug, Clone)]
struct Item {
    draft: Draft,
    pattern: u64,
    in_focus: bool,
}

/// A bounded collection of entries, in the order of the log.
#[derive(Debug, Clone, Default)]
pub(super) struct Kept {
    focus: Focus,
    items: Vec<Item>,
    bytes: usize,
    /// The alike entries that were left out, by pattern.
    left_out: HashMap<u64, u64>,
    /// All entries that were left out.
    pub(super) dropped: u64,
    /// Whether entries of our probes were left out.
    lost_focus: bool,
}

impl Kept {
    pub(super) fn new(focus: Focus) -> Self {
        Self { focus, ..Self::default() }
    }

    /// Reports whether every entry of our probes is there.
    pub(super) fn is_complete(&self) -> bool {
        self.dropped == 0 || (self.focus.span.is_some() && !self.lost_focus)
    }

    /// Adds an entry. `is_foreign` says that the writer of an entry is none of the target's components.
    pub(super) fn push(&mut self, mut draft: Draft, is_foreign: impl Fn(By) -> bool) {
        draft.close();
        self.bytes += draft.size();
        let by = match draft.by {
            By::Hop(hop) => hop as u64,
            By::Name(name) | By::Platform(name) => 100 + name as u64,
            By::Nobody => 99,
        };
        let status = draft.request.as_ref().map_or(0, |request| u64::from(request.status));
        let pattern = pattern::of(&draft.text) ^ (by << 20) ^ (status << 4) ^ u64::from(draft.is_bad());
        let in_focus = self.focus.holds(&draft);
        self.items.push(Item { draft, pattern, in_focus });
        if self.items.len() > ENTRIES || self.bytes > BYTES {
            self.thin(is_foreign);
        }
    }

    /// Leaves entries out until half of the limits is free.
    fn thin(&mut self, is_foreign: impl Fn(By) -> bool) {
        self.items.retain(|item| !is_foreign(item.draft.by));
        let before = self.items.len();
        for most in ALIKE {
            self.measure();
            if self.is_thin() {
                break;
            }
            self.keep_ends(most);
        }
        self.measure();
        if !self.is_thin() {
            self.keep_worst();
            self.measure();
        }
        self.dropped += (before - self.items.len()) as u64;
        self.forget_patterns();
    }

    fn measure(&mut self) {
        self.bytes = self.items.iter().map(|item| item.draft.size()).sum();
    }

    fn is_thin(&self) -> bool {
        self.items.len() <= ENTRIES / 2 && self.bytes <= BYTES / 2
    }

    /// Keeps so many entries at each end of a pattern.
    fn keep_ends(&mut self, most: usize) {
        let mut counts: HashMap<u64, (usize, usize)> = HashMap::new();
        self.items.iter().for_each(|item| counts.entry(item.pattern).or_default().0 += 1);
        let left_out = &mut self.left_out;
        self.items.retain(|item| {
            let Some((total, at)) = counts.get_mut(&item.pattern) else { return true };
            *at += 1;
            let most = if item.draft.is_bad() { most * BAD } else { most };
            let stays = item.in_focus || *at <= most || *total - *at < most;
            if !stays {
                *left_out.entry(item.pattern).or_default() += 1;
            }
            stays
        });
    }

    /// Keeps the entries of our probes, then failures, then the newest ones.
    fn keep_worst(&mut self) {
        let rank = |item: &Item| (item.in_focus, item.draft.is_bad());
        let mut order: Vec<usize> = (0..self.items.len()).collect();
        order.sort_by_key(|at| std::cmp::Reverse((rank(&self.items[*at]), *at)));
        let (mut stays, mut bytes) = (vec![false; self.items.len()], 0);
        for at in order.into_iter().take(ENTRIES / 2) {
            bytes += self.items[at].draft.size();
            if bytes > BYTES / 2 {
                break;
            }
            stays[at] = true;
        }
        self.lost_focus |= self.items.iter().zip(&stays).any(|(item, stays)| item.in_focus && !stays);
        let mut stays = stays.into_iter();
        self.items.retain(|_| stays.next().unwrap_or_default());
    }

    /// Forgets the patterns of which no entry is left, if they are many.
    fn forget_patterns(&mut self) {
        if self.left_out.len() > ENTRIES {
            let present: std::collections::HashSet<u64> = self.items.iter().map(|item| item.pattern).collect();
            self.left_out.retain(|pattern, _| present.contains(pattern));
        }
    }

    /// Returns the entries. The last one of each pattern says how many were left out.
    pub(super) fn into_drafts(mut self) -> Vec<Draft> {
        for item in self.items.iter_mut().rev() {
            item.draft.left_out = self.left_out.remove(&item.pattern).unwrap_or_default();
        }
        self.items.into_iter().map(|item| item.draft).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::format::Parsed;
    use super::*;
    use crate::evidence::logs::values::Severity;
    use crate::terms::Hop;

    fn draft(line: u64, text: &str, severity: Severity, seconds: i64) -> Draft {
        let at = Timestamp::from_second(1_795_000_000 + seconds).ok();
        let parsed = Parsed { text: text.into(), severity: Some(severity), ..Parsed::default() };
        Draft::new(line, By::Hop(Hop::Backend), at, parsed)
    }

    fn kept(focus: Focus, many: u64) -> (Vec<Draft>, u64) {
        let mut kept = Kept::new(focus);
        for line in 0..many {
            let (text, severity) = match line {
                70_000 => ("the secret is missing".to_owned(), Severity::Error),
                _ => (format!("request {line} served"), Severity::Info),
            };
            kept.push(draft(line, &text, severity, line as i64), |_| false);
        }
        let dropped = kept.dropped;
        (kept.into_drafts(), dropped)
    }

    #[test]
    fn a_long_log_keeps_its_errors_and_the_ends_of_each_pattern() {
        let (drafts, dropped) = kept(Focus::default(), 100_000);
        assert!(drafts.len() <= ENTRIES, "{}", drafts.len());
        assert!(drafts.iter().any(|draft| draft.line == 70_000));
        assert_eq!((drafts[0].line, drafts[drafts.len() - 1].line), (0, 99_999));
        assert_eq!(drafts.len() as u64 + dropped, 100_000);
        assert_eq!(drafts.iter().map(|draft| draft.left_out).sum::<u64>(), dropped);
    }

    #[test]
    fn every_entry_of_the_probes_stays() {
        let at = |seconds: i64| Timestamp::from_second(1_795_000_000 + seconds).expect("a time");
        let focus = Focus { span: Some((at(40_000), at(41_000))), traces: Vec::new() };
        let (drafts, _) = kept(focus, 100_000);
        assert_eq!(drafts.iter().filter(|draft| (40_000..=41_000).contains(&draft.line)).count(), 1001);
    }

    #[test]
    fn entries_that_are_all_different_are_bounded_too() {
        let mut kept = Kept::new(Focus::default());
        for line in 0..60_000_u64 {
            let word: String = line.to_string().bytes().map(|digit| char::from(digit + 49)).collect();
            kept.push(draft(line, &word.repeat(100), Severity::Info, 0), |_| false);
        }
        let drafts = kept.into_drafts();
        assert!(drafts.len() <= ENTRIES && drafts.iter().map(Draft::size).sum::<usize>() <= BYTES);
        assert_eq!(drafts.last().map(|draft| draft.line), Some(59_999));
    }
}
