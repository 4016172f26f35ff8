//! An older revision of the backend beside the newest, configured like it: part of the noise.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::BootError;
use crate::Dialect;
use crate::backend::{Backend, MessageStore};
use crate::deployment::{Deployment, Environment, ServiceSpec, requested};
use crate::edge::Split;
use crate::logs::{LogBook, ServiceLog};
use crate::noise::{Dice, Noise};
use crate::ports::ClosedPort;
use crate::serve::{Tasks, serve};

/// What the two revisions have in common.
pub(crate) struct Beside<'a> {
    pub(crate) dialect: Dialect,
    pub(crate) noise: &'a Noise,
    pub(crate) logs: &'a Arc<LogBook>,
    pub(crate) messages: &'a Arc<MessageStore>,
    pub(crate) tasks: &'a Tasks,
}

impl Beside<'_> {
    /// Starts it where the noise gives it traffic; `None` where not, or where it refuses to start.
    pub(crate) fn start(&self, deployment: &Deployment) -> Result<Option<Split>, BootError> {
        if self.noise.older_revision <= 0.0 {
            return Ok(None);
        }
        let newest = &deployment.backend;
        let older = ServiceSpec { revision: newest.previous_revision, ..newest.clone() };
        let log = ServiceLog::new(self.logs, &older);
        let environment = Environment::resolve(&requested(&older), &deployment.secrets);
        let messages = Arc::clone(self.messages);
        let Ok(router) = Backend::start(self.dialect, &environment, messages, log.clone())? else { return Ok(None) };
        let port = ClosedPort::take("older revision", 0)?;
        let backend = port.address();
        serve(self.tasks, port.listen()?, router);
        let dice = Dice::new(self.noise.seed, "revision");
        Ok(Some(Split { backend, log, share: self.noise.older_revision, dice }))
    }
}

/// The traffic of a manifest, with `share` of it at the older revision.
pub(crate) fn split(manifest: &mut Value, service: &ServiceSpec, share: f64) {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share is between 0 and 1")]
    let percent = (share * 100.0).round() as u32;
    let traffic = json!([
        { "percent": 100 - percent, "revisionName": service.revision },
        { "percent": percent, "revisionName": service.previous_revision },
    ]);
    manifest["spec"]["traffic"] = traffic.clone();
    manifest["status"]["traffic"] = traffic;
}
