//! What a fault changes at a stop. The vocabulary is closed.

use schemars::JsonSchema;
use serde::Deserialize;

use super::stop::Stop;
use crate::words;

words! {
    /// What a stop does differently while a fault is present.
    pub enum Effect {
        /// It refuses requests, whatever credential they carry.
        Refuse => "refuse",
        /// It refuses requests that have no sign-in of its own kind.
        SignIn => "sign-in",
        /// It judges the credential in the header, and refuses it.
        Judge => "judge",
        /// It refuses the origin that a socket names.
        RefuseOrigin => "refuse-origin",
        /// It fails while it handles requests.
        Fail => "fail",
        /// It has no such route.
        NotFound => "not-found",
        /// Nothing listens there.
        NoListener => "no-listener",
        /// It closes connections without an answer.
        Reset => "reset",
        /// Its name does not resolve.
        Unresolved => "unresolved",
        /// The TLS handshake fails.
        Tls => "tls",
        /// It drops every packet.
        DropPackets => "drop-packets",
        /// It accepts connections and does not answer.
        Hang => "hang",
        /// It answers slowly.
        Slow => "slow",
        /// The credential does not get past it.
        DropCredential => "drop-credential",
        /// The calling service's credentials do not get past it.
        DropCaller => "drop-caller",
        /// The upgrade does not get past it.
        DropUpgrade => "drop-upgrade",
        /// The offered subprotocols do not get past it.
        DropSubprotocol => "drop-subprotocol",
        /// The calling service's credentials are others than the auth service expects.
        ReplaceCaller => "replace-caller",
        /// It changes the path of requests.
        Rewrite => "rewrite",
        /// It signs the tokens that it issues with a key that nobody verifies with.
        SignOtherwise => "sign-otherwise",
        /// It sends requests to another service.
        Misroute => "misroute",
        /// It is switched off for a while.
        Pause => "pause",
        /// It dies while it serves.
        Die => "die",
        /// It breaks responses off.
        Cut => "cut",
        /// It holds the parts of a response back.
        HoldBack => "hold-back",
        /// It accepts the request and sends nothing more.
        Mute => "mute",
        /// It holds another key.
        OtherKey => "other-key",
        /// The published keys are not those that sign.
        StaleKeys => "stale-keys",
        /// The key set cannot be fetched.
        NoKeys => "no-keys",
        /// Its claims, or those that it expects, are others.
        OtherClaim => "other-claim",
        /// Its clock is wrong.
        ClockOffset => "clock-offset",
        /// A value of its configuration is missing.
        ConfigLost => "config-lost",
        /// It does not start.
        DoesNotStart => "does-not-start",
        /// It turns requests away that are too many or too large.
        Limits => "limits",
        /// It takes the user for another.
        OtherUser => "other-user",
        /// It says no to tokens that it should confirm.
        SaysNo => "says-no",
        /// It does not know the user.
        UnknownUser => "unknown-user",
        /// It knows the user and does not allow the call.
        DeniesUser => "denies-user",
        /// The login credentials are wrong.
        BadLogin => "bad-login",
        /// The form of the request is wrong.
        InvalidRequest => "invalid-request",
        /// It cannot issue tokens.
        CannotIssue => "cannot-issue",
        /// It runs code that answers otherwise.
        BadRevision => "bad-revision",
        /// It does not have what another instance was given.
        Forgets => "forgets",
        /// It sends other content than it should.
        OtherContent => "other-content",
        /// It sends requests in a form that the next component cannot read.
        Garble => "garble",
        /// It answers the page of another origin so that a browser keeps the response from it.
        BlockPage => "block-page",
        /// It passes requests on without their query.
        DropQuery => "drop-query",
        /// It opens a socket without choosing one of the offered subprotocols.
        ChooseNoSubprotocol => "choose-no-subprotocol",
        /// It redirects each call to the URL that was asked.
        RedirectToItself => "redirect-to-itself",
        /// It redirects to the same path with, or without, a slash at its end.
        RedirectSlash => "redirect-slash",
        /// It answers with a response that it kept from another request.
        Replay => "replay",
        /// It does something that this list has no word for.
        Unknown => "unknown",
    }
}

/// A set of effects has one bit for each.
const _: () = assert!(Effect::ALL.len() <= u64::BITS as usize);

words! {
    /// The requests that an effect reaches.
    #[derive(Default)]
    pub enum Reach {
        /// Every request.
        #[default]
        All => "all",
        /// Some endpoints.
        Some => "some",
        /// Most endpoints: those whose path a rule covers.
        Paths => "paths",
        /// WebSocket upgrades.
        Sockets => "sockets",
        /// Streams and sockets.
        Streams => "streams",
        /// Tokens in subprotocols.
        Subprotocols => "subprotocols",
        /// Tokens in the query.
        Queries => "queries",
        /// Requests with the token in a cookie.
        Cookies => "cookies",
        /// Requests with a body.
        Bodies => "bodies",
        /// Requests with a large token.
        Large => "large",
        /// A share of the requests.
        Share => "share",
        /// A small share of the requests.
        Rarely => "rarely",
        /// A share of the requests of one endpoint in a few.
        ShareOfSome => "share-of-some",
    }
}

words! {
    /// What is wrong with a configuration.
    pub enum Config {
        /// The secret with which the service identifies itself.
        CallerSecret => "caller-secret",
        /// The id with which the service identifies itself.
        CallerId => "caller-id",
        /// The key that verifies tokens.
        SigningKey => "signing-key",
        /// The address of the auth service.
        AuthAddress => "auth-address",
        /// The database.
        Database => "database",
        /// The cache.
        Cache => "cache",
        /// Any other value.
        Other => "other",
        /// A value that is there, and that the service does not accept.
        Value => "value",
        /// A secret that the platform cannot read.
        Secret => "secret",
    }
}

impl Reach {
    /// Reports whether chance decides which of the requests it reaches.
    pub(crate) const fn is_by_chance(self) -> bool {
        matches!(self, Self::Share | Self::Rarely | Self::ShareOfSome)
    }
}

/// One change at one stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Patch {
    /// Where. Absent: where the fault is.
    pub at: Option<Stop>,
    /// What it does.
    pub effect: Effect,
    /// For which requests.
    #[serde(default, rename = "for")]
    pub reach: Reach,
    /// What is missing, for `config-lost`; what it fails on, for `does-not-start`.
    pub of: Option<Config>,
    /// The only endpoints that it reaches. `None`: those that `reach` says.
    #[serde(skip)]
    pub only: Option<Endpoints>,
}

/// A set of endpoints, by their places among those of the case: 0 to 63.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Endpoints(u64);

impl Endpoints {
    /// Returns the set of these places. Places from 64 on are left out.
    #[must_use]
    pub fn of(places: impl Iterator<Item = usize>) -> Self {
        Self(places.filter(|place| *place < u64::BITS as usize).fold(0, |all, place| all | 1 << place))
    }

    pub(crate) const fn has(self, place: usize) -> bool {
        place < u64::BITS as usize && self.0 & (1 << place) != 0
    }
}
