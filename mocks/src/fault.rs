//! The faults that the twin can be booted with, each one change at a cause: one table of names, texts and changes.
//!
//! What a change does is in `deployment::faults`, one file a hop; nothing else in this crate asks which faults are set.

use std::fmt;
use std::str::FromStr;

use crate::deployment::Deployment;
use crate::deployment::faults::{auth, backend, backend_auth, client, data, edge};

/// Rows of `/// text`, `Variant = "hop/slug" => change;` become the enum, its list, its names and its changes.
macro_rules! faults {
    ($($(#[$text:meta])+ $variant:ident = $id:literal => $change:path;)+) => {
        /// One changed thing in the deployment, named `hop/slug`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Fault {
            $($(#[$text])+ $variant,)+
        }

        impl Fault {
            /// Every fault, hop by hop.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name, `hop/slug`.
            pub const fn id(self) -> &'static str {
                match self {
                    $(Self::$variant => $id,)+
                }
            }

            /// Changes its one thing. The order in which several are changed does not matter.
            pub(crate) fn change(self, deployment: &mut Deployment) {
                match self {
                    $(Self::$variant => $change(deployment),)+
                }
            }
        }
    };
}

faults! {
    /// The client mints its tokens with an issuer that the auth service does not take.
    ClaimsRejected = "client/claims-rejected" => client::claims_rejected;
    /// The service secret was rotated on both services; the client still shows the old one.
    ServiceCredentialsStale = "client/service-credentials-stale" => client::service_credentials_stale;
    /// The signing secret was rotated on both services; the client still signs with the old version.
    WrongSigningSecret = "client/wrong-signing-secret" => client::wrong_signing_secret;

    /// The backend is no longer public: the platform demands a Google-signed identity.
    IamDenied = "edge/iam-denied" => edge::iam_denied;
    /// The edge removes `Authorization` from every request, upgrades included.
    StripsAuthorization = "edge/strips-authorization" => edge::strips_authorization;

    /// The backend's memory limit was set below what it needs: it is killed while it starts.
    Crashing = "backend/crashing" => backend::crashing;
    /// `JWT_SECRET_KEY` was dropped from the backend's environment.
    BackendJwtSecretMissing = "backend/jwt-secret-missing" => backend::jwt_secret_missing;
    /// The backend's OAuth client id and secret were dropped from its environment.
    OauthMisconfigured = "backend/oauth-misconfigured" => backend::oauth_misconfigured;
    /// `GEMINI_API_KEY` was dropped from the backend's environment.
    RequiredConfigMissing = "backend/required-config-missing" => backend::required_config_missing;

    /// `AUTH_SERVICE_ENABLED` is `false` in the backend's environment.
    AuthDisabled = "backend-auth/auth-disabled" => backend_auth::auth_disabled;
    /// `AUTH_SERVICE_URL` was dropped from the backend's environment.
    AuthUrlMissing = "backend-auth/auth-url-missing" => backend_auth::auth_url_missing;
    /// The backend's `AUTH_SERVICE_URL` names a web server that has none of the auth service's routes.
    AuthUrlWrong = "backend-auth/auth-url-wrong" => backend_auth::auth_url_wrong;
    /// `SERVICE_ID` in the backend's environment is not the one that the auth service expects.
    ServiceIdMismatch = "backend-auth/service-id-mismatch" => backend_auth::service_id_mismatch;
    /// `SERVICE_ID` was dropped from the backend's environment.
    ServiceIdMissing = "backend-auth/service-id-missing" => backend_auth::service_id_missing;
    /// The service secret was rotated: the auth service reads version 4, the backend still reads version 3.
    ServiceSecretMismatch = "backend-auth/service-secret-mismatch" => backend_auth::service_secret_mismatch;
    /// `SERVICE_SECRET` was dropped from the backend's environment.
    ServiceSecretMissing = "backend-auth/service-secret-missing" => backend_auth::service_secret_missing;

    /// The auth service's process is stopped and its port closed.
    AuthDown = "auth/down" => auth::down;
    /// The auth service's process is frozen: the system takes connections for it, and nobody answers.
    AuthHanging = "auth/hanging" => auth::hanging;
    /// `JWT_SECRET_KEY` was dropped from the auth service's environment: it does not start.
    AuthJwtSecretMissing = "auth/jwt-secret-missing" => auth::jwt_secret_missing;
    /// `SERVICE_SECRET` was dropped from the auth service's environment.
    LacksServiceSecret = "auth/lacks-service-secret" => auth::lacks_service_secret;

    /// The auth service's database is gone.
    DatabaseDown = "data/database-down" => data::database_down;
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
