//! A written target file is enough for another process, and holds no secret.

use rstest::rstest;

use super::*;
use crate::target::{Overrides, SecretSource, TargetFile, Validation};

fn held(secret: &str) -> SecretSource {
    SecretSource { purpose: "it".to_owned(), min_bytes: 0, sources: vec![SecretOrigin::Held(secret.into())] }
}

fn twin() -> TwinCoordinates {
    let url = |text: &str| url::Url::parse(text).unwrap();
    let secrets = [("password".to_owned(), held("canary-password"))].into();
    let (name, sub, email) = ("primary".to_owned(), "staging-e2e-user-001".to_owned(), "e2e@example.org".to_owned());
    TwinCoordinates {
        direct: None,
        backend: url("http://127.0.0.1:4001"),
        auth: url("http://127.0.0.1:4002"),
        websocket: url("ws://127.0.0.1:4001"),
        signing_secret: "canary-signing-secret-of-32-bytes-and-more".into(),
        algorithm: crate::target::Algorithm::default(),
        jwks: None,
        issuer: "another-issuer".to_owned(),
        audience: "another-audience".to_owned(),
        validation: Validation::Local,
        startup_check: true,
        service_id: "netra-backend".to_owned(),
        service_secret: "canary-service-secret-of-32-bytes-and-more".into(),
        users: vec![User { name, sub, email, permissions: vec!["read".to_owned()], secrets }],
        manifests: [(Service::Auth, EvidenceSource::Url(url("http://127.0.0.1:4003/manifests/auth.json")))].into(),
        logs: vec![EvidenceSource::Url(url("http://127.0.0.1:4003/logs"))],
    }
}

fn written() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.toml");
    write_target_file(&path, "twin", &twin(), &[Door::Edge, Door::Logs]).unwrap();
    (folder, path)
}

#[test]
fn it_reads_back_with_the_twin_s_secrets_and_the_shipped_surfaces() {
    let (_folder, path) = written();
    let target = TargetFile::read(&path).unwrap().resolve(None, &Overrides::default()).unwrap();
    assert_eq!((target.name.as_str(), target.backend.port(), target.twin), ("twin", Some(4001), false));
    assert_eq!((&*target.claims.iss, target.claims.aud.as_deref()), ("another-issuer", Some("another-audience")));
    assert_eq!(target.validation, Validation::Local);
    assert_eq!(target.signing_secret.read().unwrap().expose_secret(), twin().signing_secret.expose_secret());
    assert_eq!(target.caller.unwrap().secret.read().unwrap().expose_secret(), twin().service_secret.expose_secret());
    assert_eq!(target.users[0].secrets["password"].read().unwrap().expose_secret(), "canary-password");
    assert_eq!((target.surfaces.len(), target.logs.len(), target.manifests.len()), (15, 1, 1));
}

#[test]
fn it_holds_no_secret_itself() {
    let (_folder, path) = written();
    assert!(!fs::read_to_string(path).unwrap().contains("canary"));
}

#[cfg(unix)]
#[rstest]
#[case::signing("signing-secret")]
#[case::service("service-secret")]
#[case::password("primary-password")]
fn only_the_owner_can_read_the_secrets_even_over_an_old_file(#[case] name: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    let (folder, path) = written();
    let secret = folder.path().join("t.toml.secrets").join(name);
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o644)).unwrap();
    write_target_file(&path, "twin", &twin(), &[]).unwrap();
    assert_eq!(fs::metadata(&secret).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn attaching_the_twin_fills_what_the_target_left_open() {
    let mut target = TargetFile::embedded().unwrap().resolve(Some("offline"), &Overrides::default()).unwrap();
    target.attach(twin());
    assert_eq!(target.websocket.as_str(), "ws://127.0.0.1:4001/");
    assert_eq!((&*target.claims.iss, target.claims.aud.as_deref()), ("another-issuer", Some("another-audience")));
    assert_eq!(target.validation, Validation::Local);
    assert_eq!(target.signing_secret.read().unwrap().expose_secret(), twin().signing_secret.expose_secret());
    assert_eq!(target.user("primary").unwrap().permissions, ["read"]);
    assert_eq!(target.caller.unwrap().secret.min_bytes, 32);
}
