//! Probes over HTTP with reqwest: one connection per probe, no redirects, no retries.

use std::sync::Arc;

use hyper::HeaderMap;
use reqwest::redirect::Policy;
use url::{Host, Url};

use crate::probe::request::render::Rendered;
use crate::probe::transport::answer::Answer;
use crate::probe::transport::classify::{Stage, classify};
use crate::probe::transport::phases::Stopwatch;
use crate::probe::transport::{Rules, before_connection, body};
use crate::probe::{ErrorKind, TransportError, sse};

/// Sends the request and reads the response: as events if the endpoint is an event stream and the response is one,
/// otherwise as a body.
pub(crate) async fn send(wire: Rendered, headers: HeaderMap, rules: &Rules<'_>) -> Answer {
    let watch = Stopwatch::default();
    let mut answer = match execute(wire, headers, rules, &watch).await {
        Ok(response) => read(response, rules).await,
        Err(error) => Answer::failed(error),
    };
    answer.ended(&watch, rules.deadline.elapsed_ms());
    answer
}

async fn execute(
    wire: Rendered,
    headers: HeaderMap,
    rules: &Rules<'_>,
    watch: &Stopwatch,
) -> Result<reqwest::Response, TransportError> {
    let client = client(&wire.url, rules, watch).map_err(|error| classify(&error, Stage::Connecting))?;
    let mut request = reqwest::Request::new(wire.method, wire.url);
    *request.headers_mut() = headers;
    *request.body_mut() = wire.body.map(Into::into);
    let sent = rules.deadline.within(client.execute(request), ErrorKind::HttpResponseTimeout).await;
    let answered = sent.map_err(|error| before_connection(error, watch))?;
    answered.map_err(|error| failure(&error, watch))
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

fn client(url: &Url, rules: &Rules<'_>, watch: &Stopwatch) -> reqwest::Result<reqwest::Client> {
    let builder = reqwest::Client::builder()
        .tls_backend_preconfigured(rules.tls.http.clone())
        .redirect(Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .pool_max_idle_per_host(0)
        .connect_timeout(rules.budget.connect)
        .dns_resolver(Arc::new(watch.clone()))
        .connector_layer(watch.clone());
    if is_loopback(url) { builder.no_proxy() } else { builder }.build()
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback() || ip.to_ipv4_mapped().is_some_and(|ip| ip.is_loopback()),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
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

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("http://127.0.0.2:8000", true)]
    #[case("http://[::1]", true)]
    #[case("http://[::ffff:127.0.0.1]", true)]
    #[case("http://LOCALHOST", true)]
    #[case("http://api.localhost", true)]
    #[case("http://10.0.0.1", false)]
    #[case("https://localhost.example", false)]
    fn loopback_hosts_are_recognised(#[case] url: &str, #[case] loopback: bool) {
        assert_eq!(is_loopback(&Url::parse(url).unwrap()), loopback);
    }
}
