//! A real nginx process, with a folder and a port of its own.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// Where Debian puts it: the `PATH` of a user may lack `sbin`.
const PLACES: [&str; 3] = ["nginx", "/usr/sbin/nginx", "/usr/local/sbin/nginx"];
const BASE: &str = include_str!("configurations/base.conf.template");
/// Between choosing a port and listening on it another process may take it.
const ATTEMPTS: usize = 5;

/// What the templates name.
pub(crate) struct Behind<'a> {
    pub(crate) upstream: &'a str,
    pub(crate) auth: &'a str,
}

/// A running nginx; it ends when this is dropped.
pub(crate) struct Nginx {
    program: &'static str,
    folder: TempDir,
    port: u16,
}

/// The program's name, where it is on this machine.
pub(crate) fn installed() -> Option<&'static str> {
    PLACES.into_iter().find(|name| Command::new(name).arg("-v").output().is_ok())
}

impl Nginx {
    /// Starts one. The program returns to us once it listens.
    pub(crate) fn start(program: &'static str, locations: &str, behind: &Behind<'_>) -> Self {
        let mut said = String::new();
        for _ in 0..ATTEMPTS {
            let nginx = Self { program, folder: TempDir::new().expect("a folder of one's own"), port: free_port() };
            std::fs::write(nginx.file(), nginx.configuration(locations, behind)).expect("the configuration is written");
            let output = nginx.run(&[]);
            if output.status.success() {
                return nginx;
            }
            said = String::from_utf8_lossy(&output.stderr).into_owned();
        }
        panic!("nginx does not start: {said}");
    }

    /// `http://127.0.0.1:PORT`.
    pub(crate) fn url(&self, scheme: &str) -> url::Url {
        format!("{scheme}://127.0.0.1:{}", self.port).parse().expect("a URL")
    }

    fn configuration(&self, locations: &str, behind: &Behind<'_>) -> String {
        let closed = format!("http://127.0.0.1:{}", free_port());
        let values = [
            ("{locations}", locations),
            ("{prefix}", self.folder.path().to_str().expect("a folder named in UTF-8")),
            ("{port}", &self.port.to_string()),
            ("{upstream}", behind.upstream.trim_end_matches('/')),
            ("{auth}", behind.auth.trim_end_matches('/')),
            ("{closed}", &closed),
        ];
        values.into_iter().fold(BASE.to_owned(), |text, (name, value)| text.replace(name, value))
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("nginx.conf")
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let prefix: &Path = self.folder.path();
        let errors = prefix.join("error.log");
        let mut command = Command::new(self.program);
        command.arg("-p").arg(prefix).arg("-c").arg(self.file()).arg("-e").arg(errors).args(arguments);
        command.output().expect("nginx runs")
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        self.run(&["-s", "stop"]);
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address").port()
}
