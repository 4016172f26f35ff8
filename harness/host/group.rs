//! The process group of a command. It ends as a whole: SIGTERM first, SIGKILL after a short grace.
//!
//! A process outside Unix has no group: there the command ends, and what it started stays.

use std::collections::BTreeSet;
use std::io;
use std::process::{Child, ChildStdout, Command, ExitStatus};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// The time that a group has between SIGTERM and SIGKILL.
pub(crate) const GRACE: Duration = Duration::from_millis(200);
/// The pause between two looks at a process.
pub(crate) const PAUSE: Duration = Duration::from_millis(5);

/// The groups of this process that have not ended, by the id of their leader.
static LIVE: Mutex<Live> = Mutex::new(Live { is_stopped: false, leaders: BTreeSet::new() });

struct Live {
    is_stopped: bool,
    leaders: BTreeSet<u32>,
}

/// A running command.
#[derive(Debug)]
pub(crate) struct Group {
    leader: Child,
}

impl Group {
    /// Starts a command in a group of its own.
    ///
    /// # Errors
    /// When it cannot be started, or when every group was stopped.
    pub(crate) fn start(command: &mut Command) -> io::Result<Self> {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        // Locked while it starts, so that `stop` finds every group.
        let mut live = live();
        if live.is_stopped {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let leader = command.spawn()?;
        live.leaders.insert(leader.id());
        Ok(Self { leader })
    }

    /// Returns the standard output, once.
    pub(crate) fn output(&mut self) -> Option<ChildStdout> {
        self.leader.stdout.take()
    }

    /// Returns the standard input, once.
    #[cfg(feature = "watch")]
    pub(crate) fn input(&mut self) -> Option<std::process::ChildStdin> {
        self.leader.stdin.take()
    }

    /// Returns how the command ended, if it has.
    pub(crate) fn ended(&mut self) -> io::Result<Option<ExitStatus>> {
        self.leader.try_wait()
    }

    /// Leaves the group alone: the command has done its work.
    pub(crate) fn release(self) {
        live().leaders.remove(&self.leader.id());
    }

    /// Ends every process of the group. Takes at most the grace.
    pub(crate) fn end(mut self) {
        let id = self.leader.id();
        terminate(id);
        let late = Instant::now() + GRACE;
        loop {
            let is_over = self.leader.try_wait().is_ok_and(|status| status.is_some());
            if (is_over && !is_there(id)) || Instant::now() >= late {
                break;
            }
            thread::sleep(PAUSE);
        }
        kill(id);
        // Errors mean that it has ended already.
        let _ = self.leader.kill();
        let _ = self.leader.wait();
        live().leaders.remove(&id);
    }
}

/// Reports whether every group was stopped.
pub(crate) fn is_stopped() -> bool {
    live().is_stopped
}

/// Stops every group: each running command ends soon, and no other starts. Does not wait.
pub(crate) fn stop() {
    let mut live = live();
    live.is_stopped = true;
    live.leaders.iter().copied().for_each(terminate);
}

/// Stops every group and waits for their end, for a little longer than the grace.
pub(crate) fn stop_and_wait() {
    stop();
    let late = Instant::now() + GRACE;
    while !live().leaders.is_empty() && Instant::now() < late {
        thread::sleep(PAUSE);
    }
    live().leaders.iter().copied().for_each(kill);
}

fn live() -> MutexGuard<'static, Live> {
    LIVE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Asks every process of a group to end. The group may have ended already.
pub(crate) fn terminate(leader: u32) {
    #[cfg(unix)]
    send(leader, rustix::process::Signal::TERM);
    #[cfg(not(unix))]
    let _ = leader;
}

/// Kills every process of a group. The group may have ended already.
pub(crate) fn kill(leader: u32) {
    #[cfg(unix)]
    send(leader, rustix::process::Signal::KILL);
    #[cfg(not(unix))]
    let _ = leader;
}

#[cfg(unix)]
fn send(leader: u32, signal: rustix::process::Signal) {
    if let Some(group) = rustix::process::Pid::from_raw(leader.cast_signed()) {
        let _ = rustix::process::kill_process_group(group, signal);
    }
}

/// Reports whether the group has a process. One that ended, and that its parent did not reap, counts.
#[cfg(unix)]
pub(crate) fn is_there(leader: u32) -> bool {
    let group = rustix::process::Pid::from_raw(leader.cast_signed());
    group.is_some_and(|group| rustix::process::test_kill_process_group(group).is_ok())
}

#[cfg(not(unix))]
pub(crate) fn is_there(_: u32) -> bool {
    false
}
