//! Certificates: a private authority, and the certificates that a client presents.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair};
use rstest::rstest;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};
use serde_json::json;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{self, WebSocket};

use crate::access::system::run_in;
use crate::support::program::{stderr, stdout};

/// The host of the backend.
const API: &str = "api.shop.test";

/// Returns the value of `--resolve` that calls a host here.
fn at(host: &str, port: u16) -> String {
    format!("{host}:{port}:127.0.0.1")
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

    /// Writes `NAME-ca.pem`, `NAME.pem` and `NAME.key`.
    fn write(&self, folder: &Path, name: &str) {
        let (certificate, key) = self.issue(name, ExtendedKeyUsagePurpose::ClientAuth);
        for (end, text) in [("-ca.pem", self.issuer.pem()), (".pem", certificate.pem()), (".key", key.serialize_pem())]
        {
            std::fs::write(folder.join(format!("{name}{end}")), text).expect("a file");
        }
    }

    /// Starts a server for this host that answers 200 to everything. It may ask for a client certificate.
    fn serve(&self, host: &str, asks: bool) -> SocketAddr {
        let (certificate, key) = self.issue(host, ExtendedKeyUsagePurpose::ServerAuth);
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
            std::thread::spawn(move || drop(respond(StreamOwned::new(connection, stream))));
        }
    });
    address
}

type Tls = StreamOwned<ServerConnection, TcpStream>;

/// Responds to one request: a socket, a stream of events, or JSON that says for which name and host it came.
fn respond(mut tls: Tls) -> std::io::Result<()> {
    let mut seen = [0; 8192];
    let length = tls.read(&mut seen)?;
    let head = String::from_utf8_lossy(&seen[..length]).into_owned();
    let value = |name: &str| head.lines().find(|line| line.to_lowercase().starts_with(name)).unwrap_or_default();
    if let Some((_, key)) = value("sec-websocket-key:").split_once(": ") {
        return socket(tls, key);
    }
    let sni = tls.conn.server_name().unwrap_or_default().to_owned();
    let (media, body) = match head.starts_with("GET /events") {
        true => ("text/event-stream", "event: done\ndata: {}\n\n".to_owned()),
        false => (
            "application/json",
            json!({ "status": "up", "sni": sni, "host": value("host:").to_lowercase() }).to_string(),
        ),
    };
    let length = body.len();
    let head =
        format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: {media}\r\nContent-Length: {length}\r\n\r\n");
    tls.write_all(format!("{head}{body}").as_bytes())?;
    tls.conn.send_close_notify();
    tls.flush()
}

/// Takes the upgrade, sends the last frame, and closes the socket.
fn socket(mut tls: Tls, key: &str) -> std::io::Result<()> {
    let accept = derive_accept_key(key.trim().as_bytes());
    let head = format!(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"
    );
    tls.write_all(head.as_bytes())?;
    let mut socket = WebSocket::from_raw_socket(tls, protocol::Role::Server, None);
    let sent = socket.send(r#"{"type":"done"}"#.into());
    let done = sent.and_then(|()| socket.close(None)).and_then(|()| socket.flush());
    done.map_err(std::io::Error::other)?;
    while socket.read().is_ok() {}
    Ok(())
}

/// A target with one health endpoint. Nothing resolves its name.
pub(crate) fn encrypted(port: u16, more: &str) -> String {
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

const CA: &str = "ca = \"client-ca.pem\"\n";
const CLIENT: &str = "client_certificate = { certificate = \"client.pem\", key = [\"file:client.key\"] }\n";

pub(crate) fn code(folder: &Path, file: &str, fixed: &[String]) -> (Option<i32>, String) {
    std::fs::write(folder.join("fivewhys.toml"), file.replace("env:CLIENT_SECRET_OF_32_BYTES", "file:signing"))
        .expect("a file");
    std::fs::write(folder.join("signing"), "a signing secret of more than 32 bytes").expect("a file");
    let fixed: Vec<String> = fixed.iter().map(|one| format!("--resolve={one}")).collect();
    let fixed = fixed.iter().map(String::as_str);
    let (output, report) =
        run_in(folder, &["smoke", "--scenario", "health"].into_iter().chain(fixed).collect::<Vec<_>>());
    let said = format!("{}{}", stdout(&output), stderr(&output));
    for name in ["client.key", "search.key"] {
        let key = std::fs::read_to_string(folder.join(name)).unwrap_or_default();
        let line = key.lines().nth(1).unwrap_or("no key").to_owned();
        assert!(!said.contains(&line), "the key is shown");
    }
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
    authority.write(folder.path(), "client");
    let port = authority.serve(API, asks).port();
    let (code, said) = code(folder.path(), &encrypted(port, more), &[at(API, port)]);
    assert_eq!(code == Some(0), passes, "{said}");
    if passes {
        assert!(said.contains(&format!("host: api.shop.test:{port}")), "{said}");
    } else {
        assert!(said.contains("tls_"), "{said}");
    }
}

#[rstest]
#[case::missing("ca = \"none.pem\"\n", "which cannot be read")]
#[case::other_host(
    "client_certificate_for.\"serch.shop.test\" = { certificate = \"client.pem\", key = [\"file:client.key\"] }\n",
    "has the host `serch.shop.test` of `client_certificate_for`"
)]
#[case::half_of_a_host(
    "client_certificate_for.\"api.shop.test\" = { key = [\"file:client.key\"] }\n",
    "needs the keys `certificate` and `key`"
)]
#[case::no_certificate_of_a_host(
    "client_certificate_for.\"api.shop.test\" = { certificate = \"client.key\", key = [\"file:client.key\"] }\n",
    "`client_certificate_for.\"api.shop.test\".certificate` names"
)]
#[case::no_pem("ca = \"fivewhys.toml\"\n", "which holds no certificate")]
#[case::half("client_certificate = { certificate = \"client-ca.pem\" }\n", "has only one of the keys")]
fn a_certificate_that_cannot_be_used_is_a_mistake(#[case] more: &str, #[case] why: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    Authority::new().write(folder.path(), "client");
    std::fs::write(folder.path().join("fivewhys.toml"), encrypted(1, more)).expect("a file");
    let (output, _) = run_in(folder.path(), &["check"]);
    let shown = stderr(&output).replace("│", "").split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(output.status.code() == Some(2) && shown.contains(why) && shown.contains("fivewhys.toml:"), "{shown}");
    let (smoke, said) = code(folder.path(), &encrypted(1, more), &[at(API, 1)]);
    assert_eq!(smoke, Some(2), "{said}");
}

/// An endpoint of each protocol at this address.
fn of_each_kind(base: &str) -> String {
    format!(
        r#"
[target.shop.endpoint."backend.search"]
path = "/search"
{base}
[target.shop.endpoint."backend.events"]
kind = "sse"
path = "/events"
accept = {{ terminal_event = "done" }}
{base}
[target.shop.endpoint."backend.live"]
kind = "websocket"
path = "/live"
event_name = "$.type"
accept = {{ terminal_event = "done" }}
{base}
"#
    )
}

/// Writes a scenario that calls each endpoint.
fn write_scenario(folder: &Path) {
    let step =
        |name: &str| format!("[[step]]\nid = \"{name}\"\ncall = \"backend.{name}\"\n[step.expect]\nresult = \"ok\"\n");
    let steps: String = ["health", "search", "events", "live"].map(step).concat();
    std::fs::create_dir(folder.join("own")).expect("a folder");
    std::fs::write(folder.join("own/health.toml"), format!("title = \"t\"\n{steps}")).expect("a scenario");
}

#[rstest]
#[case::with_the_certificate(CLIENT, true)]
#[case::without_it("", false)]
fn every_protocol_trusts_the_authority_and_presents_the_certificate(#[case] more: &str, #[case] passes: bool) {
    let (authority, folder) = (Authority::new(), tempfile::tempdir().expect("a folder"));
    authority.write(folder.path(), "client");
    write_scenario(folder.path());
    let port = authority.serve(API, true).port();
    let more = format!("{CA}{more}scenarios = \"own\"\n{}", of_each_kind(""));
    let (code, said) = code(folder.path(), &encrypted(port, &more), &[at(API, port)]);
    assert_eq!(code == Some(0), passes, "{said}");
    if !passes {
        assert_eq!(said.matches("\"outcome\": \"failed\"").count(), 6, "four steps, scenario and run: {said}");
    }
}

#[rstest]
#[case::its_own("search", true)]
#[case::that_of_the_others("client", false)]
fn a_host_may_get_a_certificate_of_its_own(#[case] presented: &str, #[case] passes: bool) {
    let (usual, other, folder) = (Authority::new(), Authority::new(), tempfile::tempdir().expect("a folder"));
    usual.write(folder.path(), "client");
    other.write(folder.path(), "search");
    write_scenario(folder.path());
    let (api, search) = (usual.serve(API, true).port(), other.serve("search.shop.test", true).port());
    let more = format!(
        "ca = [\"client-ca.pem\", \"search-ca.pem\"]\n{CLIENT}scenarios = \"own\"\n\
         [target.shop.client_certificate_for.\"Search.shop.test\"]\ncertificate = \"{presented}.pem\"\n\
         key = [\"file:{presented}.key\"]\n{}",
        of_each_kind(&format!("base_url = \"https://search.shop.test:{search}\""))
    );
    let addresses = [at(API, api), at("search.shop.test", search)];
    let (code, said) = code(folder.path(), &encrypted(api, &more), &addresses);
    assert_eq!(code == Some(0), passes, "{said}");
}
