//! The endpoint and the headers of an export (OpenTelemetry specification, "OTLP Exporter").

use std::collections::HashMap;

use secrecy::SecretString;
use thiserror::Error;
use url::Url;

use crate::config::Collector;
use crate::host::environment;
use crate::redact::Redactor;

/// The variables with headers. The first one that is set counts. Their values are secret.
const HEADERS: [&str; 2] = ["OTEL_EXPORTER_OTLP_TRACES_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS"];
/// The variable with the whole URL for spans.
const TRACES_ENDPOINT: &str = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
/// The variable with the base URL.
const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
/// The path of spans below a base URL.
const TRACES_PATH: &str = "v1/traces";

/// Where spans go.
pub(crate) struct Destination {
    pub(super) endpoint: Url,
    pub(super) headers: HashMap<String, String>,
    /// Knows the values of the headers: a collector may quote them in its answer.
    pub(super) redactor: Redactor,
}

/// Why there is no endpoint.
#[derive(Debug, Error, miette::Diagnostic)]
pub(crate) enum NoDestination {
    /// The environment names none.
    #[error("spans are to be exported, and {ENDPOINT} is not set")]
    #[diagnostic(code(fivewhys::otlp::no_endpoint), help("set it, or write `--otlp URL`"))]
    NotSet,
    /// The variable holds no URL. Its value may hold a password, so the message does not quote it.
    #[error("{0} holds no URL of a host with http or https")]
    #[diagnostic(code(fivewhys::otlp::endpoint))]
    NotAUrl(&'static str),
}

impl Destination {
    /// Reads the endpoint and the headers. The redactor learns the values of the headers, and commands do not get them.
    ///
    /// # Errors
    /// When the environment is to name the endpoint and does not.
    pub(crate) fn of(collector: &Collector, redactor: &Redactor) -> Result<Self, NoDestination> {
        environment::withhold(HEADERS);
        let endpoint = match collector {
            Collector::At(base) => below(base),
            Collector::Environment => of_environment(&variable)?,
        };
        let written = HEADERS.into_iter().find_map(variable).unwrap_or_default();
        Ok(Self::at(endpoint, headers(&written), redactor))
    }

    /// Returns the endpoint as a message shows it: without user, password and query.
    pub(super) fn shown(&self) -> String {
        let place = &self.endpoint[url::Position::BeforeHost..url::Position::AfterPath];
        format!("{}://{place}", self.endpoint.scheme())
    }

    pub(super) fn at(endpoint: Url, headers: HashMap<String, String>, redactor: &Redactor) -> Self {
        let destination = Self { endpoint, headers, redactor: redactor.clone() };
        destination.conceal(redactor);
        destination
    }

    /// Tells a redactor the values of the headers.
    pub(crate) fn conceal(&self, redactor: &Redactor) {
        for value in self.headers.values() {
            redactor.register_secret("otlp-header", &SecretString::from(value.clone()));
        }
    }
}

fn variable(name: &str) -> Option<String> {
    environment::variable(name)?.into_string().ok().filter(|value| !value.trim().is_empty())
}

fn of_environment(variable: &dyn Fn(&str) -> Option<String>) -> Result<Url, NoDestination> {
    if let Some(whole) = variable(TRACES_ENDPOINT) {
        return usable(&whole).ok_or(NoDestination::NotAUrl(TRACES_ENDPOINT));
    }
    let base = variable(ENDPOINT).ok_or(NoDestination::NotSet)?;
    usable(&base).map(|base| below(&base)).ok_or(NoDestination::NotAUrl(ENDPOINT))
}

fn usable(text: &str) -> Option<Url> {
    Url::parse(text.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

fn below(base: &Url) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}/{TRACES_PATH}", base.path().trim_end_matches('/')));
    url
}

/// Reads `name=value,name=value`. Values are percent-encoded.
fn headers(text: &str) -> HashMap<String, String> {
    let pairs = text.split(',').filter_map(|pair| pair.split_once('='));
    let decoded = |value: &str| percent_encoding::percent_decode_str(value.trim()).decode_utf8_lossy().into_owned();
    pairs.map(|(name, value)| (name.trim().to_ascii_lowercase(), decoded(value))).collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{ENDPOINT, TRACES_ENDPOINT, headers, of_environment};

    #[rstest]
    #[case::base(&[(ENDPOINT, "http://localhost:4318")], Some("http://localhost:4318/v1/traces"))]
    #[case::base_with_a_path(&[(ENDPOINT, "https://o.example/otlp/")], Some("https://o.example/otlp/v1/traces"))]
    #[case::whole(&[(ENDPOINT, "http://a"), (TRACES_ENDPOINT, "http://b/spans")], Some("http://b/spans"))]
    #[case::not_set(&[], None)]
    #[case::no_url(&[(ENDPOINT, "localhost:4318")], None)]
    fn the_environment_names_the_endpoint(#[case] set: &[(&str, &str)], #[case] endpoint: Option<&str>) {
        let variable = |name: &str| set.iter().find(|(one, _)| *one == name).map(|(_, value)| (*value).to_owned());
        assert_eq!(of_environment(&variable).ok().as_ref().map(url::Url::as_str), endpoint);
    }

    #[test]
    fn headers_are_percent_decoded() {
        let headers = headers("api-key=a%3Db, X-Two = 2 ,broken");
        assert_eq!((headers.len(), headers["api-key"].as_str(), headers["x-two"].as_str()), (2, "a=b", "2"));
    }
}
