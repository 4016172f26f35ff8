//! Collects the entries of one stream: joins the lines of a traceback, gives a line without a time the time of the entry
//! before it, and counts what cannot be read.

use std::collections::BTreeSet;
use std::io::{self, Read};

use jiff::{SignedDuration, Timestamp};

use super::draft::{By, Draft};
use super::format::{self, Parsed};
use super::kept::{Focus, Kept};
use super::names::ServiceNames;
use super::prefix::{Stripped, strip};
use super::reader::{Broken, Record, each_record};
use super::unpacked::unpacked;
use super::values::Writer;
use super::values::change::{self, Change};
use super::values::json::{Json, Object};
use crate::terms::Hop;

/// The most names of writers that are told apart.
const NAMES: usize = 256;
/// The most writers whose last entry waits for lines that continue it.
const OPEN: usize = 16;
/// The most pieces that are reported one by one.
const REPORTED: usize = 3;

/// What is known before a log is read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Expected {
    /// The component that wrote all of it, if the operator says so.
    pub(crate) writer: Option<Hop>,
    /// The names that tell the writers apart.
    pub(crate) names: ServiceNames,
    /// The entries that matter most.
    pub(crate) focus: Focus,
}

/// The entries of one log, before their writers are known and before they are redacted.
#[derive(Debug, Clone)]
pub(crate) struct Collected {
    pub(super) drafts: Vec<Draft>,
    pub(super) names: Vec<Name>,
    pub(super) told: Option<Hop>,
    pub(super) found: Found,
    /// The entries that were left out because there were too many.
    pub(super) dropped: u64,
    /// Whether every entry of our probes is there.
    pub(super) is_complete: bool,
}

/// A name of a writer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) name: String,
    /// Whether it is the exact name of a deployed service.
    pub(super) is_exact: bool,
}

/// What the stream held.
#[derive(Debug, Clone, Default)]
pub(super) struct Found {
    /// The formats, in the order of their names.
    pub(super) formats: BTreeSet<&'static str>,
    /// All entries.
    pub(super) entries: u64,
    /// The first pieces that cannot be read.
    pub(super) broken: Vec<Broken>,
    /// All pieces that cannot be read.
    pub(super) broken_count: u64,
    /// The changes of the deployment.
    pub(super) changes: Vec<Change>,
}

/// Collects the entries of a stream.
///
/// # Errors
/// When the stream cannot be read.
pub(crate) fn collect(from: impl Read, expected: &Expected) -> io::Result<Collected> {
    let mut collector = Collector {
        expected,
        kept: Kept::new(expected.focus.clone()),
        names: Vec::new(),
        open: Vec::new(),
        last: None,
        last_by: None,
        found: Found::default(),
    };
    each_record(unpacked(from)?, |line, record| match record {
        Record::Object(object) => collector.object(line, object, &Stripped::default()),
        Record::Text(text) => collector.text(line, text),
        Record::Broken(broken) => collector.broken(broken),
    })?;
    Ok(collector.end())
}

struct Collector<'e> {
    expected: &'e Expected,
    kept: Kept,
    names: Vec<Name>,
    /// The last entry of each writer, which further lines may continue.
    open: Vec<Open>,
    /// The last time in the log.
    last: Option<Timestamp>,
    /// The writer of the line with that time.
    last_by: Option<By>,
    found: Found,
}

/// How much later a runtime may stamp a line than the program that wrote it, for its stamp to be that of the line.
const LATER: SignedDuration = SignedDuration::from_secs(2);

/// Returns the time of a line: its own, or that of the runtime where its own has whole seconds only.
fn finer(own: Option<Timestamp>, of_runtime: Option<Timestamp>) -> Option<Timestamp> {
    let (Some(own), Some(stamp)) = (own, of_runtime) else { return own.or(of_runtime) };
    let is_it = own.subsec_nanosecond() == 0 && (SignedDuration::ZERO..LATER).contains(&stamp.duration_since(own));
    Some(if is_it { stamp } else { own })
}

/// Returns the time of a line in whole seconds. It is not older than the line before it of the same writer, `last`, which has
/// a finer time of the same second.
fn not_before(last: Option<Timestamp>, own: Option<Timestamp>) -> Option<Timestamp> {
    let (Some(last), Some(at)) = (last, own) else { return own };
    let is_later = at.subsec_nanosecond() == 0 && last > at && last.as_second() == at.as_second();
    Some(if is_later { last } else { at })
}

struct Open {
    draft: Draft,
    /// Whether a traceback has begun, which ends with a line that names the error.
    in_traceback: bool,
}

impl Collector<'_> {
    fn object(&mut self, line: u64, object: &Object<'_>, prefix: &Stripped<'_>) {
        match format::of_object(object) {
            Some((format, parsed)) => self.entry(line, format, parsed, prefix),
            None => self.broken(Broken { line, column: 1, why: "JSON, but no log entry that is known".to_owned() }),
        }
    }

    fn text(&mut self, line: u64, text: &str) {
        let text = readable(text);
        let prefix = strip(&text);
        if prefix.rest.trim().is_empty() {
            return;
        }
        if prefix.rest.starts_with('{')
            && let Ok(Json::Object(object)) = serde_json::from_str(prefix.rest)
        {
            return self.object(line, &object, &prefix);
        }
        if self.continues(prefix.rest, self.by(&Writer::Unknown, &prefix)) {
            return;
        }
        match format::of_line(prefix.rest) {
            Some((format, parsed)) => self.entry(line, format, parsed, &prefix),
            None => self.own_words(line, &prefix),
        }
    }

    /// Adds a line of no format.
    fn own_words(&mut self, line: u64, prefix: &Stripped<'_>) {
        let by = self.intern(&Writer::Unknown, prefix);
        let at = prefix.time.or(self.last);
        self.add(Draft::new(line, by, at, Parsed { text: prefix.rest.into(), ..Parsed::default() }));
    }

    fn entry(&mut self, line: u64, format: &'static str, mut parsed: Parsed<'_>, prefix: &Stripped<'_>) {
        self.found.formats.insert(format);
        if let Some(change) = parsed.change.take() {
            change::keep(&mut self.found.changes, change);
        }
        if !self.is_of_interest(&parsed.writer) {
            self.found.entries += 1;
            return;
        }
        if parsed.is_carried && self.continues(&parsed.text, self.by(&parsed.writer, prefix)) {
            return;
        }
        let by = self.intern(&parsed.writer, prefix);
        let before = self.last.filter(|_| self.last_by == Some(by));
        let at = not_before(before, finer(parsed.time, prefix.time)).or(self.last);
        (self.last, self.last_by) = (at, Some(by));
        self.add(Draft::new(line, by, at, parsed));
    }

    fn is_of_interest(&self, writer: &Writer<'_>) -> bool {
        match writer {
            Writer::Nobody => false,
            Writer::LoadBalancer(url) => self.expected.names.is_ours(url),
            _ => true,
        }
    }

    /// Joins a line to the last entry of its writer, if it continues that entry.
    fn continues(&mut self, line: &str, by: Option<By>) -> bool {
        let Some(open) = self.open.iter_mut().find(|open| Some(open.draft.by) == by) else { return false };
        let is_indented = line.starts_with([' ', '\t']);
        let is_head = HEADS.iter().any(|head| line.starts_with(head)) || (open.draft.is_bad() && names_an_error(line));
        let ends = open.in_traceback && !is_indented && !is_head && format::of_line(line).is_none();
        if is_indented || is_head || ends {
            open.draft.join(line);
            open.in_traceback = !ends && (open.in_traceback || line.starts_with(TRACEBACK));
            return true;
        }
        false
    }

    fn add(&mut self, draft: Draft) {
        self.found.entries += 1;
        let in_traceback = draft.text.starts_with(TRACEBACK);
        let place = self.open.iter().position(|open| open.draft.by == draft.by);
        if let Some(before) = place.or_else(|| (self.open.len() >= OPEN).then_some(0)).map(|at| self.open.remove(at)) {
            self.keep(before.draft);
        }
        self.open.push(Open { draft, in_traceback });
    }

    fn keep(&mut self, draft: Draft) {
        let (names, known) = (&self.names, &self.expected.names);
        self.kept.push(draft, |by| is_foreign(by, names, known));
    }

    fn broken(&mut self, broken: Broken) {
        self.found.broken_count += 1;
        if self.found.broken.len() < REPORTED {
            self.found.broken.push(broken);
        }
    }

    /// Returns the writer if its name is known already.
    fn by(&self, writer: &Writer<'_>, prefix: &Stripped<'_>) -> Option<By> {
        match self.whose(writer, prefix) {
            Whose::Is(by) => Some(by),
            Whose::Named { name, is_exact, platform } => self.place(name, is_exact).map(|at| by_name(at, platform)),
        }
    }

    fn intern(&mut self, writer: &Writer<'_>, prefix: &Stripped<'_>) -> By {
        let (name, is_exact, platform) = match self.whose(writer, prefix) {
            Whose::Is(by) => return by,
            Whose::Named { name, is_exact, platform } => (name, is_exact, platform),
        };
        let at = self.place(name, is_exact).unwrap_or_else(|| {
            if self.names.len() < NAMES {
                self.names.push(Name { name: name.to_owned(), is_exact });
            }
            self.names.len() - 1
        });
        by_name(at, platform)
    }

    fn place(&self, name: &str, is_exact: bool) -> Option<usize> {
        self.names.iter().position(|one| one.is_exact == is_exact && one.name == name)
    }

    /// Decides by the operator's word, the names in the line, and the format, in this order.
    fn whose<'n>(&self, writer: &'n Writer<'_>, prefix: &Stripped<'n>) -> Whose<'n> {
        if let Writer::Platform(name) = writer {
            return Whose::Named { name, is_exact: true, platform: true };
        }
        if let Some(told) = self.expected.writer {
            return Whose::Is(By::Hop(told));
        }
        let fuzzy = |name| Whose::Named { name, is_exact: false, platform: false };
        let is_known = |name: &&str| self.expected.names.component(name).is_some();
        let own = match writer {
            Writer::Named(name) => Some(name.as_ref()),
            _ => None,
        };
        let labels = || prefix.names.iter().flatten().copied().chain(own);
        match (labels().find(is_known), writer) {
            (Some(known), _) => fuzzy(known),
            (None, Writer::Service(name)) => Whose::Named { name, is_exact: true, platform: false },
            (None, Writer::Edge | Writer::LoadBalancer(_)) => Whose::Is(By::Hop(Hop::Edge)),
            (None, _) => labels().next().map_or(Whose::Is(By::Nobody), fuzzy),
        }
    }

    fn end(mut self) -> Collected {
        let mut open = std::mem::take(&mut self.open);
        open.sort_by_key(|open| open.draft.line);
        open.into_iter().for_each(|open| self.keep(open.draft));
        let (dropped, is_complete) = (self.kept.dropped, self.kept.is_complete());
        let (names, found, told) = (self.names, self.found, self.expected.writer);
        let mut drafts = self.kept.into_drafts();
        drafts.sort_by_key(|draft| draft.line);
        Collected { drafts, names, told, found, dropped, is_complete }
    }
}

enum Whose<'n> {
    Is(By),
    Named { name: &'n str, is_exact: bool, platform: bool },
}

const fn by_name(at: usize, platform: bool) -> By {
    if platform { By::Platform(at) } else { By::Name(at) }
}

/// How a Python traceback begins.
const TRACEBACK: &str = "Traceback (most recent call last)";

/// How a line begins that continues an entry, although it is not indented.
const HEADS: [&str; 9] = [
    TRACEBACK,
    "Caused by:",
    "During handling of the above exception",
    "The above exception was the direct cause",
    "... ",
    "goroutine ",
    "created by ",
    "stack backtrace:",
    "note: run with `RUST_BACKTRACE",
];

/// Reports whether a line begins with the class of an error: `java.net.ConnectException: …`.
fn names_an_error(line: &str) -> bool {
    let class = line.split([':', ' ']).next().unwrap_or_default();
    let is_class = class.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._$".contains(&byte));
    is_class && (class.ends_with("Exception") || class.ends_with("Error")) && class.len() > "Exception".len()
}

/// Returns the text without control characters, which a terminal would obey.
fn readable(text: &str) -> std::borrow::Cow<'_, str> {
    let is_control = |byte: u8| (byte < 0x20 && byte != b'\t') || byte == 0x7f;
    if !text.bytes().any(is_control) {
        return text.into();
    }
    COLORS.replace_all(text, "").replace(|sign: char| sign.is_control() && sign != '\t', " ").into()
}

/// The escape sequences that color a terminal.
static COLORS: std::sync::LazyLock<regex::Regex> =
    std::sync::LazyLock::new(|| regex::Regex::new(r"\x1b\[[0-9;]*[A-Za-z]").expect("a constant pattern"));

/// Returns the component that a name says. `names` are all names of the log.
pub(super) fn component(at: usize, names: &[Name], known: &ServiceNames) -> Option<Hop> {
    let Name { name, is_exact } = names.get(at)?;
    let exact = || known.service(name).map(Hop::from);
    let is_sole = names.len() == 1;
    if *is_exact && !known.is_empty() {
        return exact();
    }
    known.component(name).or_else(|| (is_sole && !name.is_empty()).then_some(Hop::Backend))
}

fn is_foreign(by: By, names: &[Name], known: &ServiceNames) -> bool {
    match by {
        By::Hop(_) | By::Nobody => false,
        By::Name(at) | By::Platform(at) => component(at, names, known).is_none() && !known.is_empty(),
    }
}
