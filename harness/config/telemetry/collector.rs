//! Where the spans of a run are exported to.

use url::Url;

use crate::document::values::base_url;

/// An OTLP/HTTP endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Collector {
    /// What `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` or `OTEL_EXPORTER_OTLP_ENDPOINT` says.
    Environment,
    /// This base URL, to which `/v1/traces` is added.
    At(Url),
}

impl std::str::FromStr for Collector {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "environment" => Ok(Self::Environment),
            url => base_url(url, ["http", "https"]).map(Self::At),
        }
    }
}
