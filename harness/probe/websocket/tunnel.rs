//! A tunnel through a forward proxy (RFC 9110, 9.3.6).

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http_body_util::Empty;
use hyper::client::conn::http1;
use hyper::header::{HOST, HeaderValue, PROXY_AUTHORIZATION};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use percent_encoding::percent_decode_str;
use url::{Position, Url};

use crate::probe::websocket::dial::{Connection, Fault};

/// Asks the proxy for a connection to the host of `url`, and returns it.
pub(crate) async fn tunnel(stream: Box<dyn Connection>, proxy: &Url, url: &Url) -> Result<Box<dyn Connection>, Fault> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let driver = tokio::spawn(connection.with_upgrades());
    let response = sender.send_request(request(proxy, url)?).await;
    let opened = match response {
        Ok(response) if response.status().is_success() => hyper::upgrade::on(response).await.map_err(Fault::from),
        Ok(response) => Err(format!("the proxy answered {} to CONNECT", response.status()).into()),
        Err(error) => Err(error.into()),
    };
    driver.abort();
    Ok(Box::new(TokioIo::new(opened?)))
}

fn request(proxy: &Url, url: &Url) -> Result<Request<Empty<Bytes>>, Fault> {
    let port = url.port_or_known_default().ok_or("the URL has no port")?;
    let authority = format!("{}:{port}", &url[Position::BeforeHost..Position::AfterHost]);
    let mut request = Request::builder().method(Method::CONNECT).uri(&authority).header(HOST, &authority);
    if !proxy.username().is_empty() {
        request = request.header(PROXY_AUTHORIZATION, login(proxy)?);
    }
    Ok(request.body(Empty::new())?)
}

/// Returns user and password of the proxy as a `Basic` header (RFC 7617).
fn login(proxy: &Url) -> Result<HeaderValue, Fault> {
    let plain = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let pair = format!("{}:{}", plain(proxy.username()), plain(proxy.password().unwrap_or_default()));
    let mut value = HeaderValue::from_str(&format!("Basic {}", BASE64_STANDARD.encode(pair)))?;
    value.set_sensitive(true);
    Ok(value)
}
