//! A stream of server-sent events, read as it arrives.

pub(crate) mod parser;

use std::error::Error;

use bytes::Bytes;
use hyper::HeaderMap;
use hyper::body::Body;
use hyper::header::CONTENT_TYPE;
use tokio::time::{Instant, timeout};

use crate::probe::coding::Coding;
use crate::probe::coding::arriving::Arriving;
use crate::probe::sse::parser::{Dispatched, SseParser};
use crate::probe::transport::answer::{Answer, name_in};
use crate::probe::transport::body::Part;
use crate::probe::transport::{LOOK, Rules, body};
use crate::probe::{ErrorKind, StreamEvent, TransportError};

/// Reports whether the media type is that of an event stream.
pub(crate) fn is_event_stream(headers: &HeaderMap) -> bool {
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    media_type.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("text/event-stream")
}

/// Reads events until the last one that is needed, the end, a limit or the deadline. Events before an error are kept.
pub(crate) async fn read<B>(stream: &mut B, answer: &mut Answer, rules: &Rules<'_>)
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Error + 'static,
{
    answer.error = follow(stream, answer, rules).await.err();
}

async fn follow<B>(stream: &mut B, answer: &mut Answer, rules: &Rules<'_>) -> Result<(), TransportError>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Error + 'static,
{
    let mut parser = SseParser::default();
    let limit = rules.budget.body_bytes;
    let mut decoder = Arriving::of(Coding::of(&answer.headers).as_ref(), limit.saturating_add(1))?;
    let mut received = 0;
    loop {
        let bytes = match next(stream, answer.last_name(), rules).await? {
            Some(Part::Data(bytes)) => bytes,
            Some(Part::Trailers(fields)) => {
                answer.trailed(&fields);
                continue;
            }
            None => return decoder.ended(received, answer.bytes),
        };
        received += bytes.len();
        let bytes = decoder.push(bytes)?;
        let kept = limit.saturating_sub(answer.bytes).min(bytes.len());
        answer.bytes += bytes.len();
        for event in parser.push(&bytes[..kept]) {
            if answer.events.len() >= rules.budget.events {
                return Err(rules.too_many());
            }
            let event = arrived(event, rules);
            let last = rules.ends_with(&event.name);
            answer.events.push(event);
            if last {
                return Ok(());
            }
        }
        if answer.bytes > limit {
            return Err(body::too_large(limit));
        }
    }
}

/// Waits for the next part of the body.
async fn next<B>(stream: &mut B, last: Option<&str>, rules: &Rules<'_>) -> Result<Option<Part>, TransportError>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Error + 'static,
{
    let since = Instant::now();
    loop {
        let whole = rules.for_next(last, since);
        match timeout(LOOK, body::next(stream, &whole, ErrorKind::StreamTimeout)).await {
            Ok(Err(error)) if error.kind == ErrorKind::StreamTimeout => return Err(rules.in_vain(last, &whole)),
            Ok(other) => return other,
            Err(_) => {}
        }
    }
}

fn arrived(event: Dispatched, rules: &Rules<'_>) -> StreamEvent {
    let field = if event.event.is_empty() { "message".to_owned() } else { event.event };
    let name = name_in(rules.endpoint, &event.data).unwrap_or(field);
    StreamEvent { at_ms: rules.deadline.at_ms(), name, data: event.data }
}
