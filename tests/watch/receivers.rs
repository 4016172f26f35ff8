//! What webhooks, the command and GitHub get.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

use super::process::{Place, SHORT};
use super::system::System;
use crate::support::leaks::Canaries;
use crate::support::program::{FEW, fivewhys};
use crate::support::server::{Answer, Received, Server};

const FAULT: &str = "backend-auth/service-secret-mismatch";
const KEY: &str = "canary-signing-key-of-a-webhook";
const PATH: &str = "T00/B00/canary-secret-end-of-a-path";
const TOKEN: &str = "canary-github-token-0123456789";

fn canaries() -> Canaries {
    Canaries::of([("the key", KEY), ("the path", PATH), ("the token", TOKEN)])
}

fn ok() -> Answer {
    Answer::http("200 OK", &[], b"ok")
}

/// Guards against a watch that never ends, on a busy machine.
const GUARD: Duration = Duration::from_secs(240);

/// Watches the system for one run, with the secrets of all receivers.
fn once(system: &System, place: &Place, options: &[&str]) -> std::process::Output {
    let mut command = fivewhys(["--config"]);
    command.arg(system.target()).args(["watch", "--once"]).args(FEW).args(options).current_dir(place.path());
    command.env("PATH", "/usr/bin:/bin").env("HOOK_KEY", KEY).env("SLACK_PATH", PATH);
    if std::fs::read_to_string(system.target()).expect("the target file").contains("env:GH") {
        command.env("GH", TOKEN);
    }
    command.timeout(GUARD).output().expect("the program starts")
}

fn webhook(name: &str, server: &Server, more: &str) -> String {
    format!("[target.twin.watch.webhook.{name}]\nurl = \"http://{}/hook\"\n{more}\n", server.address)
}

fn json_of(received: &Received) -> Value {
    serde_json::from_slice(&received.body).expect("JSON")
}

#[test]
fn webhooks_get_each_change_signed_and_without_secrets() {
    let (system, place) = (System::start(), Place::new());
    let (plain, slack) = (Server::start(|_| ok()), Server::start(|_| ok()));
    system.add(&webhook("plain", &plain, "secret = [\"env:HOOK_KEY\"]"));
    system.add(&webhook("oncall", &slack, "kind = \"slack\"\nsecret_path = [\"env:SLACK_PATH\"]"));
    system.have(&[FAULT]);
    let command = format!("env >{0}/env; cat >{0}/report", place.path().display());
    let output = once(&system, &place, &["--on-change", &command]);
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    let [told] = &plain.seen()[..] else { panic!("{:?}", plain.seen()) };
    let body = json_of(told);
    assert_eq!((&body["schema"], &body["change"]), (&json!("fivewhys/notification/1"), &json!("opened")));
    assert_eq!(body["incident"]["causes"][0]["fault"], FAULT);
    assert_eq!(told.header("x-fivewhys-id"), body["id"].as_str());
    let signature = told.header("x-fivewhys-signature").expect("it is signed");
    assert!(signature.starts_with("t=") && signature.contains(",v1="), "{signature}");
    let [message] = &slack.seen()[..] else { panic!("{:?}", slack.seen()) };
    assert_eq!(message.path(), format!("/hook/{PATH}"));
    assert!(json_of(message)["text"].as_str().is_some_and(|text| text.contains(FAULT)), "{message:?}");
    let file = |name: &str| std::fs::read(place.path().join(name)).expect("the command ran");
    let report: Value = serde_json::from_slice(&file("report")).expect("a report");
    assert_eq!((&report["schema"], &report["causes"][0]["fault"]), (&json!("fivewhys/report/2"), &json!(FAULT)));
    for text in [&file("env"), &file("report"), &told.body, &message.body, &output.stdout, &output.stderr] {
        let text = String::from_utf8_lossy(text);
        assert_eq!(canaries().found_in(&text), [""; 0], "{text}");
    }
}

#[test]
fn a_redirect_is_not_followed() {
    let (system, place) = (System::start(), Place::new());
    let other = Server::start(|_| ok());
    let to = format!("http://{}/hook", other.address);
    let server = Server::start(move |_| Answer::http("307 Temporary Redirect", &[("Location", &to)], b""));
    system.add(&webhook("plain", &server, ""));
    system.have(&[FAULT]);
    let output = once(&system, &place, &[]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("webhook:plain of twin did not get a notification: status 307"), "{said}");
    assert_eq!((server.seen().len(), other.seen().len()), (1, 0));
}

#[test]
fn what_a_kill_kept_from_a_webhook_comes_after_the_restart_with_the_same_id() {
    let (system, place) = (System::start(), Place::new());
    let healthy = Arc::new(Mutex::new(false));
    let asked = Arc::clone(&healthy);
    let server = Server::start(move |_| match *asked.lock().expect("no holder panics") {
        true => ok(),
        false => Answer::http("503 Service Unavailable", &[], b""),
    });
    system.add(&webhook("plain", &server, ""));
    system.have(&[FAULT]);
    let watch = place.watch(&system.target(), &SHORT);
    watch.run();
    watch.run();
    watch.kill();
    let before = server.seen();
    assert!(!before.is_empty(), "it was tried");
    *healthy.lock().expect("no holder panics") = true;
    let watch = place.watch(&system.target(), &SHORT);
    while server.seen().len() == before.len() {
        watch.run();
    }
    watch.run();
    assert_eq!(watch.terminate().code(), Some(143));
    let ids: Vec<String> = server.seen().iter().map(|one| json_of(one)["id"].to_string()).collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    assert_eq!(ids.len(), before.len() + 1, "it was delivered once");
}

/// Plays the issues of a repository.
fn github(issues: &Arc<Mutex<Vec<Value>>>) -> Server {
    let issues = Arc::clone(issues);
    Server::start(move |received| {
        let mut issues = issues.lock().expect("no holder panics");
        let body: Value = serde_json::from_slice(&received.body).unwrap_or_default();
        let method = received.head.split(' ').next().unwrap_or_default().to_owned();
        let path = received.path().split('?').next().unwrap_or_default().to_owned();
        let parts: Vec<&str> = path.trim_start_matches("/api/v3/repos/netra/apex/").split('/').collect();
        let number = parts.get(1).and_then(|number| number.parse::<usize>().ok());
        let answer = match (method.as_str(), number, parts.get(2)) {
            _ if received.header("authorization") != Some(&format!("Bearer {TOKEN}")) => json!("no token"),
            ("GET", None, _) => json!(issues.clone()),
            ("POST", None, _) => {
                let number = issues.len() + 1;
                issues.push(json!({ "number": number, "state": "open", "title": body["title"], "body": body["body"], "comments": [] }));
                json!({})
            }
            ("GET", Some(number), Some(_)) => issues[number - 1]["comments"].clone(),
            ("POST", Some(number), Some(_)) => {
                issues[number - 1]["comments"].as_array_mut().expect("a list").push(json!({ "body": body["body"] }));
                json!({})
            }
            _ => {
                issues[number.expect("a number") - 1]["state"] = body["state"].clone();
                json!({})
            }
        };
        Answer::http("200 OK", &[("Content-Type", "application/json")], answer.to_string().as_bytes())
    })
}

#[test]
fn an_incident_is_one_issue_from_its_first_run_to_its_cure() {
    let (system, place) = (System::start(), Place::new());
    let issues = Arc::new(Mutex::new(Vec::new()));
    let server = github(&issues);
    system.add(&format!(
        "[target.twin.watch.github]\nrepository = \"netra/apex\"\ntoken = [\"env:GH\"]\napi = \"http://{}/api/v3\"\n",
        server.address
    ));
    let other = "backend/jwt-secret-mismatch";
    for faults in [&[FAULT][..], &[FAULT], &[other], &[other], &[], &[FAULT]] {
        system.have(faults);
        let output = once(&system, &place, &[]);
        assert_eq!(output.status.code(), Some(i32::from(!faults.is_empty())), "{output:?}");
        assert!(output.stderr.is_empty(), "{output:?}");
    }
    let issues = issues.lock().expect("no holder panics").clone();
    let states: Vec<&Value> = issues.iter().map(|issue| &issue["state"]).collect();
    assert_eq!(states, ["closed", "open"], "{issues:#?}");
    assert_eq!(issues[0]["comments"].as_array().map(Vec::len), Some(2), "{issues:#?}");
    assert!(issues[0]["title"].as_str().is_some_and(|title| title.starts_with("fivewhys: twin fails: ")));
    for received in server.seen() {
        assert_eq!(canaries().found_in(&String::from_utf8_lossy(&received.body)), [""; 0], "{received:?}");
    }
}
