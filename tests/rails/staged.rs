//! The shipped target `staging`, moved to servers of our own, with secrets that are awkward to escape.

use std::process::Output;

use assert_cmd::Command;

use crate::leaks::Canaries;
use crate::outputs::formats;
use crate::program::fivewhys;
use crate::server::Server;

pub(crate) const SIGNING: &str = "signing+secret/of=32&bytes \"and\" more%20\\";
pub(crate) const SERVICE: &str = "service+secret/of=32&bytes \"and\" more%41\\n";
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
    command.env("JWT_SECRET_STAGING", SIGNING).env("SERVICE_SECRET", SERVICE);
    command.env("FIVEWHYS_PRIMARY_PASSWORD", PASSWORD).env("FIVEWHYS_SECOND_PASSWORD", PASSWORD);
    command
}

/// Runs it in every format; none may hold a secret, or the signature of a token that the server saw. Gives the last, which is JSON.
pub(crate) fn leaks_nothing(server: &Server, smoke: impl Fn() -> Command) -> Output {
    let canaries = Canaries::of([("signing secret", SIGNING), ("service secret", SERVICE), ("password", PASSWORD)]);
    let folder = tempfile::tempdir().expect("a folder");
    let mut last = None;
    for format in [&[][..], &["-v", "--curl"], &["--format", "json"]] {
        let reports =
            formats().into_iter().map(|name| format!("--report={name}={}", folder.path().join(name).display()));
        let output = smoke().args(reports).args(format).env("FIVEWHYS_LOG", "trace").output().expect("it starts");
        canaries.must_not_be_in("stdout", &String::from_utf8_lossy(&output.stdout));
        canaries.must_not_be_in("stderr", &String::from_utf8_lossy(&output.stderr));
        let unescaped = String::from_utf8_lossy(&output.stdout).replace("\\\"", "\"").replace("\\\\", "\\");
        canaries.must_not_be_in("stdout, its JSON escapes undone", &unescaped);
        last = Some(output);
    }
    for name in formats() {
        let text = std::fs::read_to_string(folder.path().join(name)).expect("it was written");
        canaries.must_not_be_in(name, &text);
        canaries.must_not_be_in(name, &unescaped(&text));
        signatures(server).must_not_be_in(name, &text);
    }
    let last = last.expect("three formats");
    signatures(server).must_not_be_in("stdout", &String::from_utf8_lossy(&last.stdout));
    last
}

/// Character references undone, as a browser does.
fn unescaped(text: &str) -> String {
    let named = [("&quot;", "\""), ("&apos;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")];
    let mut text = named.iter().fold(text.to_owned(), |text, (name, c)| text.replace(name, c));
    for c in ' '..='~' {
        text = text.replace(&format!("&#{};", u32::from(c)), &c.to_string());
    }
    text
}

/// A signature is what makes a token open something.
fn signatures(server: &Server) -> Canaries {
    let tokens = server.seen().into_iter().filter_map(|request| request.token());
    let signed = tokens.filter_map(|token| token.rsplit_once('.').map(|(_, signature)| signature.to_owned()));
    Canaries::of(signed.filter(|signature| signature.len() > 20).map(|signature| ("a signature", signature)))
}
