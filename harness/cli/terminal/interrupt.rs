//! Ctrl-C and SIGTERM: the first signal stops the run, which then reports; the second one ends the program at once.

use crate::report::Signal;
use crate::run::Interruption;

/// Installs the signal handlers for this run.
pub(crate) fn listen(interruption: &Interruption) -> std::io::Result<()> {
    let interruption = interruption.clone();
    let mut signals = Signals::new()?;
    tokio::spawn(async move {
        interruption.interrupt(signals.next().await);
        let second = signals.next().await;
        std::process::exit(second.exit_code().code().into());
    });
    Ok(())
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
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
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> std::io::Result<Self> {
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
