//! The load that a target allows: how many users, how many calls a second, for how long.
//!
//! Start at [`LoadBound`].
//!
//! Invariant: a target without this bound is never driven by many users.

use std::time::Duration;

use crate::document::{ConfigError, Placed};

/// The load that a target allows.
#[derive(Debug, Clone)]
pub struct LoadBound {
    users: Placed<u32>,
    rate: Placed<u32>,
    duration: Placed<Duration>,
    /// The share of calls that must be served, from 0 to 1.
    pub served: f64,
    /// The header of a response that names the instance, in lower case.
    pub instance: Option<String>,
    /// How the users of the pool are named. `None`: the known users first, then users derived from the first one.
    pub user: Option<UserTemplate>,
}

/// How the users of a pool are named. `{n}` stands for the number of the user, from 1.
#[derive(Debug, Clone)]
pub struct UserTemplate {
    /// The claim `sub`.
    pub sub: String,
    /// The claim `email`.
    pub email: String,
}

impl LoadBound {
    pub(crate) const fn new(users: Placed<u32>, rate: Placed<u32>, duration: Placed<Duration>, served: f64) -> Self {
        Self { users, rate, duration, served, instance: None, user: None }
    }

    /// Returns the most calls a second, all users together.
    #[must_use]
    pub const fn rate(&self) -> u32 {
        self.rate.value
    }

    /// Returns the most users.
    #[must_use]
    pub const fn users(&self) -> u32 {
        self.users.value
    }

    /// Checks that a load stays within the bound.
    ///
    /// # Errors
    /// When it has more users, more calls a second, or takes longer. The error points at the bound.
    pub fn check(&self, users: u32, rate: u32, duration: Duration) -> Result<(), ConfigError> {
        if users > self.users.value {
            let allowed = self.users.value;
            return Err(self.users.blame(beyond(
                format!("`--users {users}` is above the bound of the target: {allowed} users"),
                "ask for fewer users, or raise `load.users`",
            )));
        }
        if rate > self.rate.value {
            let allowed = self.rate.value;
            return Err(self.rate.blame(beyond(
                format!("`--rate {rate}` is above the bound of the target: {allowed} calls a second"),
                "ask for fewer calls a second, or raise `load.rate`",
            )));
        }
        if duration > self.duration.value {
            let (asked, allowed) =
                (humantime::format_duration(duration), humantime::format_duration(self.duration.value));
            return Err(self.duration.blame(beyond(
                format!("`--ramp` and `--hold` take {asked} together, above the bound of the target: {allowed}"),
                "ask for less time, or raise `load.duration`",
            )));
        }
        Ok(())
    }
}

fn beyond(message: String, help: &str) -> ConfigError {
    ConfigError::new(message).help(help)
}
