//! The memory of a run against a server whose every response is as long as it may be.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rstest::rstest;

use crate::rails::output_formats::formats;
use crate::rails::staging_target::smoke;
use crate::support::program::FEW;
use crate::support::server::{Answer, Received, Server};

/// How much more memory a run may need than one with short responses, in KiB.
const MOST: u64 = 64 << 10;
/// The size limit of a body, in bytes.
const LIMIT: usize = 1 << 20;

fn echo(request: &Received) -> String {
    let text = String::from_utf8_lossy(&request.bytes()).into_owned();
    serde_json::json!({ "detail": text, "escaped": "%2541\\u0041&amp;", "password": "c4nary-of-it" }).to_string()
}

fn keywords(_: &Received) -> String {
    "AKIA ghp_ sk- password= postgres://u:p@h xoxb- adafruit cloudflare glpat- token secret api_key= ".to_owned()
}

// One run takes some 10 s without optimization.
#[rstest]
#[ignore = "cargo xtask exam"]
#[case::echo(echo)]
#[ignore = "cargo xtask exam"]
#[case::keywords(keywords)]
fn long_responses_need_at_most_64_mib_more(#[case] part: fn(&Received) -> String) {
    let needs = |repeated: bool| {
        let server = Server::start(move |request| {
            let part = part(request);
            let count = if repeated { LIMIT / part.len() } else { 1 };
            Answer::http("403 Forbidden", &[("Content-Type", "application/json")], part.repeat(count).as_bytes())
        });
        let folder = tempfile::tempdir().expect("a folder");
        peak(all_reports(&server, folder.path()))
    };
    let (short, long) = (needs(false), needs(true));
    assert!(long < short + MOST, "{short} KiB with short responses, {long} KiB with long ones");
}

fn all_reports(server: &Server, folder: &Path) -> Command {
    let template = smoke(server);
    let mut command = Command::new(template.get_program());
    command.env_clear().envs(template.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.args(template.get_args()).args(FEW).args(["--format", "json", "-v"]).current_dir(folder);
    command.args(formats().into_iter().map(|name| format!("--report={name}={}", folder.join(name).display())));
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// Runs it, and returns its peak resident memory, in KiB.
fn peak(mut command: Command) -> u64 {
    let mut child: Child = command.spawn().expect("it starts");
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().expect("a child").is_none() {
        let now = std::fs::read_to_string(&status).unwrap_or_default();
        let line = now.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let now = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        peak = now.unwrap_or(0).max(peak);
        std::thread::sleep(Duration::from_millis(2));
    }
    peak
}
