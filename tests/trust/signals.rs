//! Signals and `kill -9` at random points of a run, from its start to after its end.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, ExitStatus};
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime};

use fivewhys::internal::report::Signal;
use rustix::process::{Pid, Signal as Number, kill_process};

use super::folder::{Folder, report};
use crate::support::program::TwinProcess;

/// Guards against a run that never ends.
const GUARD: Duration = Duration::from_secs(60);
/// How many signals and kills the gate sends.
const SIGNALS: usize = 10;
const KILLS: usize = 8;

fn count(variable: &str, usual: usize) -> usize {
    std::env::var(variable).map_or(usual, |value| value.parse().expect("a number"))
}

fn send(child: &Child, signal: Number) {
    let id = Pid::from_raw(i32::try_from(child.id()).expect("an id")).expect("not 0");
    // It may have ended; it is not reaped, so that no other process has its id.
    let _ = kill_process(id, signal);
}

/// Whether a process handles SIGTERM. `None` when that cannot be seen on this machine.
fn handles_signals(child: &Child) -> Option<bool> {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"))?;
    let caught = u64::from_str_radix(caught.trim(), 16).ok()?;
    Some(caught >> (Number::TERM.as_raw() - 1) & 1 == 1)
}

fn end(mut child: Child) -> ExitStatus {
    let begin = Instant::now();
    loop {
        if let Some(status) = child.try_wait().expect("it is ours") {
            return status;
        }
        if begin.elapsed() > GUARD {
            let _ = child.kill();
            panic!("a run did not end after a signal");
        }
        sleep(Duration::from_millis(2));
    }
}

/// A twin, and how long a run against it takes.
fn twin() -> (TwinProcess, Duration) {
    let (twin, folder) = (TwinProcess::start(&[]), Folder::new());
    let once = |_| {
        let begin = Instant::now();
        assert_eq!(end(folder.smoke(&twin).spawn().expect("it starts")).code(), Some(0));
        begin.elapsed()
    };
    let took = (0..3).map(once).min().expect("three runs");
    (twin, took)
}

/// Says what was seen, if a person asked for more than the gate does.
fn tell(what: &str, seen: &BTreeMap<&'static str, usize>) {
    if std::env::vars().any(|(name, _)| name.starts_with("FIVEWHYS_TRUST")) {
        let _ = writeln!(std::io::stderr(), "{what}: {seen:?}");
    }
}

/// A folder with three earlier reports, and their content.
fn earlier(twin: &TwinProcess) -> (Folder, Vec<(&'static str, Vec<u8>)>) {
    let folder = Folder::new();
    assert_eq!(end(folder.smoke(twin).spawn().expect("it starts")).code(), Some(0));
    let read = |name: &'static str| (name, fs::read(folder.path(name)).expect("a report"));
    let files = ["r.json", "r.xml", "r.har"].map(read).to_vec();
    (folder, files)
}

#[test]
fn a_signal_at_any_point_leaves_a_whole_report() {
    let (twin, took) = twin();
    let (folder, mut before) = earlier(&twin);
    let mut random = fastrand::Rng::with_seed(14);
    let mut seen = BTreeMap::new();
    for n in 0..count("FIVEWHYS_TRUST_SIGNALS", SIGNALS) {
        let (number, signal) = [(Number::TERM, Signal::Terminate), (Number::INT, Signal::Interrupt)][n % 2];
        let child = folder.smoke(&twin).spawn().expect("it starts");
        // Every fifth signal comes in the first moments.
        sleep(if n % 5 == 0 { Duration::from_micros(random.u64(0..20_000)) } else { took.mul_f64(random.f64() * 1.1) });
        let handled = handles_signals(&child);
        send(&child, number);
        if n % 3 == 0 {
            sleep(Duration::from_micros(random.u64(0..30_000)));
            send(&child, number);
        }
        let status = end(child);
        let now = before.iter().map(|(name, _)| (*name, fs::read(folder.path(name)).expect("a report"))).collect();
        *seen.entry(outcome(&folder, status, handled, signal, now == before)).or_default() += 1;
        before = now;
        assert_eq!(folder.names(), ["r.har", "r.json", "r.xml"], "nothing is left behind");
    }
    tell("signals", &seen);
}

/// Checks the reports after a signal, and says how the run ended.
fn outcome(
    folder: &Folder,
    status: ExitStatus,
    handled: Option<bool>,
    signal: Signal,
    is_unchanged: bool,
) -> &'static str {
    if status.signal().is_some() {
        assert_ne!(handled, Some(true), "a signal ended a program that handles it");
        assert!(is_unchanged, "a program that had not begun wrote a report");
        return "before the first statement";
    }
    let (report, har) = (report(&folder.path("r.json")), fs::read(folder.path("r.har")).expect("a recording"));
    let xml = fs::read_to_string(folder.path("r.xml")).expect("a report");
    assert!(!is_unchanged, "there is a new report");
    assert!(serde_json::from_slice::<serde_json::Value>(&har).is_ok() && roxmltree::Document::parse(&xml).is_ok());
    assert_eq!(status.code(), Some(i32::from(report.exit.code)), "the report says how it ended");
    match report.interrupted {
        Some(by) => {
            assert_eq!((by, i32::from(report.exit.code)), (signal, if by == Signal::Terminate { 143 } else { 130 }));
            let is_hurried = report.exit.meaning.contains("second signal");
            if is_hurried { "reported, without diagnosis" } else { "reported" }
        }
        None => {
            assert_eq!(report.exit.code, 0);
            "after its verdict"
        }
    }
}

#[test]
fn a_signal_after_the_first_statement_always_leaves_a_report() {
    let (twin, _) = twin();
    let folder = Folder::new();
    let child = folder.smoke(&twin).spawn().expect("it starts");
    let begin = Instant::now();
    while handles_signals(&child) == Some(false) && begin.elapsed() < GUARD {
        std::hint::spin_loop();
    }
    send(&child, Number::TERM);
    assert_eq!(end(child).code(), Some(143));
    let report = report(&folder.path("r.json"));
    assert_eq!(report.interrupted, Some(Signal::Terminate));
}

#[test]
fn a_third_signal_ends_a_run_that_cannot_write() {
    let (twin, folder) = (TwinProcess::start(&[]), Folder::new());
    let pipe = folder.path("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo is there").success());
    // Nothing reads the pipe. The regular reports are there before it is written.
    let mut command = folder.smoke(&twin);
    let mut child = command.arg("--report").arg(format!("html={}", pipe.display())).spawn().expect("it starts");
    let begin = Instant::now();
    while !["r.har", "r.json", "r.xml"].iter().all(|name| folder.path(name).exists()) {
        assert!(begin.elapsed() < GUARD, "no report is written");
        sleep(Duration::from_millis(2));
    }
    let begin = Instant::now();
    while child.try_wait().expect("it is ours").is_none() {
        send(&child, Number::TERM);
        sleep(Duration::from_millis(5));
    }
    assert_eq!(end(child).code(), Some(143));
    assert!(begin.elapsed() < Duration::from_secs(20), "it waited for a reader, for 30 s");
    assert_eq!(report(&folder.path("r.json")).exit.code, 0);
}

/// The files of a folder, with the size and the time of each.
fn look(folder: &Folder) -> Vec<(String, Option<(u64, SystemTime)>)> {
    let of = |name: &String| fs::metadata(folder.path(name)).and_then(|one| Ok((one.len(), one.modified()?))).ok();
    folder.names().into_iter().map(|name| (name.clone(), of(&name))).collect()
}

#[test]
fn a_kill_leaves_an_earlier_report_or_a_whole_one() {
    let (twin, took) = twin();
    let (folder, mut before) = earlier(&twin);
    let mut random = fastrand::Rng::with_seed(41);
    let mut seen = BTreeMap::new();
    for n in 0..count("FIVEWHYS_TRUST_KILLS", KILLS) {
        let (mut child, begun) = (folder.smoke(&twin).spawn().expect("it starts"), look(&folder));
        if n % 2 == 0 {
            sleep(took.mul_f64(random.f64() * 1.1));
        } else {
            // While a report is being written: a file is new or has changed.
            while look(&folder) == begun && child.try_wait().expect("it is ours").is_none() {}
            if n % 4 == 1 {
                sleep(Duration::from_micros(random.u64(0..3000)));
            }
        }
        child.kill().expect("it is ours");
        let status = end(child);
        let mut is_new = false;
        for (name, earlier) in &mut before {
            let now = fs::read(folder.path(name)).expect("a report is there");
            is_new |= now != *earlier;
            match *name {
                "r.xml" => drop(roxmltree::Document::parse(std::str::from_utf8(&now).expect("text")).expect("whole")),
                _ => drop(serde_json::from_slice::<serde_json::Value>(&now).expect("a whole report")),
            }
            *earlier = now;
        }
        let left = folder.names().into_iter().filter(|name| name.starts_with(".fivewhys-")).collect::<Vec<_>>();
        left.iter().for_each(|name| fs::remove_file(folder.path(name)).expect("it is ours"));
        let what = match (status.code(), left.is_empty(), is_new) {
            (Some(_), ..) => "after its end",
            (None, false, _) => "while a report was written",
            (None, true, true) => "between two reports",
            (None, true, false) => "before the reports",
        };
        *seen.entry(what).or_default() += 1;
    }
    tell("kills", &seen);
}
