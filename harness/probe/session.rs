//! A session: probes that share a cookie jar. Every probe is sent here.

use std::sync::Arc;

use hyper::header::{HeaderName, HeaderValue};
use hyper::{HeaderMap, StatusCode};
use secrecy::SecretString;
use tokio::sync::Semaphore;
use url::Url;

use super::csrf;
use super::issue::{Issued, failure, issued};
use super::preflight::Planned;
use super::prober::Shared;
use super::record::{Facts, exchange, sent};
use super::transport::Rules;
use super::{
    AsBrowser, BlockReason, Blocked, CannotProbe, ErrorKind, Exchange, Preflight, ProbeKey, ProbeRequest, Redact,
    TransportError, http, websocket,
};
use crate::config::{Target, is_loopback};
use crate::probe::browser::page::Page;
use crate::probe::browser::{cors, subprotocol};
use crate::probe::request::call;
use crate::probe::request::cookies::Cookies;
use crate::probe::request::presented::{Pair, Presented};
use crate::probe::request::render::{Call, Ids};
use crate::probe::transport::answer::Answer;
use crate::probe::transport::deadline::Deadline;
use crate::terms::{Caller, Role, TokenKind, TokenLocation};
use crate::token::IssuedJwt;

/// What a probe gave.
pub(super) struct Probed {
    pub(super) exchange: Exchange,
    /// The token, if the endpoint issues one.
    pub(super) issued: Option<Issued>,
    /// The token against cross-site request forgery, if the endpoint gives one.
    pub(super) csrf: Option<String>,
}

/// One cookie jar, for one scenario or one diagnosis. Made by [`super::Prober::session`].
pub struct Session {
    pub(super) shared: Arc<Shared>,
    pub(super) cookies: Arc<Cookies>,
    /// Whether a user logs in. The cookies of a login are those of no other probe.
    pub(super) is_login: bool,
}

impl Session {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { shared, cookies: Arc::default(), is_login: false }
    }

    /// Returns the same session for probes that run beside others: they share its cookies.
    #[must_use]
    pub fn beside(&self) -> Self {
        Self { shared: Arc::clone(&self.shared), cookies: Arc::clone(&self.cookies), is_login: self.is_login }
    }

    /// Sends one probe when the request rate allows, and reads the response until its end, a limit or the deadline.
    ///
    /// # Errors
    /// When the request cannot be made. A failure on the network is not an error here: see [`Exchange::error`].
    pub async fn send(&self, request: &ProbeRequest) -> Result<Exchange, CannotProbe> {
        let call = call::resolve(&self.shared.target, request)?;
        let address = self.discovered(call.endpoint, &request.key).await?;
        let call = Call { address: address.as_ref(), ..call };
        if call.endpoint.token_locations.is_empty() || !request.key.token.is_sent() {
            return Ok(self.probe(&call, None, IssuedJwt::default()).await?.exchange);
        }
        let Issued { token, jwt, .. } =
            Box::pin(self.credential(&request.key, call.user, request.own_connection)).await?;
        Ok(self.probe(&call, Some(token), jwt).await?.exchange)
    }

    /// Returns a token of this user and kind. The auth service issues it, where we cannot sign it; for the kind `revoked`,
    /// it is logged out again.
    ///
    /// # Errors
    /// When the target has no issuer or logout endpoint, the auth service does not do it, or the token needs a signing key
    /// that the target lacks.
    pub async fn token(&self, kind: TokenKind, user: &str) -> Result<SecretString, CannotProbe> {
        let (token_location, caller) = (TokenLocation::Header, Caller::None);
        let key = ProbeKey { endpoint: String::new(), token: kind, token_location, caller, user: user.to_owned() };
        let known = self.shared.target.user(user).ok_or_else(|| CannotProbe::UnknownUser(user.to_owned()))?;
        Ok(self.credential(&key, known, true).await?.token)
    }

    /// Asks the auth service for a token. `lookup` decides whether the granted evidence allows the call.
    pub(super) async fn issue(
        &self,
        key: &ProbeKey,
        lookup: call::Lookup,
        own_connection: bool,
    ) -> Result<Issued, CannotProbe> {
        let target = &self.shared.target;
        let on = |request| ProbeRequest { own_connection, ..request };
        let revoke = key.token.is_logged_out().then(|| call::logout(target, key)).transpose()?.map(on);
        let request = on(call::issuer(target, key)?);
        let call = lookup(target, &request)?;
        let address = self.discovered(call.endpoint, key).await?;
        let call = Call { address: address.as_ref(), ..call };
        let Probed { exchange, issued, .. } = self.probe(&call, None, IssuedJwt::default()).await?;
        let Some(issued) = issued else {
            let (endpoint, why) = (call.endpoint.id.clone(), failure(&exchange, call.endpoint));
            return Err(CannotProbe::IssuerFailed { endpoint, why, exchange: Box::new(exchange) });
        };
        if let Some(request) = revoke {
            self.revoke(&request, &issued.token).await?;
        }
        Ok(issued)
    }

    async fn revoke(&self, request: &ProbeRequest, token: &SecretString) -> Result<(), CannotProbe> {
        let call = call::resolve(&self.shared.target, request)?;
        let Probed { exchange, .. } = self.probe(&call, Some(token.clone()), IssuedJwt::default()).await?;
        let done =
            exchange.error.is_none() && exchange.meant_status().is_some_and(|status| (200..300).contains(&status));
        let why =
            || CannotProbe::LogoutFailed { endpoint: call.endpoint.id.clone(), why: failure(&exchange, call.endpoint) };
        done.then_some(()).ok_or_else(why)
    }

    pub(super) async fn probe(
        &self,
        call: &Call<'_>,
        token: Option<SecretString>,
        issued_before: IssuedJwt,
    ) -> Result<Probed, CannotProbe> {
        let Shared { credentials, redact, .. } = &*self.shared;
        let url = call.place().map_err(|error| cleaned(error, &**redact))?;
        let ids = Ids::fresh();
        let page = call.page();
        let has_cookies = page.is_none_or(|page| page.credentials);
        let csrf = match call.target.access.csrf.as_ref().filter(|_| call.takes_csrf()) {
            Some(csrf) => Some(Box::pin(self.csrf(csrf, call, token.clone())).await?),
            None => None,
        };
        let presented = Presented { token, cookie: self.cookies_for(call.target, &url).filter(|_| has_cookies), csrf };
        let pair = presented.render(call, &ids, &**credentials)?;
        let headers = header_map(&pair.wire.headers)?;
        let preflight = Box::pin(self.preflight(call, page.as_ref(), &pair)).await;
        let admitted = self.shared.admit().await;
        let started_at = jiff::Timestamp::now();
        let (shown, asked) = (pair.shown.clone(), headers.clone());
        let key = call.endpoint.kind.is_upgrade().then(|| ids.websocket_key.as_str());
        let answer = if admitted { self.transmit(call, key, pair, headers).await } else { unsent() };
        if has_cookies {
            self.cookies.keep(&answer.headers, &url);
        }
        if is_not_recorded(&answer, &url) {
            return Err(CannotProbe::NotRecorded(call.endpoint.id.clone()));
        }
        let cookie = call.endpoint.form.issued_cookie.as_deref().and_then(|name| self.cookies.value(&url, name));
        let issued = issued(call.endpoint, &answer, cookie, &**credentials);
        let csrf = csrf::found(call, &answer, &self.cookies, &url, &**credentials);
        let facts = Facts {
            id: self.shared.next_id(),
            request: call.request.clone(),
            shown,
            trace_id: ids.trace,
            started_at,
            blocked: blocked(page.as_ref(), preflight.as_ref(), &asked, &answer),
            browser: page.map(|page| AsBrowser {
                origin: page.origin.to_owned(),
                foreign: call.request.foreign_page,
                preflight: preflight.map(Box::new),
            }),
            issued: issued.as_ref().map_or(issued_before, |issued| issued.jwt),
            unissued: issued.is_none() && call.endpoint.role == Role::Issuer,
            body_limit: call.target.budget.body_bytes,
        };
        Ok(Probed { exchange: recorded(facts, answer, redact, &self.shared.large).await, issued, csrf })
    }

    /// Returns the cookies of the session for a URL, without those that are tokens.
    pub(super) fn cookies_for(&self, target: &Target, url: &Url) -> Option<String> {
        if self.is_login {
            return self.cookies.header(url);
        }
        let forms = target.endpoints.values().map(|endpoint| &endpoint.form);
        let names = forms.flat_map(|form| form.token_cookie.iter().chain(&form.issued_cookie));
        self.cookies.header_without(url, &names.map(String::as_str).collect::<Vec<_>>())
    }

    /// Sends the preflight of a call, unless an equal one was sent in this run.
    async fn preflight(&self, call: &Call<'_>, page: Option<&Page<'_>>, pair: &Pair) -> Option<Preflight> {
        let page = page?;
        let planned = Planned::before(pair, page)?;
        if let Some(known) = self.shared.preflights.known(&planned) {
            return Some(known);
        }
        let headers = header_map(&planned.pair.wire.headers).ok()?;
        let admitted = self.shared.admit().await;
        let answer = if admitted { self.transmit(call, None, planned.pair.clone(), headers).await } else { unsent() };
        let redact = &*self.shared.redact;
        let shown = |shown| sent(shown, call.request.key.token, &|text| redact.text(text));
        let preflight = planned.answered(&answer, page, &shown, redact);
        self.shared.preflights.keep(planned, &preflight);
        Some(preflight)
    }

    /// Sends a request and reads the response. `key` is the `Sec-WebSocket-Key` of an upgrade.
    async fn transmit(&self, call: &Call<'_>, key: Option<&str>, pair: Pair, headers: HeaderMap) -> Answer {
        let budget = &call.target.budget;
        let patience = self.shared.hangs.patience(call.endpoint, budget.probe);
        let silences = |last: &str| self.shared.hangs.silence(call.endpoint, last, budget.probe);
        let url = pair.wire.url.clone();
        let proxy = call.target.proxy.as_ref().and_then(|proxy| proxy.of(&url));
        let fixed = call.target.access.addresses_of(&url);
        let rules = Rules {
            endpoint: call.endpoint,
            budget,
            until: &call.request.until,
            deadline: Deadline::starting_now(budget.probe, self.shared.run_end).with_patience(&patience),
            silences: &silences,
            tls: &self.shared.tls,
            clients: &self.shared.clients,
            own_connection: call.request.own_connection,
            http1_only: call.request.http1_only,
            proxy: proxy.as_ref(),
            fixed: &fixed,
        };
        let mut answer = match key {
            // On the heap: together they are larger than the stack of a thread bears.
            Some(key) => Box::pin(websocket::send(pair.wire, headers, key, &pair.shown.messages, &rules)).await,
            None => Box::pin(http::send(pair.wire, headers, &rules)).await,
        };
        if let Some(mut error) = answer.error.take() {
            patience.explain(&mut error, answer.last_name().is_some(), budget.probe);
            answer.error = Some(error);
        }
        if answer.error.as_ref().is_some_and(|error| error.kind.reached_no_host()) {
            self.shared.pace.release();
        }
        self.shared.hangs.learn(call.endpoint, &answer);
        answer
    }
}

/// Returns why a browser keeps the response from the page, or closes the socket.
fn blocked(
    page: Option<&Page<'_>>,
    preflight: Option<&Preflight>,
    asked: &HeaderMap,
    answer: &Answer,
) -> Option<Blocked> {
    let (status, _) = answer.status?;
    if status == StatusCode::SWITCHING_PROTOCOLS {
        return subprotocol::check(asked, &answer.headers).err();
    }
    let page = page.filter(|page| page.is_checked())?;
    let by_preflight = preflight.and_then(|preflight| preflight.blocked.clone());
    let by_response = cors::check(&answer.headers, page).err();
    match (by_preflight, by_response) {
        // A component that knows nothing of CORS refuses the preflight too.
        (Some(preflight), Some(response)) if response.by == BlockReason::Origin => {
            Some(Blocked { detail: format!("{}; {}", response.detail, preflight.detail), ..response })
        }
        (preflight, response) => preflight.or(response),
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
/// other probes must hold meanwhile. Few large ones are made at the same time: each takes several times its size.
async fn recorded(facts: Facts, answer: Answer, redact: &Arc<dyn Redact>, large: &Semaphore) -> Exchange {
    if answer.kept_bytes() <= FEW {
        return exchange(facts, answer, &**redact);
    }
    let _turn = large.acquire().await;
    let redact = Arc::clone(redact);
    let made = tokio::task::spawn_blocking(move || exchange(facts, answer, &*redact)).await;
    made.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
}

pub(super) fn unsent() -> Answer {
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

pub(super) fn header_map(headers: &[(String, String)]) -> Result<HeaderMap, CannotProbe> {
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
