//! The identities that a target's probes use: test users, token claims and the calling service.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::config::file::layer::{CallerLayer, ClaimsLayer, ClientCertificateLayer, SchemeName, UserLayer};
use crate::config::file::login::CLIENT_SECRET;
use crate::config::file::resolve::{Header, LEAST_SECRET_BYTES};
use crate::config::file::sources::SecretText;
use crate::config::{CallerIdentity, CallerScheme, Claims, ClientCertificate, SecretSource, User};
use crate::document::error::ConfigError;
use crate::document::nearest_or_all;
use crate::document::written::{Entry, Named, OneOrMany};

/// Claims that `claims.extra` must not hold, because every token has them or they have their own key.
const OWN_CLAIMS: [&str; 10] = ["sub", "email", "permissions", "iat", "exp", "jti", "iss", "aud", "token_type", "type"];
/// The lifetime of a valid token when the target does not set one.
const USUAL_TTL: Duration = Duration::from_secs(300);

pub(crate) fn users(
    header: &Header<'_>,
    entries: Vec<Entry<UserLayer>>,
    logs_in: bool,
) -> Result<Vec<User>, ConfigError> {
    let mut users: Vec<User> = Vec::new();
    for Entry { name, span, source, value } in entries {
        let source = source.as_ref().unwrap_or(header.source);
        let error = |message: String| ConfigError::new(message).at(source, span.clone());
        let missing = |key: &str| error(format!("the user `{name}` has no `{key}`"));
        // The auth service knows who the user is.
        let unless_issued =
            |value: Option<String>, key| value.or_else(|| logs_in.then(String::new)).ok_or_else(|| missing(key));
        let (sub, email) = (unless_issued(value.sub, "sub")?, unless_issued(value.email, "email")?);
        if let Some(twice) = users.iter().find(|user| user.sub == sub && !sub.is_empty()) {
            return Err(error(format!("the users `{}` and `{name}` have the same `sub`: `{sub}`", twice.name)));
        }
        if let Some(taken) = value.claims.0.iter().find(|entry| OWN_CLAIMS.contains(&entry.name.as_str())) {
            let own = &taken.name;
            return Err(error(format!(
                "`claims.{own}` of the user `{name}` is not allowed: every token already has this claim"
            )));
        }
        let claims = value.claims.0.into_iter().map(|entry| (entry.name, entry.value.0)).collect();
        let permissions = value.permissions.unwrap_or_default();
        users.push(User { secrets: secrets(header, &name, value.secrets), name, sub, email, permissions, claims });
    }
    if users.is_empty() {
        return Err(header.error(format!("the target `{}` has no user", header.name)));
    }
    Ok(users)
}

/// Returns the secrets of the target itself, with that of the OAuth client.
pub(crate) fn secrets_of_target(
    header: &Header<'_>,
    named: Named<String, OneOrMany<SecretText>>,
    client: Option<OneOrMany<SecretText>>,
) -> BTreeMap<String, SecretSource> {
    let secret = |entry: Entry<OneOrMany<SecretText>>| {
        let what = format!("the secret {}", entry.name);
        (entry.name, header.secret(&what, 0, Some(entry.value)))
    };
    let client = client.map(|sources| (CLIENT_SECRET.to_owned(), header.secret("the client secret", 0, Some(sources))));
    named.0.into_iter().map(secret).chain(client).collect()
}

/// Returns the certificate that the client presents.
pub(crate) fn client_certificate(
    header: &Header<'_>,
    layer: ClientCertificateLayer,
) -> Result<Option<ClientCertificate>, ConfigError> {
    if layer.certificate.is_none() && layer.key.is_none() {
        return Ok(None);
    }
    let written_as = "client_certificate".to_owned();
    let message = format!("the target `{}` has only one of the keys of `client_certificate`", header.name);
    let half = || header.error(message).help("set `client_certificate.certificate` and `client_certificate.key`");
    whole(header, layer, written_as).map(Some).ok_or_else(half)
}

/// Returns the certificates for single hosts, by the host in lower case. `hosts` are those of the target.
pub(crate) fn client_certificates_for(
    header: &Header<'_>,
    entries: Vec<Entry<ClientCertificateLayer>>,
    hosts: &BTreeSet<String>,
) -> Result<BTreeMap<String, ClientCertificate>, ConfigError> {
    let resolve = |Entry { name, span, source, value }: Entry<ClientCertificateLayer>| {
        let written_as = format!("client_certificate_for.\"{name}\"");
        let error =
            |message: String| ConfigError::new(message).at(source.as_ref().unwrap_or(header.source), span.clone());
        let host = name.to_ascii_lowercase();
        if !hosts.contains(&host) {
            let known: Vec<&str> = hosts.iter().map(String::as_str).collect();
            let message =
                format!("no URL of the target `{}` has the host `{name}` of `client_certificate_for`", header.name);
            return Err(error(message).help(nearest_or_all(&host, &known)));
        }
        let half = || error(format!("`{written_as}` needs the keys `certificate` and `key`"));
        let client = whole(header, value, written_as.clone()).ok_or_else(half)?;
        Ok((host, client))
    };
    entries.into_iter().map(resolve).collect()
}

fn whole(header: &Header<'_>, layer: ClientCertificateLayer, written_as: String) -> Option<ClientCertificate> {
    let (certificate, key) = layer.certificate.zip(layer.key)?;
    let key = header.secret(&format!("`{written_as}.key`"), 0, Some(key));
    Some(ClientCertificate { written_as, certificate, key })
}

fn secrets(
    header: &Header<'_>,
    user: &str,
    named: Named<String, OneOrMany<SecretText>>,
) -> BTreeMap<String, SecretSource> {
    let secret = |entry: Entry<OneOrMany<SecretText>>| {
        let what = format!("the {} of user {user}", entry.name);
        (entry.name, header.secret(&what, 0, Some(entry.value)))
    };
    named.0.into_iter().map(secret).collect()
}

/// Returns the claims. `asked` is the audience that a login asks for.
pub(crate) fn claims(
    header: &Header<'_>,
    layer: ClaimsLayer,
    asked: Option<String>,
    logs_in: bool,
) -> Result<Claims, ConfigError> {
    if let Some(taken) = layer.extra.0.iter().find(|entry| OWN_CLAIMS.contains(&entry.name.as_str())) {
        let message = format!("`claims.extra.{}` is not allowed: every token already has this claim", taken.name);
        return Err(header.error(message));
    }
    Ok(Claims {
        iss: header.needs(layer.iss.or_else(|| logs_in.then(String::new)), "claims.iss")?,
        aud: layer.aud.or(asked),
        token_type: layer.token_type,
        r#type: layer.r#type,
        ttl: layer.ttl.map_or(USUAL_TTL, |ttl| ttl.0),
        extra: layer.extra.0.into_iter().map(|entry| (entry.name, entry.value.0)).collect(),
    })
}

/// A scheme and an id without a secret are enough for probes that send a wrong secret.
pub(crate) fn caller(header: &Header<'_>, layer: CallerLayer) -> Result<Option<CallerIdentity>, ConfigError> {
    let CallerLayer { scheme, id_header, secret_header, id, secret } = layer;
    let is_begun = scheme.is_some() || secret.is_some();
    let scheme = match (scheme.unwrap_or_default(), id_header, secret_header) {
        (SchemeName::Headers, Some(id), Some(secret)) => Some(CallerScheme::Headers { id: id.0, secret: secret.0 }),
        (SchemeName::ApiKey, _, Some(secret)) => Some(CallerScheme::ApiKey(secret.0)),
        (SchemeName::Headers | SchemeName::ApiKey, ..) => None,
        (SchemeName::Basic, ..) => Some(CallerScheme::Basic),
        (SchemeName::Bearer, ..) => Some(CallerScheme::Bearer),
    };
    let id = id.or_else(|| scheme.as_ref().filter(|scheme| !scheme.has_id()).map(|_| String::new()));
    let (Some(scheme), Some(id)) = (scheme, id) else {
        return match is_begun {
            true => Err(header
                .error(format!("the target `{}` has a `caller.secret` but not all keys to send it", header.name))
                .help(
                    "set `caller.id_header`, `caller.secret_header` and `caller.id` too, or another `caller.scheme`",
                )),
            false => Ok(None),
        };
    };
    if id.chars().any(char::is_control) {
        let message =
            format!("`caller.id` of the target `{}` holds a control character, which no header can hold", header.name);
        return Err(header.error(message));
    }
    // A header with an API key is often shorter than a signing key.
    let least = if matches!(scheme, CallerScheme::Headers { .. }) { LEAST_SECRET_BYTES } else { 0 };
    let secret = header.secret("the service secret", least, secret);
    Ok(Some(CallerIdentity { scheme, id, secret }))
}
