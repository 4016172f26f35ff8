//! What can be wrong with the twin for browsers only.

/// A flaw that a client without a browser's rules does not meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ClientFlaw {
    /// The backend has no support for CORS.
    KnowsNoCors,
    /// The backend allows another page.
    AllowsAnotherOrigin,
    /// The backend asks for a token on a preflight.
    PreflightWantsToken,
    /// The backend does not allow the header `Authorization`.
    ForgetsAuthorization,
    /// The backend does not allow credentials.
    DeniesCredentials,
    /// The backend allows every page, and credentials at once.
    AnyOriginWithCredentials,
    /// The backend allows the page of each request, whatever it is.
    ReflectsOrigin,
    /// The edge adds the CORS headers that the backend has added.
    HeadersTwice,
    /// The edge refuses OPTIONS.
    EdgeRefusesPreflight,
    /// The edge compresses every response, streams too, and sends them when they are complete.
    HoldsStreamsBack,
    /// The backend opens sockets without choosing a subprotocol.
    ChoosesNoSubprotocol,
}
