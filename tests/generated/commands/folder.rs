//! The folder in which a block is run: with the program, a twin that is called `staging`, and the files that the pages name.

use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// A failing verdict is no error of the page. `twin` stays up in the background, as in another terminal.
const FIVEWHYS: &str = r#"#!/usr/bin/env bash
case " $* " in
  *" twin "*)
    exec {says}< <(exec "$REAL" "$@" 2>&1)
    echo "$!" >> "$PIDS"
    while IFS= read -r line <&"$says"; do echo "$line"; if [[ $line == up* ]]; then exit 0; fi; done
    exit 1 ;;
esac
code=0
"$REAL" "$@" || code=$?
case $code in 0 | 1 | 3 | 4) exit 0 ;; *) exit "$code" ;; esac
"#;
/// `cargo run -- ARGUMENTS`, without cargo.
const CARGO: &str =
    "#!/bin/sh\n[ \"$1 $2\" = 'run --' ] || exit 64\nshift 2\nunset FIVEWHYS_CONFIG\nexec fivewhys \"$@\"\n";
/// A second target, next to the running twin: a twin that every run boots anew.
const OFFLINE: &str = r#"
[target.offline]
twin = true
evidence = ["edge", "direct", "auth", "service-credentials", "manifest", "logs"]
validation = "auth-service"
budget = { requests_per_minute = 60000 }
load = { users = 100, rate = 100, duration = "1m" }
"#;

/// Runs the text in a shell, as wide as a page, and returns its standard output. Fails when a command fails or does not exist.
pub(crate) fn run(text: &str) -> Result<String, String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let _twin = furnish(&folder).map_err(|error| error.to_string())?;
    let (bin, pids) = (folder.path().join("bin"), folder.path().join("pids"));
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap_or_default());
    let mut shell = Command::new("bash");
    shell.args(["-euo", "pipefail", "-c", text]).current_dir(folder.path()).stdin(Stdio::null());
    shell.env("PATH", path).env("REAL", env!("CARGO_BIN_EXE_fivewhys")).env("PIDS", &pids);
    shell.env("COLUMNS", "100").env("LANG", "C.UTF-8");
    // The target that a page tells the reader to fill in.
    shell.env("FIVEWHYS_CONFIG", folder.path().join("staging.toml"));
    let output = shell.output().map_err(|error| error.to_string())?;
    for pid in std::fs::read_to_string(&pids).unwrap_or_default().lines() {
        drop(Command::new("kill").arg(pid).status());
    }
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() {
        return Ok(said(&output.stdout));
    }
    Err(format!("{}\n{text}\n{}{}", output.status, said(&output.stdout), said(&output.stderr)))
}

/// A process that is ended with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn furnish(folder: &TempDir) -> std::io::Result<Running> {
    let (folder, root) = (folder.path(), Path::new(env!("CARGO_MANIFEST_DIR")));
    std::fs::create_dir(folder.join("bin"))?;
    for (name, text) in [("fivewhys", FIVEWHYS), ("cargo", CARGO)] {
        let path = folder.join("bin").join(name);
        std::fs::write(&path, text)?;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755))?;
    }
    for shared in ["ci", "scenarios"] {
        symlink(root.join(shared), folder.join(shared))?;
    }
    let twin = twin(folder)?;
    let written = std::fs::read_to_string(folder.join("twin.toml"))?;
    let staging =
        written.replace("[target.twin", "[target.staging").replace("default = \"twin\"", "default = \"staging\"");
    std::fs::write(folder.join("staging.toml"), staging + OFFLINE)?;
    Ok(twin)
}

/// A twin that is up.
fn twin(folder: &Path) -> std::io::Result<Running> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fivewhys"));
    command.args(["twin", "--write-target", "twin.toml"]).current_dir(folder).stdout(Stdio::piped());
    let mut child = command.spawn()?;
    let out = child.stdout.take();
    let running = Running(child);
    let lines = out.into_iter().flat_map(|out| BufReader::new(out).lines()).map_while(Result::ok);
    for line in lines {
        if line.starts_with("up") {
            return Ok(running);
        }
    }
    Err(std::io::Error::other("the twin did not come up"))
}
