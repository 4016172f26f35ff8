//! Every place of a response and of the evidence × every encoding × every output format.
//!
//! In short, a run has all encodings at once. With `FIVEWHYS_TRUST=1`, each encoding has a run of its own.

use std::path::Path;

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use fivewhys::internal::report::Report;
use rstest::rstest;
use serde_json::{Value, json};

use crate::rails::output_formats::formats;
use crate::rails::staging_target::{API_KEY, SERVICE, SIGNING, smoke};
use crate::support::leaks::Canaries;
use crate::support::server::{Answer, Received, Server};

/// Where a secret is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Body,
    Header,
    StreamOfText,
    StreamOfJson,
    Socket,
    Log,
    Manifest,
}

type Encode = fn(&str) -> String;

const ENCODINGS: [(&str, Encode); 15] = [
    ("raw", str::to_owned),
    ("upper case", |text| text.to_uppercase()),
    ("lower case", |text| text.to_lowercase()),
    ("percent", |text| each(text, "%", "")),
    ("percent twice", |text| each(text, "%25", "")),
    ("decimal references", |text| text.chars().map(|c| format!("&#{};", u32::from(c))).collect()),
    ("hex references", |text| each(text, "&#x", ";")),
    ("json escapes", |text| each(text, "\\u00", "")),
    ("hex", |text| each(text, "", "")),
    ("hex with colons", |text| each(text, "", ":")),
    ("hex with \\x", |text| each(text, "\\x", "")),
    ("base64", |text| BASE64_STANDARD.encode(text)),
    ("base64 of more", |text| BASE64_URL_SAFE_NO_PAD.encode(format!("x{text}"))),
    ("base64 twice", |text| BASE64_STANDARD.encode(BASE64_STANDARD.encode(text))),
    ("utf-16", |text| text.chars().flat_map(|c| [c, '\0']).collect()),
];

/// Credentials that nothing registers. Each holds this word where it is secret.
const CANARY: &str = "c4nary";
const UNREGISTERED: [&str; 10] = [
    "postgres://app:C4naryPassw0rd@db.internal:5432/app",
    "redis://:c4nary-of-redis@cache:6379/0",
    "REDIS_URL=rediss://cache:6379/c4nary",
    "https://hooks.slack.com/services/T00/B00/c4naryc4nary",
    "https://c4narykey0123456789@o1.ingest.sentry.io/42",
    "GET /export?api_key=c4nary-c4nary",
    "AKIAC4NARYC4NARYC4NA",
    "sk-proj-c4naryc4naryc4nary",
    "ghp_c4naryc4naryc4naryc4naryc4naryc4nary",
    "login with password=c4nary-pw",
];

fn each(text: &str, before: &str, after: &str) -> String {
    text.bytes().map(|byte| format!("{before}{byte:02x}{after}")).collect()
}

/// What a place holds: each secret of the run in these encodings, the token of the request, and unregistered ones.
fn leak(encodings: &[(&'static str, Encode)], token: Option<&str>) -> String {
    let secrets = [SERVICE, SIGNING, API_KEY].into_iter().chain(token);
    let encoded = secrets.flat_map(|secret| encodings.iter().map(move |(_, encode)| encode(secret)));
    encoded.chain(UNREGISTERED.map(str::to_owned)).collect::<Vec<_>>().join(" | ")
}

/// Returns pieces of at most 11 characters.
fn pieces(text: &str) -> Vec<String> {
    text.chars().collect::<Vec<_>>().chunks(11).map(|piece| piece.iter().collect()).collect()
}

fn answer(place: Place, encodings: &[(&'static str, Encode)], request: &Received) -> Answer {
    let token = request.token();
    let text = leak(encodings, token.as_deref());
    let line: String = text.chars().map(|c| if c.is_ascii_graphic() { c } else { ' ' }).collect();
    let stream = |wrap: &dyn Fn(String) -> String| {
        let events = pieces(&line).into_iter().map(|piece| format!("data: {}\n\n", wrap(piece))).collect::<String>();
        Answer::http("200 OK", &[("Content-Type", "text/event-stream")], events.as_bytes())
    };
    match place {
        Place::Header => Answer::http("403 Forbidden", &[("X-Debug", &*line), ("WWW-Authenticate", &*line)], b"{}"),
        Place::StreamOfText => stream(&|piece| piece),
        Place::StreamOfJson => stream(&|piece| json!({ "type": "delta", "delta": { "text": piece } }).to_string()),
        Place::Socket if request.header("upgrade").is_some() => Answer::Frames(pieces(&text)),
        Place::Body | Place::Socket => {
            Answer::http("403 Forbidden", &[("Content-Type", "text/html")], format!("<h1>No</h1>{text}").as_bytes())
        }
        Place::Log | Place::Manifest => match request.path() {
            "/health" => Answer::http("200 OK", &[("Content-Type", "application/json")], b"{\"status\":\"healthy\"}"),
            _ => Answer::http("403 Forbidden", &[("Content-Type", "application/json")], b"{\"detail\":\"no\"}"),
        },
    }
}

#[rstest]
fn no_secret_is_in_any_output(
    #[values(
        Place::Body,
        Place::Header,
        Place::StreamOfText,
        Place::StreamOfJson,
        Place::Socket,
        Place::Log,
        Place::Manifest
    )]
    place: Place,
) {
    let whole = std::env::var_os("FIVEWHYS_TRUST").is_some();
    let groups: Vec<Vec<(&'static str, Encode)>> =
        if whole { ENCODINGS.map(|one| vec![one]).to_vec() } else { vec![ENCODINGS.to_vec()] };
    for encodings in groups {
        let names: Vec<&str> = encodings.iter().map(|(name, _)| *name).collect();
        check(place, encodings, &format!("{place:?}, {names:?}"));
    }
}

fn check(place: Place, encodings: Vec<(&'static str, Encode)>, what: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let evidence = evidence(place, &encodings, folder.path());
    let server = Server::start(move |request| answer(place, &encodings, request));
    let mut command = smoke(&server);
    command.args(evidence).args(["--format", "json", "-v"]).env("FIVEWHYS_LOG", "trace");
    command.args(formats().into_iter().map(|name| format!("--report={name}={}", folder.path().join(name).display())));
    let output = command.output().expect("it starts");
    let stdout = String::from_utf8_lossy(&output.stdout);
    must_be_clean(what, "stdout", &stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    must_be_clean(what, "stderr", &stderr);
    let last: Vec<&str> = stderr.lines().rev().take(5).collect();
    for name in formats() {
        let written = std::fs::read_to_string(folder.path().join(name));
        let text = written.unwrap_or_else(|error| panic!("{what}: {name}: {error}; {}: {last:?}", output.status));
        must_be_clean(what, name, &text);
    }
    let report: Report = serde_json::from_str(&stdout).unwrap_or_else(|error| panic!("{what}: {error}: {stdout}"));
    let joined = joined(&report);
    must_be_clean(what, "the joined pieces", &joined);
    assert!(
        is_shown(place, &report, &joined, &stdout),
        "{what}: the place is not in the report: the test proves nothing"
    );
}

/// Returns the options that give the run a log or a manifest with secrets.
fn evidence(place: Place, encodings: &[(&'static str, Encode)], folder: &Path) -> Vec<String> {
    let text = leak(encodings, None);
    let (option, content) = match place {
        Place::Log => ("logs=[\"file:", log(&text)),
        Place::Manifest => ("manifest.backend=\"file:", manifest(&text)),
        _ => return Vec::new(),
    };
    let file = folder.join("evidence.json");
    std::fs::write(&file, content.to_string()).expect("a file");
    let end = if place == Place::Log { "\"]" } else { "\"" };
    let granted = "evidence=[\"edge\",\"auth\",\"service-credentials\",\"manifest\",\"logs\"]";
    ["--set".to_owned(), granted.to_owned(), "--set".to_owned(), format!("{option}{}{end}", file.display())].into()
}

fn log(text: &str) -> Value {
    let start = jiff::Timestamp::now();
    let line = |(n, part): (i64, &str)| {
        json!({
            "logName": "projects/netra-staging/logs/run.googleapis.com%2Fstdout",
            "resource": { "type": "cloud_run_revision", "labels": { "service_name": "netra-backend-staging" } },
            "textPayload": format!("kettle: an error with {part}"),
            "severity": "ERROR",
            "timestamp": (start + jiff::SignedDuration::from_millis(20 * n)).to_string(),
        })
    };
    (0..).zip(text.split(" | ")).map(line).collect()
}

fn manifest(text: &str) -> Value {
    json!({
        "apiVersion": "serving.knative.dev/v1",
        "kind": "Service",
        "metadata": { "name": "netra-backend-staging" },
        "spec": { "template": { "spec": { "containers": [{ "env": [
            { "name": "REDIS_URL", "value": "redis://:c4nary@cache:6379/0" },
            { "name": "POSTGRES_URL", "value": "postgres://db:5432/c4nary" },
            { "name": "SERVICE_SECRET", "value": SERVICE },
        ] }] } } },
        "status": {
            "latestCreatedRevisionName": "netra-backend-staging-00002-abc",
            "latestReadyRevisionName": "netra-backend-staging-00001-abc",
            "conditions": [{ "type": "Ready", "status": "False", "reason": "Failed", "message": format!("kettle {text}") }],
        },
    })
}

fn must_be_clean(what: &str, output: &str, text: &str) {
    Canaries::of([("signing secret", SIGNING), ("service secret", SERVICE), ("API key", API_KEY)])
        .must_not_be_in(&format!("{output} ({what})"), text);
    let lower = text.to_lowercase();
    for (name, encode) in ENCODINGS {
        for secret in [SIGNING, SERVICE, API_KEY] {
            let form = encode(secret).to_lowercase();
            assert!(!lower.contains(&form), "{output} ({what}) holds {secret} ({name})");
        }
    }
    if let Some(at) = lower.find(CANARY) {
        panic!(
            "{output} ({what}) holds an unregistered secret: {}",
            lower.get(at.saturating_sub(60)..at + 20).unwrap_or_default()
        );
    }
}

/// Returns the texts of all pieces, joined for each exchange.
fn joined(report: &Report) -> String {
    let text = |data: &str| {
        let json: Value = serde_json::from_str(data).unwrap_or_default();
        json["delta"]["text"].as_str().unwrap_or(data).to_owned()
    };
    let exchanges = report.probes.iter().map(|probe| {
        let events = probe.exchange.events.iter().map(|event| text(&event.data));
        events.chain(probe.exchange.received().map(|frame| frame.data.clone())).collect::<String>()
    });
    exchanges.collect::<Vec<_>>().join("\n")
}

/// Reports whether the run showed the place, with marks for what was taken out.
fn is_shown(place: Place, report: &Report, joined: &str, stdout: &str) -> bool {
    let has_marks = |text: &str| text.contains("<secret:service>") && text.contains("<redacted:");
    match place {
        Place::Body => report.probes.iter().any(|probe| has_marks(&probe.exchange.body.text)),
        Place::Header => report.probes.iter().any(|probe| probe.exchange.header("x-debug").is_some_and(has_marks)),
        Place::StreamOfText | Place::StreamOfJson | Place::Socket => has_marks(joined),
        Place::Log | Place::Manifest => stdout.contains("kettle"),
    }
}
