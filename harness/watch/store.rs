//! Keeps what a watch knows in one file, so that a restart and `kill -9` lose nothing.
//!
//! Each write is one transaction that is on the disk when the function returns.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use redb::{Database, DatabaseError, ReadableTable as _, TableDefinition};
use serde::{Deserialize, Serialize};

use crate::host::contained::contain;
use crate::watch::incident::MOST_RUNS;
use crate::watch::state::{Ran, Watched};

/// `id`: the id of this file.
const ABOUT: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("about");
/// Each target without its runs, by name.
const TARGETS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("targets");
/// The runs, by target and number.
const RUNS: TableDefinition<'_, (&str, u64), &[u8]> = TableDefinition::new("runs");
/// What is to be delivered, by the order in which it was written.
const PENDING: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("pending");

/// The most notifications that wait. The oldest is given up for a new one.
const MOST_PENDING: u64 = 256;

/// The file.
pub(crate) struct Store {
    /// Present until the store is dropped.
    database: Option<Database>,
    id: String,
}

/// A notification that not every receiver got.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Pending {
    /// The target's name.
    pub target: String,
    /// The receivers that did not get it yet.
    pub receivers: Vec<String>,
    /// The notification, as JSON.
    pub notification: String,
    /// The report of its run, as JSON. Empty: no receiver needs it, or the run has none.
    pub report: String,
}

/// Why the state cannot be kept.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub(crate) enum StoreError {
    /// Another process has the file open.
    #[error("the state file {0} is in use by another process")]
    #[diagnostic(
        code(fivewhys::watch::state_in_use),
        help("stop the other `fivewhys watch`, or name another file with `--state`")
    )]
    InUse(PathBuf),
    /// The file cannot be read or written.
    #[error("cannot keep the state in {path}: {why}")]
    #[diagnostic(code(fivewhys::watch::state), help("name a file in a folder that can be written with `--state`"))]
    Failed {
        /// The file.
        path: PathBuf,
        /// The mistake.
        why: String,
    },
    /// The file is cut off, or parts of it were overwritten.
    #[error("the state file {0} is damaged")]
    #[diagnostic(
        code(fivewhys::watch::state_damaged),
        help("move it away: `fivewhys watch` then begins with an empty state")
    )]
    Damaged(PathBuf),
}

/// What the library or the format refused.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Broken(String);

impl<E: Into<redb::Error>> From<E> for Broken {
    fn from(error: E) -> Self {
        Self(error.into().to_string())
    }
}

impl Broken {
    /// Returns the error of a file for which the library panicked: it checks the file only in part.
    fn damaged() -> Self {
        Self("the state file is damaged".to_owned())
    }

    /// Returns what a value that cannot be written refused.
    pub(crate) fn of(error: &serde_json::Error) -> Self {
        Self(error.to_string())
    }
}

fn written<T: Serialize>(value: &T) -> Result<Vec<u8>, Broken> {
    serde_json::to_vec(value).map_err(|error| Broken::of(&error))
}

fn read<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, Broken> {
    serde_json::from_slice(bytes).map_err(|error| Broken(format!("it was not written by this version: {error}")))
}

impl Store {
    /// Opens the file, and makes it if there is none.
    ///
    /// # Errors
    /// When another process has it open, or when it cannot be read and written.
    pub(crate) fn open(path: &Path) -> Result<Self, StoreError> {
        let failed = |why: String| StoreError::Failed { path: path.to_owned(), why };
        let mut builder = Database::builder();
        // The format that later versions of the library read.
        builder.create_with_file_format_v3(true);
        let opened = contain(|| match builder.create(path) {
            Ok(database) => {
                let id = identified(&database).map_err(|broken| failed(broken.0))?;
                Ok(Self { database: Some(database), id })
            }
            Err(DatabaseError::DatabaseAlreadyOpen) => Err(StoreError::InUse(path.to_owned())),
            Err(error) => Err(failed(error.to_string())),
        });
        opened.unwrap_or_else(|_| Err(StoreError::Damaged(path.to_owned())))
    }

    fn on<T>(&self, work: impl FnOnce(&Database) -> Result<T, Broken>) -> Result<T, Broken> {
        let database = self.database.as_ref().ok_or_else(Broken::damaged)?;
        contain(|| work(database)).unwrap_or_else(|_| Err(Broken::damaged()))
    }

    /// Returns the id of this file. It is part of the key of every incident.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// Returns what is known of a target.
    pub(crate) fn watched(&self, name: &str) -> Result<Watched, Broken> {
        self.on(|database| {
            let read_all = database.begin_read()?;
            let kept = read_all.open_table(TARGETS)?.get(name)?.map(|bytes| read(bytes.value())).transpose()?;
            let mut watched: Watched = kept.unwrap_or_default();
            name.clone_into(&mut watched.name);
            let runs = read_all.open_table(RUNS)?;
            let runs = runs.range((name, 0)..=(name, u64::MAX))?.map(|run| read::<Ran>(run?.1.value()));
            watched.runs = runs.collect::<Result<VecDeque<_>, Broken>>()?;
            Ok(watched)
        })
    }

    /// Keeps a target after its last run, with the notification of that run.
    pub(crate) fn keep(&self, watched: &Watched, pending: Option<&Pending>) -> Result<(), Broken> {
        self.on(|database| {
            let Watched { name, totals, auth_last_success, incidents, objectives, measured, .. } = watched;
            let number = totals.passed + totals.failed + totals.untested;
            let head = Watched {
                name: name.clone(),
                runs: VecDeque::new(),
                incidents: incidents.clone(),
                totals: totals.clone(),
                auth_last_success: *auth_last_success,
                objectives: objectives.clone(),
                measured: measured.clone(),
            };
            let write = database.begin_write()?;
            {
                write.open_table(TARGETS)?.insert(name.as_str(), written(&head)?.as_slice())?;
                let mut runs = write.open_table(RUNS)?;
                if let Some(last) = watched.runs.back() {
                    runs.insert((name.as_str(), number), written(last)?.as_slice())?;
                }
                let gone = number.saturating_sub(MOST_RUNS as u64);
                runs.retain_in((name.as_str(), 0)..=(name.as_str(), gone), |_, _| false)?;
                if let Some(pending) = pending {
                    let mut all = write.open_table(PENDING)?;
                    let next = all.last()?.map_or(0, |(number, _)| number.value() + 1);
                    all.insert(next, written(pending)?.as_slice())?;
                    all.retain_in(..next.saturating_sub(MOST_PENDING - 1), |_, _| false)?;
                }
            }
            Ok(write.commit()?)
        })
    }

    /// Returns the oldest notification that a receiver of a target did not get, with its number.
    pub(crate) fn next_pending(&self, target: &str, receiver: &str) -> Result<Option<(u64, Pending)>, Broken> {
        self.on(|database| {
            let read_all = database.begin_read()?;
            for row in read_all.open_table(PENDING)?.iter()? {
                let (number, bytes) = row?;
                let pending: Pending = read(bytes.value())?;
                if pending.target == target && pending.receivers.iter().any(|one| one == receiver) {
                    return Ok(Some((number.value(), pending)));
                }
            }
            Ok(None)
        })
    }

    /// Says that a receiver got a notification, or that it never will.
    pub(crate) fn settled(&self, number: u64, receiver: &str) -> Result<(), Broken> {
        self.on(|database| {
            let write = database.begin_write()?;
            {
                let mut all = write.open_table(PENDING)?;
                let pending = all.get(number)?.map(|bytes| read::<Pending>(bytes.value())).transpose()?;
                if let Some(mut pending) = pending {
                    pending.receivers.retain(|one| one != receiver);
                    match pending.receivers.is_empty() {
                        true => drop(all.remove(number)?),
                        false => drop(all.insert(number, written(&pending)?.as_slice())?),
                    }
                }
            }
            Ok(write.commit()?)
        })
    }

    /// Gives up what waits for receivers of a target that it no longer has. Returns the number of notifications that then
    /// wait for no receiver.
    pub(crate) fn forget_others(&self, target: &str, receivers: &[String]) -> Result<usize, Broken> {
        self.on(|database| {
            let write = database.begin_write()?;
            let mut gone = 0;
            {
                let mut all = write.open_table(PENDING)?;
                let rows = all.iter()?.map(|row| row.map(|(number, bytes)| (number.value(), bytes.value().to_vec())));
                for (number, bytes) in rows.collect::<Result<Vec<_>, _>>()? {
                    let mut pending: Pending = read(&bytes)?;
                    let before = pending.receivers.len();
                    pending.receivers.retain(|one| pending.target != target || receivers.contains(one));
                    match (pending.receivers.len(), before) {
                        (0, _) => {
                            gone += 1;
                            all.remove(number)?;
                        }
                        (now, before) if now < before => drop(all.insert(number, written(&pending)?.as_slice())?),
                        _ => {}
                    }
                }
            }
            write.commit()?;
            Ok(gone)
        })
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        // Closing a damaged file panics too. Everything is on the disk already.
        let _ = contain(|| drop(self.database.take()));
    }
}

/// Makes the tables, and returns the id of the file.
fn identified(database: &Database) -> Result<String, Broken> {
    let write = database.begin_write()?;
    let id = {
        write.open_table(TARGETS)?;
        write.open_table(RUNS)?;
        write.open_table(PENDING)?;
        let mut about = write.open_table(ABOUT)?;
        let known = about.get("id")?.map(|id| String::from_utf8_lossy(id.value()).into_owned());
        let id = known.unwrap_or_else(|| uuid::Uuid::new_v4().simple().to_string());
        about.insert("id", id.as_bytes())?;
        id
    };
    write.commit()?;
    Ok(id)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::{SignedDuration, Timestamp};

    use super::*;

    fn ran(at: i64) -> Ran {
        let at = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(at);
        Ran::untested(at, Duration::from_secs(1), "no secret".to_owned())
    }

    fn pending(text: &str, receivers: &[&str]) -> Pending {
        Pending {
            target: "staging".to_owned(),
            receivers: receivers.iter().map(|one| (*one).to_owned()).collect(),
            notification: text.to_owned(),
            report: String::new(),
        }
    }

    #[test]
    fn a_state_is_read_as_it_was_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("state");
        let mut watched = Watched { name: "staging".to_owned(), ..Watched::default() };
        let id = {
            let store = Store::open(&path).expect("it opens");
            for at in 0..3 {
                watched.take(ran(at), 1);
                store.keep(&watched, None).expect("it is kept");
            }
            store.id().to_owned()
        };
        let store = Store::open(&path).expect("it opens again");
        assert_eq!((store.watched("staging").expect("it is read"), store.id()), (watched, id.as_str()));
        assert_eq!(store.watched("other").expect("it is read").runs.len(), 0);
    }

    #[test]
    fn the_runs_in_the_file_are_those_in_memory() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("state")).expect("it opens");
        let mut watched = Watched { name: "staging".to_owned(), ..Watched::default() };
        for at in 0..i64::try_from(MOST_RUNS).expect("small") {
            watched.take(ran(at), 1);
        }
        for at in 5000..5003 {
            watched.take(ran(at), 1);
            store.keep(&watched, None).expect("it is kept");
        }
        let kept = store.watched("staging").expect("it is read");
        assert_eq!(kept.runs, watched.runs.iter().rev().take(3).rev().cloned().collect::<VecDeque<_>>());
        watched.totals.failed += MOST_RUNS as u64 - 2;
        watched.take(ran(6000), 1);
        store.keep(&watched, None).expect("it is kept");
        assert_eq!(store.watched("staging").expect("it is read").runs.len(), 2);
    }

    #[test]
    fn a_notification_waits_for_each_of_its_receivers() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("state")).expect("it opens");
        let watched = Watched { name: "staging".to_owned(), ..Watched::default() };
        store.keep(&watched, Some(&pending("1", &["command", "webhook:a"]))).expect("it is kept");
        store.keep(&watched, Some(&pending("2", &["command"]))).expect("it is kept");
        let next = |receiver| store.next_pending("staging", receiver).expect("it is read");
        let (number, first) = next("command").expect("one waits");
        assert_eq!(first.notification, "1");
        store.settled(number, "command").expect("it is kept");
        assert_eq!(next("command").expect("one waits").1.notification, "2");
        assert_eq!(next("webhook:a").expect("one waits").1.receivers, ["webhook:a"]);
        assert_eq!(store.next_pending("other", "command").expect("it is read"), None);
        assert_eq!(store.forget_others("staging", &["command".to_owned()]).expect("it is kept"), 1);
        assert_eq!(next("webhook:a"), None);
        store.settled(number + 1, "command").expect("it is kept");
        assert_eq!(next("command"), None);
    }

    #[test]
    fn waiting_notifications_are_bounded() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("state")).expect("it opens");
        let watched = Watched { name: "staging".to_owned(), ..Watched::default() };
        for n in 0..MOST_PENDING + 2 {
            store.keep(&watched, Some(&pending(&n.to_string(), &["command"]))).expect("it is kept");
        }
        let oldest = store.next_pending("staging", "command").expect("it is read").expect("one waits");
        assert_eq!((oldest.0, oldest.1.notification.as_str()), (2, "2"));
    }

    #[test]
    fn a_file_has_one_watch() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("state");
        let _first = Store::open(&path).expect("it opens");
        assert!(matches!(Store::open(&path), Err(StoreError::InUse(_))));
        let damaged = folder.path().join("damaged");
        std::fs::write(&damaged, "not a state").expect("a file");
        assert!(matches!(Store::open(&damaged), Err(StoreError::Failed { .. })));
        let whole = std::fs::read(&path).expect("the file");
        std::fs::write(&damaged, &whole[..whole.len() / 2]).expect("a file");
        assert!(matches!(Store::open(&damaged), Err(StoreError::Damaged(_))));
    }
}
