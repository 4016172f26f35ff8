//! The faults that the twin can be booted with, each one change at a cause: one table of names, texts and changes.
//!
//! What a change does is in `deployment::faults`, one file a hop; nothing else in this crate asks which faults are set.

use std::fmt;
use std::str::FromStr;

use crate::deployment::Deployment;
use crate::deployment::faults::{agents, auth, backend, backend_auth, client, data, edge, network};

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
    /// The clocks of all services are ten minutes behind the client's.
    ClockSkew = "client/clock-skew" => client::clock_skew;
    /// The backend's new revision demands a field that the client does not send.
    RequestSchema = "client/request-schema" => client::request_schema;
    /// The client still shows a service secret that both services were moved off.
    ServiceCredentialsStale = "client/service-credentials-stale" => client::service_credentials_stale;
    /// The usual test user was deleted from the auth service; the other one is still there.
    UnknownUser = "client/unknown-user" => client::unknown_user;
    /// The client was told the address of another site, which shows one page for everything.
    WrongBaseUrl = "client/wrong-base-url" => client::wrong_base_url;
    /// The signing secret was rotated on both services; the client still signs with the old version.
    WrongSigningSecret = "client/wrong-signing-secret" => client::wrong_signing_secret;

    /// Nobody listens on the edge's port.
    ConnectionRefused = "network/connection-refused" => network::connection_refused;
    /// Every connection to the edge is taken and reset.
    ConnectionTerminated = "network/connection-terminated" => network::connection_terminated;
    /// The client was told a host name that is in no DNS.
    Dns = "network/dns" => network::dns;
    /// The client was told `https://` where plain HTTP is spoken.
    Tls = "network/tls" => network::tls;

    /// The edge forwards upgrades as ordinary requests.
    DropsUpgrade = "edge/drops-upgrade" => edge::drops_upgrade;
    /// The backend is no longer public: the platform demands a Google-signed identity.
    IamDenied = "edge/iam-denied" => edge::iam_denied;
    /// The edge verifies every bearer itself, and takes none that Google did not sign; without one anybody may call.
    IamTokenUnverifiable = "edge/iam-token-unverifiable" => edge::iam_token_unverifiable;
    /// The backend takes no traffic from outside its network.
    IngressBlocked = "edge/ingress-blocked" => edge::ingress_blocked;
    /// The platform has no instance to spare.
    NoInstance = "edge/no-instance" => edge::no_instance;
    /// The edge takes a handful of requests a minute.
    RateLimited = "edge/rate-limited" => edge::rate_limited;
    /// The edge sends `/api` and `/ws` to the front end.
    RouteDrift = "edge/route-drift" => edge::route_drift;
    /// The edge removes `Authorization` from every request, upgrades included.
    StripsAuthorization = "edge/strips-authorization" => edge::strips_authorization;
    /// The edge removes `Authorization` from upgrades alone.
    StripsAuthorizationOnUpgrade = "edge/strips-authorization-on-upgrade" => edge::strips_authorization_on_upgrade;
    /// The edge gives up on a request after one second; the agents take three.
    EdgeTimeout = "edge/timeout" => edge::timeout;
    /// The edge's firewall takes no client that does not call itself a browser.
    WafDenied = "edge/waf-denied" => edge::waf_denied;

    /// The backend's memory limit was set below what it needs: it is killed while it starts.
    Crashing = "backend/crashing" => backend::crashing;
    /// Whoever signs in is taken for the user who warmed the process up.
    CrossUserLeak = "backend/cross-user-leak" => backend::cross_user_leak;
    /// An address filter in the backend refuses everybody.
    DeniesEveryone = "backend/denies-everyone" => backend::denies_everyone;
    /// The chat routes ask for a permission that the test users do not have.
    DeniesUser = "backend/denies-user" => backend::denies_user;
    /// The message store raises.
    HandlerError = "backend/handler-error" => backend::handler_error;
    /// A lock in front of all routes but health is never released.
    BackendHanging = "backend/hanging" => backend::hanging;
    /// A middleware drops `Authorization` before any route sees it.
    IgnoresAuthorization = "backend/ignores-authorization" => backend::ignores_authorization;
    /// The backend verifies tokens by itself, with a secret that the auth service was moved off.
    JwtSecretMismatch = "backend/jwt-secret-mismatch" => backend::jwt_secret_mismatch;
    /// `JWT_SECRET_KEY` was dropped from the backend's environment.
    BackendJwtSecretMissing = "backend/jwt-secret-missing" => backend::jwt_secret_missing;
    /// The backend's OAuth client id and secret were dropped from its environment.
    OauthMisconfigured = "backend/oauth-misconfigured" => backend::oauth_misconfigured;
    /// Half of the traffic still goes to an older revision, which holds a retired service secret.
    MixedRevisions = "backend/mixed-revisions" => backend::mixed_revisions;
    /// `GEMINI_API_KEY` was dropped from the backend's environment.
    RequiredConfigMissing = "backend/required-config-missing" => backend::required_config_missing;
    /// The route of the chat stream is not mounted.
    RouteMissing = "backend/route-missing" => backend::route_missing;
    /// The stream's generator raises halfway.
    StreamBroken = "backend/stream-broken" => backend::stream_broken;
    /// The socket's route looks for its token everywhere but in `Authorization`.
    WebsocketIgnoresHeader = "backend/websocket-ignores-header" => backend::websocket_ignores_header;
    /// The socket's connection factory refuses every user context.
    WebsocketRejects = "backend/websocket-rejects" => backend::websocket_rejects;
    /// The socket's loop never starts.
    WebsocketSilent = "backend/websocket-silent" => backend::websocket_silent;

    /// `AUTH_SERVICE_ENABLED` is `false` in the backend's environment.
    AuthDisabled = "backend-auth/auth-disabled" => backend_auth::auth_disabled;
    /// The connector that the backend's connections leave by is gone.
    AuthUnreachable = "backend-auth/auth-unreachable" => backend_auth::auth_unreachable;
    /// `AUTH_SERVICE_URL` was dropped from the backend's environment.
    AuthUrlMissing = "backend-auth/auth-url-missing" => backend_auth::auth_url_missing;
    /// The backend's `AUTH_SERVICE_URL` names a web server that has none of the auth service's routes.
    AuthUrlWrong = "backend-auth/auth-url-wrong" => backend_auth::auth_url_wrong;
    /// The backend's connections leave by a proxy that lets nobody through.
    IntermediaryAnswers = "backend-auth/intermediary-answers" => backend_auth::intermediary_answers;
    /// The auth service's health check takes 0.7 s, and the backend waits 0.5 s for it.
    ProbeBudgetTooShort = "backend-auth/probe-budget-too-short" => backend_auth::probe_budget_too_short;
    /// `SERVICE_ID` in the backend's environment is not the one that the auth service expects.
    ServiceIdMismatch = "backend-auth/service-id-mismatch" => backend_auth::service_id_mismatch;
    /// `SERVICE_ID` was dropped from the backend's environment.
    ServiceIdMissing = "backend-auth/service-id-missing" => backend_auth::service_id_missing;
    /// The service secret was rotated: the auth service reads version 4, the backend still reads version 3.
    ServiceSecretMismatch = "backend-auth/service-secret-mismatch" => backend_auth::service_secret_mismatch;
    /// `SERVICE_SECRET` was dropped from the backend's environment.
    ServiceSecretMissing = "backend-auth/service-secret-missing" => backend_auth::service_secret_missing;

    /// The auth service awaits its blacklist's answer, which is a bool: every token that it looks up raises.
    BlacklistError = "auth/blacklist-error" => auth::blacklist_error;
    /// The auth service's process is stopped and its port closed.
    AuthDown = "auth/down" => auth::down;
    /// The auth service's process is frozen: the system takes connections for it, and nobody answers.
    AuthHanging = "auth/hanging" => auth::hanging;
    /// `JWT_SECRET_KEY` was dropped from the auth service's environment: it does not start.
    AuthJwtSecretMissing = "auth/jwt-secret-missing" => auth::jwt_secret_missing;
    /// `SERVICE_SECRET` was dropped from the auth service's environment.
    LacksServiceSecret = "auth/lacks-service-secret" => auth::lacks_service_secret;
    /// Every answer of the auth service takes 1.2 s.
    AuthSlow = "auth/slow" => auth::slow;
    /// The auth service's validation route raises.
    ValidateError = "auth/validate-error" => auth::validate_error;
    /// The auth service's validation route is not mounted.
    ValidateRouteMissing = "auth/validate-route-missing" => auth::validate_route_missing;

    /// The auth service's database is gone.
    DatabaseDown = "data/database-down" => data::database_down;
    /// The auth service's Redis is gone.
    RedisDown = "data/redis-down" => data::redis_down;

    /// The fallback handler answers in the agents' place.
    CannedFallback = "agents/canned-fallback" => agents::canned_fallback;
    /// Nobody hands messages to the agents.
    NoEvents = "agents/no-events" => agents::no_events;
    /// The agents' model does not answer within the agents' own limit of two seconds.
    AgentsTimeout = "agents/timeout" => agents::timeout;
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
