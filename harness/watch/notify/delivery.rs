//! The task of one receiver: takes what waits for it in the store, oldest first, and delivers it.
//!
//! A notification leaves the store after it was delivered. If the process is killed between the two, the notification is
//! delivered again, with the same id.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::block_in_place;

use crate::watch::notify::call::CallError;
use crate::watch::notify::notification::Notification;
use crate::watch::notify::receiver::Receiver;
use crate::watch::store::{Broken, Pending, Store};

/// The wait after the first try. It doubles with each try.
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// The longest wait between two tries.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// What one receiver of one target needs.
pub(crate) struct Delivery {
    pub(crate) store: Arc<Store>,
    pub(crate) target: String,
    pub(crate) receiver: Arc<Receiver>,
    /// Takes a note for the operator.
    pub(crate) note: Arc<dyn Fn(&str) + Send + Sync>,
}

/// Delivers until the sender of `kept` is gone and nothing waits. `kept` changes when the store has a new notification.
pub(crate) async fn deliver_all(delivery: Delivery, mut kept: watch::Receiver<u64>) {
    let mut last = false;
    loop {
        kept.mark_unchanged();
        if let Err(broken) = delivery.deliver_waiting().await {
            (delivery.note)(&format!("the notifications of {} cannot be read: {broken}", delivery.target));
        }
        if last {
            return;
        }
        last = kept.changed().await.is_err();
    }
}

impl Delivery {
    async fn deliver_waiting(&self) -> Result<(), Broken> {
        let name = &self.receiver.name;
        while let Some((number, pending)) = block_in_place(|| self.store.next_pending(&self.target, name))? {
            if let Err(why) = self.try_often(&pending).await {
                (self.note)(&format!("{name} of {} did not get a notification: {why}", self.target));
            }
            block_in_place(|| self.store.settled(number, name))?;
        }
        Ok(())
    }

    /// Delivers one notification, and tries again while that may help.
    async fn try_often(&self, pending: &Pending) -> Result<(), CallError> {
        let told: Notification =
            serde_json::from_str(&pending.notification).map_err(|error| CallError::ForEver(error.to_string()))?;
        let mut wait = FIRST_WAIT;
        let mut tries = 1;
        loop {
            match self.receiver.deliver(&told, &pending.report).await {
                Err(CallError::ForNow(why)) if tries < self.receiver.tries() => {
                    tracing::debug!(receiver = self.receiver.name, why, tries, "a notification is tried again");
                }
                done => return done,
            }
            tokio::time::sleep(wait).await;
            (wait, tries) = ((wait * 2).min(LONGEST_WAIT), tries + 1);
        }
    }
}
