//! The service credentials that a probe presents to the auth service, and the evidence that they need.

use rstest::rstest;

use super::bench::{Bench, endpoint, probe_of};
use crate::probe::CannotProbe;
use crate::probe::tests::bench::purse::SERVICE_SECRET;
use crate::probe::tests::bench::script::Server;
use crate::terms::{Caller, EndpointKind, EvidenceSource, TokenKind, TokenLocation};

const ID: &str = "auth.validate";

fn header<'a>(request: &'a str, name: &str) -> Option<&'a str> {
    request.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

#[rstest]
#[case(Caller::None, None, None)]
#[case(Caller::Right, Some("backend-1"), Some(true))]
#[case(Caller::WrongId, Some("backend-1-unknown"), Some(true))]
#[case(Caller::WrongSecret, Some("backend-1"), Some(false))]
#[case(Caller::IdOnly, Some("backend-1"), None)]
#[tokio::test]
async fn each_caller_has_its_headers(
    #[case] caller: Caller,
    #[case] id: Option<&str>,
    #[case] secret_is_right: Option<bool>,
    #[values(true, false)] takes_caller: bool,
) {
    let server = Server::answering(&["HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"]).await;
    let mut endpoint = endpoint(ID, EndpointKind::Http);
    endpoint.takes_caller = takes_caller;
    let mut probe = probe_of(ID);
    probe.key.caller = caller;
    let exchange = Bench::at(&server.url()).with(endpoint).send(&probe).await;
    let request = &server.requests()[0];
    assert_eq!(header(request, "x-service-id"), id.filter(|_| takes_caller));
    let secret = header(request, "x-service-secret");
    assert_eq!(secret.map(|secret| secret == SERVICE_SECRET), secret_is_right.filter(|_| takes_caller));
    assert!(secret.is_none_or(|secret| secret.len() >= SERVICE_SECRET.len()));
    let shown = exchange.request.headers.iter().find(|(name, _)| name == "X-Service-Secret");
    assert_eq!(shown.map(|(_, value)| value.as_str()), secret.map(|_| "<secret>"));
}

#[rstest]
#[case(&[], Caller::None, Some(EvidenceSource::Auth))]
#[case(&[EvidenceSource::Auth], Caller::None, None)]
#[case(&[EvidenceSource::Auth], Caller::WrongSecret, None)]
#[case(&[EvidenceSource::Auth], Caller::Right, Some(EvidenceSource::ServiceCredentials))]
#[case(&[EvidenceSource::Auth], Caller::WrongId, Some(EvidenceSource::ServiceCredentials))]
#[tokio::test]
async fn without_the_evidence_no_connection_is_made(
    #[case] open: &[EvidenceSource],
    #[case] caller: Caller,
    #[case] closed: Option<EvidenceSource>,
) {
    let server = Server::answering(&["HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"]).await;
    let mut endpoint = endpoint(ID, EndpointKind::Http);
    endpoint.takes_caller = true;
    let mut bench = Bench::at(&server.url()).with(endpoint);
    bench.target.evidence_sources = open.iter().copied().collect();
    let mut probe = probe_of(ID);
    probe.key.caller = caller;
    let refused = bench.probe(&probe).await.err();
    assert_eq!(
        refused,
        closed.map(|evidence_source| CannotProbe::EvidenceSourceClosed { endpoint: ID.to_owned(), evidence_source })
    );
    assert_eq!(server.connections(), usize::from(closed.is_none()));
}

#[tokio::test]
async fn a_request_that_cannot_be_made_gives_the_reason() {
    let bench = || {
        let mut endpoint = endpoint(ID, EndpointKind::Http);
        endpoint.token_locations = vec![TokenLocation::Header];
        Bench::at("http://127.0.0.1:9").with(endpoint)
    };
    let mut probe = probe_of("auth.nothing");
    assert_eq!(bench().probe(&probe).await.unwrap_err(), CannotProbe::UnknownEndpoint("auth.nothing".to_owned()));
    probe = probe_of(ID);
    probe.key.user = "bert".to_owned();
    assert_eq!(bench().probe(&probe).await.unwrap_err(), CannotProbe::UnknownUser("bert".to_owned()));
    probe = probe_of(ID);
    probe.key.token_location = TokenLocation::Body;
    assert!(matches!(bench().probe(&probe).await, Err(CannotProbe::TokenLocationNotTaken { .. })));
    probe = probe_of(ID);
    probe.key.token = TokenKind::Revoked;
    assert_eq!(bench().probe(&probe).await.unwrap_err(), CannotProbe::NoLogout);
    probe.key.token = TokenKind::Issued;
    assert_eq!(bench().probe(&probe).await.unwrap_err(), CannotProbe::NoIssuer);
}
