//! The target file of a replay: the recorded target's own tables, with the addresses and secrets of the replay.

use std::io;
use std::path::Path;

use toml::{Table, Value};

use crate::config::write::{Vault, table, url, user};
use crate::config::{Endpoint, SecretOrigin, SecretSource, Target, TargetFile};
use crate::host::file::write;
use crate::terms::{EndpointKind, Role, TokenLocation};

/// The name of the target in the file.
const NAME: &str = "replay";
/// Keys that name what only the recorded system had.
const OF_THE_SYSTEM: [&str; 10] = [
    "twin",
    "production",
    "manifest",
    "logs",
    "jwks",
    "direct",
    "login",
    "ca",
    "client_certificate",
    "client_certificate_for",
];

/// Writes a target file by which a run tests a replay. `written` is the file that describes the recorded target, with the
/// target's name there. Without it, the endpoints of `target` are written.
///
/// Secrets are kept as [`super::write_target_file`] keeps them.
///
/// # Errors
/// When a file cannot be written.
pub(crate) fn write_replay_target(
    path: &Path,
    target: &Target,
    written: Option<(&TargetFile, &str)>,
) -> io::Result<()> {
    let vault = Vault::create(path)?;
    let (mut defaults, mut own) = written.map(|(file, name)| file.tables_for(name)).unwrap_or_default();
    for key in OF_THE_SYSTEM {
        defaults.remove(key);
        own.remove(key);
    }
    [&mut defaults, &mut own].into_iter().for_each(at_the_replay);
    if written.is_none() {
        own.insert("endpoint".to_owned(), Value::Table(target.endpoints.values().map(endpoint).collect()));
    }
    add_addresses(&mut own, target)?;
    add_secrets(&mut own, target, &vault)?;
    let mut file = Table::from_iter([("default".to_owned(), NAME.into())]);
    file.insert("target".to_owned(), table([(NAME, Value::Table(own))]));
    file.insert("defaults".to_owned(), Value::Table(defaults));
    let text = toml::to_string(&file).map_err(io::Error::other)?;
    let text = format!("# Written by `fivewhys twin --replay`. Works as long as that replay runs.\n{text}");
    write(path, text.as_bytes())
}

/// Removes the addresses of single endpoints: a run against the replay calls nothing else.
fn at_the_replay(table: &mut Table) {
    let endpoints = table.get_mut("endpoint").and_then(Value::as_table_mut);
    let each = endpoints.into_iter().flat_map(|endpoints| endpoints.iter_mut());
    each.filter_map(|(_, endpoint)| endpoint.as_table_mut()).for_each(|endpoint| drop(endpoint.remove("base_url")));
}

fn add_addresses(own: &mut Table, target: &Target) -> io::Result<()> {
    let mut put = |key: &str, value: Value| own.insert(key.to_owned(), value);
    put("backend", url(&target.backend));
    put("auth", url(&target.auth));
    put("websocket", url(&target.websocket));
    if let Some((direct, _)) = &target.direct {
        put("direct", url(direct));
    }
    put("evidence", target.evidence_sources.iter().map(|source| source.as_str()).collect::<Vec<_>>().into());
    put("validation", Value::try_from(target.validation).map_err(io::Error::other)?);
    put("algorithm", Value::try_from(target.algorithm).map_err(io::Error::other)?);
    if let Some(is_checked) = target.startup_check {
        put("startup_check", is_checked.into());
    }
    if !target.may_have_agents {
        put("agents", "none".into());
    }
    // Relative paths are relative to the folder of the file.
    if let Some(scenarios) = &target.scenarios {
        put("scenarios", absolute(scenarios)?);
    }
    if !target.catalogue.is_empty() {
        let files = target.catalogue.iter().map(|file| absolute(file)).collect::<io::Result<Vec<_>>>()?;
        put("catalogue", files.into());
    }
    Ok(())
}

fn absolute(path: &Path) -> io::Result<Value> {
    Ok(std::path::absolute(path)?.display().to_string().into())
}

fn add_secrets(own: &mut Table, target: &Target, vault: &Vault) -> io::Result<()> {
    let iss = if target.claims.iss.is_empty() { "https://issuer.invalid" } else { &target.claims.iss };
    let claims = own.entry("claims").or_insert_with(|| Value::Table(Table::new()));
    if let Some(claims) = claims.as_table_mut() {
        claims.insert("iss".to_owned(), iss.into());
        claims.extend(target.claims.aud.clone().map(|aud| ("aud".to_owned(), aud.into())));
    }
    let signing = kept(vault, "signing-secret", &target.signing_secret)?;
    own.extend(signing.map(|secret| ("signing_secret".to_owned(), secret)));
    if let Some(caller) = &target.caller {
        let secret = kept(vault, "service-secret", &caller.secret)?;
        let entry = own.entry("caller").or_insert_with(|| Value::Table(Table::new()));
        if let Some(entry) = entry.as_table_mut() {
            entry.insert("id".to_owned(), caller.id.clone().into());
            entry.extend(secret.map(|secret| ("secret".to_owned(), secret)));
        }
    }
    let users = target.users.iter().map(|one| Ok((one.name.clone(), user(vault, one)?)));
    own.insert("user".to_owned(), Value::Table(users.collect::<io::Result<_>>()?));
    Ok(())
}

fn kept(vault: &Vault, name: &str, source: &SecretSource) -> io::Result<Option<Value>> {
    match source.sources.first() {
        Some(SecretOrigin::Held(secret)) => vault.keep(name, secret).map(Some),
        _ => Ok(None),
    }
}

/// Returns an endpoint that a recording of a browser shows. It is no more than method, path and the place of the token.
fn endpoint(endpoint: &Endpoint) -> (String, Value) {
    let is_socket = endpoint.kind == EndpointKind::Websocket;
    let role = if endpoint.role == Role::Issuer { Role::Open } else { endpoint.role };
    let mut own = Table::new();
    let mut put = |key: &str, value: Value| own.insert(key.to_owned(), value);
    put("kind", endpoint.kind.as_str().into());
    put("role", role.as_str().into());
    put("method", if is_socket { "GET".into() } else { endpoint.method.clone().into() });
    put("path", endpoint.path.clone().into());
    let taken = endpoint.token_locations.iter().map(|location| match location {
        TokenLocation::Subprotocol if !is_socket => TokenLocation::Header,
        TokenLocation::Body => TokenLocation::Header,
        other => *other,
    });
    let taken: Vec<&str> = taken.map(|location| location.as_str()).collect();
    if taken.contains(&TokenLocation::Query.as_str()) {
        put("query", table([("token", "{token}".into())]));
    }
    if taken.contains(&TokenLocation::Subprotocol.as_str()) {
        put("subprotocols", vec!["jwt.{token}"].into());
    }
    if !taken.is_empty() {
        put("token_locations", taken.into());
    }
    (endpoint.id.clone(), Value::Table(own))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Overrides;

    #[test]
    fn a_replay_calls_no_address_of_the_recorded_system() {
        let text = r#"
[target.one]
backend = "http://127.0.0.1:4001"
login = { flow = "password", token_url = "https://id.shop.example/token", client_id = "e2e", client_secret = ["env:X"] }
ca = "ca.pem"
user = { ann = { sub = "1", email = "ann@shop.example" } }
endpoint."backend.search" = { path = "/find", base_url = "https://search.shop.example" }
"#;
        let file = TargetFile::parse("t.toml", text, Path::new("")).expect("a file");
        let mut target = file.resolve(Some("one"), &Overrides::default()).expect("a target");
        target.auth = target.backend.clone();
        target.signing_secret.sources = vec![SecretOrigin::Held("a signing secret of more than 32 bytes".into())];
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("r.toml");
        write_replay_target(&path, &target, Some((&file, "one"))).expect("a file");
        let written = std::fs::read_to_string(&path).expect("a file");
        assert!(!written.contains("shop.example/") && !written.contains("search.shop"), "{written}");
        let replayed = TargetFile::read(&path).expect("a file").resolve(None, &Overrides::default()).expect("a target");
        assert!(replayed.bases().all(|url| url.host_str() == Some("127.0.0.1")) && !replayed.logs_in());
    }
}
