//! Opens a WebSocket that stays open for many messages, as a user's client does.

use secrecy::SecretString;
use tokio::time::Instant;

use super::record::{Facts, exchange};
use super::session::{header_map, unsent};
use super::transport::Rules;
use super::{CannotProbe, Close, Exchange, Frame, ProbeRequest, Session, Side, TransportError};
use crate::config::Endpoint;
use crate::probe::request::call;
use crate::probe::request::presented::Presented;
use crate::probe::request::render::{Call, Ids, Rendered};
use crate::probe::transport::answer::{Answer, name_in};
use crate::probe::transport::deadline::Deadline;
use crate::probe::transport::phases::Stopwatch;
use crate::probe::websocket::handshake::{Handshake, shake};
use crate::probe::websocket::held::{HeldSocket, Received};

/// An open WebSocket of one user.
pub(crate) struct Held {
    socket: HeldSocket,
    token: Option<SecretString>,
}

/// What came over an open WebSocket.
pub(crate) enum Arrived {
    /// A frame: its name and its payload.
    Frame(String, String),
    /// The server closed the socket.
    Closed(Close),
}

impl Held {
    /// Sends a message, before `until`.
    ///
    /// # Errors
    /// When the socket is broken, or the message is not sent in time.
    pub(crate) async fn say(&mut self, message: &str, until: Instant) -> Result<(), TransportError> {
        self.socket.say(message, until).await
    }

    /// Returns the next frame before `until`. May be dropped and called again without loss.
    ///
    /// # Errors
    /// When the socket is broken, or no frame comes in time.
    pub(crate) async fn next(&mut self, endpoint: &Endpoint, until: Instant) -> Result<Arrived, TransportError> {
        Ok(match self.socket.next(until).await? {
            Received::Text(data) => Arrived::Frame(name_in(endpoint, &data).unwrap_or_default(), data),
            Received::Closed(close) => Arrived::Closed(close),
        })
    }

    /// Closes the socket.
    pub(crate) async fn close(self) {
        self.socket.close().await;
    }
}

impl Session {
    /// Opens the socket of a request and waits for the greeting, if the endpoint has one. Sends no message. Returns the
    /// handshake, and the socket if it is open.
    ///
    /// # Errors
    /// When the request cannot be made.
    pub(crate) async fn hold(&self, request: &ProbeRequest) -> Result<(Exchange, Option<Held>), CannotProbe> {
        let call = call::resolve(&self.shared.target, request)?;
        let is_sent = !call.endpoint.token_locations.is_empty() && request.key.token.is_sent();
        let token = match is_sent {
            true => Some(Box::pin(self.credential(&request.key, call.user, true)).await?.token),
            false => None,
        };
        let ids = Ids::fresh();
        let cookie = self.cookies_for(call.target, &call.place()?);
        let presented = Presented { token: token.clone(), cookie, csrf: None };
        let pair = presented.render(&call, &ids, &*self.shared.credentials)?;
        let started_at = jiff::Timestamp::now();
        let (answer, socket) = match self.shared.admit().await {
            true => Box::pin(self.opened(&call, &ids, &pair.wire)).await?,
            false => (unsent(), None),
        };
        let facts = Facts {
            id: self.shared.next_id(),
            request: request.clone(),
            shown: pair.shown,
            trace_id: ids.trace,
            started_at,
            blocked: None,
            browser: None,
            issued: crate::token::IssuedJwt::default(),
            unissued: false,
            body_limit: call.target.budget.body_bytes,
        };
        Ok((exchange(facts, answer, &*self.shared.redact), socket.map(|socket| Held { socket, token })))
    }

    /// Returns the messages of a request, with the token that opened the socket.
    ///
    /// # Errors
    /// When the request cannot be made.
    pub(crate) fn messages(&self, request: &ProbeRequest, held: &Held) -> Result<Vec<String>, CannotProbe> {
        let call = call::resolve(&self.shared.target, request)?;
        let presented = Presented { token: held.token.clone(), cookie: None, csrf: None };
        Ok(presented.render(&call, &Ids::fresh(), &*self.shared.credentials)?.wire.messages)
    }

    async fn opened(
        &self,
        call: &Call<'_>,
        ids: &Ids,
        wire: &Rendered,
    ) -> Result<(Answer, Option<HeldSocket>), CannotProbe> {
        let headers = header_map(&wire.headers)?;
        let budget = &call.target.budget;
        let proxy = call.target.proxy.as_ref().and_then(|proxy| proxy.of(&wire.url));
        let fixed = call.target.access.addresses_of(&wire.url);
        let rules = Rules {
            endpoint: call.endpoint,
            silences: &|_| None,
            budget,
            until: &call.request.until,
            deadline: Deadline::starting_now(budget.probe, self.shared.run_end),
            tls: &self.shared.tls,
            clients: &self.shared.clients,
            own_connection: true,
            http1_only: true,
            proxy: proxy.as_ref(),
            fixed: &fixed,
        };
        let (watch, mut answer) = (Stopwatch::towards(rules.fixed), Answer::default());
        let shaken = shake(wire, headers, &ids.websocket_key, &mut answer, &rules, &watch).await;
        let mut socket = None;
        match shaken {
            Ok(Handshake::Open(stream)) => {
                let held = HeldSocket::over(stream, budget.body_bytes, rules.deadline.end()).await;
                socket = greeted(held, call.endpoint, &rules.deadline, &mut answer).await;
            }
            Ok(Handshake::Over) => {}
            Err(error) => answer.error = Some(error),
        }
        answer.ended(&watch, rules.deadline.elapsed_ms());
        Ok((answer, socket))
    }
}

/// Waits for the greeting. Returns `None` if the server refuses the user.
async fn greeted(
    mut socket: HeldSocket,
    endpoint: &Endpoint,
    deadline: &Deadline,
    answer: &mut Answer,
) -> Option<HeldSocket> {
    let Some(greeting) = &endpoint.accept.first_frame else { return Some(socket) };
    match socket.next(deadline.end()).await {
        Ok(Received::Text(data)) => {
            let holds = serde_json::from_str(&data).is_ok_and(|json| greeting.holds(&json));
            let name = name_in(endpoint, &data).unwrap_or_default();
            answer.frames.push(Frame { at_ms: deadline.at_ms(), from: Side::Server, name, data });
            if holds {
                return Some(socket);
            }
            // A close frame with the reason may follow.
            if let Ok(Received::Closed(close)) = socket.next(Instant::now() + std::time::Duration::from_secs(1)).await {
                answer.close = Some(close);
            }
        }
        Ok(Received::Closed(close)) => answer.close = Some(close),
        Err(error) => answer.error = Some(error),
    }
    None
}
