//! Who has an account. Whose account was deleted is on the blacklist of users, token or not.

use crate::credentials::TestUser;

/// The accounts of one deployment.
pub(crate) struct Accounts {
    users: Vec<TestUser>,
    deleted: bool,
}

impl Accounts {
    /// The accounts of `users`; `deleted` when they all were.
    pub(crate) fn new(users: Vec<TestUser>, deleted: bool) -> Self {
        Self { users, deleted }
    }

    /// Those that can sign in.
    pub(super) fn existing(&self) -> &[TestUser] {
        if self.deleted { &[] } else { &self.users }
    }

    /// Whether there once was an account with this subject.
    pub(super) fn is_gone(&self, sub: &str) -> bool {
        self.deleted && self.users.iter().any(|user| user.sub == sub)
    }
}
