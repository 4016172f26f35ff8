//! After a deploy: waiting for the new instances, a private authority, and one address.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair};
use rstest::rstest;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};
use serde_json::json;

use crate::access::system::{answer, api, jwt, run, run_in, target};
use crate::support::program::{stderr, stdout};
use crate::support::server::Server;

/// An issuer, which needs no key.
const LOGIN: &str = r#"
[target.shop.login]
flow = "password"
token_url = "http://ADDRESS/oauth/token"
"#;

/// Starts the shop. Its health endpoint answers 503 this many times.
fn shop(starting: u32) -> Server {
    let left = AtomicU32::new(starting);
    Server::start(move |request| match request.path() {
        "/health" if left.load(Ordering::Relaxed) > 0 => {
            left.fetch_sub(1, Ordering::Relaxed);
            answer("503 Service Unavailable", &json!({ "status": "starting" }))
        }
        "/oauth/token" => answer("200 OK", &json!({ "access_token": jwt("acc-1") })),
        _ => api(request, &|token| (token == jwt("acc-1")).then(|| "acc-1".to_owned())),
    })
}

fn file(server: &Server) -> String {
    target(server, &LOGIN.replace("ADDRESS", &server.address.to_string()))
}

#[test]
fn a_run_waits_until_the_health_endpoint_answers() {
    let server = shop(2);
    let (output, report) = run(&file(&server), &["smoke", "--wait", "1m"]);
    let report = report.unwrap_or_else(|| panic!("no report: {}", stderr(&output)));
    let waited = report.reach.waited.expect("it waited");
    assert_eq!((report.exit.code, waited.answered, waited.last), (0, true, None));
    assert_eq!(waited.endpoint, "backend.health");
    let first: Vec<_> = server.seen().iter().take(3).map(|request| request.path().to_owned()).collect();
    assert_eq!(first, ["/health"; 3], "no step runs before");
}

#[test]
fn a_run_after_a_wait_in_vain_says_how_long_it_waited() {
    let server = shop(u32::MAX);
    let (output, report) = run(&file(&server), &["smoke", "--wait", "700ms"]);
    let report = report.unwrap_or_else(|| panic!("no report: {}", stderr(&output)));
    let waited = report.reach.waited.clone().expect("it waited");
    assert_eq!((waited.answered, waited.last.as_deref()), (false, Some("status 503")));
    assert!(report.exit.code != 0 && !report.causes.is_empty(), "the run reports as without a wait");
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("fivewhys.toml"), file(&shop(u32::MAX))).expect("a file");
    run_in(folder.path(), &["smoke", "--wait", "1ms"]);
    let human = std::fs::read_to_string(folder.path().join("human")).expect("a report");
    let human = human.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(human.contains("for backend.health, which did not become healthy"), "{human}");
}

#[test]
fn there_must_be_something_to_wait_for() {
    let server = shop(0);
    let (output, _) = run(&file(&server).replace("role = \"health\"", "role = \"open\""), &["smoke", "--wait", "1m"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("nothing to wait for"), "{}", stderr(&output));
}

/// Certificates of a private authority, in files.
struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("an authority");
        Self { issuer }
    }

    /// Issues a certificate for this name.
    fn issue(&self, name: &str, purpose: ExtendedKeyUsagePurpose) -> (rcgen::Certificate, KeyPair) {
        let mut params = CertificateParams::new(vec![name.to_owned()]).expect("parameters");
        params.extended_key_usages = vec![purpose];
        let key = KeyPair::generate().expect("a key");
        (params.signed_by(&key, &self.issuer).expect("a certificate"), key)
    }

    fn roots(&self) -> Arc<RootCertStore> {
        let mut roots = RootCertStore::empty();
        roots.add(self.issuer.der().clone()).expect("a root");
        Arc::new(roots)
    }

    /// Writes `ca.pem`, `client.pem` and `client.key`.
    fn write(&self, folder: &Path) {
        let (certificate, key) = self.issue("client", ExtendedKeyUsagePurpose::ClientAuth);
        for (name, text) in
            [("ca.pem", self.issuer.pem()), ("client.pem", certificate.pem()), ("client.key", key.serialize_pem())]
        {
            std::fs::write(folder.join(name), text).expect("a file");
        }
    }

    /// Starts a server for `api.shop.test` that answers 200 to everything. It may ask for a client certificate.
    fn serve(&self, asks: bool) -> SocketAddr {
        let (certificate, key) = self.issue("api.shop.test", ExtendedKeyUsagePurpose::ServerAuth);
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider));
        let builder = builder.with_safe_default_protocol_versions().expect("versions");
        let builder = match asks {
            true => {
                let verifier = WebPkiClientVerifier::builder_with_provider(self.roots(), provider).build();
                builder.with_client_cert_verifier(verifier.expect("a verifier"))
            }
            false => builder.with_no_client_auth(),
        };
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = builder.with_single_cert(vec![certificate.der().clone()], key).expect("a configuration");
        listen(Arc::new(config))
    }
}

fn listen(config: Arc<ServerConfig>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("its address");
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let Ok(connection) = ServerConnection::new(Arc::clone(&config)) else { return };
            std::thread::spawn(move || {
                let mut tls = StreamOwned::new(connection, stream);
                let mut seen = [0; 8192];
                let Ok(length) = tls.read(&mut seen) else { return };
                let head = String::from_utf8_lossy(&seen[..length]).to_lowercase();
                let host = head.lines().find(|line| line.starts_with("host:")).unwrap_or_default();
                let sni = tls.conn.server_name().unwrap_or_default().to_owned();
                let body = json!({ "status": "up", "sni": sni, "host": host }).to_string();
                let head = format!(
                    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
                    body.len()
                );
                let _ = tls.write_all(format!("{head}{body}").as_bytes()).and_then(|()| tls.flush());
                tls.conn.send_close_notify();
                let _ = tls.flush();
            });
        }
    });
    address
}

/// A target with one health endpoint. Nothing resolves its name.
fn encrypted(port: u16, more: &str) -> String {
    format!(
        r#"
default = "shop"
[target.shop]
backend = "https://api.shop.test:{port}"
auth = "https://api.shop.test:{port}"
signing_secret = ["env:CLIENT_SECRET_OF_32_BYTES"]
claims = {{ iss = "us" }}
user = {{ ada = {{ sub = "1", email = "ada@shop.test" }} }}
endpoint."backend.health" = {{ role = "health", path = "/health", accept = {{ json = {{ path = "$.sni", is = "api.shop.test" }} }} }}
{more}
"#
    )
}

const CA: &str = "ca = \"ca.pem\"\n";
const CLIENT: &str = "client_certificate = { certificate = \"client.pem\", key = [\"file:client.key\"] }\n";

fn code(folder: &Path, file: &str, fixed: &str) -> (Option<i32>, String) {
    std::fs::write(folder.join("fivewhys.toml"), file.replace("env:CLIENT_SECRET_OF_32_BYTES", "file:signing"))
        .expect("a file");
    std::fs::write(folder.join("signing"), "a signing secret of more than 32 bytes").expect("a file");
    let (output, report) = run_in(folder, &["smoke", "--scenario", "health", "--resolve", fixed]);
    let said = format!("{}{}", stdout(&output), stderr(&output));
    let key = std::fs::read_to_string(folder.join("client.key")).unwrap_or_default();
    let line = key.lines().nth(1).unwrap_or("no key").to_owned();
    assert!(!said.contains(&line), "the key is shown");
    if let Some(report) = report {
        assert!(report.reach.addresses.iter().all(|address| address.contains("at 127.0.0.1")));
    }
    (output.status.code(), said)
}

#[rstest]
#[case::trusted(CA, false, true)]
#[case::not_trusted("", false, false)]
#[case::mutual(&format!("{CA}{CLIENT}"), true, true)]
#[case::no_client_certificate(CA, true, false)]
fn a_private_authority_and_a_client_certificate(#[case] more: &str, #[case] asks: bool, #[case] passes: bool) {
    let (authority, folder) = (Authority::new(), tempfile::tempdir().expect("a folder"));
    authority.write(folder.path());
    let port = authority.serve(asks).port();
    let (code, said) = code(folder.path(), &encrypted(port, more), &format!("api.shop.test:{port}:127.0.0.1"));
    assert_eq!(code == Some(0), passes, "{said}");
    if passes {
        assert!(said.contains(&format!("host: api.shop.test:{port}")), "{said}");
    } else {
        assert!(said.contains("tls_"), "{said}");
    }
}

#[rstest]
#[case::missing("ca = \"none.pem\"\n", "which cannot be read")]
#[case::no_pem("ca = \"fivewhys.toml\"\n", "which holds no certificate")]
#[case::half("client_certificate = { certificate = \"ca.pem\" }\n", "has only one of the keys")]
fn a_certificate_that_cannot_be_used_is_a_mistake(#[case] more: &str, #[case] why: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    Authority::new().write(folder.path());
    std::fs::write(folder.path().join("fivewhys.toml"), encrypted(1, more)).expect("a file");
    let (output, _) = run_in(folder.path(), &["check"]);
    let shown = stderr(&output).replace("│", "").split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(output.status.code() == Some(2) && shown.contains(why) && shown.contains("fivewhys.toml:"), "{shown}");
    let (smoke, said) = code(folder.path(), &encrypted(1, more), "api.shop.test:1:127.0.0.1");
    assert_eq!(smoke, Some(2), "{said}");
}

#[rstest]
#[case::another_port("api.shop.test:444:127.0.0.1", "calls no api.shop.test:444")]
#[case::no_address("api.shop.test:443", "expected HOST:PORT:ADDRESS")]
fn an_address_that_is_not_called_is_a_mistake(#[case] fixed: &str, #[case] why: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let (code, said) = code(folder.path(), &encrypted(443, ""), fixed);
    assert!(code == Some(2) && said.contains(why), "{said}");
}

#[test]
fn a_socket_is_opened_at_the_fixed_address() {
    let server = Server::start(|request| match request.header("upgrade") {
        Some(_) => crate::support::server::Answer::Socket("{}".to_owned(), String::new()),
        None => answer("200 OK", &json!({ "status": "up" })),
    });
    let folder = tempfile::tempdir().expect("a folder");
    let port = server.address.port();
    let socket = "endpoint.\"backend.ws\" = { kind = \"websocket\", path = \"/ws\" }\n";
    let file = encrypted(port, socket)
        .replace("https://", "http://")
        .replace(", accept = { json = { path = \"$.sni\", is = \"api.shop.test\" } }", "");
    std::fs::create_dir(folder.path().join("own")).expect("a folder");
    let scenario = "title = \"t\"\n[[step]]\nid = \"open\"\ncall = \"backend.ws\"\n[step.expect]\nstatus = 101\n";
    std::fs::write(folder.path().join("own/health.toml"), scenario).expect("a scenario");
    let (code, said) =
        code(folder.path(), &format!("{file}scenarios = \"own\"\n"), &format!("api.shop.test:{port}:127.0.0.1"));
    assert_eq!(code, Some(0), "{said}");
    let host = format!("api.shop.test:{port}");
    assert!(
        server.seen().iter().any(|request| request.path() == "/ws" && request.header("host") == Some(host.as_str()))
    );
}
