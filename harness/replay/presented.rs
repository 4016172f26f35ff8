//! Which kind of token and which service credentials a request carries.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use fivewhys_mocks::{Credential, Presented};
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use url::form_urlencoded;

use crate::config::{CallerScheme, Endpoint, SecretError, Target};
use crate::har::location;
use crate::replay::calls::{coarse, names_user};
use crate::replay::issued::Issued;
use crate::terms::{Caller, Role, TokenKind, TokenLocation};
use crate::token::Minter;
use crate::token::unverified::part;

/// How far the clocks of a caller and of this machine may differ, in seconds.
const LEEWAY: i64 = 30;

/// Names the credentials of a request in the words of the recording.
pub(super) struct Presenter {
    target: Target,
    minter: Minter,
    secret: Option<SecretString>,
    issued: Arc<Issued>,
    /// Whether the recording names the kind of each token.
    is_detailed: bool,
}

impl Presenter {
    pub(super) fn new(
        target: &Target,
        minter: Minter,
        issued: Arc<Issued>,
        is_detailed: bool,
    ) -> Result<Self, SecretError> {
        let secret = target.caller.as_ref().map(|caller| caller.secret.read()).transpose()?;
        Ok(Self { target: target.clone(), minter, secret, issued, is_detailed })
    }

    /// Returns what the recording may call the credentials of a request, the likeliest first.
    pub(super) fn names(&self, presented: &Presented<'_>) -> Vec<Credential> {
        if !self.is_detailed {
            let headers =
                presented.headers.iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
            let url = format!("http://replay.invalid/?{}", presented.query.unwrap_or_default());
            return vec![coarse(location(&url, headers).map(TokenLocation::as_str))];
        }
        let endpoint = self.endpoint(presented);
        let caller = endpoint.filter(|endpoint| endpoint.takes_caller).map_or(Caller::None, |_| self.caller(presented));
        let Some((location, token)) = token(presented, endpoint) else {
            return vec![credential(TokenKind::None, None, caller, String::new())];
        };
        let (kinds, user) = self.kinds(&token);
        if endpoint.is_some_and(|endpoint| endpoint.role == Role::Logout) {
            self.issued.revoke(&token);
        }
        kinds.into_iter().map(|kind| credential(kind, Some(location), caller, user.clone())).collect()
    }

    fn endpoint(&self, presented: &Presented<'_>) -> Option<&Endpoint> {
        let fits = |one: &&Endpoint| one.method.eq_ignore_ascii_case(presented.method) && one.path == presented.path;
        self.target.endpoints.values().find(fits)
    }

    /// Returns the kinds that a token may be, and the name of its user.
    fn kinds(&self, token: &str) -> (Vec<TokenKind>, String) {
        if let Some((kinds, user)) = self.issued.kinds(token) {
            return (kinds.to_vec(), user);
        }
        let claims = part(token, 1);
        let sub = claims.as_ref().and_then(|claims| claims.get("sub")?.as_str());
        let user = sub.and_then(|sub| self.target.users.iter().find(|user| user.sub == sub));
        let kind = match (part(token, 0), &claims) {
            (Some(header), Some(claims)) => self.kind(token, &header, claims, user.is_some()),
            _ => TokenKind::Malformed,
        };
        (vec![kind], user.map(|user| user.name.clone()).unwrap_or_default())
    }

    fn kind(&self, token: &str, header: &Value, claims: &Value, is_user: bool) -> TokenKind {
        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        let time = |name: &str| claims.get(name).and_then(Value::as_i64);
        let now = Timestamp::now().as_second();
        let is_later = |name: &str| time(name).is_some_and(|at| at > now.saturating_add(LEEWAY));
        match () {
            () if header.get("alg").and_then(Value::as_str) == Some("none") => TokenKind::AlgNone,
            () if !self.minter.verifies(token) => TokenKind::WrongKey,
            () if text("iss") != Some(&self.target.claims.iss) => TokenKind::WrongIssuer,
            () if text("aud") != self.target.claims.aud.as_deref() => TokenKind::WrongAudience,
            () if !is_user => TokenKind::UnknownUser,
            () if is_later("nbf") || is_later("iat") => TokenKind::NotYetValid,
            () if time("exp").is_some_and(|at| at < now) => TokenKind::Expired,
            () => TokenKind::Valid,
        }
    }

    fn caller(&self, presented: &Presented<'_>) -> Caller {
        let Some(expected) = &self.target.caller else { return Caller::None };
        let sent = |name: &str| presented.headers.get(name).and_then(|value| value.to_str().ok());
        let is_right = |secret: &str| self.secret.as_ref().is_some_and(|own| own.expose_secret() == secret);
        let by_scheme = |scheme: &str| {
            let (own, value) = sent("authorization")?.split_once(' ')?;
            own.eq_ignore_ascii_case(scheme).then(|| value.trim().to_owned())
        };
        let text = |value: Option<&str>| value.map(str::to_owned);
        let (id, secret) = match &expected.scheme {
            CallerScheme::Headers { id, secret } => (text(sent(id)), text(sent(secret))),
            CallerScheme::ApiKey(name) => (text(sent(name)).map(|_| String::new()), text(sent(name))),
            CallerScheme::Bearer => (by_scheme("bearer").map(|_| String::new()), by_scheme("bearer")),
            CallerScheme::Basic => {
                let decoded = by_scheme("basic").and_then(|value| STANDARD.decode(value).ok());
                let pair = decoded.and_then(|bytes| String::from_utf8(bytes).ok());
                let pair = pair.as_deref().and_then(|pair| pair.split_once(':'));
                let secret = pair.map(|(_, secret)| secret).filter(|secret| !secret.is_empty());
                (text(pair.map(|(id, _)| id)), text(secret))
            }
        };
        match (id, secret) {
            (None, _) => Caller::None,
            (Some(id), _) if id != expected.id => Caller::WrongId,
            (Some(_), None) => Caller::IdOnly,
            (Some(_), Some(secret)) if is_right(&secret) => Caller::Right,
            (Some(_), Some(_)) => Caller::WrongSecret,
        }
    }
}

fn credential(kind: TokenKind, location: Option<TokenLocation>, caller: Caller, user: String) -> Credential {
    Credential {
        token: kind.to_string(),
        location: location.map(|location| location.to_string()).unwrap_or_default(),
        caller: caller.to_string(),
        user: if names_user(kind) { user } else { String::new() },
    }
}

/// Returns the token of a request and its place. The endpoint says where to look.
fn token(presented: &Presented<'_>, endpoint: Option<&Endpoint>) -> Option<(TokenLocation, String)> {
    let header = |name: &str| presented.headers.get(name).and_then(|value| value.to_str().ok());
    let bearer = header("authorization").and_then(|value| value.split_once(' ')).map(|(_, token)| token.trim());
    if let Some(token) = bearer.filter(|token| !token.is_empty()) {
        return Some((TokenLocation::Header, token.to_owned()));
    }
    let endpoint = endpoint?;
    let offered = header("sec-websocket-protocol").unwrap_or_default().split(',').map(str::trim);
    let in_protocols =
        || offered.flat_map(|one| endpoint.subprotocols.iter().filter_map(move |form| held(form, one))).next();
    let in_query = || {
        let sent = form_urlencoded::parse(presented.query?.as_bytes());
        let form = |name: &str| endpoint.query.iter().find(|(own, _)| own == name).map(|(_, form)| form);
        sent.into_iter().find_map(|(name, value)| held(form(&name)?, &value))
    };
    let in_body = || in_json(endpoint.body.as_ref()?, &serde_json::from_slice(presented.body).ok()?);
    let found = |location, token: Option<String>| Some((location, token.filter(|token| !token.is_empty())?));
    found(TokenLocation::Subprotocol, in_protocols())
        .or_else(|| found(TokenLocation::Query, in_query()))
        .or_else(|| found(TokenLocation::Body, in_body()))
}

/// Returns what stands in a text where its form has the token.
fn held(form: &str, text: &str) -> Option<String> {
    let inner = |mark: &str| {
        let (before, after) = form.split_once(mark)?;
        text.strip_prefix(before)?.strip_suffix(after)
    };
    if let Some(encoded) = inner("{token_base64url}") {
        return String::from_utf8(URL_SAFE_NO_PAD.decode(encoded).ok()?).ok();
    }
    inner("{token}").map(str::to_owned)
}

/// Returns what stands in a JSON body where its form has the token.
fn in_json(form: &Value, body: &Value) -> Option<String> {
    match (form, body) {
        (Value::String(form), Value::String(text)) => held(form, text),
        (Value::Array(forms), Value::Array(items)) => {
            forms.iter().zip(items).find_map(|(form, item)| in_json(form, item))
        }
        (Value::Object(forms), Value::Object(fields)) => {
            forms.iter().find_map(|(name, form)| in_json(form, fields.get(name)?))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use hyper::HeaderMap;
    use proptest::prelude::{prop_assert, proptest};
    use rstest::rstest;

    use super::*;
    use crate::config::{Overrides, TargetFile};
    use crate::har::Recording;
    use crate::redact::Redactor;
    use crate::replay::system::renewed;

    fn presenter() -> (Presenter, Minter) {
        let target = TargetFile::embedded().unwrap().resolve(Some("offline"), &Overrides::default()).unwrap();
        let target = renewed(&Recording::default(), Some(target));
        let minter = Minter::new(&target, Redactor::new()).unwrap();
        let issued = Arc::new(Issued::of(&[], &[], &target, minter.clone()));
        (Presenter::new(&target, minter.clone(), issued, true).unwrap(), minter)
    }

    fn headers(all: &[(&'static str, String)]) -> HeaderMap {
        all.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    fn first(
        presenter: &Presenter,
        call: (&str, &str),
        query: Option<&str>,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Credential {
        let presented = Presented { method: call.0, path: call.1, query, headers, body };
        presenter.names(&presented).remove(0)
    }

    #[rstest]
    fn every_kind_that_a_run_mints_is_told_apart(
        #[values(
            TokenKind::Valid,
            TokenKind::Malformed,
            TokenKind::Expired,
            TokenKind::NotYetValid,
            TokenKind::WrongKey,
            TokenKind::AlgNone,
            TokenKind::WrongIssuer,
            TokenKind::WrongAudience,
            TokenKind::UnknownUser
        )]
        kind: TokenKind,
    ) {
        let (presenter, minter) = presenter();
        let user = presenter.target.user("second").unwrap();
        let token = minter.mint(kind, user).unwrap();
        let sent = headers(&[("authorization", format!("Bearer {}", token.expose()))]);
        let named = first(&presenter, ("GET", "/api/threads"), None, &sent, b"");
        assert_eq!((named.token, named.location), (kind.to_string(), "header".to_owned()));
        assert_eq!(named.user, if names_user(kind) { "second" } else { "" });
    }

    #[test]
    fn a_token_is_found_where_the_endpoint_takes_it() {
        let (presenter, minter) = presenter();
        let token = minter.mint(TokenKind::Valid, presenter.target.user("primary").unwrap()).unwrap();
        let text = token.expose();
        let none = HeaderMap::new();
        let offered = format!("jwt-auth, jwt.{}", URL_SAFE_NO_PAD.encode(text));
        let in_protocol = headers(&[("sec-websocket-protocol", offered)]);
        let query = format!("token={text}");
        let body = format!(r#"{{"token":"{text}","token_type":"access"}}"#);
        for (call, query, sent, body, location) in [
            (("GET", "/ws"), Some(query.as_str()), &none, "", "query"),
            (("GET", "/ws"), None, &in_protocol, "", "subprotocol"),
            (("POST", "/auth/validate"), None, &none, body.as_str(), "body"),
        ] {
            let named = first(&presenter, call, query, sent, body.as_bytes());
            assert_eq!((named.token.as_str(), named.location.as_str()), ("valid", location));
        }
    }

    #[rstest]
    #[case(None, None, Caller::None)]
    #[case(Some("netra-backend"), None, Caller::IdOnly)]
    #[case(Some("netra-backend"), Some("a-wrong-secret"), Caller::WrongSecret)]
    #[case(Some("another"), Some("a-wrong-secret"), Caller::WrongId)]
    fn service_credentials_are_told_apart(
        #[case] id: Option<&str>,
        #[case] secret: Option<&str>,
        #[case] caller: Caller,
    ) {
        let (presenter, _) = presenter();
        let id = id.map(|id| ("x-service-id", id.to_owned()));
        let secret = secret.map(|secret| ("x-service-secret", secret.to_owned()));
        let sent = headers(&id.into_iter().chain(secret).collect::<Vec<_>>());
        assert_eq!(first(&presenter, ("POST", "/auth/validate"), None, &sent, b"{}").caller, caller.to_string());
    }

    proptest! {
        #[test]
        fn no_request_panics(query in ".{0,40}", body in ".{0,40}", token in "[!-~]{0,40}") {
            let (presenter, _) = presenter();
            let sent = headers(&[("authorization", format!("Bearer {token}")), ("sec-websocket-protocol", token)]);
            let presented =
                Presented { method: "POST", path: "/auth/validate", query: Some(&query), headers: &sent, body: body.as_bytes() };
            prop_assert!(!presenter.names(&presented).is_empty());
        }
    }
}
