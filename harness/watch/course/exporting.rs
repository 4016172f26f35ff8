//! Exports the spans of runs, beside the runs: a collector that hangs delays neither a run nor a notification.

use std::sync::Arc;

use tokio::task::JoinSet;

use crate::report::Report;
use crate::watch::course::{Export, Listener, Said};

/// At most one export at a time.
#[derive(Default)]
pub(super) struct Exporting(JoinSet<()>);

impl Exporting {
    /// Begins to export the spans of a run. Leaves them out while the export before is in progress.
    pub(super) fn begin(&mut self, spans: Report, export: &Arc<dyn Export>, listener: &Listener) {
        while self.0.try_join_next().is_some() {}
        if !self.0.is_empty() {
            let note = "the spans of a run are not exported: the export before is in progress";
            return listener(&Said::Note(note));
        }
        let (export, listener) = (Arc::clone(export), Arc::clone(listener));
        self.0.spawn(async move {
            if let Err(why) = export.send(&spans).await {
                listener(&Said::Note(&why));
            }
        });
    }

    /// Waits for the last export.
    pub(super) async fn end(mut self) {
        while self.0.join_next().await.is_some() {}
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use futures_util::future::BoxFuture;

    use super::*;
    use crate::redact::Redactor;
    use crate::report::samples;

    /// A collector that answers when the test says so.
    struct Slow(tokio::sync::Semaphore);

    impl Export for Slow {
        fn conceal(&self, _: &Redactor) {}

        fn send<'a>(&'a self, _: &'a Report) -> BoxFuture<'a, Result<(), String>> {
            Box::pin(async {
                self.0.acquire().await.expect("open").forget();
                Err("refused".to_owned())
            })
        }
    }

    #[tokio::test]
    async fn a_run_during_an_export_is_left_out_and_each_failure_is_said() {
        let (notes, slow) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Slow(tokio::sync::Semaphore::new(0))));
        let kept = Arc::clone(&notes);
        let listener: Listener = Arc::new(move |said| {
            if let Said::Note(note) = said {
                kept.lock().expect("no holder panics").push(note[..7].to_owned());
            }
        });
        let (export, mut exporting): (Arc<dyn Export>, _) = (slow.clone(), Exporting::default());
        let report = samples::objectives();
        exporting.begin(report.clone(), &export, &listener);
        exporting.begin(report.clone(), &export, &listener);
        slow.0.add_permits(2);
        while exporting.0.join_next().await.is_some() {}
        exporting.begin(report, &export, &listener);
        exporting.end().await;
        assert_eq!(*notes.lock().expect("no holder panics"), ["the spa", "refused", "refused"]);
    }
}
