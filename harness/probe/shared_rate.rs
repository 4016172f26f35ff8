//! The request rate that the processes of one user on this machine share: a file with the time when the next request is due.
//!
//! The lock of the file ends with its process, and a time too far ahead is ignored, so a process that was killed holds back
//! no other one. Without a folder for the file, each process has the rate for itself.

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustix::fs::{FlockOperation, flock};
use tokio::time::Instant;

use crate::config::{Target, is_loopback};

/// A due time further ahead is of another clock or of a broken file.
const FURTHEST: Duration = Duration::from_secs(600);
/// How often the lock is tried. A process holds it for microseconds.
const TRIES: u32 = 20;
/// The pause between two tries.
const PAUSE: Duration = Duration::from_millis(1);
/// Bytes of the file: nanoseconds since 1970, in decimal, with leading zeros.
const DIGITS: usize = 20;

/// The rate of the targets that have one host.
#[derive(Debug)]
pub(super) struct SharedRate(PathBuf);

/// The file, locked until the value is dropped.
pub(super) struct Held(File);

impl SharedRate {
    /// Returns the rate of a target's backend. `None`: it is on this machine, or no folder can hold the file.
    pub(super) fn of(target: &Target) -> Option<Self> {
        if target.twin || is_loopback(&target.backend) {
            return None;
        }
        let plain = |character: char| if character.is_ascii_alphanumeric() { character } else { '_' };
        let host: String = target.backend.host_str()?.chars().map(plain).collect();
        let port = target.backend.port_or_known_default()?;
        Self::in_folder(&folder()?, &format!("{host}_{port}"))
    }

    fn in_folder(folder: &Path, name: &str) -> Option<Self> {
        fs::create_dir_all(folder).ok()?;
        Some(Self(folder.join(name)))
    }

    /// Locks the rate. `None`: the file cannot be used.
    pub(super) fn hold(&self) -> Option<Held> {
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&self.0).ok()?;
        for _ in 0..TRIES {
            if flock(&file, FlockOperation::NonBlockingLockExclusive).is_ok() {
                return Some(Held(file));
            }
            std::thread::sleep(PAUSE);
        }
        None
    }
}

impl Held {
    /// Returns when the next request is due, if that is later than now.
    pub(super) fn due(&self, now: Instant) -> Option<Instant> {
        let mut text = [0; DIGITS];
        self.0.read_exact_at(&mut text, 0).ok()?;
        let due: u64 = std::str::from_utf8(&text).ok()?.parse().ok()?;
        let ahead = Duration::from_nanos(due).checked_sub(since_epoch())?;
        (ahead <= FURTHEST).then(|| now + ahead)
    }

    /// Stores when the next request is due.
    pub(super) fn set(&self, due: Instant, now: Instant) {
        let due = since_epoch() + due.saturating_duration_since(now);
        let text = format!("{:0DIGITS$}", due.as_nanos());
        // A rate that cannot be stored is not shared.
        let _ = self.0.write_all_at(text.as_bytes(), 0);
    }
}

fn since_epoch() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// Returns the folder for the files (XDG Base Directory Specification).
fn folder() -> Option<PathBuf> {
    let variable = |name| std::env::var_os(name).map(PathBuf::from).filter(|path: &PathBuf| path.is_absolute());
    let cache = || variable("XDG_CACHE_HOME").or_else(|| Some(variable("HOME")?.join(".cache")));
    Some(variable("XDG_RUNTIME_DIR").or_else(cache)?.join("fivewhys").join("rate"))
}

#[cfg(test)]
impl SharedRate {
    pub(super) fn at(path: PathBuf) -> Self {
        Self(path)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn rate() -> (tempfile::TempDir, SharedRate) {
        let folder = tempfile::tempdir().expect("a folder");
        let rate = SharedRate::in_folder(&folder.path().join("deep/er"), "host_443").expect("a folder below it");
        (folder, rate)
    }

    #[test]
    fn another_process_reads_the_due_time() {
        let (_folder, rate) = rate();
        let now = Instant::now();
        rate.hold().expect("the lock").set(now + Duration::from_secs(60), now);
        let due = rate.hold().expect("the lock").due(now).expect("a time") - now;
        assert!(due > Duration::from_secs(30) && due <= Duration::from_secs(60), "{due:?}");
    }

    #[test]
    fn a_held_lock_is_given_up_and_a_dropped_one_is_free() {
        let (_folder, rate) = rate();
        let held = rate.hold().expect("the lock");
        assert!(rate.hold().is_none());
        drop(held);
        assert!(rate.hold().is_some());
    }

    #[rstest]
    #[case::empty("")]
    #[case::no_number("soon, soon, soon, soon")]
    #[case::cut("0000001")]
    #[case::far_ahead("09999999999999999999")]
    #[case::past("00000000000000000001")]
    fn a_broken_file_holds_nothing_back(#[case] text: &str) {
        let (_folder, rate) = rate();
        fs::write(&rate.0, text).expect("it can be written");
        assert_eq!(rate.hold().expect("the lock").due(Instant::now()), None);
    }

    #[test]
    fn a_target_on_this_machine_shares_no_rate() {
        let mut target = crate::fixtures::staging();
        target.backend = "http://127.0.0.1:8080".parse().expect("a URL");
        assert!(SharedRate::of(&target).is_none());
    }
}
