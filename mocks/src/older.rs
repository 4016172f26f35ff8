//! An older revision of the backend beside the newest: configured like it, it is part of the noise; with settings of its own, a fault.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::BootError;
use crate::Dialect;
use crate::backend::{Backend, Code, MessageStore};
use crate::deployment::{Deployment, Environment, ServiceSpec, requested};
use crate::edge::Split;
use crate::logs::{LogBook, ServiceLog};
use crate::noise::{Dice, Noise};
use crate::ports::ClosedPort;
use crate::serve::{Tasks, serve};

/// The share of a revision that a rollout left behind.
const LEFT_BEHIND: f64 = 0.5;

/// What the two revisions have in common.
pub(crate) struct Beside<'a> {
    pub(crate) dialect: Dialect,
    pub(crate) noise: &'a Noise,
    pub(crate) logs: &'a Arc<LogBook>,
    pub(crate) messages: &'a Arc<MessageStore>,
    pub(crate) tasks: &'a Tasks,
}

impl Beside<'_> {
    /// Starts it where a fault or the noise gives it traffic; `None` where not, or where it refuses to start.
    pub(crate) fn start(&self, deployment: &Deployment) -> Result<Option<Split>, BootError> {
        let newest = &deployment.backend;
        let (older, share) = match &deployment.older_backend {
            Some(left_behind) => (left_behind.clone(), LEFT_BEHIND),
            None if self.noise.older_revision <= 0.0 => return Ok(None),
            None => (newest.clone(), self.noise.older_revision),
        };
        let older = ServiceSpec { revision: newest.previous_revision, ..older };
        let log = ServiceLog::new(self.logs, &older, deployment.clock);
        let environment = Environment::resolve(&requested(&older), &deployment.secrets);
        let messages = Arc::clone(self.messages);
        let code = Code { build: deployment.backend_build.clone(), proxy: deployment.proxy() };
        let started = Backend::start(self.dialect, &environment, &code, messages, log.clone())?;
        let Ok(router) = started else { return Ok(None) };
        let port = ClosedPort::take("older revision", 0)?;
        let backend = port.address();
        serve(self.tasks, port.listen()?, router);
        let dice = Dice::new(self.noise.seed, "revision");
        Ok(Some(Split { backend, log, share, dice }))
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
