//! Cuts a stream into records: lines of text, and the objects of JSON lines, of JSON arrays and of API answers. It holds
//! no more than one record and one chunk.

use std::borrow::Cow;
use std::io::{self, Read};
use std::sync::LazyLock;

use regex::bytes::Regex;

use super::values::json::{Json, Object};

/// The largest record, in bytes. Cloud Logging allows a quarter of it.
pub(super) const LARGEST: usize = 1 << 20;
/// Bytes that are read at once.
const CHUNK: usize = 256 << 10;

/// One record of a stream.
#[derive(Debug)]
pub(super) enum Record<'a> {
    /// A JSON object.
    Object(&'a Object<'a>),
    /// A line, without its end. A line that is longer than the limit is cut off.
    Text(&'a str),
    /// A piece that cannot be read.
    Broken(Broken),
}

/// Why a piece of a log was skipped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Broken {
    /// The line, counted from 1.
    pub(crate) line: u64,
    /// The column, counted from 1, in bytes.
    pub(crate) column: u64,
    /// Why, without the text.
    pub(crate) why: String,
}

/// Where the stream is in a JSON document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Nesting {
    Top,
    /// In an array of entries.
    List,
    /// In the array `entries` of an object.
    Answer,
    /// Behind that array, still in the object.
    AnswerEnd,
}

/// A stream that is being cut.
struct Stream<R> {
    from: R,
    buffer: Vec<u8>,
    /// Where the next record begins.
    start: usize,
    ended: bool,
    line: u64,
    nesting: Nesting,
    /// Whether the rest of a record that is too long is being skipped.
    skipping: bool,
}

/// What the next bytes are.
enum Step<'a> {
    /// Cannot be said before more is read.
    More,
    End,
    /// This many bytes say nothing.
    Skip(usize),
    /// This many bytes lead into an array or out of it.
    Nest(usize, Nesting),
    Object(usize, Object<'a>),
    Text(usize, Cow<'a, str>),
    /// After this many bytes, the rest of the record that is too long ends.
    Resume(usize),
    /// This many bytes are skipped.
    Broken(usize, Broken),
    /// A record is longer than the limit.
    TooLong,
}

/// Gives each record to `sink`, with the number of its first line.
///
/// # Errors
/// When the stream cannot be read.
pub(super) fn each_record(from: impl Read, mut sink: impl FnMut(u64, Record<'_>)) -> io::Result<()> {
    let mut stream =
        Stream { from, buffer: Vec::new(), start: 0, ended: false, line: 1, nesting: Nesting::Top, skipping: false };
    stream.fill()?;
    if stream.buffer.starts_with(b"\xef\xbb\xbf") {
        stream.start = 3;
    }
    loop {
        let rest = &stream.buffer[stream.start..];
        let (line, mut next, mut skipping) = (stream.line, stream.nesting, stream.skipping);
        let taken = match step(rest, &stream) {
            Step::End => return Ok(()),
            Step::More => {
                stream.fill()?;
                continue;
            }
            Step::Skip(taken) => taken,
            Step::Nest(taken, into) => {
                next = into;
                taken
            }
            Step::Object(taken, object) => {
                sink(line, Record::Object(&object));
                taken
            }
            Step::Text(taken, text) => {
                sink(line, Record::Text(&text));
                taken
            }
            Step::Broken(taken, broken) => {
                sink(line, Record::Broken(broken));
                taken
            }
            Step::Resume(taken) => {
                skipping = false;
                taken
            }
            Step::TooLong => {
                too_long(rest, line, &mut sink);
                skipping = true;
                rest.len()
            }
        };
        (stream.nesting, stream.skipping) = (next, skipping);
        stream.take(taken);
    }
}

/// Reports a record that is longer than the limit. Of a line of text, the start is kept.
fn too_long(rest: &[u8], line: u64, sink: &mut impl FnMut(u64, Record<'_>)) {
    if rest.trim_ascii_start().starts_with(b"{") {
        let why = format!("longer than {} MiB", LARGEST >> 20);
        sink(line, Record::Broken(Broken { line, column: 1, why }));
    } else {
        sink(line, Record::Text(&String::from_utf8_lossy(&rest[..rest.len().min(CHUNK)])));
    }
}

impl<R: Read> Stream<R> {
    /// Reads one more chunk, or to the end.
    fn fill(&mut self) -> io::Result<()> {
        self.buffer.drain(..self.start);
        self.start = 0;
        let before = self.buffer.len();
        self.from.by_ref().take(CHUNK as u64).read_to_end(&mut self.buffer)?;
        self.ended = self.buffer.len() < before + CHUNK;
        Ok(())
    }

    fn take(&mut self, bytes: usize) {
        let end = (self.start + bytes).min(self.buffer.len());
        let taken = &self.buffer[self.start..end];
        self.line += memchr::memchr_iter(b'\n', taken).count() as u64;
        self.start = end;
    }
}

/// Decides what the next bytes are.
fn step<'a, R>(rest: &'a [u8], stream: &Stream<R>) -> Step<'a> {
    let (nesting, ended) = (stream.nesting, stream.ended);
    if stream.skipping {
        return skip_record(rest, nesting, ended);
    }
    let is_gap =
        |byte: &u8| matches!(byte, b'\n' | b'\r') || (nesting != Nesting::Top && matches!(byte, b' ' | b'\t' | b','));
    let gap = rest.iter().take_while(|byte| is_gap(byte)).count();
    if gap > 0 {
        return Step::Skip(gap);
    }
    let blank = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let Some(first) = rest.get(blank) else {
        return if !ended && blank < LARGEST {
            Step::More
        } else if rest.is_empty() {
            Step::End
        } else {
            Step::Skip(blank)
        };
    };
    match (nesting, first) {
        (Nesting::AnswerEnd, _) => match memchr::memchr(b'}', rest) {
            Some(at) => Step::Nest(at + 1, Nesting::Top),
            None if ended => Step::Skip(rest.len()),
            None => Step::Skip(rest.len()),
        },
        (Nesting::List, b']') => Step::Nest(1, Nesting::Top),
        (Nesting::Answer, b']') => Step::Nest(1, Nesting::AnswerEnd),
        (_, b'{') => object(rest, blank, stream),
        (Nesting::Top, b'[') => list(rest, blank, ended),
        (Nesting::Top, _) => text(rest, ended),
        _ => Step::Broken(resync(rest, nesting), at(stream.line, 1, "not an entry of the array")),
    }
}

fn at(line: u64, column: usize, why: impl Into<String>) -> Broken {
    Broken { line, column: column as u64, why: why.into() }
}

fn skip_record(rest: &[u8], nesting: Nesting, ended: bool) -> Step<'static> {
    match next_record(rest, nesting) {
        Some(at) => Step::Resume(at),
        None if !rest.is_empty() => Step::Skip(rest.len()),
        None if ended => Step::End,
        None => Step::More,
    }
}

/// Returns the byte after this one that is no blank, or `None` if it is not read yet.
fn sign_after(rest: &[u8], at: usize) -> Option<u8> {
    rest.get(at + 1..)?.iter().copied().find(|byte| !byte.is_ascii_whitespace())
}

/// An array of objects, or a line that begins with a bracket.
fn list(rest: &[u8], at: usize, ended: bool) -> Step<'_> {
    match sign_after(rest, at) {
        Some(b'{' | b']') => Step::Nest(at + 1, Nesting::List),
        None if !ended && rest.len() < LARGEST => Step::More,
        _ => text(rest, ended),
    }
}

fn text(rest: &[u8], ended: bool) -> Step<'_> {
    let Some(end) = memchr::memchr(b'\n', rest) else {
        return match ended {
            true if rest.is_empty() => Step::End,
            true => Step::Text(rest.len(), readable(rest)),
            false if rest.len() >= LARGEST => Step::TooLong,
            false => Step::More,
        };
    };
    Step::Text(end + 1, readable(&rest[..end]))
}

fn readable(line: &[u8]) -> Cow<'_, str> {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    String::from_utf8_lossy(line)
}

/// A JSON object, or a line that begins with a brace.
fn object<'a, R>(rest: &'a [u8], blank: usize, stream: &Stream<R>) -> Step<'a> {
    let may_grow = !stream.ended && rest.len() < LARGEST;
    match sign_after(rest, blank) {
        Some(b'"' | b'}') => {}
        None if may_grow => return Step::More,
        _ if stream.nesting == Nesting::Top => return text(rest, stream.ended),
        _ => return Step::Broken(resync(rest, stream.nesting), at(stream.line, blank + 1, "not JSON")),
    }
    if stream.nesting == Nesting::Top
        && let Some(length) = answer(&rest[blank..])
    {
        return Step::Nest(blank + length, Nesting::Answer);
    }
    let mut values = serde_json::Deserializer::from_slice(&rest[blank..]).into_iter::<Json<'a>>();
    match values.next() {
        Some(Ok(Json::Object(object))) => Step::Object(blank + values.byte_offset(), object),
        Some(Err(error)) if error.is_eof() && may_grow => Step::More,
        Some(Err(error)) if error.is_eof() && !stream.ended => Step::TooLong,
        Some(Err(error)) => broken(rest, blank, &error, stream),
        _ => Step::Skip(rest.len()),
    }
}

/// Returns the length of the start of an object up to the items of its key `entries`, if only plain values stand before
/// that key.
fn answer(object: &[u8]) -> Option<usize> {
    let head = &object[..object.len().min(4096)];
    memchr::memmem::find(head, b"\"entries\"")?;
    ANSWER.find(head).map(|found| found.end())
}

static ANSWER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"^\{\s*(?:"[A-Za-z]+"\s*:\s*(?:"[^"\\]*"|\d+)\s*,\s*){0,4}"entries"\s*:\s*\["#)
        .expect("a constant pattern")
});

/// Skips an object that is not JSON: to the line of the mistake, or to the next line.
fn broken<'a, R>(rest: &'a [u8], blank: usize, error: &serde_json::Error, stream: &Stream<R>) -> Step<'a> {
    let first = memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
    if std::str::from_utf8(&rest[..first]).is_err()
        && let Some(step) = of_bad_utf8(&rest[..first], first)
    {
        return step;
    }
    if !stream.ended && next_record(rest, stream.nesting).is_none() {
        return if rest.len() < LARGEST { Step::More } else { Step::TooLong };
    }
    let line = error.line().saturating_sub(1);
    let why = error.to_string();
    let why = why.split(" at line ").next().unwrap_or_default();
    let mistake = memchr::memchr_iter(b'\n', rest).nth(line.wrapping_sub(1)).map_or(first, |end| end + 1);
    let broken = match (line, error.column()) {
        (0, column) => at(stream.line, blank + column, why),
        // A text without an end: the line before is the one that is cut off.
        (1, 0) => at(stream.line, first, why),
        (line, column) => at(stream.line + line as u64, column.max(1), why),
    };
    let to = match stream.nesting {
        _ if error.is_eof() => rest.len(),
        Nesting::Top if line == 0 => first,
        Nesting::Top => mistake,
        nesting => resync(rest, nesting),
    };
    Step::Broken(to, broken)
}

/// Reads one line of JSON that is not UTF-8.
fn of_bad_utf8<'a>(line: &[u8], length: usize) -> Option<Step<'a>> {
    let repaired = String::from_utf8_lossy(line);
    let object = match serde_json::from_str(&repaired) {
        Ok(Json::Object(object)) => object.into_owned(),
        _ => return None,
    };
    Some(Step::Object(length, object))
}

/// Returns the bytes up to the next record, or all bytes.
fn resync(rest: &[u8], nesting: Nesting) -> usize {
    next_record(rest, nesting).unwrap_or(rest.len())
}

/// Returns where the next record begins: on the next line, or in an array at the next item.
fn next_record(rest: &[u8], nesting: Nesting) -> Option<usize> {
    let is_item = |end: &usize| {
        let next = rest[end + 1..].iter().find(|byte| !matches!(byte, b' ' | b'\t'));
        nesting == Nesting::Top || matches!(next, Some(b'{' | b']'))
    };
    let on_a_line = memchr::memchr_iter(b'\n', rest).find(is_item).map(|end| end + 1);
    on_a_line.or_else(|| (nesting != Nesting::Top).then(|| memchr::memmem::find(rest, b"},{").map(|at| at + 2))?)
}
