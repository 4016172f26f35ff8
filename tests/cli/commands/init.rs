//! `fivewhys init` for a system, and the refusal of a file that is not filled in.

use std::fs;
use std::path::Path;

use rstest::rstest;

use crate::support::program::{TwinProcess, fivewhys, stderr, stdout};

fn in_folder(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = fivewhys(arguments).current_dir(folder).output().expect("it starts");
    (output.status.code(), stdout(&output).to_owned(), stderr(&output).to_owned())
}

const SHOP: &str = r#"{"openapi": "3.1.0", "servers": [{"url": "https://api.shop.test"}],
"components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}}, "security": [{"bearer": []}],
"paths": {"/health": {"get": {"security": []}}, "/orders": {"get": {}, "post": {"requestBody": {}}}}}"#;

#[test]
fn smoke_refuses_a_file_that_is_not_filled_in() {
    let folder = tempfile::tempdir().expect("a folder");
    in_folder(folder.path(), &["init"]);
    let (code, said, errors) = in_folder(folder.path(), &["smoke"]);
    assert_eq!((code, said.as_str()), (Some(2), ""));
    let text = fs::read_to_string(folder.path().join("fivewhys.toml")).expect("it is written");
    let line = 1 + text.lines().position(|line| line.starts_with("backend = ")).expect("an address");
    assert!(errors.contains(&format!("[fivewhys.toml:{line}:11]")), "{errors}");
    assert!(
        errors.contains("is an example address: nothing was sent") && errors.contains("`user.primary.sub`"),
        "{errors}"
    );
}

#[test]
fn an_openapi_file_gives_address_and_endpoints() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("api.json"), SHOP).expect("a file");
    let (code, _, errors) = in_folder(
        folder.path(),
        &["init", "--openapi", "api.json", "--auth", "https://login.shop.test", "--name", "qa"],
    );
    assert_eq!(code, Some(0), "{errors}");
    let text = fs::read_to_string(folder.path().join("fivewhys.toml")).expect("it is written");
    for part in [
        "default = \"qa\"",
        "backend = \"https://api.shop.test\"",
        "auth = \"https://login.shop.test\"",
        "[target.qa.endpoint.\"backend.orders\"]",
        "#[target.qa.endpoint.\"backend.post-orders\"]",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    let (code, said, errors) = in_folder(folder.path(), &["check"]);
    assert!(code == Some(0) && said.contains("is not filled in"), "{said}{errors}");
    let (code, said, errors) = in_folder(folder.path(), &["smoke", "-s", "negative-controls", "--dry-run"]);
    assert!(code == Some(0) && said.contains("GET https://api.shop.test/orders · token wrong-key"), "{said}{errors}");
}

#[rstest]
#[case::form(&["--login", "form"], &["auth = \"none\"", "issued_cookie = \"FILL-IN\"", "token_locations = [\"cookie\"]"], "signing_secret")]
#[case::oauth(&["--login", "oauth", "--auth", "https://id.shop.test"], &["token_url = \"https://id.shop.test/FILL-IN\"", "flow = \"password\""], "[target.staging.claims]")]
#[case::json(&["--login", "json", "--auth", "none"], &["endpoint.\"backend.login\"]", "issued_token"], "signing_secret")]
#[case::key(&["--auth", "internal"], &["auth = \"internal\"", "evidence = [\"edge\"]", "signing_secret"], "issued_token")]
fn the_login_decides_what_is_to_fill_in(#[case] options: &[&str], #[case] has: &[&str], #[case] lacks: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let (code, _, errors) =
        in_folder(folder.path(), &[&["init", "--backend", "https://api.shop.test"], options].concat());
    assert_eq!(code, Some(0), "{errors}");
    let text = fs::read_to_string(folder.path().join("fivewhys.toml")).expect("it is written");
    assert!(has.iter().all(|part| text.contains(part)) && !text.contains(lacks), "{text}");
    assert_eq!(in_folder(folder.path(), &["check"]).0, Some(0));
}

#[test]
fn a_probe_finds_the_health_endpoints() {
    let twin = TwinProcess::start(&[]);
    let target = fs::read_to_string(twin.target()).expect("the twin's target");
    let url = |key: &str| {
        let line = target.lines().find(|line| line.starts_with(&format!("{key} = "))).expect("an address");
        line.split('"').nth(1).expect("a string").to_owned()
    };
    let folder = tempfile::tempdir().expect("a folder");
    let (backend, auth) = (url("backend"), url("auth"));
    let (code, _, errors) = in_folder(folder.path(), &["init", "--backend", &backend, "--auth", &auth, "--probe"]);
    assert!(code == Some(0) && errors.contains("responds at /health"), "{errors}");
    let text = fs::read_to_string(folder.path().join("fivewhys.toml")).expect("it is written");
    assert!(text.contains("accept = { status = 200, json = { path = \"$.status\", is = \"healthy\" } }"), "{text}");
}

#[rstest]
#[case::url(&["--backend", "shop"], "expected a URL such as https://api.example.com")]
#[case::password(&["--backend", "https://a:b@shop.test"], "holds no user and no password")]
#[case::name(&["--name", "a b"], "expected a name of letters")]
#[case::nothing_to_probe(&["--probe"], "--probe needs --backend URL")]
#[case::session_of_another_service(&["--login", "form", "--auth", "https://id.shop.test"], "--login form has no auth service")]
#[case::oauth_of_nobody(&["--login", "oauth", "--auth", "none"], "--login oauth needs the URL")]
#[case::no_openapi(&["--openapi", "x.json"], "x.json has no `paths`")]
fn a_mistake_writes_no_file(#[case] options: &[&str], #[case] says: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("x.json"), "{}").expect("a file");
    let (code, _, errors) = in_folder(folder.path(), &[&["init"], options].concat());
    assert!(code == Some(2) && errors.contains(says), "{errors}");
    assert!(!folder.path().join("fivewhys.toml").exists());
}
