//! One request to the backend and its answer back: bodies as streams, upgrades as tunnels.

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::response::Response;
use hyper::client::conn::http1;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::serve::{Tasks, wants_upgrade};

/// Nobody answered, or not in HTTP.
pub(super) struct NoAnswer;

/// Headers that end at this hop (RFC 9110 7.6.1).
const HOP_BY_HOP: [HeaderName; 6] = [
    header::CONNECTION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    HeaderName::from_static("keep-alive"),
];

/// Sends `request` to `backend` over a connection of its own.
pub(super) async fn relay(backend: SocketAddr, mut request: Request, tasks: &Tasks) -> Result<Response, NoAnswer> {
    let upgrade = wants_upgrade(&request).then(|| hyper::upgrade::on(&mut request));
    if upgrade.is_none() {
        strip(request.headers_mut());
    }
    *request.uri_mut() = origin_form(request.uri());
    request.headers_mut().insert("x-forwarded-for", HeaderValue::from_static("127.0.0.1"));

    let stream = TcpStream::connect(backend).await.map_err(|_| NoAnswer)?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(|_| NoAnswer)?;
    tasks.spawn(async move {
        // Its end shows in the answer's body.
        let _ = connection.with_upgrades().await;
    });
    let mut response = sender.send_request(request).await.map_err(|_| NoAnswer)?;

    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        let client = upgrade.ok_or(NoAnswer)?;
        tasks.spawn(tunnel(client, hyper::upgrade::on(&mut response)));
    } else {
        strip(response.headers_mut());
    }
    Ok(response.map(Body::new))
}

fn strip(headers: &mut HeaderMap) {
    for name in &HOP_BY_HOP {
        headers.remove(name);
    }
}

fn origin_form(uri: &Uri) -> Uri {
    let target = uri.path_and_query().map_or("/", |target| target.as_str());
    target.parse().unwrap_or_default()
}

async fn tunnel(client: OnUpgrade, backend: OnUpgrade) {
    let (Ok(client), Ok(backend)) = tokio::join!(client, backend) else { return };
    // Either side may hang up; then the other is hung up on.
    let _ = tokio::io::copy_bidirectional(&mut TokioIo::new(client), &mut TokioIo::new(backend)).await;
}
