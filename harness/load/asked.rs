//! The load that is asked for, and whether the target allows it.

use std::time::Duration;

use crate::config::{LoadBound, Target};
use crate::document::ConfigError;
use crate::report::Shard;

/// The load that is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked {
    /// The number of users of all shards.
    pub(crate) users: u32,
    /// The time in which they start.
    pub(crate) ramp: Duration,
    /// The time in which all of them are active.
    pub(crate) hold: Duration,
    /// The calls a second of all shards. `None`: one for each user, or the bound of the target if that is less.
    pub(crate) rate: Option<u32>,
}

/// A load that the target allows: the part of one shard.
#[derive(Debug, Clone)]
pub(crate) struct Allowed {
    /// The numbers of the users, from 1.
    pub(crate) numbers: Vec<u32>,
    pub(crate) ramp: Duration,
    pub(crate) hold: Duration,
    /// Calls a second.
    pub(crate) rate: f64,
    pub(crate) bound: LoadBound,
}

impl Asked {
    /// Returns the part of this shard, or the whole load.
    ///
    /// # Errors
    /// When the target is marked `production`, allows no load, or allows less. When the shard has no user.
    pub(crate) fn allowed(self, target: &Target, shard: Option<Shard>) -> Result<Allowed, ConfigError> {
        if target.production {
            let message =
                format!("the target `{}` is marked `production`: it is never driven by many users", target.name);
            return Err(ConfigError::new(message).help("use a target of a test environment"));
        }
        let Some(bound) = &target.load else {
            let message = format!("the target `{}` allows no load", target.name);
            let help = format!(
                "set a bound in `[target.{}]`: `load = {{ users = {}, rate = 50, duration = \"2m\" }}`",
                target.name, self.users
            );
            return Err(ConfigError::new(message).help(help));
        };
        let rate = self.rate.unwrap_or_else(|| self.users.min(bound.rate()));
        bound.check(self.users, rate, self.ramp.saturating_add(self.hold))?;
        let (first, step) = shard.map_or((1, 1), |shard| (shard.index, shard.count));
        let numbers: Vec<u32> = (1..=self.users).skip(first - 1).step_by(step).collect();
        if numbers.is_empty() {
            let message = format!("shard {first}/{step} has no user: there are {}", self.users);
            return Err(ConfigError::new(message).help("use at most as many shards as there are users"));
        }
        let rate = f64::from(rate) * numbers.len() as f64 / f64::from(self.users);
        Ok(Allowed { numbers, ramp: self.ramp, hold: self.hold, rate, bound: bound.clone() })
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use rstest::rstest;

    use super::*;
    use crate::config::{Overrides, TargetFile};

    const TARGET: &str = "default = 'one'\n[target.one]\nbackend = 'http://127.0.0.1:1'\nauth = 'none'\nsigning_secret = 'env:X'\n\
        claims.iss = 'us'\nuser.ann = { sub = '1', email = 'a@b' }\nendpoint.\"backend.health\" = { role = 'health', path = '/' }\n";

    fn target(more: &str) -> Target {
        let file = TargetFile::parse("t.toml", &format!("{TARGET}{more}"), Path::new("")).expect("a target file");
        file.resolve(Some("one"), &Overrides::default()).expect("a target")
    }

    const BOUND: &str = "load = { users = 20, rate = 10, duration = '1m' }\n";

    fn asked(users: u32) -> Asked {
        Asked { users, ramp: Duration::from_secs(10), hold: Duration::from_secs(30), rate: None }
    }

    #[rstest]
    #[case::no_bound("", 1, None, "allows no load")]
    #[case::production("production = true\n", 1, None, "never driven")]
    #[case::users("", 21, None, "above the bound of the target: 20 users")]
    #[case::rate("", 20, Some(11), "above the bound of the target: 10 calls")]
    fn a_load_beyond_the_bound_is_refused(
        #[case] more: &str,
        #[case] users: u32,
        #[case] rate: Option<u32>,
        #[case] says: &str,
    ) {
        let bound = if says == "allows no load" { "" } else { BOUND };
        let error = Asked { rate, ..asked(users) }.allowed(&target(&format!("{more}{bound}")), None).expect_err(says);
        assert!(error.message().contains(says), "{error}");
    }

    #[test]
    fn the_error_points_at_the_bound() {
        let target = target("load = { users = 20, rate = 10, duration = '15s' }\n");
        let error = asked(20).allowed(&target, None).expect_err("it takes 40 s");
        let text = format!("{TARGET}load = {{ users = 20, rate = 10, duration = ");
        assert_eq!(error.offset(), text.len(), "{error}");
    }

    #[test]
    fn shards_divide_the_users_and_the_rate() {
        let target = target(BOUND);
        let part = |index| asked(5).allowed(&target, Some(Shard { index, count: 2 })).expect("it is allowed");
        let (one, other) = (part(1), part(2));
        assert_eq!((one.numbers, other.numbers), (vec![1, 3, 5], vec![2, 4]));
        assert!((one.rate - 3.0).abs() < 1e-9 && (other.rate - 2.0).abs() < 1e-9);
        assert!(asked(1).allowed(&target, Some(Shard { index: 2, count: 2 })).is_err(), "it has no user");
    }
}
