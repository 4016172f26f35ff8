//! A draft from the description of an API: OpenAPI 3.0 and 3.1 (<https://spec.openapis.org/oas/v3.1.0>), and Swagger 2.0.
//! JSON or YAML.

use miette::Diagnostic;
use serde_json::Value;
use thiserror::Error;
use url::Url;

use super::{add, names, oauth, one_line};
use crate::config::{Draft, Sketch};
use crate::terms::{EndpointKind, Role, TokenLocation};

/// The methods of a path item that are drafted.
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// Why a description cannot be read.
#[derive(Debug, Error, Diagnostic)]
pub(crate) enum OpenApiError {
    /// The text is neither JSON nor YAML.
    #[error("{from}, line {line}, column {column}: {why}")]
    #[diagnostic(code(fivewhys::init::openapi), help("give an OpenAPI file in JSON or YAML"))]
    Syntax {
        /// The name of the file.
        from: String,
        /// Counted from 1.
        line: u64,
        /// Counted from 1.
        column: u64,
        /// The mistake.
        why: String,
    },
    /// The text is no description of an API.
    #[error("{from} has no `paths`: it is no OpenAPI file")]
    #[diagnostic(
        code(fivewhys::init::openapi),
        help("an OpenAPI file has the keys `openapi` (or `swagger`) and `paths`")
    )]
    NoPaths {
        /// The name of the file.
        from: String,
    },
}

/// Adds what the description says to a draft: the address of the server, and an endpoint for each operation.
///
/// # Errors
/// When the text is no such description.
pub(crate) fn read(from: &str, text: &str, draft: &mut Draft) -> Result<(), OpenApiError> {
    let api = parse(from, text)?;
    let paths = api.get("paths").and_then(Value::as_object).ok_or(OpenApiError::NoPaths { from: from.to_owned() })?;
    let base = server(&api);
    if let Some(url) = base.as_deref().filter(|url| Url::parse(url).is_ok_and(|url| url.has_host())) {
        draft.backend.get_or_insert_with(|| url.to_owned());
    }
    // A server that is a path begins every path.
    let prefix = base.filter(|base| base.starts_with('/')).unwrap_or_default();
    let operations = paths
        .iter()
        .flat_map(|(path, item)| METHODS.iter().filter_map(move |method| Some((path, *method, item.get(*method)?))));
    let sketches: Vec<Sketch> = operations
        .map(|(path, method, operation)| {
            sketch(&api, &format!("{}{path}", prefix.trim_end_matches('/')), method, operation)
        })
        .collect();
    add(draft, sketches);
    oauth::add(&api, &prefix, draft);
    draft.from = format!("Written by `fivewhys init` from {}: read it before the first run.", one_line(from));
    Ok(())
}

fn parse(from: &str, text: &str) -> Result<Value, OpenApiError> {
    let options = serde_saphyr::options! {
        with_snippet: false,
        budget: serde_saphyr::budget! { max_depth: 128, max_nodes: 1_000_000, max_aliases: 1000 },
        alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: 100_000 },
    };
    if text.trim_start().starts_with('{') {
        return serde_json::from_str(text).map_err(|error| {
            let why = error.to_string().split(" at line ").next().unwrap_or_default().to_owned();
            let (line, column) = (error.line() as u64, error.column() as u64);
            OpenApiError::Syntax { from: from.to_owned(), line, column, why }
        });
    }
    serde_saphyr::from_str_with_options::<Value>(text, options).map_err(|error| {
        let place = error.location();
        let (line, column) = place.map_or((0, 0), |place| (place.line(), place.column()));
        OpenApiError::Syntax { from: from.to_owned(), line, column, why: "it is not valid YAML".to_owned() }
    })
}

/// Returns the address of the first server.
fn server(api: &Value) -> Option<String> {
    let text = |pointer: &str| api.pointer(pointer).and_then(Value::as_str);
    if let Some(url) = text("/servers/0/url") {
        return Some(url.trim_end_matches('/').to_owned()).filter(|url| !url.is_empty() && !url.contains('{'));
    }
    let path = text("/basePath").unwrap_or_default().trim_end_matches('/');
    match (text("/host"), text("/schemes/0").unwrap_or("https")) {
        (Some(host), scheme) => Some(format!("{scheme}://{host}{path}")),
        (None, _) => Some(path.to_owned()).filter(|path| !path.is_empty()),
    }
}

fn sketch(api: &Value, path: &str, method: &str, operation: &Value) -> Sketch {
    let method = method.to_ascii_uppercase();
    let location = location(api, operation);
    let role = names::role(&method, path, location.is_some());
    let service = names::service(path, role);
    let streams = operation.pointer("/responses/200/content/text~1event-stream").is_some();
    Sketch {
        id: names::id(service, role, &method, path),
        kind: if streams { EndpointKind::Sse } else { EndpointKind::Http },
        role,
        has_body: operation.get("requestBody").is_some() || role == Role::Issuer,
        token_locations: location.into_iter().collect(),
        token_cookie: None,
        method,
        path: path.to_owned(),
        seen: None,
    }
}

/// Returns where the operation takes its token, by its first security requirement. An empty requirement makes sign-in
/// optional; such an operation is drafted without a token.
fn location(api: &Value, operation: &Value) -> Option<TokenLocation> {
    let security = operation.get("security").or_else(|| api.get("security"))?.as_array()?;
    if security.iter().any(|one| one.as_object().is_some_and(serde_json::Map::is_empty)) {
        return None;
    }
    let name = security.first()?.as_object()?.keys().next()?;
    let schemes = api.pointer("/components/securitySchemes").or_else(|| api.get("securityDefinitions"));
    let scheme = schemes.and_then(|schemes| schemes.get(name));
    match scheme.and_then(|scheme| scheme.get("in")).and_then(Value::as_str) {
        Some("query") => Some(TokenLocation::Query),
        _ => Some(TokenLocation::Header),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHOP: &str = r#"
openapi: 3.1.0
info: { title: Shop, version: "1" }
servers: [{ url: "https://api.shop.test/v1/" }]
components: { securitySchemes: { bearer: { type: http, scheme: bearer } } }
security: [{ bearer: [] }]
paths:
  /health: { get: { security: [], responses: {} } }
  /orders:
    get: { responses: {} }
    post: { requestBody: {}, responses: {} }
  /orders/{id}: { get: { responses: {} } }
  /feed: { get: { responses: { "200": { content: { text/event-stream: {} } } } } }
"#;

    fn drafted(text: &str) -> Draft {
        let mut draft = Draft::default();
        read("api.yaml", text, &mut draft).expect("a description");
        draft
    }

    #[test]
    fn each_operation_becomes_an_endpoint() {
        let draft = drafted(SHOP);
        assert_eq!(draft.backend.as_deref(), Some("https://api.shop.test/v1"));
        let ids: Vec<(&str, Role)> = draft.endpoints.iter().map(|one| (one.id.as_str(), one.role)).collect();
        let expected = [
            ("backend.health", Role::Health),
            ("backend.orders", Role::Protected),
            ("backend.post-orders", Role::Protected),
            ("backend.orders-id", Role::Protected),
            ("backend.feed", Role::Protected),
        ];
        assert_eq!(ids, expected);
        assert_eq!(draft.endpoints[4].kind, EndpointKind::Sse);
        let text = draft.render();
        assert!(
            text.contains("backend = \"https://api.shop.test/v1\"") && text.contains("#path = \"/orders/FILL-IN\"")
        );
    }

    #[test]
    fn swagger_has_its_own_place_for_the_server() {
        let text =
            r#"{"swagger":"2.0","host":"api.shop.test","basePath":"/v2","schemes":["http"],"paths":{"/a":{"get":{}}}}"#;
        assert_eq!(drafted(text).backend.as_deref(), Some("http://api.shop.test/v2"));
    }

    #[test]
    fn a_relative_server_begins_each_path() {
        let text = r#"{"openapi":"3.0.0","servers":[{"url":"/api"}],"paths":{"/a":{"get":{}}}}"#;
        let draft = drafted(text);
        assert_eq!((draft.backend, draft.endpoints[0].path.as_str()), (None, "/api/a"));
    }

    #[test]
    fn a_text_that_is_no_description_is_a_mistake() {
        let error = |text: &str| read("api.json", text, &mut Draft::default()).unwrap_err().to_string();
        assert_eq!(error("{\n  \"paths\": {\n"), "api.json, line 3, column 0: EOF while parsing an object");
        assert_eq!(error("{}"), "api.json has no `paths`: it is no OpenAPI file");
        assert!(error("a: [").contains("it is not valid YAML"));
    }
}
