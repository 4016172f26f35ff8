//! What to serve, and the running replay.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use wiremock::MockServer;

use super::book::{Book, Miss};
use super::recorded::{Credential, Entrance, Presented, RecordedCall};
use super::server;
use crate::net::{ClosedPort, Tasks, serve};
use crate::terms::BootError;

/// Names the credentials that a request may be looked up by, the most specific first.
pub(super) type Name = dyn Fn(&Presented<'_>) -> Vec<Credential> + Send + Sync;
/// Changes a recorded text before it is sent.
pub(super) type Rewrite = dyn Fn(&RecordedCall, &str) -> String + Send + Sync;

/// Describes a replay; [`ReplayBuilder::start`] starts it.
///
/// # Example
///
/// ```
/// use fivewhys_mocks::{Credential, Entrance, RecordedAnswer, RecordedCall, Replay};
///
/// # #[tokio::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// // Arrange: one recorded call.
/// let call = RecordedCall {
///     number: 1,
///     entrance: Entrance::Edge,
///     method: "GET".to_owned(),
///     path: "/health".to_owned(),
///     is_socket: false,
///     credential: Credential::default(),
///     answer: RecordedAnswer { status: Some(503), body: "down".to_owned(), ..RecordedAnswer::default() },
/// };
/// let replay = Replay::builder(vec![call]).start().await?;
///
/// // Act: make the same call, and another one.
/// let base = replay.url(Entrance::Edge).unwrap_or_default();
/// let health = reqwest::get(format!("{base}/health")).await?;
/// let other = reqwest::get(format!("{base}/other")).await?;
///
/// // Assert: the recorded answer, and a refusal to invent one.
/// assert_eq!((health.status().as_u16(), other.status().as_u16()), (503, 501));
/// assert_eq!(health.text().await?, "down");
/// # Ok(())
/// # }
/// ```
pub struct ReplayBuilder {
    calls: Vec<RecordedCall>,
    name: Arc<Name>,
    rewrite: Arc<Rewrite>,
    on_miss: Box<dyn Fn(&Miss) + Send + Sync>,
    port: u16,
    real_time: bool,
}

impl ReplayBuilder {
    /// Sets what names the credentials of a request. The names are tried in order; the first that the recording has
    /// decides. The default gives every request the empty [`Credential`].
    #[must_use]
    pub fn credentials(mut self, name: impl Fn(&Presented<'_>) -> Vec<Credential> + Send + Sync + 'static) -> Self {
        self.name = Arc::new(name);
        self
    }

    /// Sets what changes a recorded body, piece or message before it is sent. The default changes nothing.
    #[must_use]
    pub fn rewriting(mut self, rewrite: impl Fn(&RecordedCall, &str) -> String + Send + Sync + 'static) -> Self {
        self.rewrite = Arc::new(rewrite);
        self
    }

    /// Sets what is told about the first request of each kind that the recording lacks. The default ignores it.
    #[must_use]
    pub fn on_miss(mut self, on_miss: impl Fn(&Miss) + Send + Sync + 'static) -> Self {
        self.on_miss = Box::new(on_miss);
        self
    }

    /// Sets the edge's port on 127.0.0.1. The default is 0, which takes any free port.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Keeps the recorded times. By default, an answer that took longer than two seconds takes two.
    #[must_use]
    pub fn real_time(mut self, on: bool) -> Self {
        self.real_time = on;
        self
    }

    /// Starts the replay.
    ///
    /// # Errors
    /// [`BootError`] when a port cannot be bound, or when the HTTP client cannot be built.
    pub async fn start(self) -> Result<Replay, BootError> {
        let book = Arc::new(Book::new(self.calls, self.on_miss));
        let tasks = Tasks::default();
        let port = ClosedPort::take("recorded answers", 0)?.listen_std()?;
        let answers = server::answers(&book, self.name, Arc::clone(&self.rewrite), port).await;
        let mut replay = Replay { urls: BTreeMap::new(), book, tasks, closed: Vec::new(), _answers: answers };
        for entrance in Entrance::ALL {
            let is_needed = matches!(entrance, Entrance::Edge | Entrance::Auth) || replay.book.has(entrance);
            if !is_needed {
                continue;
            }
            let port = ClosedPort::take(entrance.as_str(), if entrance == Entrance::Edge { self.port } else { 0 })?;
            replay.urls.insert(entrance, format!("http://{}", port.address()));
            if replay.book.refuses(entrance) {
                replay.closed.push(port);
                continue;
            }
            let front = server::Front::new(&replay.book, &replay._answers, entrance, self.real_time, &self.rewrite)?;
            serve(&replay.tasks, port.listen()?, front.router());
        }
        Ok(replay)
    }
}

impl fmt::Debug for ReplayBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReplayBuilder").field("calls", &self.calls.len()).finish_non_exhaustive()
    }
}

/// A running replay. It stops when it is dropped; [`Replay::shutdown`] also waits until its connections are closed.
pub struct Replay {
    urls: BTreeMap<Entrance, String>,
    book: Arc<Book>,
    tasks: Tasks,
    closed: Vec<ClosedPort>,
    _answers: MockServer,
}

impl Replay {
    /// Returns a builder for a replay of these calls. Calls with the same key are served in this order.
    pub fn builder(calls: Vec<RecordedCall>) -> ReplayBuilder {
        ReplayBuilder {
            calls,
            name: Arc::new(|_| vec![Credential::default()]),
            rewrite: Arc::new(|_, text| text.to_owned()),
            on_miss: Box::new(|_| {}),
            port: 0,
            real_time: false,
        }
    }

    /// Returns the URL of a server, `http://127.0.0.1:PORT`. `None`: the recording has no call to it. The edge and the
    /// auth service always have one.
    pub fn url(&self, entrance: Entrance) -> Option<&str> {
        self.urls.get(&entrance).map(String::as_str)
    }

    /// Lists what a server on loopback cannot repeat, one sentence for each kind of call.
    pub fn unrepeatable(&self) -> Vec<String> {
        self.book.unrepeatable()
    }

    /// Stops the replay and waits until its connections are closed.
    pub async fn shutdown(mut self) {
        self.tasks.stop().await;
        self.closed.clear();
    }
}

impl Drop for Replay {
    fn drop(&mut self) {
        self.tasks.abort();
    }
}

impl fmt::Debug for Replay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Replay").field("urls", &self.urls).finish_non_exhaustive()
    }
}
