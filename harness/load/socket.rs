//! A socket that a user keeps open, and one message over it.

use std::time::Duration;

use tokio::time::Instant;

use crate::config::Endpoint;
use crate::load::stage::{Place, Stage};
use crate::probe::{Arrived, Exchange, Frame, Held, Side, TransportError, Until};

/// An open socket.
pub(crate) struct Socket {
    pub(crate) held: Held,
    /// The handshake, with the greeting.
    handshake: Exchange,
    /// The endpoint's id.
    pub(crate) endpoint: String,
    /// The step that opened it.
    pub(crate) place: Place,
}

/// What a message led to.
pub(crate) struct Talked {
    pub(crate) exchange: Exchange,
    /// Whether the socket can no longer be used.
    pub(crate) is_broken: bool,
}

impl Socket {
    pub(crate) fn new(held: Held, handshake: Exchange, place: Place) -> Self {
        let endpoint = handshake.probe.endpoint.clone();
        Self { held, handshake, endpoint, place }
    }

    /// Sends messages and waits for the last frame of the response.
    pub(crate) async fn talk(
        &mut self,
        messages: &[String],
        until: &Until,
        endpoint: &Endpoint,
        stage: &Stage,
    ) -> Talked {
        let start = Instant::now();
        let budget = &stage.target.budget;
        let end = (start + budget.probe).min(stage.latest);
        let mut frames: Vec<Frame> = Vec::new();
        let mut close = None;
        let mut error = self.send(messages, end, &mut frames).await.err();
        while error.is_none() && close.is_none() {
            match self.held.next(endpoint, end).await {
                Ok(Arrived::Frame(name, data)) => {
                    stage.ledger().events += 1;
                    let is_last = match until {
                        Until::Event(last) => name == *last,
                        Until::Accepted => true,
                    };
                    frames.push(Frame { at_ms: elapsed_ms(start), from: Side::Server, name, data });
                    if is_last || frames.len() > budget.events {
                        break;
                    }
                }
                Ok(Arrived::Closed(by_server)) => close = Some(by_server),
                Err(failed) => error = Some(failed),
            }
        }
        let is_broken = close.is_some() || error.is_some();
        let mut exchange = self.with(frames, error, start.elapsed().as_secs_f64() * 1000.0);
        exchange.close = close;
        Talked { exchange, is_broken }
    }

    async fn send(&mut self, messages: &[String], end: Instant, frames: &mut Vec<Frame>) -> Result<(), TransportError> {
        for message in messages {
            self.held.say(message, end).await?;
            frames.push(Frame { at_ms: 0, from: Side::Client, name: String::new(), data: message.clone() });
        }
        Ok(())
    }

    /// Returns the exchange of frames that the server sent.
    pub(crate) fn exchange(
        &self,
        frames: Vec<(String, String)>,
        error: Option<TransportError>,
        end_ms: f64,
    ) -> Exchange {
        let frame = |(name, data)| Frame { at_ms: 0, from: Side::Server, name, data };
        self.with(frames.into_iter().map(frame).collect(), error, end_ms)
    }

    fn with(&self, frames: Vec<Frame>, error: Option<TransportError>, end_ms: f64) -> Exchange {
        let mut exchange = self.handshake.clone();
        exchange.started_at = ago(end_ms);
        exchange.frames.extend(frames);
        exchange.error = error;
        exchange.phases.end_ms = end_ms;
        exchange
    }
}

fn elapsed_ms(start: Instant) -> u64 {
    u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX)
}

fn ago(ms: f64) -> jiff::Timestamp {
    let now = jiff::Timestamp::now();
    now.saturating_sub(Duration::from_secs_f64((ms / 1000.0).max(0.0))).unwrap_or(now)
}
