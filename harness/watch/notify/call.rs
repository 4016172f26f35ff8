//! One HTTP call to a receiver: with a deadline and a size limit, and without redirects.

use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, Method};
use tokio::time::timeout;
use url::Url;

use crate::config::Target;
use crate::tls;

/// The limit of one call.
const LONGEST: Duration = Duration::from_secs(20);
/// The most of a response that is read, in bytes. A page of issues of GitHub may hold megabytes.
const LIMIT: usize = 8 << 20;

/// Why a call did not succeed. No message holds a URL, which may have a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CallError {
    /// It may succeed later.
    #[error("{0}")]
    ForNow(String),
    /// It never will.
    #[error("{0}")]
    ForEver(String),
}

/// Sends calls to one receiver.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    client: Client,
}

impl Caller {
    /// Returns a caller of this URL, through the proxy of the target.
    pub(crate) fn of(target: &Target, url: &Url) -> Result<Self, String> {
        let config = tls::client_config(&target.access, None).map_err(|error| error.to_string())?;
        let builder = Client::builder().redirect(Policy::none()).retry(reqwest::retry::never());
        let builder = builder.tls_backend_preconfigured(tls::offering(&config, &[b"http/1.1"])).no_proxy();
        let builder = match target.proxy.as_ref().and_then(|proxy| proxy.of(url)) {
            Some(proxy) => builder.proxy(reqwest::Proxy::all(proxy.as_str()).map_err(|error| error.to_string())?),
            None => builder,
        };
        let client = builder.user_agent(concat!("fivewhys/", env!("CARGO_PKG_VERSION"))).build();
        Ok(Self { client: client.map_err(|error| error.without_url().to_string())? })
    }

    /// Sends a JSON body, or none, and returns the body of a 2xx response.
    pub(crate) async fn send(
        &self,
        method: Method,
        url: &Url,
        headers: &[(&'static str, String)],
        body: Option<Vec<u8>>,
    ) -> Result<Vec<u8>, CallError> {
        let mut request = self.client.request(method, url.clone()).headers(header_map(headers)?);
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body);
        }
        let late = || CallError::ForNow(format!("no response within {} s", LONGEST.as_secs()));
        timeout(LONGEST, read(request)).await.unwrap_or_else(|_| Err(late()))
    }
}

fn header_map(headers: &[(&'static str, String)]) -> Result<HeaderMap, CallError> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let wrong = || CallError::ForEver(format!("a value cannot stand in the header `{name}`"));
        let mut value = HeaderValue::from_str(value).map_err(|_| wrong())?;
        value.set_sensitive(true);
        map.insert(HeaderName::from_static(name), value);
    }
    Ok(map)
}

async fn read(request: reqwest::RequestBuilder) -> Result<Vec<u8>, CallError> {
    let broken = |error: reqwest::Error| CallError::ForNow(reason(&error.without_url()));
    let mut response = request.send().await.map_err(broken)?;
    let status = response.status();
    if status.is_redirection() {
        return Err(CallError::ForEver(format!("status {}: redirects are not followed", status.as_u16())));
    }
    if !status.is_success() {
        let passes = status.is_server_error() || matches!(status.as_u16(), 403 | 408 | 425 | 429);
        let why = format!("status {}", status.as_u16());
        return Err(if passes { CallError::ForNow(why) } else { CallError::ForEver(why) });
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(broken)? {
        body.extend_from_slice(&chunk);
        if body.len() > LIMIT {
            return Err(CallError::ForEver(format!("the response is larger than {} MiB", LIMIT >> 20)));
        }
    }
    Ok(body)
}

/// Returns the innermost reason of an error.
fn reason(error: &reqwest::Error) -> String {
    let mut inner: &dyn std::error::Error = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}
