//! Ctrl-C and SIGTERM, from the first statement of the program on.
//!
//! The first signal stops a run, which then reports. The second one ends what still cleans up and skips the diagnosis. The
//! third one ends the program at once. A command without a report ends at the first.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crate::host::{file, group};
use crate::report::Signal;
use crate::run::Interruption;

/// After a signal, reading the input of a run may take this long: standard input may never end.
const PATIENCE: Duration = Duration::from_secs(1);

/// What a signal does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// The arguments and the input are read.
    Starting,
    /// A run is in progress. It sees the signal itself.
    Running,
    /// There is nothing to report.
    NoReport,
}

/// The signals to this process.
#[derive(Debug, Clone)]
pub(crate) struct Signals {
    interruption: Interruption,
    stage: Arc<Mutex<Stage>>,
}

impl Signals {
    /// Installs the signal handlers.
    ///
    /// # Errors
    /// When the system refuses them.
    pub(crate) fn listen() -> io::Result<Self> {
        let signals = Self { interruption: Interruption::default(), stage: Arc::new(Mutex::new(Stage::Starting)) };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
        let mut source = {
            let _inside = runtime.enter();
            Source::new()?
        };
        let heard = signals.clone();
        thread::Builder::new().name("signals".to_owned()).spawn(move || {
            runtime.block_on(async {
                heard.first(source.next().await);
                let second = source.next().await;
                heard.interruption.hurry();
                let third = source.next().await;
                tracing::debug!(?second, "a third signal came");
                end(third);
            });
        })?;
        Ok(signals)
    }

    /// Returns the handle by which a signal stops a run.
    pub(crate) const fn interruption(&self) -> &Interruption {
        &self.interruption
    }

    /// Says that a run begins, which sees signals itself.
    pub(crate) fn run_begins(&self) {
        self.enter(Stage::Running);
    }

    /// Says that this command makes no report: a signal ends it at once.
    pub(crate) fn end_at_once(&self) {
        self.enter(Stage::NoReport);
        if let Some(signal) = self.interruption.signal() {
            end(signal);
        }
    }

    /// Ends the process as the signal says, when it came and no run saw it.
    ///
    /// What a signal stops makes the command fail, often before the thread of the signals ends the process.
    pub(crate) fn end_if_unseen(&self) {
        if let Some(signal) = self.interruption.signal()
            && self.stage() != Stage::Running
        {
            end(signal);
        }
    }

    fn first(&self, signal: Signal) {
        self.interruption.interrupt(signal);
        group::stop();
        match self.stage() {
            Stage::Running => {}
            Stage::NoReport => end(signal),
            Stage::Starting => {
                let late = self.clone();
                thread::spawn(move || {
                    thread::sleep(PATIENCE);
                    if late.stage() != Stage::Running {
                        end(signal);
                    }
                });
            }
        }
    }

    fn enter(&self, stage: Stage) {
        *self.stage.lock().unwrap_or_else(PoisonError::into_inner) = stage;
    }

    fn stage(&self) -> Stage {
        *self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends the process, and what it started. A file that is being replaced is completed first.
fn end(signal: Signal) -> ! {
    group::stop_and_wait();
    let _replaced = file::finish();
    std::process::exit(signal.exit_code().code().into());
}

#[cfg(unix)]
struct Source {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Source {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        // A file over the limit of the process (`ulimit -f`) is a report that cannot be written, not the end of the run.
        drop(signal(SignalKind::from_raw(rustix::process::Signal::XFSZ.as_raw()))?);
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.interrupt.recv() => Signal::Interrupt,
            _ = self.terminate.recv() => Signal::Terminate,
        }
    }
}

#[cfg(not(unix))]
struct Source;

#[cfg(not(unix))]
impl Source {
    fn new() -> io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) -> Signal {
        // Without a signal handler, the run cannot be interrupted.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        Signal::Interrupt
    }
}
