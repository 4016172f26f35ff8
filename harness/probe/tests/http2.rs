//! HTTP/2, if the server offers it.

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::HeaderMap;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rstest::rstest;

use super::bench::{Bench, endpoint, probe_of};
use super::tls::{speaking, trusting};
use crate::probe::ProbeRequest;
use crate::probe::tests::bench::script::Server;
use crate::terms::EndpointKind;

const ID: &str = "backend.stream";

/// Starts a server that sends one event and ends the stream.
async fn server(acceptor: tokio_rustls::TlsAcceptor) -> Server {
    Server::raw(move |stream| {
        let acceptor = acceptor.clone();
        async move {
            let stream = acceptor.accept(stream).await.unwrap();
            let is_http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
            let stream = TokioIo::new(stream);
            let answer = |_: Request<Incoming>| async move {
                let body = Full::new(Bytes::from_static(b"data: a\n\n"));
                Response::builder().header("content-type", "text/event-stream").body(body)
            };
            let answer = service_fn(answer);
            let _ = match is_http2 {
                true => http2::Builder::new(TokioExecutor::new()).serve_connection(stream, answer).await,
                false => http1::Builder::new().serve_connection(stream, answer).await,
            };
        }
    })
    .await
}

#[tokio::test]
async fn a_stream_over_http2_is_read_to_its_end() {
    let (certificate, acceptor) = speaking(&[b"h2"]);
    let server = server(acceptor).await;
    let base = format!("https://localhost:{}", server.address.port());
    let bench = Bench::at(&base).with(endpoint(ID, EndpointKind::Sse)).trusting(trusting(certificate));
    let exchange = bench.send(&probe_of(ID)).await;
    assert_eq!(exchange.error, None);
    assert_eq!((exchange.head.unwrap().version.as_str(), exchange.events.len()), ("HTTP/2.0", 1));
}

#[rstest]
#[case::usual(false, "HTTP/2.0")]
#[case::http1_only(true, "HTTP/1.1")]
#[tokio::test]
async fn the_request_decides_which_versions_are_offered(#[case] http1_only: bool, #[case] version: &str) {
    let (certificate, acceptor) = speaking(&[b"h2", b"http/1.1"]);
    let server = server(acceptor).await;
    let base = format!("https://localhost:{}", server.address.port());
    let bench = Bench::at(&base).with(endpoint(ID, EndpointKind::Sse)).trusting(trusting(certificate));
    let exchange = bench.send(&ProbeRequest { http1_only, ..probe_of(ID) }).await;
    assert_eq!(exchange.head.map(|head| head.version).as_deref(), Some(version), "{:?}", exchange.error);
}

#[tokio::test]
async fn the_trailers_of_a_response_are_kept() {
    let (certificate, acceptor) = speaking(&[b"h2"]);
    let server = Server::raw(move |stream| {
        let acceptor = acceptor.clone();
        async move {
            let stream = TokioIo::new(acceptor.accept(stream).await.unwrap());
            let answer = service_fn(|_: Request<Incoming>| async move {
                let fields = [("grpc-status", "16"), ("grpc-message", "no%20token")];
                let fields = fields.map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
                let body = Full::new(Bytes::from_static(b"\0\0\0\0\0"));
                let body = body.with_trailers(async move { Some(Ok(HeaderMap::from_iter(fields))) });
                Response::builder().header("content-type", "application/grpc").body(body)
            });
            let _ = http2::Builder::new(TokioExecutor::new()).serve_connection(stream, answer).await;
        }
    })
    .await;
    let base = format!("https://localhost:{}", server.address.port());
    let bench = Bench::at(&base).with(endpoint(ID, EndpointKind::Http)).trusting(trusting(certificate));
    let exchange = bench.send(&probe_of(ID)).await;
    let fields = [("grpc-status", "16"), ("grpc-message", "no token")];
    assert_eq!(exchange.trailers, fields.map(|(name, value)| (name.to_owned(), value.to_owned())));
    assert_eq!(exchange.meant_status(), Some(401));
}

#[tokio::test]
async fn requests_share_one_connection() {
    let (certificate, acceptor) = speaking(&[b"h2"]);
    let server = server(acceptor).await;
    let base = format!("https://localhost:{}", server.address.port());
    let prober = Bench::at(&base).with(endpoint(ID, EndpointKind::Sse)).trusting(trusting(certificate)).prober();
    for reused in [false, true, true] {
        let request = ProbeRequest { own_connection: false, ..probe_of(ID) };
        let exchange = prober.session().send(&request).await.unwrap();
        assert_eq!((exchange.error, exchange.phases.reused), (None, reused));
    }
    assert_eq!(server.connections(), 1);
}
