//! Signatures: marks by which the maker of an answer is known. Data in `signatures/`, one file a family; this reads and matches them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::probe::Exchange;
use crate::target::SurfaceKind;

/// One mark. Everything that is given must hold.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Signature {
    /// A slug, `run.iam.missing`; several entries may share it.
    pub(super) id: String,
    /// Who makes such answers.
    pub(super) made_by: Maker,
    /// The status code is one of these.
    #[serde(default)]
    status: Vec<u16>,
    /// The media type (or its `+suffix` form) is this.
    content_type: Option<String>,
    /// The body holds all of these.
    #[serde(default)]
    body: Vec<String>,
    /// The body is empty.
    #[serde(default)]
    body_empty: bool,
    /// The header is there and holds this (any case).
    #[serde(default)]
    header: BTreeMap<String, String>,
    /// The surface is of this kind.
    kind: Option<SurfaceKind>,
    /// How far one may lean on it, 0 to 1.
    pub(super) weight: f64,
    /// Where the fact comes from; for readers of the data.
    #[expect(dead_code, reason = "kept in the data for its readers")]
    source: String,
}

/// Who makes an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Maker {
    /// Something in front of the service.
    Edge,
    /// The service itself.
    Application,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignatureFile {
    signature: Vec<Signature>,
}

static SHIPPED: LazyLock<Vec<Signature>> = LazyLock::new(|| {
    [
        include_str!("signatures/google.toml"),
        include_str!("signatures/proxies.toml"),
        include_str!("signatures/fastapi.toml"),
    ]
    .into_iter()
    .flat_map(|text| toml::from_str::<SignatureFile>(text).expect("shipped signatures are checked by a test").signature)
    .collect()
});

/// The signatures that fit this exchange, the weightiest first.
pub(super) fn matching(exchange: &Exchange, kind: SurfaceKind) -> Vec<&'static Signature> {
    let mut found: Vec<_> = SHIPPED.iter().filter(|signature| signature.fits(exchange, kind)).collect();
    found.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    found
}

impl Signature {
    fn fits(&self, exchange: &Exchange, kind: SurfaceKind) -> bool {
        let Some(status) = exchange.status() else { return false };
        let text = exchange.body.text.as_str();
        (self.status.is_empty() || self.status.contains(&status))
            && self.kind.is_none_or(|wanted| wanted == kind)
            && self.content_type.as_deref().is_none_or(|wanted| media_type(exchange) == Some(wanted))
            && (!self.body_empty || text.is_empty())
            && self.body.iter().all(|part| text.contains(part.as_str()))
            && self.header.iter().all(|(name, part)| has_header(exchange, name, part))
    }

    /// The bytes that fitted, for the report.
    pub(super) fn bytes(&self) -> String {
        let headers = self.header.iter().map(|(name, part)| format!("header {name}: …{part}"));
        let body = self.body.iter().map(|part| format!("body …{part}…"));
        let status = (!self.status.is_empty()).then(|| format!("status {:?}", self.status));
        headers.chain(body).chain(status).next().unwrap_or_else(|| self.id.clone())
    }
}

/// The media type of the answer, without parameters.
pub(super) fn media_type(exchange: &Exchange) -> Option<&str> {
    let value = exchange.header("content-type")?;
    Some(value.split(';').next().unwrap_or(value).trim())
}

fn has_header(exchange: &Exchange, name: &str, part: &str) -> bool {
    let part = part.to_ascii_lowercase();
    let headers = exchange.head.iter().flat_map(|head| &head.headers);
    headers.into_iter().any(|(n, value)| n == name && value.to_ascii_lowercase().contains(&part))
}
