//! Signatures: the marks by which the producer of a response is recognised.
//!
//! The data is in `signatures/`, one file per product. This file reads the data and matches it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::observe::maker::{Mark, Says};
use crate::probe::Exchange;
use crate::terms::EndpointKind;

/// One mark of a product. Every condition that is given must hold.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Signature {
    /// A slug, `run.iam.missing`; several entries may share it.
    pub(crate) id: String,
    /// What the mark shows about the producer of the response.
    pub(crate) says: Says,
    /// How the fact is known. It limits the weight: a test checks that.
    #[cfg_attr(not(test), expect(dead_code, reason = "kept in the data for its readers"))]
    pub(crate) basis: Basis,
    /// How reliable the mark is, from 0 to 1: see [`crate::observe::maker`].
    pub(crate) weight: f64,
    /// Where the fact comes from.
    #[expect(dead_code, reason = "kept in the data for its readers")]
    source: String,
    /// The status code is one of these.
    #[serde(default)]
    status: Vec<u16>,
    /// The media type is this.
    content_type: Option<String>,
    /// The body starts with this, after white space.
    body_begins: Option<String>,
    /// The body is one of these, without the white space around it.
    #[serde(default)]
    body_is: Vec<String>,
    /// The body contains all of these.
    #[serde(default)]
    body: Vec<String>,
    /// The body, or one message that the server sent over the socket, contains all of these.
    #[serde(default)]
    said: Vec<String>,
    /// The body is empty.
    #[serde(default)]
    body_empty: bool,
    /// These headers are present and contain this text, in any letter case.
    #[serde(default)]
    header: BTreeMap<String, String>,
    /// The endpoint is of this kind.
    kind: Option<EndpointKind>,
}

/// How a fact is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Basis {
    /// Measured on loopback with the real product.
    Measured,
    /// Documented by the vendor or by a standard.
    Documented,
    /// Reported publicly with a real capture.
    Reported,
    /// Generally known, but not verified for this project: never more than a hint.
    Hearsay,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignatureFile {
    signature: Vec<Signature>,
}

macro_rules! products {
    ($($name:literal),+ $(,)?) => {
        [$(($name, include_str!(concat!("signatures/", $name, ".toml")))),+]
    };
}

static SHIPPED: LazyLock<Vec<Signature>> = LazyLock::new(|| {
    let files = products![
        "apache",
        "api-gateways",
        "aws-alb",
        "aws-api-gateway",
        "caddy",
        "cloud-armor",
        "cloud-run",
        "cloudflare",
        "envoy",
        "espv2",
        "fastapi",
        "gateway",
        "gfe",
        "haproxy",
        "iap",
        "load-balancer",
        "nginx",
        "stores",
        "traefik",
        "traffic-server",
        "varnish",
        "web-frameworks",
    ];
    files.into_iter().flat_map(|(name, text)| read(name, text)).collect()
});

fn read(name: &str, text: &str) -> Vec<Signature> {
    match toml::from_str::<SignatureFile>(text) {
        Ok(file) => file.signature,
        Err(error) => unreachable!("signatures/{name}.toml is checked by a test: {error}"),
    }
}

/// Returns every built-in signature.
pub(crate) fn shipped() -> &'static [Signature] {
    &SHIPPED
}

/// Returns the marks of known products in this exchange.
pub(crate) fn marks(exchange: &Exchange, kind: EndpointKind) -> impl Iterator<Item = Mark> {
    let response = response(exchange);
    let fits = move |signature: &&Signature| response.is_some_and(|response| signature.fits(response, kind));
    shipped().iter().filter(fits).map(|signature| signature.mark(exchange))
}

/// Returns what the signatures see. To a gRPC call, a product says as `grpc-message` what it says to others as a plain text.
fn response(exchange: &Exchange) -> Option<Response<'_>> {
    let status = exchange.meant_status()?;
    let said = exchange.grpc_failure().map(|_| exchange.fields("grpc-message").next().unwrap_or_default());
    Some(Response {
        exchange,
        status,
        text: said.unwrap_or(&exchange.body.text).trim(),
        media_type: if said.is_some() { Some("text/plain") } else { media_type(exchange) },
    })
}

/// What signatures are compared with.
#[derive(Clone, Copy)]
struct Response<'a> {
    exchange: &'a Exchange,
    status: u16,
    text: &'a str,
    media_type: Option<&'a str>,
}

impl Signature {
    fn fits(&self, response: Response<'_>, kind: EndpointKind) -> bool {
        let Response { exchange, status, text, media_type } = response;
        (self.status.is_empty() || self.status.contains(&status))
            && self.kind.is_none_or(|wanted| wanted == kind)
            && self.content_type.as_deref().is_none_or(|wanted| media_type == Some(wanted))
            // Most failed gRPC calls have no body, whichever component answered.
            && (!self.body_empty || (text.is_empty() && exchange.grpc_failure().is_none()))
            && self.body_begins.as_deref().is_none_or(|begin| text.starts_with(begin))
            && (self.body_is.is_empty() || self.body_is.iter().any(|whole| text == whole))
            && self.body.iter().all(|part| text.contains(part.as_str()))
            && (self.said.is_empty() || self.is_said(response))
            && self.header.iter().all(|(name, part)| has_header(exchange, name, part))
    }

    fn is_said(&self, response: Response<'_>) -> bool {
        let said = response.exchange.received().map(|frame| frame.data.as_str()).chain([response.text]);
        said.into_iter().any(|text| self.said.iter().all(|part| text.contains(part.as_str())))
    }

    fn mark(&self, exchange: &Exchange) -> Mark {
        let place = if exchange.grpc_failure().is_some() { "grpc-message" } else { "body" };
        Mark { id: self.id.clone(), says: self.says, weight: self.weight, bytes: self.bytes(place) }
    }

    /// Returns the bytes that matched, for the report. `place` is where the text stands.
    fn bytes(&self, place: &str) -> String {
        let headers = self.header.iter().map(|(name, part)| format!("header {name}: …{part}"));
        let body = self.body_begins.iter().chain(&self.body).chain(&self.said).map(|part| format!("{place} …{part}…"));
        let status = (!self.status.is_empty()).then(|| format!("status {:?}", self.status));
        headers.chain(body).chain(status).next().unwrap_or_else(|| self.id.clone())
    }
}

/// Returns the media type of the response, without parameters.
pub(crate) fn media_type(exchange: &Exchange) -> Option<&str> {
    let value = exchange.header("content-type")?;
    Some(value.split(';').next().unwrap_or(value).trim())
}

fn has_header(exchange: &Exchange, name: &str, part: &str) -> bool {
    let is_there = |value: &str| {
        part.is_empty()
            || value.as_bytes().windows(part.len()).any(|window| window.eq_ignore_ascii_case(part.as_bytes()))
    };
    exchange.headers(name).any(is_there)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use crate::fixtures::{endpoint, exchange};
    use crate::observe::maker::SURE;
    use crate::observe::observe;
    use crate::observe::signature::{Basis, shipped};
    use crate::probe::Exchange;
    use crate::terms::{Hop, TokenKind};

    const MESSAGES: &str = "backend.chat-messages";
    const HTML: &str = "text/html; charset=iso-8859-1";
    const TEXT: &str = "text/plain";
    const JSON: &str = "application/json";

    #[test]
    fn an_unverified_signature_is_never_more_than_a_hint() {
        let bold: Vec<&str> = shipped()
            .iter()
            .filter(|one| match one.basis {
                Basis::Hearsay => one.weight >= SURE,
                Basis::Measured | Basis::Documented | Basis::Reported => !(0.0..1.0).contains(&one.weight),
            })
            .map(|one| one.id.as_str())
            .collect();
        assert!(bold.is_empty(), "{bold:?}");
    }

    fn seen(exchange: &Exchange) -> (Hop, bool) {
        let seen = observe(exchange, &endpoint(MESSAGES), "nobody").expect("not cut by the budget of the run");
        (seen.answered_by, seen.maker_is_hint)
    }

    fn answered(status: u16, media: &str, headers: &[(&str, &str)], text: &str) -> (Hop, bool) {
        let plain = exchange(MESSAGES, TokenKind::Valid).answered(status, media, text);
        seen(&headers.iter().fold(plain, |one, (name, value)| one.with_header(name, value)))
    }

    #[rstest]
    #[case::haproxy(503, HTML, &[], "<html><body><h1>503 Service Unavailable</h1>\nNo server is available to handle this request.\n</body></html>\n")]
    #[case::haproxy_deny(403, HTML, &[], "<html><body><h1>403 Forbidden</h1>\nRequest forbidden by administrative rules.\n</body></html>\n")]
    #[case::haproxy_timeout(504, HTML, &[], "<html><body><h1>504 Gateway Time-out</h1>\nThe server didn't respond in time.\n</body></html>\n")]
    #[case::haproxy_limit(429, HTML, &[], "<html><body><h1>429 Too Many Requests</h1>\nYou have sent too many requests in a given amount of time.\n</body></html>\n")]
    #[case::caddy(502, "", &[("server", "Caddy")], "")]
    #[case::apache(502, HTML, &[("server", "Apache/2.4.71 (Debian)")], "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\" \"http://www.w3.org/TR/html4/strict.dtd\">\n<html><head>\n<title>502 Proxy Error</title>\n</head><body>\n<h1>Proxy Error</h1>\n<p>The proxy server received an invalid\nresponse from an upstream server.<br />\n")]
    #[case::apache_refused(503, HTML, &[("server", "Apache/2.4.71 (Debian)")], "<html><head>\n<title>503 Service Unavailable</title>\n</head><body>\n<h1>Service Unavailable</h1>\n<p>The server is temporarily unable to service your\nrequest due to maintenance downtime or capacity\nproblems. Please try again later.</p>\n")]
    #[case::varnish(503, HTML, &[("x-varnish", "2")], "<!DOCTYPE html>\n<html>\n<head><title>503 Backend fetch failed</title></head><body><h1>Error 503 Backend fetch failed</h1><h3>Guru Meditation:</h3>")]
    #[case::traffic_server(413, HTML, &[("server", "ATS/9.2.9")], "<HTML>\n<HEAD>\n<TITLE>Error</TITLE>\n</HEAD>\n\n<BODY BGCOLOR=\"white\" FGCOLOR=\"black\">\n<H1>Error</H1>\n<HR>\n\n<FONT FACE=\"Helvetica,Arial\"><B>\nDescription: Could not process this request.\n</B></FONT>\n<HR>\n</BODY>\n")]
    #[case::nginx(502, HTML, &[("server", "nginx/1.22.1")], "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx/1.22.1</center>\r\n</body>\r\n</html>\r\n")]
    #[case::envoy(503, TEXT, &[("server", "envoy")], "upstream connect error or disconnect/reset before headers. reset reason: connection failure")]
    #[case::envoy_no_upstream(503, TEXT, &[("server", "istio-envoy")], "no healthy upstream")]
    #[case::istio(403, TEXT, &[("server", "istio-envoy"), ("x-envoy-upstream-service-time", "1")], "RBAC: access denied")]
    #[case::envoy_jwt(401, TEXT, &[("server", "envoy")], "Jwt verification fails")]
    #[case::alb(503, HTML, &[("server", "awselb/2.0")], "<html>\r\n<head><title>503 Service Temporarily Unavailable</title></head>")]
    #[case::api_gateway(403, JSON, &[("x-amzn-errortype", "ForbiddenException"), ("x-amzn-requestid", "a")], r#"{"message":"Forbidden"}"#)]
    #[case::cloudflare(403, TEXT, &[("server", "cloudflare"), ("cf-ray", "8-FRA")], "error code: 1020")]
    #[case::cloudflare_origin(521, HTML, &[("server", "cloudflare"), ("cf-ray", "8-FRA")], "<title>x | 521: Web server is down</title>")]
    #[case::armor(403, "text/html; charset=UTF-8", &[("via", "1.1 google")], "<!doctype html><meta charset=\"utf-8\"><meta name=viewport content=\"width=device-width, initial-scale=1\"><title>403</title>403 Forbidden")]
    #[case::iap(302, "text/html", &[("x-goog-iap-generated-response", "true"), ("location", "https://accounts.google.com/o/oauth2/v2/auth")], "Invalid IAP credentials: empty token")]
    #[case::gfe(404, HTML, &[], "<title>Error 404 (Not Found)!!1</title>")]
    #[case::load_balancer(502, HTML, &[], "<h1>Error: Server Error</h1>\n<h2>The server encountered a temporary error and could not complete your request.<p>Please try again in 30 seconds.</h2>")]
    #[case::cloud_run(403, HTML, &[("server", "Google Frontend")], "<h1>Error: Forbidden</h1>\n<h2>Your client does not have permission to get URL <code>/x</code> from this server.</h2>")]
    fn the_edge_produced_this_response(
        #[case] status: u16,
        #[case] media: &str,
        #[case] headers: &[(&str, &str)],
        #[case] text: &str,
    ) {
        assert_eq!(answered(status, media, headers, text), (Hop::Edge, false));
    }

    #[rstest]
    #[case::by_an_unknown_gateway(504, &[], "<h1>Gateway Timeout</h1>")]
    #[case::with_a_demand_for_a_password(401, &[("www-authenticate", "Basic realm=\"f\"")], "<h1>401</h1>")]
    #[case::with_a_redirect_to_a_login_page(302, &[("location", "https://sso.example.test/login")], "")]
    fn a_hint_points_to_the_edge(#[case] status: u16, #[case] headers: &[(&str, &str)], #[case] text: &str) {
        assert_eq!(answered(status, HTML, headers, text), (Hop::Edge, true));
    }

    #[rstest]
    #[case::nginx_with_auth_request(
        401,
        "<center><h1>401 Authorization Required</h1></center>\r\n<hr><center>nginx/1.22.1</center>",
        true
    )]
    #[case::nginx_without_auth_request(
        502,
        "<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx/1.22.1</center>",
        false
    )]
    fn an_edge_may_report_the_decision_of_another_service(
        #[case] status: u16,
        #[case] text: &str,
        #[case] for_another: bool,
    ) {
        let page = exchange(MESSAGES, TokenKind::Valid).answered(status, HTML, text);
        let seen = observe(&page, &endpoint(MESSAGES), "nobody").expect("not cut by the budget of the run");
        assert_eq!((seen.answered_by, seen.speaks_for_another), (Hop::Edge, for_another));
    }

    #[rstest]
    #[case::nginx(&[("server", "nginx/1.22.1")])]
    #[case::google(&[("server", "Google Frontend"), ("x-cloud-trace-context", "a;o=1"), ("via", "1.1 google")])]
    #[case::envoy(&[("server", "envoy"), ("x-envoy-upstream-service-time", "3")])]
    #[case::cloudflare(&[("server", "cloudflare"), ("cf-ray", "8-FRA")])]
    #[case::caddy(&[("server", "Caddy"), ("via", "1.1 Caddy")])]
    #[case::varnish(&[("x-varnish", "2"), ("via", "1.1 varnish")])]
    #[case::an_api_gateway(&[("x-amzn-requestid", "a"), ("x-amzn-remapped-server", "uvicorn")])]
    #[case::a_load_balancer(&[("server", "uvicorn")])]
    #[case::a_proxy_that_says_so(&[("proxy-status", "edge; received-status=401")])]
    fn a_relayed_response_is_from_the_backend(
        #[case] headers: &[(&str, &str)],
        #[values(
            r#"{"detail":"Not authenticated"}"#,
            r#"{"error":true,"message":"no"}"#,
            r#"{"detail":"the other side said: <center><h1>502 Bad Gateway</h1></center><hr><center>nginx</center>"}"#,
            r#"{"detail":"upstream connect error or disconnect/reset before headers"}"#
        )]
        text: &str,
        #[values(401, 403, 500, 503)] status: u16,
    ) {
        assert_eq!(answered(status, JSON, headers, text).0, Hop::Backend);
    }

    #[rstest]
    #[case::the_edge_met_it("edge; error=connection_refused", Hop::Edge)]
    #[case::nearest_the_origin_first("backend; error=connection_timeout, edge; received-status=503", Hop::Backend)]
    #[case::with_its_name_in_quotes("\"lb.example\"; error=http_response_timeout; details=\"a, b\"", Hop::Edge)]
    #[case::an_unknown_error_type("edge; error=bored", Hop::Edge)]
    #[case::malformed("edge; error=", Hop::Unknown)]
    fn a_proxy_status_names_the_hop_that_met_the_error(#[case] value: &str, #[case] by: Hop) {
        assert_eq!(answered(503, TEXT, &[("proxy-status", value)], "gone").0, by);
    }
}
