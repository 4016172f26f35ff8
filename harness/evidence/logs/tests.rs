//! Every format by real-looking samples, hostile input, and the rules that hold for all formats.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Read, Write as _};
use std::path::{Path, PathBuf};

use proptest::prelude::{any, prop, prop_assert_eq, proptest};
use rstest::rstest;

use super::collect::{Expected, collect};
use super::text::{LogError, LogText, looks_like_log};
use super::values::Severity;
use super::{LogEntry, ServiceNames};
use crate::fixtures::staging;
use crate::terms::{Hop, Service};

fn names() -> ServiceNames {
    let named = [("shop-api", Service::Backend), ("shop-auth", Service::Auth)];
    ServiceNames::named(&named, &[("/chat", Service::Backend), ("/auth/validate", Service::Auth)])
}

fn log(bytes: impl Read) -> Result<LogText, LogError> {
    read(bytes, None, &names(), &str::to_owned)
}

fn read(
    from: impl Read,
    writer: Option<Hop>,
    names: &ServiceNames,
    clean: &dyn Fn(&str) -> String,
) -> Result<LogText, LogError> {
    let collected = collect(from, &Expected { writer, names: names.clone(), ..Expected::default() })?;
    collected.refuse()?;
    Ok(collected.entries(names, clean))
}

/// The entries as a table, one a line.
fn shown(log: &LogText) -> String {
    let mut page = String::new();
    for entry in &log.entries {
        let line = entry.line.unwrap_or_default();
        let at = if entry.timed { shown_time(entry) } else { "no time".to_owned() };
        let severity = entry.severity.map_or("-", |severity| match severity {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        });
        let _ = writeln!(page, "{line}: {at} {} {severity}", entry.by.as_str());
        if let Some(request) = &entry.request {
            let _ = writeln!(
                page,
                "   request to {}: {} {} {} {:?}",
                request.service, request.method, request.path, request.status, request.user_agent
            );
        }
        let ids = [("trace", &entry.trace), ("request id", &entry.request_id), ("logger", &entry.logger)];
        for (what, id) in ids.into_iter().filter_map(|(what, id)| Some((what, id.as_ref()?))) {
            let _ = writeln!(page, "   {what}: {id}");
        }
        entry.text.lines().for_each(|line| writeln!(page, "   | {line}").expect("a string takes everything"));
    }
    log.strangers.iter().for_each(|(name, many)| writeln!(page, "of others: {many} of {name}").expect("a string"));
    log.notes().iter().for_each(|note| writeln!(page, "note: {note}").expect("a string"));
    page
}

/// The time, without the year where the log has none.
fn shown_time(entry: &LogEntry) -> String {
    let year = entry.at.strftime("%Y").to_string();
    entry.at.to_string().replacen(&format!("{year}-11-22"), "11-22", 1)
}

#[rstest]
fn each_logger_is_read(#[files("harness/evidence/logs/samples/*")] sample: PathBuf) {
    let name = sample.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
    let collected = collect(fs::File::open(&sample).expect("a sample"), &Expected::default()).expect("a log");
    let formats = collected.found.formats.iter().copied().collect::<Vec<_>>().join(", ");
    let log = log(fs::File::open(&sample).expect("a sample")).expect("a log");
    insta::assert_snapshot!(name, format!("{}formats: {formats}\n", shown(&log)));
}

#[rstest]
fn the_start_of_each_log_looks_like_one(#[files("harness/evidence/logs/samples/*")] sample: PathBuf) {
    assert!(looks_like_log(&fs::read(sample).expect("a sample")));
}

#[rstest]
#[case::manifest(br#"{"metadata":{"name":"x"},"spec":{"containers":[{}]}}"#)]
#[case::har(br#"{"log":{"version":"1.2","entries":[{"startedDateTime":"2026-11-22T03:00:00Z","request":{}}]}}"#)]
#[case::compose(b"services:\n  backend:\n    image: x\n")]
#[case::environment(b"SERVICE_ID=x\nLEVEL=info\n")]
#[case::nothing(b"")]
#[case::binary(b"\x7fELF\x00\x01\n\x00")]
fn other_evidence_does_not_look_like_a_log(#[case] start: &[u8]) {
    assert!(!looks_like_log(start));
}

/// Gives a few bytes at once.
struct Slow<'a> {
    bytes: &'a [u8],
    at_once: usize,
}

impl Read for Slow<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let many = self.at_once.min(into.len()).min(self.bytes.len());
        into[..many].copy_from_slice(&self.bytes[..many]);
        self.bytes = &self.bytes[many..];
        Ok(many)
    }
}

#[test]
fn the_entries_do_not_depend_on_the_size_of_a_chunk() {
    let mut whole = Vec::new();
    for sample in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("harness/evidence/logs/samples")).unwrap() {
        let text = fs::read(sample.unwrap().path()).unwrap();
        whole.extend_from_slice(text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text));
        whole.push(b'\n');
    }
    // More than a chunk of the reader, so that records lie across its border.
    let whole = whole.repeat(600_000 / whole.len() + 1);
    let expected = shown(&log(whole.as_slice()).expect("a log"));
    for at_once in [1, 7, 4096, 1 << 18] {
        assert_eq!(shown(&log(Slow { bytes: &whole, at_once }).expect("a log")), expected, "{at_once} bytes at once");
    }
}

#[rstest]
#[case::first("{\"level\":\"info\",\"ts\":1795316400,\"msg\":\"x\"}\n{\"level\":}\n", "line 2, column 10")]
#[case::cut("{\"level\":\"info\",\"ts\":1795316400,\"msg\":\"x\"}\n{\"level\":", "line 2, column 9")]
#[case::in_an_array(
    "[\n  {\"level\":\"info\",\"ts\":1795316400,\"msg\":\"x\"},\n  {\"level\" 1},\n  {\"level\":\"info\",\"ts\":1,\"msg\":\"y\"}\n]",
    "line 3, column 10"
)]
fn a_broken_piece_is_skipped_and_named(#[case] text: &str, #[case] says: &str) {
    let log = log(text.as_bytes()).expect("a log");
    assert_eq!((log.entries[0].text.as_str(), log.skipped_count), ("x", 1));
    assert!(log.notes()[0].starts_with(says), "{:?}", log.notes());
    assert_eq!(log.entries.len(), if text.contains("\"y\"") { 2 } else { 1 });
}

#[test]
fn many_broken_lines_are_counted() {
    let text = format!("INFO x\n{}", "{\"a\":}\n".repeat(500));
    let log = log(text.as_bytes()).expect("a log");
    assert_eq!(log.notes().len(), 4);
    assert_eq!(log.notes()[3], "497 more pieces cannot be read; skipped");
}

#[rstest]
#[case::line("ERROR ", "x", "\nINFO next\n", 2)]
#[case::json("{\"level\":\"error\",\"ts\":1795316400,\"msg\":\"", "x", "\"}\nINFO next\n", 1)]
#[case::nul("ERROR ", "\0", "\nINFO next\n", 2)]
#[case::depth("{\"msg\":", "[", "\nINFO next\n", 1)]
#[case::no_end("ERROR ", "x", "", 1)]
fn a_huge_line_is_bounded(#[case] head: &str, #[case] unit: &str, #[case] tail: &str, #[case] entries: usize) {
    let text = format!("{head}{}{tail}", unit.repeat(10 << 20));
    let log = log(text.as_bytes()).expect("a log");
    assert_eq!(log.entries.len(), entries);
    assert!(log.entries.iter().all(|entry| entry.text.chars().count() <= 2000));
    assert!(tail.is_empty() || log.entries.last().is_some_and(|entry| entry.text == "INFO next"));
}

#[test]
fn a_traceback_without_an_end_is_bounded() {
    let text = format!("ERROR x\n{}INFO next\n", "  File y\n".repeat(200_000));
    let log = log(text.as_bytes()).expect("a log");
    assert_eq!(log.entries.len(), 2);
}

#[test]
fn a_compressed_log_is_read() {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(b"INFO one\nERROR two\n").expect("memory");
    let bytes = encoder.finish().expect("memory");
    assert_eq!(log(bytes.as_slice()).expect("a log").entries.len(), 2);
    assert!(looks_like_log(&bytes));
    assert!(log(&bytes[..bytes.len() - 6]).is_err(), "it is cut off");
}

#[test]
fn a_log_of_other_services_says_so() {
    let entry = |name: &str| {
        format!(
            r#"{{"timestamp":"2026-11-22T03:00:00Z","textPayload":"x","resource":{{"labels":{{"service_name":"{name}"}}}}}}"#
        )
    };
    let notes = |names: &[&str]| {
        let text: String = names.iter().map(|name| entry(name) + "\n").collect();
        log(text.as_bytes()).expect("a log").notes()
    };
    assert_eq!(notes(&["b", "a"]), ["no entry is of a service that the target names; the log is of a, b"]);
    assert!(notes(&["b", "shop-api"]).is_empty());
}

/// An entry of the audit log.
fn audited(method: &str, payload: &str) -> String {
    format!(
        r#"{{"timestamp":"2026-11-22T03:00:00Z","resource":{{"type":"audited_resource","labels":{{}}}},"protoPayload":{{"methodName":"{method}","authenticationInfo":{{"principalEmail":"anna@shop.example"}},{payload}}}}}"#
    )
}

#[rstest]
#[case::deploy("google.cloud.run.v1.Services.ReplaceService", r#""resourceName":"namespaces/p/services/shop-api","response":{"status":{"latestCreatedRevisionName":"shop-api-00002-abc"}}"#, Some("deploy of services/shop-api, revision shop-api-00002-abc"))]
#[case::deploy_v2("google.cloud.run.v2.Services.UpdateService", r#""resourceName":"projects/p/locations/l/services/shop-api","response":{"latestCreatedRevision":"projects/p/locations/l/services/shop-api/revisions/shop-api-00002-abc"}"#, Some("deploy of services/shop-api, revision shop-api-00002-abc"))]
#[case::secret(
    "google.cloud.secretmanager.v1.SecretManagerService.AddSecretVersion",
    r#""resourceName":"projects/1/secrets/jwt","response":{"name":"projects/1/secrets/jwt/versions/4"}"#,
    Some("new secret version of secrets/jwt/versions/4")
)]
#[case::refused(
    "google.cloud.run.v1.Services.SetIamPolicy",
    r#""resourceName":"projects/p/locations/l/services/shop-api","status":{"code":7,"message":"denied"}"#,
    Some("permissions changed of services/shop-api, failed: denied")
)]
#[case::read_only(
    "google.cloud.run.v1.Services.GetService",
    r#""resourceName":"namespaces/p/services/shop-api""#,
    None
)]
#[case::not_a_resource(
    "google.cloud.run.v1.Services.ReplaceService",
    r#""resourceName":"projects/""#,
    Some("deploy of projects/")
)]
fn an_audit_log_shows_changes(#[case] method: &str, #[case] payload: &str, #[case] says: Option<&str>) {
    assert!(looks_like_log(audited(method, payload).as_bytes()));
    let log = log(audited(method, payload).as_bytes()).expect("a log");
    let shown = log.changes.first().map(|change| {
        let revision = change.revision.as_ref().map(|name| format!(", revision {name}")).unwrap_or_default();
        let error = change.error.as_ref().map(|error| format!(", failed: {error}")).unwrap_or_default();
        format!("{} of {}{revision}{error}", change.says, change.resource)
    });
    assert_eq!(shown.as_deref(), says);
    assert!(!format!("{log:?}").contains("anna"), "no e-mail address is kept");
}

#[test]
fn the_second_entry_of_a_long_operation_is_no_change() {
    let entry = audited("google.cloud.run.v2.Services.UpdateService", r#""resourceName":"x""#);
    let ends = entry.replacen('{', r#"{"operation":{"id":"o","last":true},"#, 1);
    assert_eq!(log(format!("{entry}\n{ends}\n").as_bytes()).expect("a log").changes.len(), 1);
}

#[test]
fn of_many_changes_the_newest_stay() {
    let of_minute = |minute: u32| {
        let entry = audited("SetIamPolicy", r#""resourceName":"x""#);
        entry.replace("03:00:00", &format!("{:02}:{:02}:00", minute / 60, minute % 60)) + "\n"
    };
    let text: String = (0..300).rev().map(of_minute).collect();
    let changes = log(text.as_bytes()).expect("a log").changes;
    let oldest = changes.iter().map(|change| change.at).min().map(|at| at.to_string());
    assert_eq!((changes.len(), oldest.as_deref()), (100, Some("2026-11-22T03:20:00Z")));
}

#[test]
fn a_line_that_is_not_utf8_is_read() {
    let log =
        log(&b"ERROR \xff refused\n{\"level\":\"error\",\"ts\":1795316400,\"msg\":\"\xff no\"}\n"[..]).expect("a log");
    let texts: Vec<_> = log.entries.iter().map(|entry| entry.text.as_str()).collect();
    assert_eq!(texts, ["ERROR \u{fffd} refused", "\u{fffd} no"]);
}

#[test]
fn a_line_has_the_time_of_the_entry_before_it() {
    let log = log(&b"no time yet\n2026-11-22 03:00:00,000 - app - INFO - x\nlater\n"[..]).expect("a log");
    let timed: Vec<_> = log.entries.iter().map(|entry| entry.timed).collect();
    assert_eq!(timed, [false, true, true]);
    assert_eq!(log.entries[2].at, log.entries[1].at);
    assert_eq!(log.ends(), Some(log.entries[1].at));
}

/// gunicorn's error log has whole seconds. An application that writes into the same stream often has milliseconds.
#[rstest]
#[case::after_a_finer_line("2026-11-22 03:00:01,250 - app - ERROR - x", "2026-11-22T03:00:01.25Z")]
#[case::after_an_older_line("2026-11-22 03:00:00,250 - app - ERROR - x", "2026-11-22T03:00:01Z")]
#[case::after_a_later_line("2026-11-22 03:00:02,250 - app - ERROR - x", "2026-11-22T03:00:01Z")]
fn a_line_in_whole_seconds_is_not_older_than_the_line_before_it(#[case] before: &str, #[case] at: &str) {
    let lines = format!("{before}\n[2026-11-22 03:00:01 +0000] [7] [ERROR] Error handling request /a\n");
    assert_eq!(log(lines.as_bytes()).expect("a log").entries[1].at.to_string(), at);
}

#[test]
fn the_zone_of_gunicorn_counts() {
    let log = log("[2026-11-22 05:00:01 +0200] [7] [ERROR] Error handling request /a\n".as_bytes()).expect("a log");
    assert_eq!(log.entries[0].at.to_string(), "2026-11-22T03:00:01Z");
}

#[rstest]
#[case::a_runtime_is_finer(
    "2026-11-22T03:00:01.712345678Z 10.0.0.1 - - [22/Nov/2026:03:00:01 +0000] \"GET /a HTTP/1.1\" 502 150\n",
    "2026-11-22T03:00:01.712345678Z"
)]
#[case::a_runtime_that_read_the_line_later(
    "2026-11-22T03:00:09.712345678Z 10.0.0.1 - - [22/Nov/2026:03:00:01 +0000] \"GET /a HTTP/1.1\" 502 150\n",
    "2026-11-22T03:00:01Z"
)]
#[case::its_own_fraction(
    "2026-11-22T03:00:01.712345678Z 2026-11-22 03:00:01,250 - app - ERROR - x\n",
    "2026-11-22T03:00:01.25Z"
)]
#[case::apache_with_microseconds(
    "10.0.0.1 - - [22/Nov/2026:03:00:01.123456 +0000] \"GET /a HTTP/1.1\" 502 150\n",
    "2026-11-22T03:00:01.123456Z"
)]
#[case::nginx_with_msec(
    "{\"time\":1795316401.123,\"request_method\":\"GET\",\"request_uri\":\"/a\",\"status\":502}\n",
    "2026-11-22T03:00:01.123Z"
)]
fn the_finest_time_of_a_line_counts(#[case] line: &str, #[case] at: &str) {
    let log = log(line.as_bytes()).expect("a log");
    assert_eq!(log.entries[0].at.to_string(), at);
}

#[rstest]
#[case::told(Some(Hop::Auth), "redis-1 | ERROR x\n", Some(Hop::Auth))]
#[case::one_writer(None, "anything-1 | ERROR x\n", Some(Hop::Backend))]
#[case::one_of_two(None, "anything-1 | ERROR x\nredis-1 | ERROR x\n", None)]
#[case::known(None, "shop-auth-1 | ERROR x\n", Some(Hop::Auth))]
#[case::nobody(None, "ERROR x\n", Some(Hop::Backend))]
#[case::told_words(Some(Hop::Backend), "words only\n", Some(Hop::Backend))]
fn the_writer_is_told_or_named(#[case] told: Option<Hop>, #[case] text: &str, #[case] by: Option<Hop>) {
    let log = read(text.as_bytes(), told, &names(), &str::to_owned).expect("a log");
    assert_eq!(log.entries.first().map(|entry| entry.by), by);
}

#[test]
fn control_characters_do_not_reach_a_terminal() {
    let log = log(&b"\x1b[31mERROR\x1b[0m x\x07y\n"[..]).expect("a log");
    assert_eq!(log.entries[0].text, "ERROR x y");
    assert_eq!(log.entries[0].severity, Some(Severity::Error));
}

#[rstest]
#[case::told(Some(Hop::Backend), 3)]
#[case::strangers(None, 0)]
fn no_part_of_an_entry_keeps_a_secret(#[case] writer: Option<Hop>, #[case] entries: usize) {
    let clean = |text: &str| text.replace("canary", "<secret>");
    let text = "{\"level\":\"error\",\"ts\":1795316400,\"msg\":\"canary\",\"logger\":\"canary\",\"request_id\":\"canary-1234\",\
                \"trace_id\":\"canary-1234\",\"service\":\"canary\",\"method\":\"canary\",\"path\":\"/a/canary?canary\",\
                \"status\":403,\"user_agent\":\"canary\"}\ncanary | canary\ncanary2 | ERROR canary\n";
    let log = read(text.as_bytes(), writer, &names(), &clean).expect("a log");
    let all = format!("{log:?}");
    assert!(all.contains("<secret>") && !all.contains("canary"), "{all}");
    assert_eq!(log.entries.len(), entries);
}

#[rstest]
#[case::ours("api.staging.netrasystems.ai", Some("denied_by_security_policy, policy blunt"))]
#[case::of_another_system("shop.example.test", None)]
fn load_balancer_entries_of_our_hosts_are_read(#[case] host: &str, #[case] says: Option<&str>) {
    let text = format!(
        r#"{{"timestamp":"2026-11-22T03:00:00Z","trace":"projects/p/traces/0af7651916cd43dd8448eb211c80319c",
        "resource":{{"type":"http_load_balancer","labels":{{}}}},
        "httpRequest":{{"requestUrl":"https://{host}/health","status":403}},
        "jsonPayload":{{"statusDetails":"denied_by_security_policy","enforcedSecurityPolicy":{{"name":"blunt"}}}}}}"#
    );
    let names = ServiceNames::of(&staging(), []);
    let entries = read(text.as_bytes(), None, &names, &str::to_owned).expect("a log").entries;
    assert_eq!(entries.first().map(|entry| (entry.by, entry.text.as_str())), says.map(|says| (Hop::Edge, says)));
}

#[rstest]
fn the_error_at_the_end_of_a_traceback_is_kept(#[values(10, 60, 90, 120, 4000)] frames: usize) {
    let frames = "  File \"/app/x.py\", line 3\n".repeat(frames);
    let text = format!("2026-11-22 03:00:00,067 ERROR x\nTraceback (most recent call last):\n{frames}ValueError: 7\n");
    let entries = read(text.as_bytes(), Some(Hop::Backend), &names(), &str::to_owned).expect("a log").entries;
    let [entry] = &entries[..] else { panic!("one entry: {entries:?}") };
    assert!(entry.text.ends_with("ValueError: 7"), "{}", entry.text);
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = (log(bytes.as_slice()).is_ok(), looks_like_log(&bytes));
    }

    #[test]
    fn no_text_panics(text in r#"(?s)([{}\[\]":,|<>\\ \n=]|ERROR|INFO|2026-11-22|T03:00:00Z|Nov 22 03:00:00|é|\{"msg":"|"entries":\[|Traceback \(most recent call last\)|"GET /x HTTP/1.1" 403 1|pod/a/b|1122){0,50}"#) {
        let _ = log(text.as_bytes()).is_ok();
    }

    #[test]
    fn a_cut_stream_gives_the_same_entries(text in r#"(?s)(\{"level":"info","ts":1795316400,"msg":"[a-z]{0,9}"\}|INFO [a-z]{0,9}|  File [a-z]|\[|\]|,|\n|\r\n| ){0,40}"#, at_once in 1_usize..9) {
        let whole = log(text.as_bytes()).map(|log| shown(&log)).map_err(|error| error.to_string());
        let cut = log(Slow { bytes: text.as_bytes(), at_once }).map(|log| shown(&log)).map_err(|error| error.to_string());
        prop_assert_eq!(whole, cut);
    }
}
