//! Connections that are kept for the next request.

use super::bench::{Bench, endpoint, probe_of};
use crate::probe::tests::bench::script::Server;
use crate::probe::{ErrorKind, ProbeRequest, Prober};
use crate::terms::EndpointKind;

const ID: &str = "backend.it";

fn prober(server: &Server) -> Prober {
    Bench::at(&server.url()).with(endpoint(ID, EndpointKind::Http)).prober()
}

fn sharing() -> ProbeRequest {
    ProbeRequest { own_connection: false, ..probe_of(ID) }
}

#[tokio::test]
async fn requests_of_several_sessions_share_a_connection() {
    let server = Server::keeping(9).await;
    let prober = prober(&server);
    let mut reused = Vec::new();
    for _ in 0..3 {
        let exchange = prober.session().send(&sharing()).await.unwrap();
        assert_eq!((exchange.status(), exchange.phases.connect_ms.is_none()), (Some(200), exchange.phases.reused));
        reused.push(exchange.phases.reused);
    }
    assert_eq!((reused, server.connections()), (vec![false, true, true], 1));
}

#[tokio::test]
async fn a_control_has_a_connection_of_its_own() {
    let server = Server::keeping(9).await;
    let prober = prober(&server);
    for request in [sharing(), probe_of(ID), probe_of(ID)] {
        let exchange = prober.session().send(&request).await.unwrap();
        assert!(!exchange.phases.reused && exchange.phases.connect_ms.is_some());
    }
    assert_eq!(server.connections(), 3);
}

#[tokio::test]
async fn an_origin_that_ends_a_kept_connection_gets_a_new_one_for_each_request() {
    let server = Server::keeping(1).await;
    let prober = prober(&server);
    let mut ended = Vec::new();
    for _ in 0..4 {
        let exchange = prober.session().send(&sharing()).await.unwrap();
        let kind = exchange.error.map(|error| error.kind);
        assert!(kind.is_none() || kind == Some(ErrorKind::ConnectionTerminated));
        ended.push((kind.is_some(), exchange.phases.reused));
    }
    assert_eq!(ended, [(false, false), (true, true), (false, false), (false, false)]);
}
