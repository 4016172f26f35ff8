//! Probes over HTTP with reqwest: no redirects, no retries.

use hyper::HeaderMap;

use crate::probe::request::render::Rendered;
use crate::probe::transport::answer::Answer;
use crate::probe::transport::classify::{Stage, classify, is_unsent};
use crate::probe::transport::phases::Stopwatch;
use crate::probe::transport::{Rules, before_connection, body};
use crate::probe::{ErrorKind, TransportError, sse};

/// Sends the request and reads the response: as events if the endpoint is an event stream and the response is one,
/// otherwise as a body.
pub(crate) async fn send(wire: Rendered, headers: HeaderMap, rules: &Rules<'_>) -> Answer {
    let watch = Stopwatch::towards(rules.fixed);
    let mut answer = match execute(wire, headers, rules, &watch).await {
        Ok(response) => read(response, rules).await,
        Err(failed) => *failed,
    };
    answer.ended(&watch, rules.deadline.elapsed_ms());
    answer
}

async fn execute(
    wire: Rendered,
    headers: HeaderMap,
    rules: &Rules<'_>,
    watch: &Stopwatch,
) -> Result<reqwest::Response, Box<Answer>> {
    let client = rules.clients.of(&wire.url, rules).map_err(|error| failed(classify(&error, Stage::Connecting)))?;
    let origin = wire.url.clone();
    let mut request = reqwest::Request::new(wire.method, wire.url);
    *request.headers_mut() = headers;
    *request.body_mut() = wire.body.map(Into::into);
    let sent = rules.deadline.within(watch.during(client.execute(request)), ErrorKind::HttpResponseTimeout).await;
    let answered = sent.map_err(|error| failed(before_connection(error, watch)))?;
    answered.map_err(|error| {
        let mut answer = Answer { unsent: is_unsent(&error), ..Answer::failed(failure(&error, watch)) };
        answer.phases.reused = !error.is_connect() && watch.connect_ms().is_none();
        if answer.phases.reused {
            rules.clients.note_end(&origin);
        }
        Box::new(answer)
    })
}

fn failed(error: TransportError) -> Box<Answer> {
    Box::new(Answer::failed(error))
}

fn failure(error: &reqwest::Error, watch: &Stopwatch) -> TransportError {
    let stage = if error.is_connect() { Stage::Connecting } else { Stage::Waiting };
    let mut failure = classify(error, stage);
    // The type of reqwest's connect timeout is private, so `classify` cannot see it.
    if error.is_timeout() && stage == Stage::Connecting {
        failure.kind = ErrorKind::ConnectionTimeout;
        failure = before_connection(failure, watch);
    }
    failure
}

async fn read(response: reqwest::Response, rules: &Rules<'_>) -> Answer {
    let mut answer = Answer::default();
    let (parts, mut content) = hyper::http::Response::from(response).into_parts();
    answer.begun(parts, rules.deadline.elapsed_ms());
    if rules.endpoint.kind.is_event_stream() && sse::is_event_stream(&answer.headers) {
        sse::read(&mut content, &mut answer, rules).await;
    } else {
        body::read(&mut content, &mut answer, rules.budget.body_bytes, &rules.deadline).await;
    }
    answer
}
