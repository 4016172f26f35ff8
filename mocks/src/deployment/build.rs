//! The defects of the deployed builds: bugs and changes of a revision that no setting shows.

use std::collections::BTreeSet;

/// The defects of one build.
pub(crate) type Build<Defect> = BTreeSet<Defect>;

/// A defect of a build of the backend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum BackendDefect {
    /// Chat messages must carry a `session_id`.
    DemandsSessionId,
    /// The chat routes demand a permission that no user has.
    DemandsNewPermission,
    /// An address filter refuses every client.
    RefusesEveryone,
    /// The WebSocket route ignores the token in `Authorization`.
    SocketIgnoresHeader,
    /// A middleware removes `Authorization` before the routes.
    IgnoresHeader,
    /// The route of the chat stream is not mounted.
    LacksStreamRoute,
    /// The message store raises an exception.
    StoreRaises,
    /// The chat stream's generator raises an exception halfway.
    StreamRaises,
    /// The WebSocket's connection factory refuses every user context.
    SocketFactoryRaises,
    /// The WebSocket's message loop never starts.
    SocketLoopDead,
    /// Every signed-in user is taken for the user who warmed the process up.
    SharesIdentity,
    /// A lock in front of all routes except health is never released.
    Deadlocked,
    /// No supervisor hands messages to the agents.
    AgentsAbsent,
    /// The agents' model does not answer within the agents' time limit.
    AgentsTimeOut,
    /// The fallback handler answers instead of the agents.
    AgentsFallBack,
    /// The agents take their usual three seconds. Otherwise the twin answers at once.
    AgentsTakeTheirTime,
}

/// A defect of a build of the auth service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum AuthDefect {
    /// The validation route raises an exception outside its error handling.
    ValidationRaises,
    /// The validation route is not mounted.
    LacksValidationRoute,
    /// The code awaits the blacklist's result, which is a plain bool; Python raises a `TypeError`.
    AwaitsBlacklist,
    /// The health check takes 0.7 s.
    SlowHealth,
    /// Every response takes 1.2 s.
    Slow,
}
