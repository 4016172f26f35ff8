//! Signatures: marks by which the maker of an answer is known. Data in `signatures/`, one file a product; this reads and matches them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::observe::maker::mark::{Mark, Says};
use crate::probe::Exchange;
use crate::terms::EndpointKind;

/// One mark of a product. Everything that is given must hold.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Signature {
    /// A slug, `run.iam.missing`; several entries may share it.
    pub(crate) id: String,
    /// What it tells of the answer's maker.
    pub(crate) says: Says,
    /// How the fact is known: bounds the weight, for the readers and the test of the data.
    #[cfg_attr(not(test), expect(dead_code, reason = "kept in the data for its readers"))]
    pub(crate) basis: Basis,
    /// How far one may lean on it, 0 to 1: see [`crate::observe::maker`].
    pub(crate) weight: f64,
    /// Where the fact comes from; for readers of the data.
    #[expect(dead_code, reason = "kept in the data for its readers")]
    source: String,
    /// The status code is one of these.
    #[serde(default)]
    status: Vec<u16>,
    /// The media type is this.
    content_type: Option<String>,
    /// The body begins so, white space aside.
    body_begins: Option<String>,
    /// The body is one of these, white space around it aside.
    #[serde(default)]
    body_is: Vec<String>,
    /// The body holds all of these.
    #[serde(default)]
    body: Vec<String>,
    /// The body, or one message of the server over the socket, holds all of these.
    #[serde(default)]
    said: Vec<String>,
    /// The body is empty.
    #[serde(default)]
    body_empty: bool,
    /// These headers are there and hold this (any case).
    #[serde(default)]
    header: BTreeMap<String, String>,
    /// The endpoint is of this kind.
    kind: Option<EndpointKind>,
}

/// How a fact is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Basis {
    /// On loopback, with the real product.
    Measured,
    /// By its vendor or a standard.
    Documented,
    /// By a public report of a real capture.
    Reported,
    /// Generally known, verified by nobody here: never more than a hint.
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
        "auth-words",
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
        "varnish",
    ];
    files.into_iter().flat_map(|(name, text)| read(name, text)).collect()
});

fn read(name: &str, text: &str) -> Vec<Signature> {
    match toml::from_str::<SignatureFile>(text) {
        Ok(file) => file.signature,
        Err(error) => unreachable!("signatures/{name}.toml is checked by a test: {error}"),
    }
}

/// Every signature that is shipped.
pub(crate) fn shipped() -> &'static [Signature] {
    &SHIPPED
}

/// The marks of known products on this exchange.
pub(crate) fn marks(exchange: &Exchange, kind: EndpointKind) -> impl Iterator<Item = Mark> {
    shipped().iter().filter(move |signature| signature.fits(exchange, kind)).map(Signature::mark)
}

impl Signature {
    fn fits(&self, exchange: &Exchange, kind: EndpointKind) -> bool {
        let Some(status) = exchange.status() else { return false };
        let text = exchange.body.text.trim();
        (self.status.is_empty() || self.status.contains(&status))
            && self.kind.is_none_or(|wanted| wanted == kind)
            && self.content_type.as_deref().is_none_or(|wanted| media_type(exchange) == Some(wanted))
            && (!self.body_empty || text.is_empty())
            && self.body_begins.as_deref().is_none_or(|begin| text.starts_with(begin))
            && (self.body_is.is_empty() || self.body_is.iter().any(|whole| text == whole))
            && self.body.iter().all(|part| text.contains(part.as_str()))
            && (self.said.is_empty() || self.is_said(exchange))
            && self.header.iter().all(|(name, part)| has_header(exchange, name, part))
    }

    fn is_said(&self, exchange: &Exchange) -> bool {
        let said = exchange.received().map(|frame| frame.data.as_str()).chain([exchange.body.text.as_str()]);
        said.into_iter().any(|text| self.said.iter().all(|part| text.contains(part.as_str())))
    }

    fn mark(&self) -> Mark {
        Mark { id: self.id.clone(), says: self.says, weight: self.weight, bytes: self.bytes() }
    }

    /// The bytes that fitted, for the report.
    fn bytes(&self) -> String {
        let headers = self.header.iter().map(|(name, part)| format!("header {name}: …{part}"));
        let body = self.body_begins.iter().chain(&self.body).chain(&self.said).map(|part| format!("body …{part}…"));
        let status = (!self.status.is_empty()).then(|| format!("status {:?}", self.status));
        headers.chain(body).chain(status).next().unwrap_or_else(|| self.id.clone())
    }
}

/// The media type of the answer, without parameters.
pub(crate) fn media_type(exchange: &Exchange) -> Option<&str> {
    let value = exchange.header("content-type")?;
    Some(value.split(';').next().unwrap_or(value).trim())
}

fn has_header(exchange: &Exchange, name: &str, part: &str) -> bool {
    let part = part.to_ascii_lowercase();
    let headers = exchange.head.iter().flat_map(|head| &head.headers);
    headers.into_iter().any(|(n, value)| n == name && value.to_ascii_lowercase().contains(&part))
}
