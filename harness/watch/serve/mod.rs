//! The server of a watch: metrics, health, and the overview page. It only reads, and it holds no secret.
//!
//! Start at [`serve`].
//!
//! - `site`: which path gives which response
//! - `metrics/`: what `/metrics` says, fed with each run once
//! - `page/`: the overview page
//! - `recorded`: serves one state, for tests outside of this crate
//! - `samples`, `hostile`, `tests`: states of each kind, any state at all, and the server on a real socket
//!
//! Invariant: a client cannot change anything, and each connection has a limit in size, time and number.

#[cfg(test)]
mod hostile;
mod metrics;
mod page;
mod recorded;
#[cfg(test)]
mod samples;
mod site;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{sleep, timeout};

pub use self::recorded::serve_recorded;
use self::site::Site;
use crate::watch::state::State;

/// Connections at the same time. A further one ends the oldest, so that slow clients cannot keep others away.
const CONNECTIONS: usize = 64;
/// The time that a client has to send its request line and headers.
const HEADER_TIME: Duration = Duration::from_secs(5);
/// The time that a connection has from start to end.
const CONNECTION_TIME: Duration = Duration::from_secs(30);
/// The bytes that a request line and its headers may have.
const HEADER_BYTES: usize = 16 * 1024;
/// The headers that a request may have.
const HEADERS: usize = 64;
/// The pause after a connection could not be accepted, for example because no file descriptor is left.
const PAUSE: Duration = Duration::from_millis(100);
/// The time that open connections have to end after `stop`.
const GRACE: Duration = Duration::from_secs(2);

/// Serves `/`, `/metrics`, `/health` and `/ready` until `stop` completes. Then it closes the listener and gives open connections two seconds.
pub(crate) async fn serve(listener: TcpListener, state: watch::Receiver<Arc<State>>, stop: impl Future<Output = ()>) {
    let site = Arc::new(Site::new(state.clone()));
    let (mut changes, mut open, mut stop) = (Some(state), JoinSet::new(), pin!(stop));
    let mut by_age = VecDeque::new();
    loop {
        tokio::select! {
            () = &mut stop => break,
            Some(_) = open.join_next() => by_age.retain(|one: &AbortHandle| !one.is_finished()),
            alive = changed(&mut changes) => if alive { site.learn() } else { changes = None },
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    if by_age.len() >= CONNECTIONS && let Some(oldest) = by_age.pop_front() {
                        oldest.abort();
                    }
                    by_age.push_back(open.spawn(connection(stream, Arc::clone(&site))));
                }
                Err(_) => sleep(PAUSE).await,
            },
        }
    }
    drop(listener);
    drop(timeout(GRACE, async { while open.join_next().await.is_some() {} }).await);
}

/// Waits for a change of the state. Returns whether further changes can come; never returns if none can.
async fn changed(changes: &mut Option<watch::Receiver<Arc<State>>>) -> bool {
    match changes {
        Some(changes) => changes.changed().await.is_ok(),
        None => std::future::pending().await,
    }
}

/// Answers one request. A client that breaks a limit or the protocol loses its connection.
async fn connection(stream: TcpStream, site: Arc<Site>) {
    let service = service_fn(|request| {
        let response = site.answer(request.method(), request.uri());
        async { Ok::<_, Infallible>(response) }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .keep_alive(false)
        .header_read_timeout(HEADER_TIME)
        .max_buf_size(HEADER_BYTES)
        .max_headers(HEADERS)
        .serve_connection(TokioIo::new(stream), service);
    drop(timeout(CONNECTION_TIME, served).await);
}
