//! Faults of the database and Redis.

use crate::deployment::Deployment;

pub(crate) fn database_down(deployment: &mut Deployment) {
    deployment.database_runs = false;
}

pub(crate) fn redis_down(deployment: &mut Deployment) {
    deployment.redis_runs = false;
}
