//! Who has an account. Whose account was deleted is on the blacklist of users, token or not.

use crate::credentials::TestUser;

/// The accounts of one deployment.
pub(crate) struct Accounts {
    users: Vec<TestUser>,
    first_deleted: bool,
}

impl Accounts {
    /// The accounts of `users`; `first_deleted` when the first of them was.
    pub(crate) fn new(users: Vec<TestUser>, first_deleted: bool) -> Self {
        Self { users, first_deleted }
    }

    fn deleted(&self) -> usize {
        usize::from(self.first_deleted).min(self.users.len())
    }

    /// Those that can sign in.
    pub(super) fn existing(&self) -> &[TestUser] {
        &self.users[self.deleted()..]
    }

    /// Whether there once was an account with this subject.
    pub(super) fn is_gone(&self, sub: &str) -> bool {
        self.users[..self.deleted()].iter().any(|user| user.sub == sub)
    }
}
