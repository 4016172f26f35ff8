//! Traits: the properties in which healthy systems differ, and how far a fault reaches. `model` has their priors.

use serde::Deserialize;

use super::ending::Result;
use crate::words;

words! {
    /// A property that the observations may show. What the operator does not declare is a latent variable.
    #[allow(missing_docs, reason = "the spelling says it")]
    pub enum Trait {
        Verify => "how the backend verifies tokens",
        AuthChecksCallers => "auth checks its callers",
        UserLookup => "the backend looks the user up",
        AuthKnowsUsers => "auth knows users",
        HealthHangs => "health hangs too",
        AuthJudgesClaims => "auth judges claims like the backend",
        AskedRouteTouched => "the route that the backend asks is touched",
        AuthFailsFirst => "auth fails before it looks at the token",
        BrokenCheckShows => "how a check of auth shows that fails",
        LazyKeys => "keys are fetched when first needed",
        ImpatientBackend => "the backend waits less than a slow auth takes",
        HealthPassesEdge => "the edge lets health through",
        WrongPathOfOurs => "the wrong address is another path of the right host",
        StrangerIsHealthy => "a stranger is healthy too",
        ChecksConfigAtStart => "the backend checks its configuration at its start",
        AuthCallFails => "a call to auth that fails, over http",
        AuthCallFailsOnSocket => "a call to auth that fails, on a socket",
        CallRefused => "a call to auth that is refused, over http",
        CallRefusedOnSocket => "a call to auth that is refused, on a socket",
        BackendHealthAsks => "the backend's health check asks",
        AuthHealthAsks => "the health check of auth asks",
        StaysDead => "a backend that died stays down for a while",
        StoreServesFew => "the store that is down serves few endpoints",
        StoreDown => "a store that is down, over http",
        StoreDownOnSocket => "a store that is down, on a socket",
        EdgeWithoutBackend => "an edge without a backend",
        AuthAbsent => "an auth service that does not run",
        StrangerAnswers => "a stranger's answer",
        UpgradeAsPlainCall => "an upgrade that came as a plain call",
        BadRevisionDoes => "what a bad revision does",
        UnknownDoes => "what the unknown does",
        CallerRefusalAlsoForRight => "our service credentials are outdated too",
        Remembers => "the backend remembers that auth did not answer",
        EveryPathCovered => "the rule covers every path",
        SignInForm => "how the edge asks for its own sign-in",
        ForgetsForm => "what is not known to another instance",
        HealthRunsOn => "the health check of a backend that is broken still works",
        RunsBroken => "how a backend shows that does not start",
        ChecksHealthFirst => "the backend checks auth's health before it asks",
        RefusalForm => "the form of a refusal by the backend",
        HowMany => "how many endpoints are affected",
        UrlsAreLimited => "tokens in the url are as large as those in headers",
        IssuedAreLarge => "the tokens that auth issues are as large as ours",
        UnsignedAreLarge => "a token without a signature, or none in form, is as large",
        EveryTokenIsLarge => "the tokens of other users are as large",
        UpstreamTlsShows => "how the edge shows that tls to the backend fails",
        RefusalOfEveryone => "how a refusal of everyone shows",
        LoginIsRight => "the login knows the right user",
        AuthorizerSpeaks => "the edge passes the response of its authorizer on",
        PauseShows => "how a pause shows",
        IssuedOutliveIt => "issued tokens live longer than the offset",
        JudgesAnswers => "the backend judges what auth answers",
        OthersDeniedToo => "other users are denied too",
        OursSatisfyIt => "our tokens satisfy it",
        OffsetIsLarge => "the offset is larger than the life of a token",
        AuthorizerFailed => "how the edge shows that its authorizer failed",
        AuthorizerHangs => "the authorizer of the edge does not answer in time",
        EdgeGivesUp => "how the edge gives up before the client",
        EdgeAsksAuth => "the edge asks auth about each token",
        StrangerIsAuth => "the service at a wrong address of auth refuses tokens too",
        WrongAddressAnswers => "a server answers at a wrong address of auth",
        ChecksIssuedAt => "the backend checks when a token was issued",
        AuthUsesKeySet => "auth verifies with the keys that it publishes",
        LimitIsReached => "a limit is reached for good",
        OnlyLoginsAreLimited => "the limit of auth counts logins only",
        HealthToo => "a pause or a limit covers health checks",
        EdgeRetries => "the edge tries for a while to connect",
        CredentialBeforeSocket => "the backend looks at the credential before it looks at the socket",
        CredentialBeforeUpgrade => "the backend looks at the credential before the upgrade, or before an unknown path",
        CallerUnsetShows => "how auth shows that it has no secret for its callers",
        ContentBeforeKey => "the backend looks at claims and times before the signature",
        KeysAreCached => "the backend keeps the keys that auth had before",
        PolicyForm => "the form of a refusal by a rule of the edge",
        MissesTheClaim => "the backend does not look at the claim that differs",
        EdgeWantsToken => "an edge that judges tokens refuses requests without one",
        HealthMoves => "health has lost its route too",
        AuthExpectsItsOwn => "auth expects the claims that it issues",
        EdgeLimitShows => "how the edge shows that there are too many requests",
        ServiceFails => "a further service that fails, over http",
        StoreComesFirst => "the backend needs its store before it looks at the credential",
        FailsClosed => "the backend takes every answer but a yes for a missing permission",
        EdgeKnowsNoRoute => "the edge itself has no route at a wrong address",
        MayAskForMore => "the backend asks auth for more than tokens",
        EveryRequestIsLarge => "every request is as large",
        LoginAsksAuth => "the backend asks auth about logins",
        LoginRefusalShows => "how the backend refuses a login",
        SizeLimitShows => "how the edge shows that a request is too large",
        GarbledShows => "how a request shows that the backend cannot read",
        CredentialBeforeBody => "the backend looks at the credential before it reads the body",
        BodyLimitShows => "how the backend shows that a body is too large",
        HeldSockets => "an edge that holds streams back holds sockets back too",
        CallerWaits => "the caller of what is down waits for it",
        UnknownKeyShows => "how the backend shows that no key fits",
        LostQueryShows => "how a request shows whose query is lost",
        HowOften => "how often a fault shows that comes and goes",
        AddressedHost => "the address that the network fault affects",

        Touched => "touched",
        FewTouched => "one of few affected",
        MostTouched => "one of most affected",
        UsesStore => "uses the store",
        AnswersStrangers => "answers strangers too",
        StrangersAreOthers => "takes strangers for another user",
        CredentialBeforeRoute => "asks for a credential before it looks for the route",
        RouteKnowsUsers => "this route knows users",
        StrangerHere => "a stranger answers here",
        NoRouteOnSocket => "no such route, on a socket",
        DyingShows => "how an instance that dies while it serves shows",
        HandlerFails => "a handler that fails",
        CutAnswer => "a cut answer",
        NothingComes => "nothing comes",
        HeldBack => "what is held back",
        UnknownHere => "the unknown here",
        WaitForStore => "a wait for a store that is down",
        UnknownLooksAtToken => "the unknown looks at the token",
        OwnWay => "its own way",
        OtherContentShows => "other content",
        ChecksFormat => "looks at the form of a token before it asks auth",
        DeniesHere => "the user is denied here",
        AsksForMore => "asks auth for more than the token",
        LastsLong => "lasts longer than the edge waits",
        PlainCallLastsLong => "a plain call lasts longer than the edge waits",
        BodyIsLarge => "its body is large",
        VerifiesAsDeclared => "verifies as declared",
        VerifiesHere => "how this endpoint verifies tokens",
        FailsOnStream => "a failed call of the backend, on an event stream",
        SocketJudgeShows => "how a socket that judges otherwise shows",
        ServesNonetheless => "takes expired tokens too",
        PageCallsHere => "the page of another origin calls here",
    }
}

/// The number of traits.
pub(crate) const TRAITS: usize = Trait::ALL.len();

/// A set of traits has one bit for each.
const _: () = assert!(TRAITS <= u128::BITS as usize);

/// The traits that every endpoint shares, one bit each.
pub(crate) const OF_THE_SYSTEM: u128 = (1 << Trait::Touched as u128) - 1;

impl Trait {
    /// Reports whether each endpoint has a value of its own.
    pub const fn is_local(self) -> bool {
        self as usize >= Self::Touched as usize
    }

    /// Reports whether a value that is a result decides only how a request ends. Of the others, the walk also asks which
    /// result it is.
    pub(super) const fn is_form(self) -> bool {
        !matches!(self, Self::RefusalForm | Self::AuthorizerFailed | Self::PolicyForm | Self::SocketJudgeShows)
    }

    /// Reports whether only requests for an upgrade ask for it.
    pub(super) const fn is_of_sockets(self) -> bool {
        matches!(
            self,
            Self::CallRefusedOnSocket
                | Self::AuthCallFailsOnSocket
                | Self::StoreDownOnSocket
                | Self::NoRouteOnSocket
                | Self::UpgradeAsPlainCall
        )
    }
}

words! {
    /// A value of a trait that is neither a yes, a no, nor a result.
    #[allow(missing_docs, reason = "the spelling says it")]
    pub enum Choice {
        No => "no",
        Yes => "yes",
        Introspection => "introspection",
        SharedKey => "shared-key",
        Jwks => "jwks",
        LocalThenIntrospection => "local-then-introspection",
        Edge => "edge",
        Session => "session",
        Nobody => "nobody",
        Store => "its store",
        StoreAndAuth => "its store and auth",
        AsElsewhere => "as elsewhere",
        Untouched => "untouched",
        Own => "own",
        Backend => "backend",
        Auth => "auth",
        Both => "both",
        Few => "few",
        Half => "half",
        Most => "most",
        Sockets => "sockets",
        Streams => "streams",
        Shown => "those that show credentials",
        ButHealth => "all but health",
    }
}

/// A value of a trait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(crate) enum Value {
    /// A choice.
    Choice(Choice),
    /// How a request ends.
    Result(Result),
}
