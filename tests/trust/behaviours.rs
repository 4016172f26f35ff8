//! What a hostile server sends: each row is one behaviour.

use super::bytes::{Reply, Then};
use Head::{Bytes, Long, Socket};
use Then::{Close, Drip, Hold, Repeat, Reset};

/// One behaviour.
pub(super) struct Behaviour {
    pub(super) name: &'static str,
    /// The first bytes.
    head: Head,
    then: Then,
    /// Whether the short form has it.
    pub(super) short: bool,
}

enum Head {
    Bytes(&'static [u8]),
    /// A start, a piece, how often the piece follows, and an end.
    Long(&'static [u8], &'static [u8], usize, &'static [u8]),
    /// A good WebSocket handshake, then these bytes.
    Socket(&'static [u8]),
}

const HANDSHAKE: &[u8] = b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: {accept}\r\n\r\n";

impl Behaviour {
    pub(super) fn reply(&self) -> Reply {
        let bytes = match self.head {
            Bytes(bytes) => bytes.to_vec(),
            Long(start, piece, times, end) => [start, &piece.repeat(times), end].concat(),
            Socket(bytes) => [HANDSHAKE, bytes].concat(),
        };
        (bytes, self.then)
    }
}

const fn short(name: &'static str, head: Head, then: Then) -> Behaviour {
    Behaviour { name, head, then, short: true }
}

const fn row(name: &'static str, head: Head, then: Then) -> Behaviour {
    Behaviour { name, head, then, short: false }
}

#[rustfmt::skip]
pub(super) const ALL: &[Behaviour] = &[
    row("nothing", Bytes(b""), Close),
    short("nothing, for ever", Bytes(b""), Hold),
    row("a reset", Bytes(b""), Reset),
    short("garbage", Bytes(b"\x16\x03\x01\x00\xff\xfe garbage\r\n\r\n"), Close),
    row("garbage without end", Bytes(b"\x00\x01"), Repeat(b"\x7f\x00garbage")),
    row("an SSH banner", Bytes(b"SSH-2.0-OpenSSH_9.6\r\n"), Close),
    row("HTTP/0.9", Bytes(b"<html>hello</html>"), Close),
    row("another version", Bytes(b"HTTP/9.9 200 OK\r\n\r\n"), Close),
    row("no status code", Bytes(b"HTTP/1.1 OK\r\n\r\n"), Close),
    row("a status code of four digits", Bytes(b"HTTP/1.1 2000 OK\r\ncontent-length: 0\r\n\r\n"), Close),
    row("a status code out of range", Bytes(b"HTTP/1.1 999 Odd\r\ncontent-length: 0\r\n\r\n"), Close),
    row("status 0", Bytes(b"HTTP/1.1 000 Zero\r\ncontent-length: 0\r\n\r\n"), Close),
    row("half a head", Bytes(b"HTTP/1.1 200 OK\r\ncontent-ty"), Close),
    row("half a head, for ever", Bytes(b"HTTP/1.1 200 OK\r\ncontent-ty"), Hold),
    row("a head that drips", Bytes(b"HTTP/1.1 200 OK\r\nx: "), Drip(b"y")),
    short("two content lengths", Bytes(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 20\r\n\r\n{}"), Close),
    row("a content length that is no number", Bytes(b"HTTP/1.1 200 OK\r\ncontent-length: two\r\n\r\n{}"), Close),
    row("a negative content length", Bytes(b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n{}"), Close),
    row("a huge content length", Bytes(b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999999999999\r\n\r\n{}"), Close),
    row("content length and chunks", Bytes(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"), Close),
    short("a bad chunk size", Bytes(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"), Close),
    row("a huge chunk size", Bytes(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nffffffffffffffffff\r\n{}"), Close),
    row("a chunk without its end", Bytes(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}XX0\r\n\r\n"), Close),
    row("chunks without the last one", Bytes(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n"), Close),
    row("a chunk extension without end", Bytes(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n2;x="), Repeat(b"yyyyyyyy")),
    row("an unknown transfer coding", Bytes(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: gzip\r\n\r\nxx"), Close),
    row("trailers", Bytes(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\ntrailer: x\r\n\r\n2\r\n{}\r\n0\r\nx: y\r\n\r\n"), Close),
    row("trailers without end", Bytes(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n"), Repeat(b"x: yyyyyyyy\r\n")),
    short("a cut body", Bytes(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 200\r\n\r\n{\"a\":"), Close),
    row("a cut body, for ever", Bytes(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 200\r\n\r\n{"), Hold),
    row("a reset after the headers", Bytes(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 200\r\n\r\n"), Reset),
    row("a body that drips", Bytes(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n"), Drip(b"{")),
    row("a body without end", Bytes(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n"), Repeat(b"0123456789abcdef")),
    short("a long header", Long(b"HTTP/1.1 200 OK\r\nx: ", b"y", 2_000_000, b"\r\n\r\n{}"), Close),
    row("ten thousand headers", Long(b"HTTP/1.1 200 OK\r\n", b"x: y\r\n", 10_000, b"\r\n{}"), Close),
    row("a long reason", Long(b"HTTP/1.1 200 ", b"y", 2_000_000, b"\r\n\r\n{}"), Close),
    row("NUL in a header", Bytes(b"HTTP/1.1 200 OK\r\nx: a\x00b\r\ncontent-length: 2\r\n\r\n{}"), Close),
    row("a header without a colon", Bytes(b"HTTP/1.1 200 OK\r\nnonsense\r\ncontent-length: 2\r\n\r\n{}"), Close),
    row("a header without a name", Bytes(b"HTTP/1.1 200 OK\r\n: y\r\ncontent-length: 2\r\n\r\n{}"), Close),
    row("a folded header", Bytes(b"HTTP/1.1 200 OK\r\nx: a\r\n b\r\ncontent-length: 2\r\n\r\n{}"), Close),
    row("line feeds only", Bytes(b"HTTP/1.1 200 OK\ncontent-length: 2\n\n{}"), Close),
    row("a header that is not UTF-8", Bytes(b"HTTP/1.1 200 OK\r\nx: \xff\xfe\r\ncontent-type: application/\xff\r\ncontent-length: 2\r\n\r\n{}"), Close),
    short("gzip that is none", Bytes(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\n\xff\xfe\xfd\xfc"), Close),
    row("gzip", Bytes(b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 22\r\n\r\n\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xab\xae\x05\x00\x43\xbf\xa6\xa3\x02\x00\x00\x00"), Close),
    row("a gzip bomb", Long(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-encoding: gzip\r\n\r\n\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03", b"\xec\xc1\x01\x0d\x00\x00\x00\xc2\xa0", 100_000, b""), Close),
    row("an unknown content coding", Bytes(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-encoding: x-rot13\r\ncontent-length: 2\r\n\r\n{}"), Close),
    short("deep JSON", Long(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n", b"[", 200_000, b""), Close),
    row("deep JSON objects", Long(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n", b"{\"a\":", 100_000, b""), Close),
    row("invalid UTF-8", Bytes(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n{\"status\": \"\xff\xfe\"}"), Close),
    row("JSON that is cut", Bytes(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{\"status\""), Close),
    row("a number that is too large", Bytes(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n{\"status\": 1e999999}"), Close),
    short("text instead of JSON", Bytes(b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 5\r\n\r\nhello"), Close),
    row("a page", Bytes(b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 13\r\n\r\n<h1>hello</h1"), Close),
    row("an empty success", Bytes(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"), Close),
    row("204", Bytes(b"HTTP/1.1 204 No Content\r\n\r\n"), Close),
    row("204 with a body", Bytes(b"HTTP/1.1 204 No Content\r\ncontent-length: 5\r\n\r\nhello"), Close),
    row("304", Bytes(b"HTTP/1.1 304 Not Modified\r\n\r\n"), Close),
    short("a redirect to itself", Bytes(b"HTTP/1.1 302 Found\r\nlocation: /\r\ncontent-length: 0\r\n\r\n"), Close),
    row("a redirect elsewhere", Bytes(b"HTTP/1.1 302 Found\r\nlocation: http://elsewhere.invalid/\r\ncontent-length: 0\r\n\r\n"), Close),
    row("a redirect without a location", Bytes(b"HTTP/1.1 301 Moved\r\ncontent-length: 0\r\n\r\n"), Close),
    row("early hints without end", Bytes(b""), Repeat(b"HTTP/1.1 103 Early Hints\r\n\r\n")),
    row("100 without end", Bytes(b""), Repeat(b"HTTP/1.1 100 Continue\r\n\r\n")),
    row("an upgrade to h2c", Bytes(b"HTTP/1.1 101 Switching Protocols\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n"), Hold),
    row("two responses", Bytes(b"HTTP/1.1 500 Oops\r\ncontent-length: 0\r\n\r\nHTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}"), Close),
    row("418", Bytes(b"HTTP/1.1 418 Teapot\r\ncontent-length: 0\r\n\r\n"), Close),
    row("500 with a body without end", Bytes(b"HTTP/1.1 500 Oops\r\n\r\n"), Repeat(b"<b>oops</b>")),
    short("comments without end", Bytes(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"), Repeat(b": a comment\n")),
    row("events without end", Bytes(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"), Repeat(b"data: {}\n\n")),
    row("one event without end", Bytes(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"), Repeat(b"data: more\n")),
    row("a field without end", Bytes(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\ndata: "), Repeat(b"yyyyyyyy")),
    row("a silent stream", Bytes(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"), Hold),
    row("an empty stream", Bytes(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"), Close),
    row("a stream that is not UTF-8", Bytes(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\ndata: \xff\xfe\n\n"), Close),
    short("a wrong accept key", Bytes(b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: AAAA\r\n\r\n"), Hold),
    row("a silent socket", Socket(b""), Hold),
    row("a socket that is cut", Socket(b""), Close),
    row("a socket that is reset", Socket(b""), Reset),
    short("empty fragments without end", Socket(b"\x01\x00"), Repeat(&[0; 4096])),
    row("fragments that drip", Socket(b"\x01\x00"), Drip(b"\x00\x00")),
    row("pings without end", Socket(b""), Repeat(b"\x89\x00")),
    row("pongs without end", Socket(b""), Repeat(b"\x8a\x00")),
    row("a masked frame", Socket(b"\x81\x82\x01\x02\x03\x04\x7a\x7f"), Hold),
    row("a frame with reserved bits", Socket(b"\xf1\x02{}"), Hold),
    row("an unknown opcode", Socket(b"\x83\x02{}"), Hold),
    row("a huge frame", Socket(b"\x81\x7f\x7f\xff\xff\xff\xff\xff\xff\xff{}"), Hold),
    row("a fragmented ping", Socket(b"\x09\x00"), Hold),
    row("a long ping", Socket(b"\x89\x7e\x01\x00"), Repeat(b"yyyy")),
    row("a continuation without a start", Socket(b"\x80\x02{}"), Hold),
    row("text that is not UTF-8", Socket(b"\x81\x02\xff\xfe"), Hold),
    row("a close without a code", Socket(b"\x88\x00"), Close),
    row("a close with 1005", Socket(b"\x88\x02\x03\xed"), Close),
    row("a close with 1015", Socket(b"\x88\x02\x03\xf7"), Close),
    row("a close with code 0", Socket(b"\x88\x02\x00\x00"), Close),
    row("a close with half a code", Socket(b"\x88\x01\x03"), Close),
    row("a close with a reason that is not UTF-8", Socket(b"\x88\x04\x03\xe8\xff\xfe"), Close),
    row("messages without end", Socket(b""), Repeat(b"\x81\x02{}")),
    row("a deep message", Socket(b"\x81\x04[[[["), Hold),
    row("frames after the close", Socket(b"\x88\x02\x03\xe8"), Repeat(b"\x81\x02{}")),
];
