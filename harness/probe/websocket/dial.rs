//! The TCP and TLS connection of a WebSocket, through the proxy if the target asks for one.

use std::error::Error;
use std::net::SocketAddr;

use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use url::{Host, Url};

use crate::probe::transport::classify::{Stage, classify};
use crate::probe::transport::phases::Stopwatch;
use crate::probe::transport::{Rules, before_connection};
use crate::probe::websocket::tunnel::tunnel;
use crate::probe::{ErrorKind, TransportError};

/// A plain or encrypted connection.
pub(crate) trait Connection: AsyncRead + AsyncWrite + Unpin + Send + 'static {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send + 'static> Connection for T {}

pub(crate) type Fault = Box<dyn Error + Send + Sync>;

/// Connects to the URL's host, with TLS for `wss`, within the connect budget.
pub(crate) async fn dial(
    url: &Url,
    rules: &Rules<'_>,
    watch: &Stopwatch,
) -> Result<Box<dyn Connection>, TransportError> {
    let connecting = watch.connecting(connect(url, rules, watch));
    let connected = rules.deadline.at_most(rules.budget.connect).within(connecting, ErrorKind::ConnectionTimeout).await;
    let connected = connected.map_err(|error| before_connection(error, watch))?;
    connected.map_err(|fault| classify(&*fault, Stage::Connecting))
}

async fn connect(url: &Url, rules: &Rules<'_>, watch: &Stopwatch) -> Result<Box<dyn Connection>, Fault> {
    let first = rules.proxy.unwrap_or(url);
    let stream = TcpStream::connect(addresses(first, watch).await?.as_slice()).await?;
    stream.set_nodelay(true)?;
    let stream = secured(first, Box::new(stream), rules).await?;
    match rules.proxy {
        Some(proxy) => secured(url, tunnel(stream, proxy, url).await?, rules).await,
        None => Ok(stream),
    }
}

/// Adds TLS where the scheme of the URL asks for it.
async fn secured(url: &Url, stream: Box<dyn Connection>, rules: &Rules<'_>) -> Result<Box<dyn Connection>, Fault> {
    if !is_encrypted(url) {
        return Ok(stream);
    }
    let connector = TlsConnector::from(rules.tls.http1(url));
    Ok(Box::new(connector.connect(server_name(url)?, stream).await?))
}

async fn addresses(url: &Url, watch: &Stopwatch) -> Result<Vec<SocketAddr>, Fault> {
    let port = url.port_or_known_default().ok_or("the URL has no port")?;
    match url.host().ok_or("the URL has no host")? {
        Host::Domain(name) => Ok(watch.resolve(name, port).await?),
        Host::Ipv4(ip) => Ok(vec![(ip, port).into()]),
        Host::Ipv6(ip) => Ok(vec![(ip, port).into()]),
    }
}

fn server_name(url: &Url) -> Result<ServerName<'static>, Fault> {
    match url.host().ok_or("the URL has no host")? {
        Host::Domain(name) => Ok(ServerName::try_from(name.to_owned())?),
        Host::Ipv4(ip) => Ok(ServerName::IpAddress(std::net::IpAddr::from(ip).into())),
        Host::Ipv6(ip) => Ok(ServerName::IpAddress(std::net::IpAddr::from(ip).into())),
    }
}

fn is_encrypted(url: &Url) -> bool {
    matches!(url.scheme(), "wss" | "https")
}
