//! The OAuth 2.0 login in the description of an API: OpenAPI 3, "OAuth Flows Object", and Swagger 2.0, "Security Scheme
//! Object".

use serde_json::Value;
use url::Url;

use super::one_line;
use crate::config::{Draft, DraftFlow, DraftLogin, DraftOauth};

/// The flows with a token endpoint, the ones without a browser first. After the others, the client has a refresh token.
const FLOWS: [(&str, DraftFlow); 5] = [
    ("password", DraftFlow::Password),
    ("clientCredentials", DraftFlow::ClientCredentials),
    ("application", DraftFlow::ClientCredentials),
    ("authorizationCode", DraftFlow::RefreshToken),
    ("accessCode", DraftFlow::RefreshToken),
];

/// Adds the login that the description names, unless the operator said that there is another one. `prefix` begins every path
/// of the backend.
pub(super) fn add(api: &Value, prefix: &str, draft: &mut Draft) {
    let has_address = draft.auth.as_ref().is_none_or(|auth| auth.contains(':'));
    let wants_another = draft.login.is_some_and(|login| login != DraftLogin::Oauth);
    if wants_another || !has_address {
        return;
    }
    let Some((flow, described)) = first(api) else { return };
    let base = draft.backend.as_ref().map(|backend| format!("{backend}{prefix}"));
    let Some(url) = token_url(described, base.as_deref()) else { return };
    draft.login = Some(DraftLogin::Oauth);
    draft.auth.get_or_insert_with(|| url.origin().ascii_serialization());
    let is_the_login = |path: &str| path.trim_end_matches('/') == url.path().trim_end_matches('/');
    draft.endpoints.retain(|one| one.method != "POST" || !is_the_login(&one.path));
    draft.oauth = Some(DraftOauth { flow, token_url: url.into(), scope: scope(described) });
}

/// Returns the flow that needs the least, of all schemes.
fn first(api: &Value) -> Option<(DraftFlow, &Value)> {
    let schemes = api.pointer("/components/securitySchemes").or_else(|| api.get("securityDefinitions"))?.as_object()?;
    let schemes = || schemes.values().filter(|scheme| scheme.get("type").and_then(Value::as_str) == Some("oauth2"));
    let of = |name: &str| {
        // Swagger 2.0 has one flow for each scheme.
        let is_named = |scheme: &&Value| scheme.get("flow").and_then(Value::as_str) == Some(name);
        let in_flows = schemes().find_map(|scheme| scheme.get("flows")?.get(name));
        in_flows.or_else(|| schemes().find(is_named))
    };
    FLOWS.iter().find_map(|(name, flow)| Some((*flow, of(name)?)))
}

/// Returns the address of the token endpoint. A relative one is relative to the server.
fn token_url(described: &Value, base: Option<&str>) -> Option<Url> {
    let written = described.get("tokenUrl")?.as_str()?;
    let url = Url::parse(written).ok().or_else(|| {
        let base = Url::parse(&format!("{}/", base?.trim_end_matches('/'))).ok()?;
        base.join(written).ok()
    })?;
    let is_plain = url.username().is_empty() && url.password().is_none() && url.query().is_none();
    (matches!(url.scheme(), "http" | "https") && url.has_host() && is_plain).then_some(url)
}

fn scope(described: &Value) -> Option<String> {
    let names = described.get("scopes")?.as_object()?.keys();
    let names: Vec<String> = names.map(|name| one_line(name)).collect();
    (!names.is_empty()).then(|| names.join(" "))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::init::openapi;

    fn drafted(schemes: &str, draft: Draft) -> Draft {
        let mut draft = draft;
        let text = format!(
            r#"{{"openapi":"3.1.0","servers":[{{"url":"https://api.shop.test/v1"}}],"components":{{"securitySchemes":{schemes}}},
            "paths":{{"/token":{{"post":{{}}}},"/orders":{{"get":{{}}}}}}}}"#
        );
        openapi("api.json", &text, &mut draft).expect("a description");
        draft
    }

    #[rstest]
    #[case::password(
        r#"{"password":{"tokenUrl":"https://id.shop.test/token","scopes":{"a":"","b":""}}}"#,
        "password",
        "https://id.shop.test/token"
    )]
    #[case::relative(r#"{"password":{"tokenUrl":"token","scopes":{}}}"#, "password", "https://api.shop.test/v1/token")]
    #[case::from_the_root(
        r#"{"clientCredentials":{"tokenUrl":"/token","scopes":{}}}"#,
        "client-credentials",
        "https://api.shop.test/token"
    )]
    #[case::code(
        r#"{"implicit":{"scopes":{}},"authorizationCode":{"tokenUrl":"https://id.shop.test/t"}}"#,
        "refresh-token",
        "https://id.shop.test/t"
    )]
    fn the_flow_gives_the_login(#[case] flows: &str, #[case] flow: &str, #[case] url: &str) {
        let text = drafted(&format!(r#"{{"o":{{"type":"oauth2","flows":{flows}}}}}"#), Draft::default()).render();
        assert!(text.contains(&format!("flow = \"{flow}\"\ntoken_url = \"{url}\"\n")), "{text}");
        assert_eq!(text.contains("#scope = \"a b\""), flows.contains("\"b\""), "{text}");
        assert_eq!(text.contains("refresh_token = ["), flow == "refresh-token", "{text}");
        assert!(!text.contains("signing_secret"), "{text}");
        let checked = crate::config::TargetFile::check("fivewhys.toml", &text, std::path::Path::new(""));
        assert!(checked.mistakes.is_empty(), "{:?}\n{text}", checked.mistakes);
    }

    #[test]
    fn swagger_has_one_flow_for_each_scheme() {
        let text = r#"{"swagger":"2.0","host":"api.shop.test","securityDefinitions":{"o":{"type":"oauth2","flow":"application",
            "tokenUrl":"https://id.shop.test/token","scopes":{"x":""}}},"paths":{"/a":{"get":{}}}}"#;
        let mut draft = Draft::default();
        openapi("api.json", text, &mut draft).expect("a description");
        assert_eq!(
            draft.oauth.map(|one| (one.flow, one.token_url)),
            Some((DraftFlow::ClientCredentials, "https://id.shop.test/token".to_owned()))
        );
    }

    #[test]
    fn the_token_endpoint_is_no_endpoint_of_its_own() {
        let schemes = r#"{"o":{"type":"oauth2","flows":{"password":{"tokenUrl":"token"}}}}"#;
        let draft = Draft { backend: None, ..Draft::default() };
        let ids: Vec<String> = drafted(&schemes.replace("\"token\"", "\"/token\""), draft)
            .endpoints
            .into_iter()
            .map(|one| one.id)
            .collect();
        assert_eq!(ids, ["backend.orders"]);
    }

    #[rstest]
    #[case::another_login(Draft { login: Some(DraftLogin::Json), ..Draft::default() })]
    #[case::no_auth_service(Draft { auth: Some("none".to_owned()), ..Draft::default() })]
    fn what_the_operator_said_counts(#[case] draft: Draft) {
        let schemes = r#"{"o":{"type":"oauth2","flows":{"password":{"tokenUrl":"/token"}}}}"#;
        let login = draft.login;
        assert_eq!(drafted(schemes, draft).login, login);
    }
}
