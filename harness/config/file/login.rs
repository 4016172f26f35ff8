//! `login`: how the test users get their tokens by OAuth 2.0 (RFC 6749). It becomes endpoints of the auth service.

use serde::Deserialize;
use serde_json::{Map, Value, json};
use url::Url;

use crate::config::file::overlay::{Overlay, overlays};
use crate::config::file::sources::SecretText;
use crate::config::{Accept, Basic, BodyForm, Endpoint, RequestForm};
use crate::document::JsonMatch;
use crate::document::values::BaseUrl;
use crate::document::written::{Entry, Named, OneOrMany};
use crate::terms::{Role, Service};

/// The id of the endpoint that issues tokens.
pub(crate) const TOKEN: &str = "auth.token";
/// The id of the endpoint that names the address of the other.
const DISCOVERY: &str = "auth.discovery";
/// The name of the client's secret, for `{secret:NAME}`.
pub(crate) const CLIENT_SECRET: &str = "client_secret";

overlays! {
    pub(crate) struct LoginLayer {
        /// The flow: `client-credentials`, `password` or `refresh-token` (RFC 6749, sections 4.4, 4.3 and 6).
        flow: Option<Flow>,
        /// The URL of the token endpoint, for example `https://id.example.com/oauth/token`.
        token_url: Option<BaseUrl>,
        /// The URL of the discovery document, instead of `token_url`: `https://id.example.com/.well-known/openid-configuration`. An address in it is used only if the target names its host.
        discovery: Option<BaseUrl>,
        /// The id of the client. `{sub}` and `{email}` of the user are replaced.
        client_id: Option<String>,
        /// The sources of the client's secret. A user's secret `client_secret` wins.
        client_secret: Option<OneOrMany<SecretText>>,
        /// Where the client sends its secret: `basic` (a header, the default), `post` (the body), or `none` for a public client.
        client_auth: Option<ClientAuth>,
        /// The scope, for example `openid orders`.
        scope: Option<String>,
        /// Additional parameters, for example `{ audience = "https://api.example.com" }`. They replace those of the flow, such as `username`.
        parameters: Named<String, String>,
    }
}

/// A flow in which no browser takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Flow {
    ClientCredentials,
    Password,
    RefreshToken,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ClientAuth {
    Basic,
    Post,
    None,
}

impl LoginLayer {
    /// Reports whether the target has no login.
    pub(crate) fn is_empty(&self) -> bool {
        self.flow.is_none() && self.token_url.is_none() && self.discovery.is_none() && self.client_id.is_none()
    }

    /// Returns the origin of the auth service, by the address that is written.
    pub(crate) fn origin(&self) -> Option<Url> {
        self.token_url.as_ref().or(self.discovery.as_ref()).map(|url| origin(&url.0))
    }

    /// Returns the audience that the login asks for: by the parameter `resource` (RFC 8707), or `audience`, which several
    /// products know.
    pub(crate) fn audience(&self) -> Option<String> {
        let asked = |entry: &&Entry<String>| matches!(entry.name.as_str(), "audience" | "resource");
        self.parameters.0.iter().find(asked).map(|entry| entry.value.clone())
    }

    /// Returns the endpoints that the login needs. The last one issues tokens.
    ///
    /// # Errors
    /// When a key is missing or two keys contradict each other.
    pub(crate) fn endpoints(&self) -> Result<Vec<Endpoint>, &'static str> {
        let flow = self.flow.ok_or("`login` has no `flow`: client-credentials, password or refresh-token")?;
        let id = self.client_id.as_deref();
        let auth = self.client_auth.unwrap_or(if id.is_some() { ClientAuth::Basic } else { ClientAuth::None });
        if id.is_none() && (auth != ClientAuth::None || flow == Flow::ClientCredentials) {
            return Err("`login` has no `client_id`");
        }
        let basic = (auth == ClientAuth::Basic).then(|| Basic {
            user: id.unwrap_or_default().to_owned(),
            password: format!("{{secret:{CLIENT_SECRET}}}"),
            is_form_encoded: true,
        });
        let body = self.parameters(flow, auth);
        let issuer = |base: &Url, discovery| Endpoint {
            role: Role::Issuer,
            method: "POST".to_owned(),
            body: Some(body),
            issued_token: Some(place("$.access_token")),
            form: RequestForm {
                base: Some(origin(base)),
                body: BodyForm::Form,
                basic,
                discovery,
                ..RequestForm::default()
            },
            ..bare(TOKEN, base)
        };
        match (&self.token_url, &self.discovery) {
            (Some(_), Some(_)) => Err("`login` has both `token_url` and `discovery`: write one of them"),
            (None, None) => Err("`login` has no address: write `token_url` or `discovery`"),
            (Some(url), None) => Ok(vec![issuer(&url.0, None)]),
            (None, Some(url)) => Ok(vec![discovery(&url.0), issuer(&url.0, Some(DISCOVERY.to_owned()))]),
        }
    }

    fn parameters(&self, flow: Flow, auth: ClientAuth) -> Value {
        let mut body = Map::new();
        let mut put = |name: &str, value: &str| body.insert(name.to_owned(), json!(value));
        match flow {
            Flow::ClientCredentials => {
                put("grant_type", "client_credentials");
            }
            Flow::Password => {
                put("grant_type", "password");
                put("username", "{email}");
                put("password", "{secret:password}");
            }
            Flow::RefreshToken => {
                put("grant_type", "refresh_token");
                put("refresh_token", "{secret:refresh_token}");
            }
        }
        if let Some(id) = self.client_id.as_ref().filter(|_| auth != ClientAuth::Basic) {
            put("client_id", id);
        }
        if auth == ClientAuth::Post {
            put("client_secret", &format!("{{secret:{CLIENT_SECRET}}}"));
        }
        if let Some(scope) = &self.scope {
            put("scope", scope);
        }
        for entry in &self.parameters.0 {
            put(&entry.name, &entry.value);
        }
        Value::Object(body)
    }
}

fn origin(url: &Url) -> Url {
    let mut origin = url.clone();
    origin.set_path("");
    origin
}

fn discovery(url: &Url) -> Endpoint {
    let json = vec![JsonMatch { path: place("$.token_endpoint"), any_of: Vec::new() }];
    Endpoint {
        role: Role::Health,
        accept: Accept { status: vec![200], json, ..Accept::default() },
        form: RequestForm { base: Some(origin(url)), ..RequestForm::default() },
        ..bare(DISCOVERY, url)
    }
}

fn bare(id: &str, url: &Url) -> Endpoint {
    Endpoint {
        headers: vec![("Accept".to_owned(), "application/json".to_owned())],
        ..Endpoint::bare(id.to_owned(), Service::Auth, "GET".to_owned(), url.path().to_owned())
    }
}

fn place(path: &str) -> serde_json_path::JsonPath {
    serde_json_path::JsonPath::parse(path).expect("a constant JSONPath")
}
