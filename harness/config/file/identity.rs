//! The identities that a target's probes use: test users, token claims and the calling service.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::config::file::layer::{CallerLayer, ClaimsLayer, UserLayer};
use crate::config::file::login::CLIENT_SECRET;
use crate::config::file::resolve::{Header, LEAST_SECRET_BYTES};
use crate::config::file::sources::SecretText;
use crate::config::{CallerIdentity, Claims, SecretSource, User};
use crate::document::error::ConfigError;
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
        let permissions = value.permissions.unwrap_or_default();
        users.push(User { secrets: secrets(header, &name, value.secrets), name, sub, email, permissions });
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

pub(crate) fn claims(header: &Header<'_>, layer: ClaimsLayer, logs_in: bool) -> Result<Claims, ConfigError> {
    if let Some(taken) = layer.extra.0.iter().find(|entry| OWN_CLAIMS.contains(&entry.name.as_str())) {
        let message = format!("`claims.extra.{}` is not allowed: every token already has this claim", taken.name);
        return Err(header.error(message));
    }
    Ok(Claims {
        iss: header.needs(layer.iss.or_else(|| logs_in.then(String::new)), "claims.iss")?,
        aud: layer.aud,
        token_type: layer.token_type,
        r#type: layer.r#type,
        ttl: layer.ttl.map_or(USUAL_TTL, |ttl| ttl.0),
        extra: layer.extra.0.into_iter().map(|entry| (entry.name, entry.value.0)).collect(),
    })
}

/// Headers and an id without a secret are enough for probes that send a wrong secret.
pub(crate) fn caller(header: &Header<'_>, layer: CallerLayer) -> Result<Option<CallerIdentity>, ConfigError> {
    let CallerLayer { id_header, secret_header, id, secret } = layer;
    let (Some(id_header), Some(secret_header), Some(id)) = (id_header, secret_header, id) else {
        return match secret {
            Some(_) => Err(header
                .error(format!("the target `{}` has a `caller.secret` but not all keys to send it", header.name))
                .help("set `caller.id_header`, `caller.secret_header` and `caller.id` too")),
            None => Ok(None),
        };
    };
    if id.chars().any(char::is_control) {
        let message =
            format!("`caller.id` of the target `{}` holds a control character, which no header can hold", header.name);
        return Err(header.error(message));
    }
    let secret = header.secret("the service secret", LEAST_SECRET_BYTES, secret);
    Ok(Some(CallerIdentity { id_header: id_header.0, secret_header: secret_header.0, id, secret }))
}
