//! The faults that a twin can be booted with: one table of names, texts and changes.

use std::fmt;
use std::str::FromStr;

use super::{agents, auth, backend, backend_auth, client, data, edge, network};
use crate::deployment::Deployment;

/// Makes the enum, its list, its names and its changes from rows `/// text`, `Variant = "hop/slug" => change;`.
macro_rules! faults {
    ($($(#[$text:meta])+ $variant:ident = $id:literal => $change:path;)+) => {
        /// One fault: one change in the deployment, named `hop/slug`.
        ///
        /// The hop is where the change is made, which is not always where its symptoms show.
        ///
        /// ```
        /// use fivewhys_mocks::Fault;
        ///
        /// let fault: Fault = "auth/down".parse()?;
        /// assert_eq!(fault, Fault::AuthDown);
        /// assert_eq!(fault.id(), "auth/down");
        /// # Ok::<(), fivewhys_mocks::UnknownFault>(())
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Fault {
            $($(#[$text])+ $variant,)+
        }

        impl Fault {
            /// Every fault, ordered by hop.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Returns the name, `hop/slug`.
            pub const fn id(self) -> &'static str {
                match self {
                    $(Self::$variant => $id,)+
                }
            }

            /// Makes the fault's change.
            fn change(self, deployment: &mut Deployment) {
                match self {
                    $(Self::$variant => $change(deployment),)+
                }
            }
        }
    };
}

faults! {
    /// The client mints its tokens with an issuer that the auth service does not accept.
    ClaimsRejected = "client/claims-rejected" => client::claims_rejected;
    /// The clocks of all services are ten minutes behind the client's clock.
    ClockSkew = "client/clock-skew" => client::clock_skew;
    /// The backend's new revision demands a field that the client does not send.
    RequestSchema = "client/request-schema" => client::request_schema;
    /// The client sends a service secret that no service reads any more.
    ServiceCredentialsStale = "client/service-credentials-stale" => client::service_credentials_stale;
    /// The first test user was deleted from the auth service; the other users still exist.
    UnknownUser = "client/unknown-user" => client::unknown_user;
    /// The client was given the address of another site, which shows one page for every request.
    WrongBaseUrl = "client/wrong-base-url" => client::wrong_base_url;
    /// The signing secret was rotated on both services; the client still signs with the old version.
    WrongSigningSecret = "client/wrong-signing-secret" => client::wrong_signing_secret;

    /// No server listens on the edge's port.
    ConnectionRefused = "network/connection-refused" => network::connection_refused;
    /// The edge takes every connection and resets it.
    ConnectionTerminated = "network/connection-terminated" => network::connection_terminated;
    /// The client was given a host name that DNS does not know.
    Dns = "network/dns" => network::dns;
    /// The client was given `https://` for an edge that speaks plain HTTP.
    Tls = "network/tls" => network::tls;

    /// The edge forwards upgrades as ordinary requests.
    DropsUpgrade = "edge/drops-upgrade" => edge::drops_upgrade;
    /// The backend is no longer public: the platform demands a Google-signed identity.
    IamDenied = "edge/iam-denied" => edge::iam_denied;
    /// The edge verifies every bearer token and refuses those that Google did not sign. Requests without a token pass.
    IamTokenUnverifiable = "edge/iam-token-unverifiable" => edge::iam_token_unverifiable;
    /// The backend takes no traffic from outside its network.
    IngressBlocked = "edge/ingress-blocked" => edge::ingress_blocked;
    /// The platform has no free instance of the backend.
    NoInstance = "edge/no-instance" => edge::no_instance;
    /// The edge lets three requests per minute through.
    RateLimited = "edge/rate-limited" => edge::rate_limited;
    /// The edge routes `/api` and `/ws` to the front end.
    RouteDrift = "edge/route-drift" => edge::route_drift;
    /// The edge removes `Authorization` from every request, upgrades included.
    StripsAuthorization = "edge/strips-authorization" => edge::strips_authorization;
    /// The edge removes `Authorization` from upgrades only.
    StripsAuthorizationOnUpgrade = "edge/strips-authorization-on-upgrade" => edge::strips_authorization_on_upgrade;
    /// The edge gives up on a request after one second; the agents take three seconds.
    EdgeTimeout = "edge/timeout" => edge::timeout;
    /// The edge's firewall refuses clients whose `User-Agent` is not a browser's.
    WafDenied = "edge/waf-denied" => edge::waf_denied;

    /// The backend's memory limit is below its need: the platform kills it while it starts.
    Crashing = "backend/crashing" => backend::crashing;
    /// The backend takes every signed-in user for the user who warmed the process up.
    CrossUserLeak = "backend/cross-user-leak" => backend::cross_user_leak;
    /// An address filter in the backend refuses every client.
    DeniesEveryone = "backend/denies-everyone" => backend::denies_everyone;
    /// The chat routes demand a permission that the test users do not have.
    DeniesUser = "backend/denies-user" => backend::denies_user;
    /// The message store raises an exception.
    HandlerError = "backend/handler-error" => backend::handler_error;
    /// A lock in front of all routes except health is never released.
    BackendHanging = "backend/hanging" => backend::hanging;
    /// A middleware of the backend removes `Authorization` before the routes.
    IgnoresAuthorization = "backend/ignores-authorization" => backend::ignores_authorization;
    /// The backend verifies tokens by itself, with a secret that the auth service no longer reads.
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
    /// The chat stream's generator raises an exception halfway.
    StreamBroken = "backend/stream-broken" => backend::stream_broken;
    /// The WebSocket route ignores the token in `Authorization`.
    WebsocketIgnoresHeader = "backend/websocket-ignores-header" => backend::websocket_ignores_header;
    /// The WebSocket's connection factory refuses every user context.
    WebsocketRejects = "backend/websocket-rejects" => backend::websocket_rejects;
    /// The WebSocket's message loop never starts.
    WebsocketSilent = "backend/websocket-silent" => backend::websocket_silent;

    /// `AUTH_SERVICE_ENABLED` is `false` in the backend's environment.
    AuthDisabled = "backend-auth/auth-disabled" => backend_auth::auth_disabled;
    /// The connector for the backend's outgoing connections no longer exists.
    AuthUnreachable = "backend-auth/auth-unreachable" => backend_auth::auth_unreachable;
    /// `AUTH_SERVICE_URL` was dropped from the backend's environment.
    AuthUrlMissing = "backend-auth/auth-url-missing" => backend_auth::auth_url_missing;
    /// The backend's `AUTH_SERVICE_URL` names a web server that has none of the auth service's routes.
    AuthUrlWrong = "backend-auth/auth-url-wrong" => backend_auth::auth_url_wrong;
    /// The backend's outgoing connections pass a proxy that denies every request.
    IntermediaryAnswers = "backend-auth/intermediary-answers" => backend_auth::intermediary_answers;
    /// The auth service's health check takes 0.7 s, and the backend waits 0.5 s for it.
    ProbeBudgetTooShort = "backend-auth/probe-budget-too-short" => backend_auth::probe_budget_too_short;
    /// `SERVICE_ID` in the backend's environment differs from the id that the auth service expects.
    ServiceIdMismatch = "backend-auth/service-id-mismatch" => backend_auth::service_id_mismatch;
    /// `SERVICE_ID` was dropped from the backend's environment.
    ServiceIdMissing = "backend-auth/service-id-missing" => backend_auth::service_id_missing;
    /// The service secret was rotated: the auth service reads version 4, the backend still reads version 3.
    ServiceSecretMismatch = "backend-auth/service-secret-mismatch" => backend_auth::service_secret_mismatch;
    /// `SERVICE_SECRET` was dropped from the backend's environment.
    ServiceSecretMissing = "backend-auth/service-secret-missing" => backend_auth::service_secret_missing;

    /// The auth service awaits the result of its blacklist, which is a bool: every look-up raises an exception.
    BlacklistError = "auth/blacklist-error" => auth::blacklist_error;
    /// The auth service's process is stopped and its port closed.
    AuthDown = "auth/down" => auth::down;
    /// The auth service's process is frozen: its port takes connections and never answers.
    AuthHanging = "auth/hanging" => auth::hanging;
    /// `JWT_SECRET_KEY` was dropped from the auth service's environment: it does not start.
    AuthJwtSecretMissing = "auth/jwt-secret-missing" => auth::jwt_secret_missing;
    /// `SERVICE_SECRET` was dropped from the auth service's environment.
    LacksServiceSecret = "auth/lacks-service-secret" => auth::lacks_service_secret;
    /// Every response of the auth service takes 1.2 s.
    AuthSlow = "auth/slow" => auth::slow;
    /// The auth service's validation route raises an exception.
    ValidateError = "auth/validate-error" => auth::validate_error;
    /// The auth service's validation route is not mounted.
    ValidateRouteMissing = "auth/validate-route-missing" => auth::validate_route_missing;

    /// The auth service's database refuses connections.
    DatabaseDown = "data/database-down" => data::database_down;
    /// The auth service's Redis refuses connections.
    RedisDown = "data/redis-down" => data::redis_down;

    /// The fallback handler answers instead of the agents.
    CannedFallback = "agents/canned-fallback" => agents::canned_fallback;
    /// No supervisor hands messages to the agents.
    NoEvents = "agents/no-events" => agents::no_events;
    /// The agents' model does not answer within the agents' limit of two seconds.
    AgentsTimeout = "agents/timeout" => agents::timeout;
}

/// Makes the changes of `faults` in a deployment. Their order does not matter, and neither do repetitions.
pub(crate) fn inject(deployment: &mut Deployment, faults: &[Fault]) {
    let injected = Fault::ALL.iter().filter(|fault| faults.contains(fault));
    injected.for_each(|fault| fault.change(deployment));
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

/// The error for an unknown fault name; its message lists the known ones.
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
