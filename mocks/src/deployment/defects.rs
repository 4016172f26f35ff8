//! What the deployed builds do wrong: bugs and changes of a revision that no setting shows.

use std::collections::BTreeSet;

/// The defects of one build.
pub(crate) type Build<Defect> = BTreeSet<Defect>;

/// What a build of the backend can do wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum BackendDefect {
    /// Chat messages must carry a `session_id`.
    DemandsSessionId,
    /// The chat routes ask for a permission that nobody holds.
    DemandsNewPermission,
    /// An address filter refuses every client.
    RefusesEveryone,
    /// The socket's route looks for its token everywhere but in `Authorization`.
    SocketIgnoresHeader,
    /// A middleware drops `Authorization` before any route sees it.
    IgnoresHeader,
    /// The route of the chat stream is not mounted.
    LacksStreamRoute,
    /// The message store raises.
    StoreRaises,
    /// The stream's generator raises halfway.
    StreamRaises,
    /// The socket's connection factory refuses every user context.
    SocketFactoryRaises,
    /// The socket's loop never starts.
    SocketLoopDead,
    /// Whoever signs in is taken for the user who warmed the process up.
    SharesIdentity,
    /// A lock in front of all routes but health is never released.
    Deadlocked,
    /// Nobody hands messages to the agents.
    AgentsAbsent,
    /// The agents' model does not answer within the agents' own limit.
    AgentsTimeOut,
    /// The fallback handler answers in the agents' place.
    AgentsFallBack,
    /// The agents take their usual seconds, which the twin otherwise spares.
    AgentsTakeTheirTime,
}

/// What a build of the auth service can do wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum AuthDefect {
    /// The validation route raises before its own error handling.
    ValidationRaises,
    /// The validation route is not mounted.
    LacksValidationRoute,
    /// The blacklist's answer, a bool, is awaited (contract 8.2 #61).
    AwaitsBlacklist,
    /// The health check takes longer than it should.
    SlowHealth,
    /// Every answer takes long.
    Slow,
}
