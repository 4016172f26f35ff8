//! What the operator of the twin hands to its client: known users, the signing secret, the caller's credentials.

use std::fmt;

/// The secrets and users that a legitimate client of this deployment believes to be right.
///
/// Under a `client/…` fault something here is wrong or out of date.
#[derive(Clone)]
pub struct Credentials {
    pub(crate) signing_secret: String,
    pub(crate) service_id: String,
    pub(crate) service_secret: String,
    pub(crate) issuer: &'static str,
    pub(crate) audience: &'static str,
    pub(crate) backend_verifies_locally: bool,
    pub(crate) backend_checks_at_start: bool,
    pub(crate) users: Vec<TestUser>,
}

impl Credentials {
    /// What the client signs its tokens with: the shared secret, or a private key in PEM.
    pub fn signing_secret(&self) -> &str {
        &self.signing_secret
    }

    /// The caller's `X-Service-ID`, `netra-backend`.
    pub fn service_id(&self) -> &str {
        &self.service_id
    }

    /// The caller's `X-Service-Secret`.
    pub fn service_secret(&self) -> &str {
        &self.service_secret
    }

    /// `iss` of the client's tokens.
    pub fn issuer(&self) -> &str {
        self.issuer
    }

    /// `aud` of the client's tokens.
    pub fn audience(&self) -> &str {
        self.audience
    }

    /// True when the backend verifies tokens by itself; otherwise it asks the auth service about each.
    pub fn backend_verifies_locally(&self) -> bool {
        self.backend_verifies_locally
    }

    /// True when the backend refuses to start without its configuration.
    pub fn backend_checks_at_start(&self) -> bool {
        self.backend_checks_at_start
    }

    /// The known test users (contract section 2, "Known users").
    pub fn users(&self) -> &[TestUser] {
        &self.users
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("signing_secret", &"[redacted]")
            .field("service_id", &self.service_id)
            .field("service_secret", &"[redacted]")
            .field("issuer", &self.issuer)
            .field("audience", &self.audience)
            .field("users", &self.users)
            .finish()
    }
}

/// A user whom the auth service knows.
#[derive(Clone)]
pub struct TestUser {
    /// The subject claim, `staging-e2e-user-00N`.
    pub sub: String,
    /// `e2e-test-00N@staging.netrasystems.ai`.
    pub email: String,
    /// What tokens of this user may do.
    pub permissions: Vec<String>,
    pub(crate) password: String,
}

impl TestUser {
    /// The password for `POST /auth/login`, random per boot.
    pub fn password(&self) -> &str {
        &self.password
    }
}

impl fmt::Debug for TestUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestUser")
            .field("sub", &self.sub)
            .field("email", &self.email)
            .field("permissions", &self.permissions)
            .field("password", &"[redacted]")
            .finish()
    }
}

/// The three users of the staging environment, with fresh passwords.
pub(crate) fn test_users(mut password: impl FnMut() -> String) -> Vec<TestUser> {
    let user = |n: usize, password| TestUser {
        sub: format!("staging-e2e-user-{n:03}"),
        email: format!("e2e-test-{n:03}@staging.netrasystems.ai"),
        permissions: vec!["read".into(), "write".into()],
        password,
    };
    (1..=3).map(|n| user(n, password())).collect()
}
