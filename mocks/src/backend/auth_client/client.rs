//! The backend's client of the auth service: health probe, cache, breaker, then the question itself.

use std::net::SocketAddr;

use serde_json::Value;

use super::resilience::{Breaker, Cache, Recorded};
use super::wire::{Asked, Wire};
use crate::logs::ServiceLog;
use crate::terms::{BootError, Dialect};

/// A validated user.
#[derive(Clone)]
pub(crate) struct Identity {
    pub(crate) user_id: String,
}

/// The result of a validation.
#[derive(Clone)]
pub(crate) enum Verdict {
    Valid(Identity),
    Refused(Refused),
}

/// Why a token was not validated. HTTP responses hide the difference; WebSocket frames show it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// The auth service answered 200 with `valid: false`. The real client drops its `error`.
    NotValid,
    /// The auth service answered with another status than 200.
    Rejected,
    /// The auth service gave no usable answer, or the breaker is open.
    Unreachable,
    /// `AUTH_SERVICE_ENABLED` is `false`.
    Disabled,
}

/// The settings of the calls to the auth service. No `Debug`: it holds the service secret.
pub(crate) struct AuthSettings {
    pub(crate) url: Option<String>,
    pub(crate) enabled: bool,
    pub(crate) service_id: Option<String>,
    pub(crate) service_secret: Option<String>,
}

/// The client of one backend process.
pub(crate) struct AuthClient {
    pub(super) dialect: Dialect,
    enabled: bool,
    pub(super) wire: Wire,
    cache: Cache,
    breaker: Breaker,
    pub(super) log: ServiceLog,
}

impl AuthClient {
    /// Makes the client; `proxy` is the proxy of its connections.
    pub(crate) fn new(
        dialect: Dialect,
        settings: AuthSettings,
        proxy: Option<SocketAddr>,
        log: ServiceLog,
    ) -> Result<Self, BootError> {
        let enabled = settings.enabled;
        let wire = Wire::new(dialect, settings, proxy, log.clone())?;
        let client = Self { dialect, enabled, wire, cache: Cache::default(), breaker: Breaker::default(), log };
        client.say_initialized();
        Ok(client)
    }

    /// Returns the auth service's URL, which WebSocket frames disclose.
    pub(crate) fn base_url(&self) -> &str {
        self.wire.base_url()
    }

    /// Asks the auth service about one token.
    pub(crate) async fn validate(&self, token: &str) -> Verdict {
        if !self.enabled {
            self.say_disabled();
            return Verdict::Refused(Refused::Disabled);
        }
        if !self.reachable().await {
            return Verdict::Refused(Refused::Unreachable);
        }
        // Only the real client asks this, and it ignores the answer: a refused caller also gets "not blacklisted".
        if matches!(self.dialect, Dialect::Observed) {
            self.wire.check_blacklist(token).await;
        }
        if let Some(verdict) = self.cache.get(token) {
            return verdict;
        }
        if !self.breaker.lets_through() {
            self.say_breaker_open();
            return Verdict::Refused(Refused::Unreachable);
        }
        self.ask(token).await
    }

    /// Probes the auth service's health. Only 200 and 404 count as reachable, not the 503 of a service that can
    /// validate.
    async fn reachable(&self) -> bool {
        let probe = self.wire.probe_health().await;
        if let Err(failure) = &probe {
            self.say_unreachable(failure);
        }
        probe.is_ok()
    }

    async fn ask(&self, token: &str) -> Verdict {
        let asked = self.wire.validate(token).await;
        self.count(&asked);
        self.say_answer(&asked, self.wire.has_service_credentials());
        let verdict = match asked {
            Asked::Answered(body) => read_answer(&body),
            // A server error says nothing about the token, so the cache does not keep it.
            Asked::Rejected { status: 500.., .. } => return Verdict::Refused(Refused::Rejected),
            Asked::Rejected { .. } => Verdict::Refused(Refused::Rejected),
            Asked::Failed(_) => return Verdict::Refused(Refused::Unreachable),
        };
        self.cache.put(token, verdict.clone());
        verdict
    }

    /// Counts failures for the breaker. A refused token is no failure: one client's bad tokens must not lock out
    /// others.
    fn count(&self, asked: &Asked) {
        let failed = matches!(asked, Asked::Failed(_) | Asked::Rejected { status: 500.., .. });
        match self.breaker.record(failed) {
            Recorded::Opened => self.say_breaker_opened(),
            Recorded::Unchanged => {}
        }
    }
}

/// Reads `valid` and `user_id` of an answer. `valid: true` without a user is a refusal.
fn read_answer(body: &Value) -> Verdict {
    let user_id = body["user_id"].as_str().unwrap_or_default();
    match body["valid"].as_bool() {
        Some(true) if !user_id.is_empty() => Verdict::Valid(Identity { user_id: user_id.to_owned() }),
        _ => Verdict::Refused(Refused::NotValid),
    }
}
