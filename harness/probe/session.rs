//! A session: probes that share a cookie jar. Every probe is sent here.

use std::sync::Arc;

use hyper::HeaderMap;
use hyper::header::{HeaderName, HeaderValue};
use secrecy::SecretString;
use url::Url;

use super::issue::{Issued, failure, issued};
use super::prober::Shared;
use super::record::{Facts, exchange};
use super::transport::Rules;
use super::{CannotProbe, ErrorKind, Exchange, ProbeKey, ProbeRequest, Redact, TransportError, http, websocket};
use crate::config::is_loopback;
use crate::probe::request::call;
use crate::probe::request::cookies::Cookies;
use crate::probe::request::presented::{Pair, Presented};
use crate::probe::request::render::{Call, Ids};
use crate::probe::transport::answer::Answer;
use crate::probe::transport::deadline::Deadline;
use crate::terms::{Caller, EndpointKind, TokenKind, TokenLocation};

/// One cookie jar, for one scenario or one diagnosis. Made by [`super::Prober::session`].
pub struct Session {
    shared: Arc<Shared>,
    cookies: Cookies,
}

impl Session {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { shared, cookies: Cookies::default() }
    }

    /// Sends one probe when the request rate allows, and reads the response until its end, a limit or the deadline.
    ///
    /// # Errors
    /// When the request cannot be made. A failure on the network is not an error here: see [`Exchange::error`].
    pub async fn send(&self, request: &ProbeRequest) -> Result<Exchange, CannotProbe> {
        let call = call::resolve(&self.shared.target, request)?;
        let kind = request.key.token;
        if call.endpoint.token_locations.is_empty() || !kind.is_sent() {
            return Ok(self.probe(&call, None, None).await?.0);
        }
        if kind.is_minted_by_auth_service() {
            let Issued { token, with_our_secret } = self.issue(&request.key, request.own_connection).await?;
            return Ok(self.probe(&call, Some(token), Some(with_our_secret)).await?.0);
        }
        let token = self.shared.credentials.token(kind, call.user)?;
        Ok(self.probe(&call, Some(token), None).await?.0)
    }

    /// Asks the auth service for a token of this user, and for the kind `revoked` logs the token out again.
    ///
    /// # Errors
    /// When the target has no issuer or logout endpoint, or the auth service does not do it.
    pub async fn issued_token(&self, kind: TokenKind, user: &str) -> Result<SecretString, CannotProbe> {
        let (token_location, caller) = (TokenLocation::Header, Caller::None);
        let key = ProbeKey { endpoint: String::new(), token: kind, token_location, caller, user: user.to_owned() };
        Ok(self.issue(&key, true).await?.token)
    }

    async fn issue(&self, key: &ProbeKey, own_connection: bool) -> Result<Issued, CannotProbe> {
        let target = &self.shared.target;
        let on = |request| ProbeRequest { own_connection, ..request };
        let revoke = key.token.is_logged_out().then(|| call::logout(target, key)).transpose()?.map(on);
        let request = on(call::issuer(target, key)?);
        let call = call::resolve(target, &request)?;
        let (exchange, issued) = self.probe(&call, None, None).await?;
        let Some(issued) = issued else {
            let (endpoint, why) = (call.endpoint.id.clone(), failure(&exchange));
            return Err(CannotProbe::IssuerFailed { endpoint, why, exchange: Box::new(exchange) });
        };
        if let Some(request) = revoke {
            self.revoke(&request, &issued.token).await?;
        }
        Ok(issued)
    }

    async fn revoke(&self, request: &ProbeRequest, token: &SecretString) -> Result<(), CannotProbe> {
        let call = call::resolve(&self.shared.target, request)?;
        let (exchange, _) = self.probe(&call, Some(token.clone()), None).await?;
        let done = exchange.error.is_none() && exchange.status().is_some_and(|status| (200..300).contains(&status));
        let why = || CannotProbe::LogoutFailed { endpoint: call.endpoint.id.clone(), why: failure(&exchange) };
        done.then_some(()).ok_or_else(why)
    }

    async fn probe(
        &self,
        call: &Call<'_>,
        token: Option<SecretString>,
        issued_before: Option<bool>,
    ) -> Result<(Exchange, Option<Issued>), CannotProbe> {
        let Shared { credentials, redact, .. } = &*self.shared;
        let url = call.place().map_err(|error| cleaned(error, &**redact))?;
        let ids = Ids::fresh();
        let presented = Presented { token, cookie: self.cookies.header(&url) };
        let pair = presented.render(call, &ids, &**credentials)?;
        let headers = header_map(&pair.wire.headers)?;
        let admitted = self.shared.admit().await;
        let started_at = jiff::Timestamp::now();
        let shown = pair.shown.clone();
        let answer = if admitted { self.transmit(call, &ids, pair, headers).await } else { unsent() };
        if is_not_recorded(&answer, &url) {
            return Err(CannotProbe::NotRecorded(call.endpoint.id.clone()));
        }
        let issued = issued(call.endpoint, &answer, &**credentials);
        let facts = Facts {
            id: self.shared.next_id(),
            request: call.request.clone(),
            shown,
            trace_id: ids.trace,
            started_at,
            issued_with_our_secret: issued.as_ref().map(|issued| issued.with_our_secret).or(issued_before),
            body_limit: call.target.budget.body_bytes,
        };
        Ok((recorded(facts, answer, redact).await, issued))
    }

    async fn transmit(&self, call: &Call<'_>, ids: &Ids, pair: Pair, headers: HeaderMap) -> Answer {
        let budget = &call.target.budget;
        let patience = self.shared.hangs.patience(call.endpoint, budget.probe);
        let url = pair.wire.url.clone();
        let proxy = call.target.proxy.as_ref().and_then(|proxy| proxy.of(&url));
        let rules = Rules {
            endpoint: call.endpoint,
            budget,
            until: &call.request.until,
            deadline: Deadline::starting_now(budget.probe, self.shared.run_end).with_patience(&patience),
            tls: &self.shared.tls,
            clients: &self.shared.clients,
            own_connection: call.request.own_connection,
            proxy: proxy.as_ref(),
        };
        let mut answer = match call.endpoint.kind {
            EndpointKind::Websocket => {
                websocket::send(pair.wire, headers, &ids.websocket_key, &pair.shown.messages, &rules).await
            }
            EndpointKind::Http | EndpointKind::Sse => http::send(pair.wire, headers, &rules).await,
        };
        if let Some(error) = &mut answer.error {
            patience.explain(error, budget.probe);
        }
        if answer.error.as_ref().is_some_and(|error| error.kind.reached_no_host()) {
            self.shared.pace.release();
        }
        self.shared.hangs.learn(call.endpoint, &answer);
        self.cookies.keep(&answer.headers, &url);
        answer
    }
}

/// Reports whether the answer is that of a replay on this machine to a call that its recording lacks. Such an answer says
/// nothing about the recorded system.
fn is_not_recorded(answer: &Answer, url: &Url) -> bool {
    is_loopback(url)
        && answer.status.is_some_and(|(status, _)| status == 501)
        && answer.headers.contains_key("x-replay-missing")
}

/// Bytes of a response that are redacted at once.
const FEW: usize = 4 << 10;

/// Makes the exchange. That of a large response is made on a thread of its own: to redact it takes long, and the deadlines of
/// other probes must hold meanwhile.
async fn recorded(facts: Facts, answer: Answer, redact: &Arc<dyn Redact>) -> Exchange {
    if answer.kept_bytes() <= FEW {
        return exchange(facts, answer, &**redact);
    }
    let redact = Arc::clone(redact);
    let made = tokio::task::spawn_blocking(move || exchange(facts, answer, &*redact)).await;
    made.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
}

fn unsent() -> Answer {
    let detail = "the budget of the run ended before the request rate allowed this probe".to_owned();
    Answer::failed(TransportError { kind: ErrorKind::BudgetSpent, detail })
}

/// Redacts the path of an error: it may contain a value that was captured from a response.
fn cleaned(error: CannotProbe, redact: &dyn Redact) -> CannotProbe {
    match error {
        CannotProbe::Path { path, why } => CannotProbe::Path { path: redact.text(&path), why },
        other => other,
    }
}

fn header_map(headers: &[(String, String)]) -> Result<HeaderMap, CannotProbe> {
    let mut map = HeaderMap::with_capacity(headers.len());
    for (name, value) in headers {
        let unfit = || CannotProbe::Header(name.clone());
        let key = HeaderName::from_bytes(name.as_bytes()).map_err(|_| unfit())?;
        let mut value = HeaderValue::from_str(value).map_err(|_| unfit())?;
        value.set_sensitive(true);
        map.append(key, value);
    }
    Ok(map)
}
