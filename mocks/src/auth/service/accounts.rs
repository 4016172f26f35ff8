//! Accounts and revoked tokens. The real service puts deleted users on a blacklist as well.

use std::collections::VecDeque;
use std::sync::Mutex;

use super::service::AuthService;
use crate::auth::token::{Claims, Refusal, check};
use crate::terms::TestUser;

/// The accounts of one deployment.
pub(crate) struct Accounts {
    users: Vec<TestUser>,
    first_deleted: bool,
}

impl Accounts {
    /// Makes accounts for `users`. With `first_deleted`, the first account was deleted.
    pub(crate) fn new(users: Vec<TestUser>, first_deleted: bool) -> Self {
        Self { users, first_deleted }
    }

    fn deleted(&self) -> usize {
        usize::from(self.first_deleted).min(self.users.len())
    }

    /// Returns the users whose accounts exist.
    pub(crate) fn existing(&self) -> &[TestUser] {
        &self.users[self.deleted()..]
    }

    /// Reports whether the account with this subject was deleted.
    pub(crate) fn is_gone(&self, sub: &str) -> bool {
        self.users[..self.deleted()].iter().any(|user| user.sub == sub)
    }
}

/// The number of revoked tokens kept; the oldest are dropped first.
const CAPACITY: usize = 10_000;

/// The tokens that were logged out; the real service keeps them in memory too. No `Debug`: it holds tokens.
#[derive(Default)]
pub(crate) struct Revoked(Mutex<VecDeque<String>>);

impl Revoked {
    /// Revokes a token.
    pub(crate) fn add(&self, token: &str) {
        let mut tokens = self.0.lock().expect("no holder panics");
        if tokens.len() == CAPACITY {
            tokens.pop_front();
        }
        tokens.push_back(token.to_owned());
    }

    /// Reports whether a token was revoked.
    pub(crate) fn holds(&self, token: &str) -> bool {
        self.0.lock().expect("no holder panics").iter().any(|revoked| revoked == token)
    }
}

impl AuthService {
    /// Checks a token against the blacklist, the key, the clock and the accounts.
    pub(crate) fn check_token(&self, token: &str) -> Result<Claims, Refusal> {
        match self.revoked.holds(token) {
            true => Err(Refusal::Blacklisted),
            false => check(token, &self.config.keys, self.log.clock()).and_then(|claims| self.of_account(claims)),
        }
    }

    /// Refuses the token of a deleted account.
    fn of_account(&self, claims: Claims) -> Result<Claims, Refusal> {
        match claims.text("sub") {
            Some(sub) if self.accounts.is_gone(sub) => Err(Refusal::AccountGone),
            _ => Ok(claims),
        }
    }
}
