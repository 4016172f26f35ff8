//! Listeners and their tasks. Every task of a twin is spawned here, so that all of them can be stopped.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, header};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tower::ServiceExt;

/// The tasks of one twin. Clones share the same tasks.
#[derive(Clone, Default)]
pub(crate) struct Tasks(Arc<Mutex<JoinSet<()>>>);

impl Tasks {
    /// Runs `task` until it ends or the twin stops.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut running = self.0.lock().expect("no holder panics");
        while running.try_join_next().is_some() {}
        running.spawn(task);
    }

    /// Aborts every task without waiting.
    pub(crate) fn abort(&self) {
        self.0.lock().expect("no holder panics").abort_all();
    }

    /// Aborts every task and waits until all have ended.
    pub(crate) async fn stop(&self) {
        let mut running = std::mem::take(&mut *self.0.lock().expect("no holder panics"));
        running.shutdown().await;
    }
}

/// Serves `router` on `listener` until the twin stops. Handlers may ask for `ConnectInfo<SocketAddr>`.
pub(crate) fn serve(tasks: &Tasks, listener: TcpListener, router: Router) {
    tasks.spawn(accept(tasks.clone(), listener, router, || false));
}

/// Serves as [`serve`] does, but asks `dropped` about each connection and resets it on `true`, after the client has
/// sent data.
pub(crate) fn serve_dropping(
    tasks: &Tasks,
    listener: TcpListener,
    router: Router,
    dropped: impl FnMut() -> bool + Send + 'static,
) {
    tasks.spawn(accept(tasks.clone(), listener, router, dropped));
}

async fn accept(tasks: Tasks, listener: TcpListener, router: Router, mut dropped: impl FnMut() -> bool + Send) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) if dropped() => tasks.spawn(reset(stream)),
            Ok((stream, peer)) => tasks.spawn(connection(stream, peer, router.clone())),
            // Most often the process is out of file descriptors; other tasks can close some.
            Err(_) => tokio::task::yield_now().await,
        }
    }
}

/// Resets a connection: with a linger of zero, closing sends RST.
async fn reset(stream: TcpStream) {
    let _ = stream.readable().await;
    let _ = stream.set_zero_linger();
}

async fn connection(stream: TcpStream, peer: SocketAddr, router: Router) {
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| answer(router.clone(), peer, request));
    let served = http1::Builder::new().serve_connection(TokioIo::new(stream), service).with_upgrades();
    // A client may hang up in the middle of a request.
    let _ = served.await;
}

/// In the extensions of a response: closes the connection instead of sending the response.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the connection is closed without a response")]
pub(crate) struct HangUp;

async fn answer(router: Router, peer: SocketAddr, mut request: Request<Incoming>) -> Result<Response, HangUp> {
    request.extensions_mut().insert(ConnectInfo(peer));
    let Ok(response) = router.oneshot(request.map(Body::new)).await;
    response.extensions().get::<HangUp>().map_or(Ok(()), |hang_up| Err(*hang_up))?;
    Ok(response)
}

/// Reports whether the request asks for a protocol upgrade.
pub(crate) fn wants_upgrade<B>(request: &Request<B>) -> bool {
    request.headers().contains_key(header::UPGRADE)
}
