//! The shipped target `staging`, moved to servers of the test, with secrets that are hard to escape.

use std::process::Output;

use assert_cmd::Command;

use crate::rails::output_formats::WHOLE;
use crate::rails::output_formats::formats;
use crate::support::leaks::Canaries;
use crate::support::program::fivewhys;
use crate::support::server::Server;

pub(crate) const SIGNING: &str = "signing+secret/of=32&bytes \"and\" more%20\\";
pub(crate) const SERVICE: &str = "service+secret/of=32&bytes \"and\" more%41\\n";
/// A secret of the target, which goes into a header.
pub(crate) const API_KEY: &str = "api+key/of=test&targets \"and\" more%42\\t";
const PASSWORD: &str = "pass+word/of=test&users \"and\" more%00\\t";

/// `smoke` against this server, as backend and as auth service, with the evidence edge, auth and service-credentials.
pub(crate) fn smoke(server: &Server) -> Command {
    let mut command = fivewhys(["smoke", "--target", "staging"]);
    for (name, scheme) in [("backend", "http"), ("auth", "http"), ("websocket", "ws")] {
        command.args(["--set", &format!("{name}={scheme}://{}", server.address)]);
    }
    for service in ["backend", "auth"] {
        let healthy = format!("endpoint.\"{service}.health\".accept.json={{path=\"$.status\",is=\"healthy\"}}");
        command.args(["--set", &healthy]);
    }
    command.args(["--set", "budget.requests_per_minute=60000", "--set", "budget.probe=2s"]);
    command.args(["--set", "evidence=[\"edge\",\"auth\",\"service-credentials\"]"]);
    command.args(["--set", "secrets.api_key=[\"env:API_KEY\"]"]).env("API_KEY", API_KEY);
    for endpoint in ["backend.health", "backend.chat-messages"] {
        command.args(["--set", &format!("endpoint.\"{endpoint}\".headers.X-Api-Key=\"{{secret:api_key}}\"")]);
    }
    command.env("JWT_SECRET_STAGING", SIGNING).env("SERVICE_SECRET", SERVICE);
    command.env("FIVEWHYS_PRIMARY_PASSWORD", PASSWORD).env("FIVEWHYS_SECOND_PASSWORD", PASSWORD);
    command
}

/// Runs it, and checks that no output holds a secret or the signature of a token. Returns the output, with JSON on stdout.
pub(crate) fn leaks_nothing(server: &Server, command: Command) -> Output {
    run_with(server, command, &WHOLE)
}

/// Does the same with the report for people on stdout, and a `curl` command for each failed call.
pub(crate) fn leaks_nothing_as_curl(server: &Server, command: Command) {
    run_with(server, command, &["-v", "--curl"]);
}

fn run_with(server: &Server, mut command: Command, options: &[&str]) -> Output {
    let canaries = Canaries::of([
        ("signing secret", SIGNING),
        ("service secret", SERVICE),
        ("password", PASSWORD),
        ("API key", API_KEY),
    ]);
    let folder = tempfile::tempdir().expect("a folder");
    let reports = formats().into_iter().map(|name| format!("--report={name}={}", folder.path().join(name).display()));
    let output = command.args(reports).args(options).env("FIVEWHYS_LOG", "trace").output().expect("it starts");
    let [stdout, stderr] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
    canaries.must_not_be_in("stdout", &stdout);
    canaries.must_not_be_in("stderr", &stderr);
    canaries.must_not_be_in("stdout without JSON escapes", &stdout.replace("\\\"", "\"").replace("\\\\", "\\"));
    signatures(server).must_not_be_in("stdout", &stdout);
    for name in formats() {
        let text = std::fs::read_to_string(folder.path().join(name)).expect("it was written");
        canaries.must_not_be_in(name, &text);
        canaries.must_not_be_in(name, &unescaped(&text));
        signatures(server).must_not_be_in(name, &text);
    }
    output
}

/// Replaces character references, as a browser does.
fn unescaped(text: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        let (shown, after) = reference(&rest[at + 1..]).unwrap_or(('&', &rest[at + 1..]));
        out.push(shown);
        rest = after;
    }
    out + rest
}

/// Reads a reference after its `&`, and returns its character and what follows it.
fn reference(text: &str) -> Option<(char, &str)> {
    let (name, after) = text.split_once(';').filter(|(name, _)| name.len() < 5)?;
    let shown = match name {
        "quot" => '"',
        "apos" => '\'',
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        number => number.strip_prefix('#')?.parse::<u8>().ok()?.into(),
    };
    Some((shown, after))
}

/// Returns the signatures that the server saw: a service accepts no token without its signature.
fn signatures(server: &Server) -> Canaries {
    let tokens = server.seen().into_iter().filter_map(|request| request.token());
    let signed = tokens.filter_map(|token| token.rsplit_once('.').map(|(_, signature)| signature.to_owned()));
    Canaries::of(signed.filter(|signature| signature.len() > 20).map(|signature| ("a signature", signature)))
}
