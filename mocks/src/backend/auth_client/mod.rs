//! The backend's client to the auth service (contract 3.1): health probe, cache, breaker, then the question itself.

mod breaker;
mod cache;
mod lines;
mod wire;

use std::net::SocketAddr;

use serde_json::Value;

use super::config::BackendConfig;
use crate::logs::ServiceLog;
use crate::{BootError, Dialect};
use breaker::{Breaker, Recorded};
use cache::Cache;
use wire::{Asked, Wire};

/// A validated user, as the auth service described it.
#[derive(Clone)]
pub(super) struct Identity {
    pub(super) user_id: String,
}

/// What became of a token.
#[derive(Clone)]
pub(super) enum Verdict {
    Valid(Identity),
    Refused(Refused),
}

/// Why a token was not validated. HTTP hides the difference, a WebSocket frame shows it (contract 1.6).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// Auth answered 200 `valid:false`; its `error` is dropped (contract 0.3).
    NotValid,
    /// Auth answered something other than 200.
    Rejected,
    /// No usable answer, or the breaker is open.
    Unreachable,
    /// `AUTH_SERVICE_ENABLED=false`.
    Disabled,
}

/// One per process.
pub(super) struct AuthClient {
    dialect: Dialect,
    enabled: bool,
    wire: Wire,
    cache: Cache,
    breaker: Breaker,
    log: ServiceLog,
}

impl AuthClient {
    pub(super) fn new(
        dialect: Dialect,
        config: BackendConfig,
        proxy: Option<SocketAddr>,
        log: ServiceLog,
    ) -> Result<Self, BootError> {
        let enabled = config.auth_enabled;
        let wire = Wire::new(dialect, config, proxy, log.clone())?;
        let client = Self { dialect, enabled, wire, cache: Cache::default(), breaker: Breaker::default(), log };
        client.say_initialized();
        Ok(client)
    }

    /// Where the auth service is, for the frames that disclose it.
    pub(super) fn base_url(&self) -> &str {
        self.wire.base_url()
    }

    /// Asks about one token.
    pub(super) async fn validate(&self, token: &str) -> Verdict {
        if !self.enabled {
            self.say_disabled();
            return Verdict::Refused(Refused::Disabled);
        }
        if !self.reachable().await {
            return Verdict::Refused(Refused::Unreachable);
        }
        // Only the recorded client asks, and not for the content: a refused caller is told "not blacklisted" all the same.
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

    /// 200 or 404 within the budget is reachable, anything else is not: also a 503 of a service that could answer.
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
            // A server error says nothing about the token, so nothing is remembered of it.
            Asked::Rejected { status: 500.., .. } => return Verdict::Refused(Refused::Rejected),
            Asked::Rejected { .. } => Verdict::Refused(Refused::Rejected),
            Asked::Failed(_) => return Verdict::Refused(Refused::Unreachable),
        };
        self.cache.put(token, verdict.clone());
        verdict
    }

    /// A rejected token or caller is an answer, not a failure: one client's bad tokens must not lock out the others.
    fn count(&self, asked: &Asked) {
        let failed = matches!(asked, Asked::Failed(_) | Asked::Rejected { status: 500.., .. });
        match self.breaker.record(failed) {
            Recorded::Opened => self.say_breaker_opened(),
            Recorded::Unchanged => {}
        }
    }
}

/// Keeps valid and user id, drops the rest; a truthy answer without a user is none.
fn read_answer(body: &Value) -> Verdict {
    let user_id = body["user_id"].as_str().unwrap_or_default();
    match body["valid"].as_bool() {
        Some(true) if !user_id.is_empty() => Verdict::Valid(Identity { user_id: user_id.to_owned() }),
        _ => Verdict::Refused(Refused::NotValid),
    }
}
