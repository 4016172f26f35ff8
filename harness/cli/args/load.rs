//! How many users run the scenarios at the same time.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::time::Duration;

use clap::Args;

use crate::cli::terminal::mistake::Mistake;
use crate::config::Target;
use crate::load::{Allowed, Asked};
use crate::report::Shard;
use crate::run::Part;

/// Options of a run with many users.
#[derive(Debug, Args)]
pub(crate) struct LoadArgs {
    /// Run the scenarios with the tag `load` as N users at the same time, within the bound `load` of the target
    #[arg(long, value_name = "N", conflicts_with_all = ["rollback_command", "retries", "wait", "jobs", "ask"])]
    users: Option<NonZeroU32>,
    /// With --users: the time in which the users start
    #[arg(long, value_name = "DURATION", requires = "users", default_value = "10s", value_parser = humantime::parse_duration)]
    ramp: Duration,
    /// With --users: the time in which all users are active
    #[arg(long, value_name = "DURATION", requires = "users", default_value = "30s", value_parser = humantime::parse_duration)]
    hold: Duration,
    /// With --users: calls a second, all users together [default: one for each user, or the bound of the target]
    #[arg(long, value_name = "N", requires = "users")]
    rate: Option<NonZeroU32>,
}

impl LoadArgs {
    /// Returns the load that is asked for.
    pub(crate) fn asked(&self) -> Option<Asked> {
        let users = self.users?.get();
        Some(Asked { users, ramp: self.ramp, hold: self.hold, rate: self.rate.map(NonZeroU32::get) })
    }

    /// Returns the load of this shard, if one is asked for.
    pub(crate) fn allowed(
        &self,
        target: &Target,
        shard: Option<Shard>,
    ) -> Result<Option<(Allowed, Option<Part>)>, Mistake> {
        let Some(asked) = self.asked() else { return Ok(None) };
        let part = shard.map(|shard| Part { shard, order: BTreeMap::new() });
        Ok(Some((asked.allowed(target, shard)?, part)))
    }
}
