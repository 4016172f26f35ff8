//! One user: sends each call when it is due, keeps sockets open, and searches what arrives for markers of others.

use std::sync::Arc;

use futures_util::future::select_all;
use tokio::time::{Instant, sleep_until};

use crate::load::judge::{Judged, after};
use crate::load::socket::Socket;
use crate::load::stage::{Place, Stage};
use crate::load::tally::call::CallKind;
use crate::probe::{Arrived, CannotProbe, Exchange, ProbeRequest, Session};
use crate::run::filled::{after as with_captures, filled};
use crate::run::{Captures, request};
use crate::scenario::{Scenario, Step};

/// A user in action.
pub(crate) struct VirtualUser {
    stage: Arc<Stage>,
    /// The place in the pool, from 0.
    number: usize,
    session: Session,
    captures: Captures,
    sockets: Vec<Socket>,
    /// The number of calls so far.
    calls: u32,
}

/// What became of a step.
#[derive(PartialEq, Eq)]
enum Done {
    /// It was sent.
    Sent,
    /// The socket is open now: the message follows in the next slot.
    Opened,
}

impl VirtualUser {
    pub(crate) fn new(stage: Arc<Stage>, number: usize) -> Self {
        let (session, captures) = (stage.prober.session(), Captures::default());
        Self { stage, number, session, captures, sockets: Vec::new(), calls: 0 }
    }

    /// Runs the scenarios again and again until the end, cleans up, and closes the sockets.
    pub(crate) async fn live(mut self) {
        let stage = Arc::clone(&self.stage);
        loop {
            let before = self.calls;
            for scenario in &stage.scenarios {
                self.captures = Captures::marked(stage.markers.of(self.number));
                let goes_on = self.steps(&stage, scenario).await;
                if !goes_on {
                    self.clean_up(&stage, scenario).await;
                    return self.leave(&stage).await;
                }
            }
            if self.calls == before {
                // No step can be sent.
                return self.leave(&stage).await;
            }
        }
    }

    /// Runs the steps of a scenario, each when it is due. Returns `false` at the end of the run.
    async fn steps(&mut self, stage: &Stage, scenario: &Scenario) -> bool {
        for (place, step) in stage.places(scenario) {
            if !stage.can_send(step, &self.captures, scenario) {
                continue;
            }
            loop {
                let Some((nth, due)) = self.slot(stage, &place).await else { return false };
                if self.call(stage, &place, step, nth, due).await == Done::Sent {
                    break;
                }
            }
        }
        true
    }

    /// Waits until the next call is due. Meanwhile it reads what arrives. Returns `None` at the end of the run. Calls that are
    /// late at the end are still sent, as long as one call may take.
    async fn slot(&mut self, stage: &Stage, place: &Place) -> Option<(u32, Instant)> {
        let due = stage.schedule.due(self.index(), self.calls);
        let is_over = due >= stage.schedule.end;
        let due = due.min(stage.schedule.end);
        while Instant::now() < due {
            let arrived = {
                let waiting = arrives(&mut self.sockets, stage);
                tokio::select! {
                    biased;
                    _ = stage.interruption.came() => return None,
                    () = sleep_until(due) => None,
                    arrived = waiting => Some(arrived),
                }
            };
            if let Some((place, arrived)) = arrived {
                self.take(stage, place, arrived);
            }
        }
        if is_over || stage.interruption.signal().is_some() {
            return None;
        }
        if Instant::now() >= stage.schedule.end + stage.target.budget.probe {
            self.never_sent(stage, place);
            return None;
        }
        self.calls += 1;
        Some((self.calls, due))
    }

    /// Counts the calls that were due and not sent, because an earlier one took too long.
    fn never_sent(&mut self, stage: &Stage, place: &Place) {
        loop {
            let due = stage.schedule.due(self.index(), self.calls);
            if due >= stage.schedule.end {
                return;
            }
            self.calls += 1;
            let judged = Judged::failed("not sent: an earlier call of the user still hung".to_owned());
            let ended = stage.ended(self.number, place, (self.calls, due), place.kind, judged, None);
            stage.ledger().unsent(ended);
        }
    }

    /// Takes what arrived outside a call.
    fn take(&mut self, stage: &Stage, place: usize, arrived: Result<Arrived, String>) {
        match arrived {
            Ok(Arrived::Frame(name, data)) => {
                stage.ledger().events += 1;
                if !stage.markers.foreign(&data, self.number).is_empty() {
                    let socket = &self.sockets[place];
                    let exchange = socket.exchange(vec![(name, data)], None, 0.0);
                    stage.search(&exchange, self.number, socket.place.step);
                }
            }
            Ok(Arrived::Closed(_)) | Err(_) => {
                self.sockets.remove(place);
                let mut ledger = stage.ledger();
                ledger.socket(false);
                ledger.sockets_lost += 1;
            }
        }
    }

    /// Sends one call and records how it ended.
    async fn call(&mut self, stage: &Stage, place: &Place, step: &Step, nth: u32, due: Instant) -> Done {
        let endpoint = &stage.target.endpoints[&step.call];
        let actor = stage.actor(step, self.number);
        let user = stage.target.users.get(actor);
        let asked = filled(step, &self.captures, user);
        let mut request = request::of(&asked, endpoint, &place.name, &stage.target, &self.captures);
        request.key.user.clone_from(&stage.target.users[actor].name);
        if endpoint.kind.is_upgrade() {
            return self.over_socket(stage, place, step, &request, (nth, due)).await;
        }
        let kind = place.kind;
        let sent = self.sent_beside_sockets(stage, &request, actor).await;
        let exchange = match sent {
            Ok(exchange) => exchange,
            Err(error) => {
                self.not_sent(stage, place, &error, (nth, due), kind);
                return Done::Sent;
            }
        };
        stage.ledger().events += exchange.events.len() as u64;
        let step = &*with_captures(step, &mut self.captures, user, &exchange);
        let judged = after(step, endpoint, &exchange, &stage.target);
        stage.measure(place, &judged, &exchange);
        let ended = stage.ended(self.number, place, (nth, due), kind, judged, Some(&exchange));
        stage.note_sent(&exchange, actor);
        stage.search(&exchange, actor, place.step);
        stage.ledger().record(ended, Some(&exchange));
        Done::Sent
    }

    fn not_sent(&self, stage: &Stage, place: &Place, error: &CannotProbe, slot: (u32, Instant), kind: CallKind) {
        let judged = Judged::failed(error.to_string());
        let ended = stage.ended(self.number, place, slot, kind, judged, error.exchange());
        stage.ledger().record(ended, error.exchange());
    }

    /// Sends a request, and reads meanwhile what arrives over the sockets.
    async fn sent_beside_sockets(
        &mut self,
        stage: &Stage,
        request: &ProbeRequest,
        actor: usize,
    ) -> Result<Exchange, CannotProbe> {
        let other = (actor != self.number).then(|| stage.prober.session());
        let session = match &other {
            Some(other) => other.beside(),
            None => self.session.beside(),
        };
        let mut sent = Box::pin(session.send(request));
        loop {
            let arrived = {
                let waiting = arrives(&mut self.sockets, stage);
                tokio::select! {
                    biased;
                    done = &mut sent => return done,
                    arrived = waiting => arrived,
                }
            };
            self.take(stage, arrived.0, arrived.1);
        }
    }

    /// Opens the socket of a step, or sends its messages over the open socket.
    async fn over_socket(
        &mut self,
        stage: &Stage,
        place: &Place,
        step: &Step,
        request: &ProbeRequest,
        (nth, due): (u32, Instant),
    ) -> Done {
        let endpoint = &stage.target.endpoints[&step.call];
        let Some(at) = self.sockets.iter().position(|socket| socket.place.step == place.step) else {
            let opened = Box::pin(self.session.hold(request)).await;
            let (exchange, held) = match opened {
                Ok(opened) => opened,
                Err(error) => {
                    self.not_sent(stage, place, &error, (nth, due), CallKind::WebsocketOpen);
                    return Done::Sent;
                }
            };
            let judged = Judged::opened(&exchange, endpoint, held.is_some(), &stage.target);
            stage.measure(place, &judged, &exchange);
            let ended = stage.ended(self.number, place, (nth, due), CallKind::WebsocketOpen, judged, Some(&exchange));
            stage.search(&exchange, self.number, place.step);
            stage.ledger().record(ended, Some(&exchange));
            let Some(held) = held else { return Done::Sent };
            stage.ledger().socket(true);
            self.sockets.push(Socket::new(held, exchange, place.clone()));
            return Done::Opened;
        };
        let messages = self.session.messages(request, &self.sockets[at].held).unwrap_or_default();
        let socket = &mut self.sockets[at];
        let talked = socket.talk(&messages, &request.until, endpoint, stage).await;
        let exchange = talked.exchange;
        let user = stage.target.users.get(self.number);
        let step = &*with_captures(step, &mut self.captures, user, &exchange);
        let judged = after(step, endpoint, &exchange, &stage.target);
        stage.measure(place, &judged, &exchange);
        let ended = stage.ended(self.number, place, (nth, due), CallKind::Websocket, judged, Some(&exchange));
        stage.note_sent(&exchange, self.number);
        stage.search(&exchange, self.number, place.step);
        stage.ledger().record(ended, Some(&exchange));
        if talked.is_broken {
            self.sockets.remove(at);
            let mut ledger = stage.ledger();
            ledger.socket(false);
            ledger.sockets_lost += 1;
        }
        Done::Sent
    }

    /// Runs the `finally` steps of the scenario in progress. A signal leaves a short time for it.
    async fn clean_up(&mut self, stage: &Stage, scenario: &Scenario) {
        for step in &scenario.finally {
            if !stage.can_send(step, &self.captures, scenario) {
                continue;
            }
            let endpoint = &stage.target.endpoints[&step.call];
            let name = format!("{}/{}", scenario.id, step.id);
            let step = &*filled(step, &self.captures, stage.target.users.get(self.number));
            let mut request = request::of(step, endpoint, &name, &stage.target, &self.captures);
            request.key.user.clone_from(&stage.target.users[self.number].name);
            let sent = stage.interruption.or_soon(Box::pin(self.session.send(&request))).await;
            let done = sent.and_then(Result::ok).map(|exchange| after(step, endpoint, &exchange, &stage.target));
            if done.is_none_or(|judged| judged.failure.is_some()) {
                stage.ledger().not_cleaned += 1;
            }
        }
    }

    async fn leave(self, stage: &Stage) {
        for socket in self.sockets {
            socket.held.close().await;
            stage.ledger().socket(false);
        }
    }

    fn index(&self) -> u32 {
        u32::try_from(self.number).unwrap_or(u32::MAX)
    }
}

/// Waits for the next frame of any socket. Returns the place of the socket too.
async fn arrives(sockets: &mut [Socket], stage: &Stage) -> (usize, Result<Arrived, String>) {
    if sockets.is_empty() {
        return std::future::pending().await;
    }
    let until = stage.latest;
    let each = sockets.iter_mut().map(|socket| {
        let endpoint = &stage.target.endpoints[&socket.endpoint];
        Box::pin(socket.held.next(endpoint, until))
    });
    let (arrived, place, _) = select_all(each).await;
    (place, arrived.map_err(|error| error.to_string()))
}
