//! A system with stable addresses: each is a gate to the twin that stands behind it now.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use fivewhys::internal::config::{EvidenceLocation, write_target_file};
use fivewhys::internal::coordinates;
use fivewhys::internal::terms::{EvidenceSource, Service};
use fivewhys_mocks::{Fault, Twin};
use tempfile::TempDir;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use url::Url;

/// Guards against a run that never ends.
const GUARD: Duration = Duration::from_secs(120);
/// The edge, the backend, the auth service, and the operator's tools.
const GATES: usize = 4;

/// Where the gates lead, and how many connections pass them.
#[derive(Default)]
struct Behind {
    twins: Vec<Twin>,
    places: [Option<SocketAddr>; GATES],
    open: usize,
}

type Shared = Arc<(Mutex<Behind>, Condvar)>;

/// The system, and the target file that names its gates.
pub(crate) struct System {
    runtime: Runtime,
    behind: Shared,
    folder: TempDir,
}

impl System {
    /// Starts a system without a fault.
    pub(crate) fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let (behind, folder) = (Shared::default(), tempfile::tempdir().expect("a folder"));
        let twin = runtime.block_on(Twin::builder().start()).expect("the twin boots");
        let gates: Vec<SocketAddr> =
            (0..GATES).map(|gate| runtime.block_on(open(gate, Arc::clone(&behind))).expect("a port")).collect();
        let system = Self { runtime, behind, folder };
        system.write_target(&twin, &gates);
        system.lead_to(twin);
        system
    }

    /// Returns the target file. Its target is `twin`.
    pub(crate) fn target(&self) -> PathBuf {
        self.folder.path().join("t.toml")
    }

    /// Adds a text to the target file.
    pub(crate) fn add(&self, text: &str) {
        let target = std::fs::read_to_string(self.target()).expect("the target file");
        std::fs::write(self.target(), format!("{target}\n{text}")).expect("it is written");
    }

    /// Replaces the faults at a moment without any connection.
    pub(crate) fn have(&self, faults: &[&str]) {
        let twin = self.boot(faults);
        self.lead_to(twin);
    }

    /// Replaces the faults now, also in the middle of a run. Connections that are open stay with the twin before.
    pub(crate) fn have_at_once(&self, faults: &[&str]) {
        let (twin, mut behind) = (self.boot(faults), self.behind.0.lock().expect("no holder panics"));
        behind.places = places(&twin);
        behind.twins.push(twin);
    }

    fn boot(&self, faults: &[&str]) -> Twin {
        let faults: Vec<Fault> = faults.iter().map(|id| id.parse().expect("a fault of the twin")).collect();
        let builder = {
            let behind = self.behind.0.lock().expect("no holder panics");
            Twin::builder().credentials_of(&behind.twins[0]).faults(faults)
        };
        self.runtime.block_on(builder.start()).expect("the twin boots")
    }

    /// Waits until a run is in progress.
    pub(crate) fn is_called(&self) {
        let behind = self.behind.0.lock().expect("no holder panics");
        let called = self.behind.1.wait_timeout_while(behind, GUARD, |behind| behind.open == 0);
        assert!(!called.expect("no holder panics").1.timed_out(), "no run begins");
    }

    fn lead_to(&self, twin: Twin) {
        let behind = self.behind.0.lock().expect("no holder panics");
        let idle = self.behind.1.wait_timeout_while(behind, GUARD, |behind| behind.open > 0);
        let (mut behind, late) = idle.expect("no holder panics");
        assert!(!late.timed_out(), "a connection stays open");
        behind.places = places(&twin);
        behind.twins.push(twin);
    }

    fn write_target(&self, twin: &Twin, gates: &[SocketAddr]) {
        let url = |gate: usize, scheme: &str, path: &str| {
            Url::parse(&format!("{scheme}://{}{path}", gates[gate])).expect("a URL")
        };
        let mut known = coordinates(twin).expect("the twin has addresses");
        (known.backend, known.websocket) = (url(0, "http", "/"), url(0, "ws", "/"));
        (known.direct, known.auth) = (Some(url(1, "http", "/")), url(2, "http", "/"));
        let manifest = |name: &str| EvidenceLocation::Url(url(3, "http", &format!("/manifests/{name}.json")));
        known.manifests = [(Service::Backend, manifest("backend")), (Service::Auth, manifest("auth"))].into();
        known.logs = vec![EvidenceLocation::Url(url(3, "http", "/logs"))];
        let evidence = [
            EvidenceSource::Edge,
            EvidenceSource::Direct,
            EvidenceSource::Auth,
            EvidenceSource::ServiceCredentials,
            EvidenceSource::Manifest,
            EvidenceSource::Logs,
        ];
        write_target_file(&self.target(), "twin", &known, &evidence).expect("it is written");
        self.add("[target.twin.budget]\nrequests_per_minute = 60000\n");
    }
}

/// Returns where each gate leads for a twin.
fn places(twin: &Twin) -> [Option<SocketAddr>; GATES] {
    let urls = [twin.edge_url(), twin.backend_url(), twin.auth_url(), twin.control_url()];
    urls.map(|url| url.split("//").nth(1).and_then(|place| place.parse().ok()))
}

/// Opens a gate on a free port.
async fn open(gate: usize, behind: Shared) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let place = {
                let mut behind = behind.0.lock().expect("no holder panics");
                behind.open += 1;
                behind.places[gate]
            };
            behind.1.notify_all();
            let behind = Arc::clone(&behind);
            tokio::spawn(async move {
                // A client that goes away in the middle is no failure of the test.
                drop(pass(client, place).await);
                behind.0.lock().expect("no holder panics").open -= 1;
                behind.1.notify_all();
            });
        }
    });
    Ok(address)
}

async fn pass(mut client: TcpStream, place: Option<SocketAddr>) -> io::Result<()> {
    let mut twin = TcpStream::connect(place.ok_or(io::ErrorKind::NotConnected)?).await?;
    client.set_nodelay(true)?;
    twin.set_nodelay(true)?;
    copy_bidirectional(&mut client, &mut twin).await.map(drop)
}
