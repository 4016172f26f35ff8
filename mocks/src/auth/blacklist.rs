//! `POST /auth/check-blacklist`, asked before each validation in `observed`, and the list behind it.

use std::collections::VecDeque;
use std::sync::Mutex;

use serde_json::{Value, json};

use super::call::{Answer, Call};
use super::claims::Claims;
use super::refusal::Refusal;
use super::{AuthService, token};
use crate::logs::Severity;

/// Tokens kept; older ones are dropped first.
const CAPACITY: usize = 10_000;

/// What was logged out, in memory as in the real service. No `Debug`: it holds tokens.
#[derive(Default)]
pub(super) struct Revoked(Mutex<VecDeque<String>>);

impl Revoked {
    pub(super) fn add(&self, token: &str) {
        let mut tokens = self.0.lock().expect("no holder panics");
        if tokens.len() == CAPACITY {
            tokens.pop_front();
        }
        tokens.push_back(token.to_owned());
    }

    fn holds(&self, token: &str) -> bool {
        self.0.lock().expect("no holder panics").iter().any(|revoked| revoked == token)
    }
}

impl AuthService {
    /// Whether a token is good, at this moment.
    pub(super) fn check_token(&self, token: &str) -> Result<Claims, Refusal> {
        match self.revoked.holds(token) {
            true => Err(Refusal::Blacklisted),
            false => {
                token::check(token, &self.config.keys, self.log.clock()).and_then(|claims| self.of_account(claims))
            }
        }
    }

    /// A token of a deleted account is as good as revoked.
    fn of_account(&self, claims: Claims) -> Result<Claims, Refusal> {
        match claims.text("sub") {
            Some(sub) if self.accounts.is_gone(sub) => Err(Refusal::AccountGone),
            _ => Ok(claims),
        }
    }
}

/// Fails open, as recorded: a refused caller is told `blacklisted:false` with 200.
pub(super) fn check(service: &AuthService, call: &Call<'_>) -> Answer {
    if let Some(refused) = service.caller_refused(call, "Blacklist check - ") {
        // The route decides about no token, whatever it thinks of its caller.
        return Answer { accepted: None, ..refused };
    }
    let body = call.json().unwrap_or_default();
    let revoked = body.get("token").and_then(Value::as_str).is_some_and(|token| service.revoked.holds(token));
    let (says, status) = if revoked { ("blacklisted", "blacklisted") } else { ("not blacklisted", "valid") };
    service.say_route(Severity::Info, &format!("Token blacklist check: {says}"));
    Answer { reason: Some("ok"), ..Answer::plain(200, json!({ "blacklisted": revoked, "status": status })) }
}

/// The exception of a build that awaits the list's answer; the routes catch it (contract 8.2 #61).
pub(super) fn raised(service: &AuthService) -> Answer {
    let error = "object bool can't be used in 'await' expression";
    service.say_route(Severity::Error, &format!("Token validation error: {error}"));
    Answer::denied_precisely(500, "validation_error", "Internal server error", error.to_owned())
}
