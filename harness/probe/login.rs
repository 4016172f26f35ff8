//! Where the token of a probe comes from. Without a signing key, the auth service issues it: once for each user of a run.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use tokio::time::Instant;
use url::Url;

use super::issue::{Issued, failure};
use super::{CannotProbe, Exchange, ProbeKey, Session};
use crate::config::{Endpoint, Target, User};
use crate::probe::request::call;
use crate::terms::TokenKind;
use crate::token::IssuedJwt;

/// How often the credentials of one user may be refused in a run. Many auth services lock a user after a few times.
const MOST_REFUSALS: u32 = 2;
/// The most that is kept of a token's lifetime, so that a probe does not present it in its last moment.
const RESERVE: Duration = Duration::from_secs(60);

/// The tokens that were issued in a run, by user.
#[derive(Default)]
pub(super) struct Logins(Mutex<BTreeMap<String, Arc<tokio::sync::Mutex<Login>>>>);

/// What is known of the login of one user.
#[derive(Default)]
struct Login {
    token: Option<(SecretString, IssuedJwt, Option<Instant>)>,
    refusals: u32,
}

impl Logins {
    fn of(&self, user: &str) -> Arc<tokio::sync::Mutex<Login>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(all.entry(user.to_owned()).or_default())
    }
}

impl Login {
    fn fresh(&self) -> Option<Issued> {
        let (token, jwt, until) = self.token.as_ref()?;
        let is_valid = until.is_none_or(|until| Instant::now() < until);
        is_valid.then(|| Issued { token: token.clone(), jwt: *jwt, lifetime: None })
    }
}

impl Session {
    /// Returns the token of a probe.
    ///
    /// # Errors
    /// When no token of this kind can be had.
    pub(super) async fn credential(
        &self,
        key: &ProbeKey,
        user: &User,
        own_connection: bool,
    ) -> Result<Issued, CannotProbe> {
        let (kind, credentials) = (key.token, &self.shared.credentials);
        if kind.is_minted_by_auth_service() {
            let in_cookie = self.shared.target.endpoints.values().any(|one| one.form.issued_cookie.is_some());
            let own = Self { is_login: true, ..Self::new(Arc::clone(&self.shared)) };
            let session = if in_cookie { &own } else { self };
            return session.issue(key, call::resolve, own_connection).await;
        }
        let token = match kind {
            _ if !self.shared.target.logs_in() => credentials.token(kind, user)?,
            TokenKind::Malformed => credentials.token(kind, user)?,
            TokenKind::Valid => return self.logged_in(key).await,
            _ if kind.needs_signing_key() => return Err(CannotProbe::NoSigningKey(kind)),
            _ => {
                let issued = self.logged_in(key).await?.token;
                credentials.forged(kind, issued.expose_secret()).ok_or(CannotProbe::NotAJwt(kind))?
            }
        };
        Ok(Issued { token, jwt: IssuedJwt::default(), lifetime: None })
    }

    /// Returns the token of a user that the auth service issued in this run. If there is none, or it soon expires, the user
    /// logs in.
    async fn logged_in(&self, key: &ProbeKey) -> Result<Issued, CannotProbe> {
        let login = self.shared.logins.of(&key.user);
        let mut login = login.lock().await;
        if let Some(issued) = login.fresh() {
            return Ok(issued);
        }
        if login.refusals >= MOST_REFUSALS {
            let endpoint = call::issuer(&self.shared.target, key)?.key.endpoint;
            return Err(CannotProbe::LoginRefused { endpoint, user: key.user.clone() });
        }
        // The cookies of the login are not those of the scenario.
        let own = Self { is_login: true, ..Self::new(Arc::clone(&self.shared)) };
        match own.issue(key, call::for_login, false).await {
            Ok(issued) => {
                let until = issued.lifetime.map(|lifetime| Instant::now() + lifetime - RESERVE.min(lifetime / 2));
                login.token = Some((issued.token.clone(), issued.jwt, until));
                Ok(issued)
            }
            Err(error) => {
                login.refusals += u32::from(error.exchange().is_some_and(is_refusal));
                Err(error)
            }
        }
    }

    /// Returns the address of an issuer endpoint, where a discovery document names it. The document is read once.
    pub(super) async fn discovered(&self, issuer: &Endpoint, key: &ProbeKey) -> Result<Option<Url>, CannotProbe> {
        let Some(id) = &issuer.form.discovery else { return Ok(None) };
        // In a box, because every request waits here, and few have such a document.
        let read = Box::pin(async {
            let request = call::plain(&self.shared.target, id, key)?;
            let call = call::for_login(&self.shared.target, &request)?;
            token_endpoint(
                self.probe(&call, None, IssuedJwt::default()).await?.exchange,
                call.endpoint,
                &self.shared.target,
            )
        });
        self.shared.discovered.get_or_try_init(|| read).await.cloned().map(Some)
    }
}

/// Reports whether the auth service refused the credentials.
fn is_refusal(exchange: &Exchange) -> bool {
    exchange.meant_status().is_some_and(|status| (400..500).contains(&status) && status != 404)
}

/// Returns the address that a discovery document names, if it is of a host of the target.
fn token_endpoint(exchange: Exchange, endpoint: &Endpoint, target: &Target) -> Result<Url, CannotProbe> {
    let json: Value = serde_json::from_str(&exchange.body.text).unwrap_or_default();
    let is_complete = exchange.error.is_none() && exchange.status() == Some(200);
    let Some(address) = json.get("token_endpoint").and_then(Value::as_str).filter(|_| is_complete) else {
        let why = match exchange.status().filter(|_| is_complete) {
            Some(_) => "its response names no `token_endpoint`".to_owned(),
            None => failure(&exchange, endpoint),
        };
        return Err(CannotProbe::IssuerFailed { endpoint: endpoint.id.clone(), why, exchange: Box::new(exchange) });
    };
    let refused = |why| {
        let address = address.chars().take(200).collect();
        CannotProbe::Discovered { endpoint: endpoint.id.clone(), address, why }
    };
    let url = Url::parse(address).map_err(|_| refused("which is not a URL"))?;
    let is_plain = url.scheme() == "http" && target.base(endpoint).scheme() == "https";
    match () {
        () if !matches!(url.scheme(), "http" | "https") => Err(refused("which is not an HTTP URL")),
        () if is_plain => Err(refused("which is not encrypted, although the document itself is")),
        () if !target.names_host(&url) => Err(refused("and the target does not name its host")),
        () if !url.username().is_empty() || url.password().is_some() => {
            Err(refused("which holds a user or a password"))
        }
        () => Ok(url),
    }
}

/// Returns how long a token is valid: as the response says, or else as the token itself says.
pub(super) fn lifetime(response: &Value, token: &str) -> Option<Duration> {
    let seconds = response.get("expires_in").and_then(|value| value.as_u64().or_else(|| value.as_str()?.parse().ok()));
    let of_claims = || {
        let claims = crate::token::unverified::part(token, 1)?;
        let exp = claims.get("exp")?.as_i64()?;
        u64::try_from(exp - jiff::Timestamp::now().as_second()).ok()
    };
    // A longer one outlasts every run.
    seconds.or_else(of_claims).map(|seconds| Duration::from_secs(seconds.min(86_400)))
}
