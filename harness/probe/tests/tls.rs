//! TLS, for HTTP and WebSocket.

use std::sync::Arc;
use std::time::Duration;

use futures_util::SinkExt as _;
use rstest::rstest;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio::io::AsyncReadExt as _;
use tokio::io::AsyncWriteExt as _;
use tokio_rustls::TlsAcceptor;
use tokio_tungstenite::tungstenite::Message;

use super::bench::{Bench, endpoint, probe_of};
use crate::probe::ErrorKind;
use crate::probe::tests::bench::script::Server;
use crate::probe::transport::Tls;
use crate::terms::EndpointKind;

const ID: &str = "backend.it";

fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}

fn self_signed() -> (CertificateDer<'static>, TlsAcceptor) {
    speaking(&[])
}

/// Returns a self-signed certificate, and a server that uses it and offers these application protocols.
pub(super) fn speaking(protocols: &[&[u8]]) -> (CertificateDer<'static>, TlsAcceptor) {
    let rcgen::CertifiedKey { cert, signing_key } =
        rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(signing_key.serialize_der().into());
    let config = ServerConfig::builder_with_provider(provider()).with_safe_default_protocol_versions().unwrap();
    let mut config = config.with_no_client_auth().with_single_cert(vec![cert.der().clone()], key).unwrap();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
    (cert.der().clone(), TlsAcceptor::from(Arc::new(config)))
}

pub(super) fn trusting(certificate: CertificateDer<'static>) -> Tls {
    let mut roots = RootCertStore::empty();
    roots.add(certificate).unwrap();
    let config = ClientConfig::builder_with_provider(provider()).with_safe_default_protocol_versions().unwrap();
    Tls::from_config(&config.with_root_certificates(roots).with_no_client_auth())
}

/// Starts a server that answers 200 over HTTP, and sends one frame over each WebSocket.
async fn server(acceptor: TlsAcceptor, kind: EndpointKind) -> Server {
    Server::raw(move |stream| {
        let acceptor = acceptor.clone();
        async move {
            let Ok(mut stream) = acceptor.accept(stream).await else { return };
            if kind == EndpointKind::Websocket {
                let mut socket = tokio_tungstenite::accept_async(stream).await.unwrap();
                socket.send(Message::text("hi")).await.unwrap();
                return;
            }
            let mut seen = [0; 4096];
            let _ = stream.read(&mut seen).await;
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await;
            let _ = stream.shutdown().await;
        }
    })
    .await
}

fn base(server: &Server, host: &str) -> String {
    format!("https://{host}:{}", server.address.port())
}

#[rstest]
#[tokio::test]
async fn a_self_signed_certificate_is_not_trusted(
    #[values(EndpointKind::Http, EndpointKind::Websocket)] kind: EndpointKind,
) {
    let (_, acceptor) = self_signed();
    let server = server(acceptor, kind).await;
    let exchange = Bench::at(&base(&server, "localhost")).with(endpoint(ID, kind)).send(&probe_of(ID)).await;
    let error = exchange.error.unwrap();
    assert_eq!(error.kind, ErrorKind::TlsCertificateError, "{error}");
    assert_eq!(exchange.phases.connect_ms, None);
}

#[rstest]
#[tokio::test]
async fn a_certificate_for_another_host_is_refused(
    #[values(EndpointKind::Http, EndpointKind::Websocket)] kind: EndpointKind,
) {
    let (certificate, acceptor) = self_signed();
    let server = server(acceptor, kind).await;
    let bench = Bench::at(&base(&server, "127.0.0.1")).with(endpoint(ID, kind)).trusting(trusting(certificate));
    let error = bench.send(&probe_of(ID)).await.error.unwrap();
    assert_eq!(error.kind, ErrorKind::TlsCertificateError, "{error}");
}

#[rstest]
#[tokio::test]
async fn a_trusted_certificate_is_accepted(#[values(EndpointKind::Http, EndpointKind::Websocket)] kind: EndpointKind) {
    let (certificate, acceptor) = self_signed();
    let server = server(acceptor, kind).await;
    let bench = Bench::at(&base(&server, "localhost")).with(endpoint(ID, kind)).trusting(trusting(certificate));
    let exchange = bench.send(&probe_of(ID)).await;
    assert_eq!(exchange.status(), Some(if kind == EndpointKind::Http { 200 } else { 101 }), "{:?}", exchange.error);
    assert!(exchange.phases.dns_ms.is_some() && exchange.phases.connect_ms.is_some());
    let said = exchange.frames.first().map_or(exchange.body.text.as_str(), |frame| frame.data.as_str());
    assert_eq!(said, if kind == EndpointKind::Http { "ok" } else { "hi" });
}

#[rstest]
#[tokio::test]
async fn a_server_without_tls_is_a_protocol_error(
    #[values(EndpointKind::Http, EndpointKind::Websocket)] kind: EndpointKind,
) {
    let server = Server::raw(|mut stream| async move {
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        while stream.read_u8().await.is_ok() {}
    })
    .await;
    let exchange = Bench::at(&base(&server, "localhost")).with(endpoint(ID, kind)).send(&probe_of(ID)).await;
    assert_eq!(exchange.error.map(|error| error.kind), Some(ErrorKind::TlsProtocolError));
}

#[rstest]
#[tokio::test]
async fn a_handshake_that_never_ends_is_a_connection_timeout(
    #[values(EndpointKind::Http, EndpointKind::Websocket)] kind: EndpointKind,
    #[values(200, 60_000)] connect_ms: u64,
) {
    let server = Server::raw(|mut stream| async move { while stream.read_u8().await.is_ok() {} }).await;
    let mut bench = Bench::at(&base(&server, "localhost")).with(endpoint(ID, kind));
    bench.target.budget.connect = Duration::from_millis(connect_ms);
    bench.target.budget.probe = Duration::from_millis(400);
    let exchange = bench.send(&probe_of(ID)).await;
    assert_eq!(exchange.error.map(|error| error.kind), Some(ErrorKind::ConnectionTimeout));
    assert!(exchange.phases.dns_ms.is_some() && exchange.phases.connect_ms.is_none());
}
