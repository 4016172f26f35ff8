//! What a client of the deployment holds: test users, the signing secret, the service credentials.

use std::fmt;

/// The secrets and users that a legitimate client of this deployment was given.
///
/// A `client/…` fault makes some of them wrong or out of date. `Debug` shows no secret.
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
    /// Returns the key that the client signs tokens with: the shared secret, or a private key in PEM.
    pub fn signing_secret(&self) -> &str {
        &self.signing_secret
    }

    /// Returns the value for `X-Service-ID` in calls to the auth service: `netra-backend`.
    pub fn service_id(&self) -> &str {
        &self.service_id
    }

    /// Returns the value for `X-Service-Secret` in calls to the auth service.
    pub fn service_secret(&self) -> &str {
        &self.service_secret
    }

    /// Returns the `iss` claim of the client's tokens.
    pub fn issuer(&self) -> &str {
        self.issuer
    }

    /// Returns the `aud` claim of the client's tokens.
    pub fn audience(&self) -> &str {
        self.audience
    }

    /// Reports whether the backend verifies tokens by itself. Otherwise it asks the auth service about each token.
    pub fn backend_verifies_locally(&self) -> bool {
        self.backend_verifies_locally
    }

    /// Reports whether the backend refuses to start with an incomplete configuration.
    pub fn backend_checks_at_start(&self) -> bool {
        self.backend_checks_at_start
    }

    /// Returns the test users that the auth service knows.
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

/// A test user with an account at the auth service. `Debug` does not show the password.
#[derive(Clone)]
pub struct TestUser {
    /// The `sub` claim of the user's tokens, `staging-e2e-user-00N`.
    pub sub: String,
    /// The email address, `e2e-test-00N@staging.netrasystems.ai`.
    pub email: String,
    /// The `permissions` claim of the user's tokens: `read` and `write`.
    pub permissions: Vec<String>,
    pub(crate) password: String,
}

impl TestUser {
    /// Returns the password for `POST /auth/login`; each boot draws a fresh one.
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

/// Returns the three users of the staging environment; `password` is called once for each.
pub(crate) fn test_users(mut password: impl FnMut() -> String) -> Vec<TestUser> {
    let user = |n: usize, password| TestUser {
        sub: format!("staging-e2e-user-{n:03}"),
        email: format!("e2e-test-{n:03}@staging.netrasystems.ai"),
        permissions: vec!["read".into(), "write".into()],
        password,
    };
    (1..=3).map(|n| user(n, password())).collect()
}
