//! Writes target files.
//!
//! Start at [`write_target_file`], which lets another process test a running twin.
//!
//! - `replayed`: the target file of a replay
//! - `starter`: the file that `fivewhys init` writes, from `starter.toml` and what is known of the system
//! - `draft_login`: how the test users of that file get their tokens
//! - `draft_form`: a login with a form in that file
//!
//! Invariant: a target file never holds a secret. It names files that hold the secrets.

pub(crate) mod draft_form;
pub(crate) mod draft_login;
#[cfg(feature = "twin")]
pub(crate) mod replayed;
pub(crate) mod starter;

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret as _, SecretString};
use toml::{Table, Value};

use crate::config::file::{SHIPPED, sibling};
use crate::config::{EvidenceLocation, SecretOrigin, TwinCoordinates, User};
use crate::host::file::write;
use crate::terms::{EvidenceSource, Service};

/// Writes a target file with one target of this name, which is also the default, and the built-in `[defaults]`.
///
/// Secrets are written to files of mode 0600 in the folder `FILE.secrets` (mode 0700) next to it. The target file names
/// them as `file:`.
///
/// # Errors
/// When a file cannot be written.
pub fn write_target_file(
    path: &Path,
    name: &str,
    twin: &TwinCoordinates,
    evidence_sources: &[EvidenceSource],
) -> io::Result<()> {
    let vault = Vault::create(path)?;
    let mut target = Table::new();
    let mut put = |key: &str, value: Value| target.insert(key.to_owned(), value);
    put("backend", url(&twin.backend));
    put("auth", url(&twin.auth));
    put("websocket", url(&twin.websocket));
    if let Some(direct) = &twin.direct {
        put("direct", url(direct));
    }
    put("evidence", evidence_sources.iter().map(|evidence_source| evidence_source.as_str()).collect::<Vec<_>>().into());
    put("validation", Value::try_from(twin.validation).map_err(io::Error::other)?);
    put("startup_check", twin.startup_check.into());
    put("claims", table([("iss", twin.issuer.clone().into()), ("aud", twin.audience.clone().into())]));
    put("signing_secret", vault.keep("signing-secret", &twin.signing_secret)?);
    put("algorithm", Value::try_from(twin.algorithm).map_err(io::Error::other)?);
    if let Some(jwks) = &twin.jwks {
        put("jwks", evidence(jwks));
    }
    let secret = vault.keep("service-secret", &twin.service_secret)?;
    put("caller", table([("id", twin.service_id.clone().into()), ("secret", secret)]));
    put("manifest", manifests(twin));
    put("logs", twin.logs.iter().map(evidence).collect::<Vec<_>>().into());
    let users = twin.users.iter().map(|one| Ok((one.name.clone(), user(&vault, one)?)));
    put("user", Value::Table(users.collect::<io::Result<_>>()?));
    write(path, file(name, target)?.as_bytes())
}

/// Removes the secrets that [`write_target_file`] wrote. Keeps the target file, which is then unusable.
///
/// # Errors
/// When the folder exists and cannot be removed.
pub fn forget_secrets(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(sibling(path, ".secrets")) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Returns the text of the file: a comment, the target and the built-in defaults.
fn file(name: &str, target: Table) -> io::Result<String> {
    let mut shipped: Table = toml::from_str(SHIPPED).map_err(io::Error::other)?;
    // The twin's responses hold more than those of staging, as the built-in target `offline` says.
    let told = shipped.get("target").and_then(|targets| targets.get("offline")?.get("endpoint")).cloned();
    let mut target = target;
    target.extend(told.map(|endpoint| ("endpoint".to_owned(), endpoint)));
    let mut file = Table::from_iter([("default".to_owned(), name.into())]);
    file.insert("target".to_owned(), table([(name, Value::Table(target))]));
    file.extend(shipped.remove("defaults").map(|defaults| ("defaults".to_owned(), defaults)));
    let text = toml::to_string(&file).map_err(io::Error::other)?;
    Ok(format!("# Written by `fivewhys twin --write-target`. Works as long as that twin runs.\n{text}"))
}

fn user(vault: &Vault, user: &User) -> io::Result<Value> {
    let mut secrets = Table::new();
    for (name, source) in &user.secrets {
        if let Some(SecretOrigin::Held(secret)) = source.sources.first() {
            secrets.insert(name.clone(), vault.keep(&format!("{}-{name}", user.name), secret)?);
        }
    }
    let (sub, email) = (user.sub.clone().into(), user.email.clone().into());
    let permissions = user.permissions.clone().into();
    Ok(table([("sub", sub), ("email", email), ("permissions", permissions), ("secrets", Value::Table(secrets))]))
}

fn manifests(twin: &TwinCoordinates) -> Value {
    let named = |service: &Service, source: &EvidenceLocation| (service.as_str().to_owned(), evidence(source));
    Value::Table(twin.manifests.iter().map(|(service, source)| named(service, source)).collect())
}

fn evidence(source: &EvidenceLocation) -> Value {
    match source {
        EvidenceLocation::File(path) => format!("file:{}", path.display()),
        EvidenceLocation::Url(url) => format!("url:{url}"),
        EvidenceLocation::Command(words) => format!("command:{}", serde_json::Value::from(words.clone())),
    }
    .into()
}

fn url(url: &url::Url) -> Value {
    url.as_str().into()
}

fn table<const N: usize>(fields: [(&str, Value); N]) -> Value {
    Value::Table(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// The folder that holds the secrets.
struct Vault {
    folder: PathBuf,
    name: String,
}

impl Vault {
    fn create(target_file: &Path) -> io::Result<Self> {
        let folder = sibling(target_file, ".secrets");
        fs::create_dir_all(&folder)?;
        #[cfg(unix)]
        fs::set_permissions(&folder, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self { folder, name })
    }

    /// Writes the secret to a new file and returns its source.
    fn keep(&self, name: &str, secret: &SecretString) -> io::Result<Value> {
        let name: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        let path = self.folder.join(&name);
        // A file of an earlier twin may have another mode or be a link.
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(path)?.write_all(secret.expose_secret().as_bytes())?;
        Ok(vec![format!("file:{}/{name}", self.name)].into())
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::config::{Overrides, SecretSource, TargetFile, Validation};

    fn held(secret: &str) -> SecretSource {
        SecretSource { purpose: "it".to_owned(), min_bytes: 0, sources: vec![SecretOrigin::Held(secret.into())] }
    }

    fn twin() -> TwinCoordinates {
        let url = |text: &str| url::Url::parse(text).unwrap();
        let secrets = [("password".to_owned(), held("canary-password"))].into();
        let (name, sub, email) =
            ("primary".to_owned(), "staging-e2e-user-001".to_owned(), "e2e@example.org".to_owned());
        TwinCoordinates {
            direct: None,
            backend: url("http://127.0.0.1:4001"),
            auth: url("http://127.0.0.1:4002"),
            websocket: url("ws://127.0.0.1:4001"),
            signing_secret: "canary-signing-secret-of-32-bytes-and-more".into(),
            algorithm: crate::terms::Algorithm::default(),
            jwks: None,
            issuer: "another-issuer".to_owned(),
            audience: "another-audience".to_owned(),
            validation: Validation::Local,
            startup_check: true,
            service_id: "netra-backend".to_owned(),
            service_secret: "canary-service-secret-of-32-bytes-and-more".into(),
            users: vec![User {
                name,
                sub,
                email,
                permissions: vec!["read".to_owned()],
                claims: serde_json::Map::new(),
                secrets,
            }],
            manifests: [(Service::Auth, EvidenceLocation::Url(url("http://127.0.0.1:4003/manifests/auth.json")))]
                .into(),
            logs: vec![EvidenceLocation::Url(url("http://127.0.0.1:4003/logs"))],
        }
    }

    fn written() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.toml");
        write_target_file(&path, "twin", &twin(), &[EvidenceSource::Edge, EvidenceSource::Logs]).unwrap();
        (folder, path)
    }

    #[test]
    fn the_file_reads_back_with_its_secrets_and_endpoints() {
        let (_folder, path) = written();
        let target = TargetFile::read(&path).unwrap().resolve(None, &Overrides::default()).unwrap();
        assert_eq!((target.name.as_str(), target.backend.port(), target.twin), ("twin", Some(4001), false));
        assert_eq!((&*target.claims.iss, target.claims.aud.as_deref()), ("another-issuer", Some("another-audience")));
        assert_eq!(target.validation, Validation::Local);
        assert_eq!(target.signing_secret.read().unwrap().expose_secret(), twin().signing_secret.expose_secret());
        assert_eq!(
            target.caller.unwrap().secret.read().unwrap().expose_secret(),
            twin().service_secret.expose_secret()
        );
        assert_eq!(target.users[0].secrets["password"].read().unwrap().expose_secret(), "canary-password");
        assert_eq!((target.endpoints.len(), target.logs.len(), target.manifests.len()), (15, 1, 1));
    }

    #[test]
    fn the_file_holds_no_secret() {
        let (_folder, path) = written();
        assert!(!fs::read_to_string(path).unwrap().contains("canary"));
    }

    #[cfg(unix)]
    #[rstest]
    #[case::signing("signing-secret")]
    #[case::service("service-secret")]
    #[case::password("primary-password")]
    fn only_the_owner_can_read_a_rewritten_secret(#[case] name: &str) {
        use std::os::unix::fs::PermissionsExt as _;
        let (folder, path) = written();
        let secret = folder.path().join("t.toml.secrets").join(name);
        fs::set_permissions(&secret, fs::Permissions::from_mode(0o644)).unwrap();
        write_target_file(&path, "twin", &twin(), &[]).unwrap();
        assert_eq!(fs::metadata(&secret).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn attaching_a_twin_fills_in_its_coordinates() {
        let mut target = TargetFile::embedded().unwrap().resolve(Some("offline"), &Overrides::default()).unwrap();
        target.attach(twin());
        assert_eq!(target.websocket.as_str(), "ws://127.0.0.1:4001/");
        assert_eq!((&*target.claims.iss, target.claims.aud.as_deref()), ("another-issuer", Some("another-audience")));
        assert_eq!(target.validation, Validation::Local);
        assert_eq!(target.signing_secret.read().unwrap().expose_secret(), twin().signing_secret.expose_secret());
        assert_eq!(target.user("primary").unwrap().permissions, ["read"]);
        assert_eq!(target.caller.unwrap().secret.min_bytes, 32);
    }
}
