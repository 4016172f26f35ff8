//! A proxy between a run and a twin. It relays every request, and alters the response to one of them.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::client::conn::http1 as client;
use hyper::header::UPGRADE;
use hyper::server::conn::http1 as server;
use hyper::service::service_fn;
use hyper::upgrade::OnUpgrade;
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use url::Url;

use fivewhys::internal::config::Target;

use crate::expectations::response::{Change, Form, Response};
use crate::expectations::wire::{self, Body, Fault};

/// Which response is altered, and how.
#[derive(Clone)]
pub(crate) struct Alteration {
    /// The number of the request, from 0.
    pub(crate) nth: usize,
    /// The response of a healthy system. Events and frames are taken from it; a body is that of this run.
    pub(crate) recorded: Response,
    pub(crate) change: Change,
}

/// Listens until it is dropped.
pub(crate) struct Proxy {
    shared: Arc<Shared>,
    _listening: JoinSet<()>,
}

struct Shared {
    alteration: Option<Alteration>,
    seen: Mutex<Vec<String>>,
}

impl Proxy {
    /// Listens in front of the backend and the auth service of a target, and points the target at itself.
    pub(crate) async fn before(target: &mut Target, alteration: Option<Alteration>) -> Self {
        let shared = Arc::new(Shared { alteration, seen: Mutex::default() });
        let mut listening = JoinSet::new();
        for url in [&mut target.backend, &mut target.auth] {
            let to = address(url);
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
            let port = listener.local_addr().expect("its address").port();
            url.set_port(Some(port)).expect("an HTTP URL has a port");
            listening.spawn(listen(listener, to, Arc::clone(&shared)));
        }
        let port = target.backend.port();
        target.websocket.set_port(port).expect("a WebSocket URL has a port");
        Self { shared, _listening: listening }
    }

    /// Returns the method and the path of each request, in order of arrival.
    pub(crate) fn seen(&self) -> Vec<String> {
        self.shared.seen.lock().expect("no holder panics").clone()
    }
}

fn address(url: &Url) -> SocketAddr {
    url.socket_addrs(|| None).expect("an address")[0]
}

async fn listen(listener: TcpListener, to: SocketAddr, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let shared = Arc::clone(&shared);
        connections.spawn(async move {
            let service = service_fn(|request| shared.answer(request, to));
            // A cut response and a client that hangs up are errors of the connection.
            drop(server::Builder::new().serve_connection(TokioIo::new(stream), service).with_upgrades().await);
        });
    }
}

impl Shared {
    async fn answer(&self, request: Request<Incoming>, to: SocketAddr) -> Result<hyper::Response<Body>, Fault> {
        let nth = {
            let mut seen = self.seen.lock().expect("no holder panics");
            seen.push(format!("{} {}", request.method(), request.uri().path()));
            seen.len() - 1
        };
        let Some(alteration) = self.alteration.as_ref().filter(|alteration| alteration.nth == nth) else {
            return relay(request, to).await;
        };
        let mut response = alteration.recorded.clone();
        if request.headers().contains_key(UPGRADE) {
            (alteration.change)(&mut response);
            return wire::upgrade(request, response);
        }
        let (status, live) = whole(relay(request, to).await?).await?;
        response.status = status;
        if response.form == Form::Body {
            response.pieces.iter_mut().for_each(|piece| piece.data.clone_from(&live));
        }
        (alteration.change)(&mut response);
        wire::reply(&response)
    }
}

async fn whole(response: hyper::Response<Body>) -> Result<(u16, String), Fault> {
    let status = response.status().as_u16();
    let bytes = response.into_body().collect().await?.to_bytes();
    Ok((status, String::from_utf8_lossy(&bytes).into_owned()))
}

async fn relay(mut request: Request<Incoming>, to: SocketAddr) -> Result<hyper::Response<Body>, Fault> {
    let upgrade = request.headers().contains_key(UPGRADE).then(|| hyper::upgrade::on(&mut request));
    let stream = TcpStream::connect(to).await?;
    let (mut sender, connection) = client::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(async move {
        // The body of the response has the same error.
        drop(connection.with_upgrades().await);
    });
    let mut response = sender.send_request(request).await?;
    if let Some(client) = upgrade.filter(|_| response.status() == StatusCode::SWITCHING_PROTOCOLS) {
        tokio::spawn(tunnel(client, hyper::upgrade::on(&mut response)));
    }
    Ok(response.map(|body| body.map_err(Fault::from).boxed_unsync()))
}

async fn tunnel(client: OnUpgrade, service: OnUpgrade) {
    let (Ok(client), Ok(service)) = tokio::join!(client, service) else { return };
    // When one side hangs up, the tunnel closes the other side.
    drop(tokio::io::copy_bidirectional(&mut TokioIo::new(client), &mut TokioIo::new(service)).await);
}
