//! The faults that the twin can be booted with, each one change at a cause.
//!
//! What a fault changes is in `deployment::plan`; nothing else in this crate asks which faults are set.

use std::fmt;
use std::str::FromStr;

/// One changed thing in the deployment, named `hop/slug`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// The service secret was rotated: the auth service reads version 4, the backend still reads version 3.
    ServiceSecretMismatch,
    /// `SERVICE_SECRET` was dropped from the backend's environment.
    ServiceSecretMissing,
    /// The auth service's process is stopped and its port closed.
    AuthDown,
    /// The signing secret was rotated on both services; the client still signs with the old version.
    WrongSigningSecret,
    /// The backend is no longer public: the platform demands a Google-signed identity.
    IamDenied,
    /// The edge removes `Authorization` from every request, upgrades included.
    StripsAuthorization,
    /// The auth service's database is gone.
    DatabaseDown,
}

impl Fault {
    /// Every fault, in the order in which a request would meet it from the inside out.
    pub const ALL: &'static [Self] = &[
        Self::ServiceSecretMismatch,
        Self::ServiceSecretMissing,
        Self::AuthDown,
        Self::WrongSigningSecret,
        Self::IamDenied,
        Self::StripsAuthorization,
        Self::DatabaseDown,
    ];

    /// The name, `hop/slug`.
    pub const fn id(self) -> &'static str {
        match self {
            Self::ServiceSecretMismatch => "backend-auth/service-secret-mismatch",
            Self::ServiceSecretMissing => "backend-auth/service-secret-missing",
            Self::AuthDown => "auth/down",
            Self::WrongSigningSecret => "client/wrong-signing-secret",
            Self::IamDenied => "edge/iam-denied",
            Self::StripsAuthorization => "edge/strips-authorization",
            Self::DatabaseDown => "data/database-down",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

/// A fault that the twin cannot be booted with; the message lists those that it can.
#[derive(Debug, thiserror::Error)]
#[error("unknown fault `{name}`; known: {known}", known = known_ids())]
pub struct UnknownFault {
    name: String,
}

fn known_ids() -> String {
    let ids: Vec<_> = Fault::ALL.iter().map(|fault| fault.id()).collect();
    ids.join(", ")
}

impl FromStr for Fault {
    type Err = UnknownFault;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.iter().find(|fault| fault.id() == name);
        known.copied().ok_or_else(|| UnknownFault { name: name.to_owned() })
    }
}
