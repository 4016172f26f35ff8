//! Relays one request to the backend: bodies as streams, upgrades as tunnels.

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::response::Response;
use hyper::client::conn::http1;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::net::{Tasks, wants_upgrade};

/// The backend did not answer, or did not answer in HTTP.
pub(crate) struct NoAnswer;

/// The headers that a proxy does not forward (RFC 9110, section 7.6.1).
const HOP_BY_HOP: [HeaderName; 6] = [
    header::CONNECTION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    HeaderName::from_static("keep-alive"),
];

/// Sends `request` to `backend` over a fresh connection.
pub(crate) async fn relay(backend: SocketAddr, mut request: Request, tasks: &Tasks) -> Result<Response, NoAnswer> {
    let upgrade = wants_upgrade(&request).then(|| hyper::upgrade::on(&mut request));
    if upgrade.is_none() {
        strip(request.headers_mut());
    }
    *request.uri_mut() = origin_form(request.uri());
    request.headers_mut().insert("x-forwarded-for", HeaderValue::from_static("127.0.0.1"));

    let stream = TcpStream::connect(backend).await.map_err(|_| NoAnswer)?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(|_| NoAnswer)?;
    tasks.spawn(async move {
        // An error of the connection also ends the response's body.
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
    // When one side hangs up, the tunnel closes the other side.
    let _ = tokio::io::copy_bidirectional(&mut TokioIo::new(client), &mut TokioIo::new(backend)).await;
}
