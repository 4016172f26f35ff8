//! A watch in a process of its own.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::support::program::{FEW, bare};

/// Guards against a watch that never ends or never runs.
const GUARD: Duration = Duration::from_secs(120);

/// Options of a watch with short runs. A busy machine needs the period.
pub(crate) const SHORT: [&str; 8] = ["--every", "2s", "--jitter", "0%", FEW[0], FEW[1], FEW[2], FEW[3]];

/// What stays over restarts: the state, and what the command of `--on-change` wrote.
pub(crate) struct Place(TempDir);

impl Place {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    fn told(&self) -> PathBuf {
        self.path().join("told")
    }

    /// Returns the options by which each change becomes a line: id, change and fault.
    pub(crate) fn on_change(&self) -> [String; 2] {
        let line = "\"$FIVEWHYS_ID $FIVEWHYS_CHANGE $FIVEWHYS_FAULT\"";
        ["--on-change".to_owned(), format!("cat >/dev/null; echo {line} >>{}", self.told().display())]
    }

    /// Returns the changes that the command was told, each id once: the change and the fault.
    pub(crate) fn changes(&self) -> Vec<(String, String)> {
        let mut ids = Vec::new();
        let text = std::fs::read_to_string(self.told()).unwrap_or_default();
        let lines = text.lines().map(|line| line.splitn(3, ' ').map(str::to_owned).collect::<Vec<_>>());
        let new = lines.filter(|words| {
            !ids.contains(&words[0]) && {
                ids.push(words[0].clone());
                true
            }
        });
        new.map(|words| (words[1].clone(), words[2].clone())).collect()
    }

    /// Starts a watch of the target file.
    pub(crate) fn watch(&self, target: &Path, options: &[&str]) -> Watching {
        let mut command = bare();
        command.current_dir(self.path()).arg("--config").arg(target).args(["watch", "--verbose"]).args(options);
        command.env("PATH", "/usr/bin:/bin").args(self.on_change());
        let errors = File::options().create(true).append(true).open(self.path().join("stderr")).expect("a file");
        let mut child = command.stdout(Stdio::piped()).stderr(errors).spawn().expect("the program starts");
        let output = BufReader::new(child.stdout.take().expect("piped"));
        let (sender, lines) = channel();
        let mut lines_at = output.lines().map_while(Result::ok).map(|line| (Instant::now(), line));
        std::thread::spawn(move || lines_at.try_for_each(|line| sender.send(line)));
        Watching { child, lines }
    }

    /// Returns what all watches wrote to stderr.
    pub(crate) fn errors(&self) -> String {
        std::fs::read_to_string(self.path().join("stderr")).unwrap_or_default()
    }

    /// Reads what the newest watch serves at `/metrics`, until it is as wanted. Returns the last text, also if it never was.
    pub(crate) fn metrics(&self, wanted: impl Fn(&str) -> bool) -> String {
        let errors = self.errors();
        let address = errors.rsplit("http://").next().and_then(|rest| rest.split('/').next()).expect("the page");
        let guard = Instant::now() + Duration::from_secs(5);
        loop {
            let mut stream = TcpStream::connect(address).expect("it listens");
            stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: watch\r\n\r\n").expect("it is sent");
            let text = std::io::read_to_string(stream).expect("a text");
            if wanted(&text) || Instant::now() > guard {
                return text;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// A running watch. It ends with this value.
pub(crate) struct Watching {
    child: Child,
    lines: Receiver<(Instant, String)>,
}

/// A run, as its line says it.
#[derive(Debug)]
pub(crate) struct Line {
    /// `passed`, `failed` or `tested`.
    pub(crate) end: String,
    pub(crate) ended: Instant,
    pub(crate) took: Duration,
}

impl Line {
    /// Returns when the run began, to a tenth of a second.
    pub(crate) fn began(&self) -> Instant {
        self.ended.checked_sub(self.took).expect("a time")
    }

    /// `TIME TARGET passed in 1.5 s`. `None`: the line says a change.
    fn read((ended, line): (Instant, String)) -> Option<Self> {
        let words: Vec<&str> = line.split(' ').collect();
        let [_, _, end @ ("passed" | "failed" | "tested"), .., took, "s"] = words[..] else { return None };
        let took = took.parse().map(Duration::from_secs_f64).expect("seconds");
        Some(Self { end: end.to_owned(), ended, took })
    }
}

impl Watching {
    /// Waits for the end of the next run, and returns `passed`, `failed` or `tested`.
    pub(crate) fn run(&self) -> String {
        self.next().end
    }

    /// Waits for the end of the first run that began after this moment. A run that is longer than the period is followed at once, and may
    /// have begun before.
    pub(crate) fn run_after(&self, since: Instant) -> String {
        loop {
            let run = self.next();
            if run.began() > since {
                return run.end;
            }
        }
    }

    /// Waits for the end of the next run.
    pub(crate) fn next(&self) -> Line {
        loop {
            if let Some(line) = Line::read(self.lines.recv_timeout(GUARD).expect("the watch goes on")) {
                return line;
            }
        }
    }

    /// Ends it as `kill -9` does, and returns the runs that it had told.
    pub(crate) fn kill(mut self) -> Vec<Line> {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
        self.lines.iter().filter_map(Line::read).collect()
    }

    /// Sends SIGTERM and returns how it ended.
    pub(crate) fn terminate(mut self) -> ExitStatus {
        let id = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw).expect("an id");
        kill_process(id, Signal::TERM).expect("it runs");
        self.child.wait().expect("it ends")
    }

    /// Waits for its end.
    pub(crate) fn end(mut self) -> ExitStatus {
        self.child.wait().expect("it ends")
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
