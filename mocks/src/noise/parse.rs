//! Noise in one line: `NAME[=VALUE],...`.

use std::str::FromStr;
use std::time::Duration;

use super::{ErrorPages, Noise};

/// A noise that does not exist, or not so.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum UnknownNoise {
    /// No such name; the message lists those that there are.
    #[error(
        "unknown noise `{0}`; known: all, seed=N, jitter[=MS], drops[=PERCENT], cold-start[=MS], revisions[=PERCENT], error-pages[=5xx|all], no-server"
    )]
    Name(String),
    /// The value is none of this name's.
    #[error("`{name}={value}` is no noise: expected {expected}")]
    Value {
        /// The noise.
        name: String,
        /// As it was given.
        value: String,
        /// What it takes.
        expected: &'static str,
    },
}

impl FromStr for Noise {
    type Err = UnknownNoise;

    /// What stands further right wins: `all,jitter=5` is everything, with less jitter.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut noise = Self::default();
        text.split(',').map(str::trim).try_for_each(|entry| add(&mut noise, entry))?;
        Ok(noise)
    }
}

fn add(noise: &mut Noise, entry: &str) -> Result<(), UnknownNoise> {
    let (name, value) = entry.split_once('=').map_or((entry, None), |(name, value)| (name, Some(value)));
    let entry = Entry { name, value };
    let usual = Noise::all(noise.seed);
    match name {
        "all" => *noise = entry.alone(usual)?,
        "seed" => noise.seed = entry.given("a whole number", |text| text.parse().ok())?,
        "jitter" => noise.jitter = entry.or(usual.jitter, MILLISECONDS, milliseconds)?,
        "drops" => noise.dropped = entry.or(usual.dropped, PERCENTAGE, share)?,
        "revisions" => noise.older_revision = entry.or(usual.older_revision, PERCENTAGE, share)?,
        "cold-start" => noise.cold_start = entry.or(usual.cold_start, MILLISECONDS, milliseconds)?,
        "error-pages" => noise.error_pages = entry.or(usual.error_pages, "`5xx` or `all`", pages)?,
        "no-server" => noise.no_server = entry.alone(true)?,
        _ => return Err(UnknownNoise::Name(name.to_owned())),
    }
    Ok(())
}

const PERCENTAGE: &str = "a percentage from 0 to 100";
const MILLISECONDS: &str = "milliseconds, at most 60000";

/// One `NAME[=VALUE]`.
struct Entry<'a> {
    name: &'a str,
    value: Option<&'a str>,
}

impl Entry<'_> {
    fn or<T>(&self, usual: T, expected: &'static str, read: fn(&str) -> Option<T>) -> Result<T, UnknownNoise> {
        match self.value {
            None => Ok(usual),
            Some(_) => self.given(expected, read),
        }
    }

    fn given<T>(&self, expected: &'static str, read: fn(&str) -> Option<T>) -> Result<T, UnknownNoise> {
        let value = self.value.unwrap_or_default();
        read(value).ok_or_else(|| self.wrong(value, expected))
    }

    fn alone<T>(&self, usual: T) -> Result<T, UnknownNoise> {
        match self.value {
            None => Ok(usual),
            Some(value) => Err(self.wrong(value, "no value")),
        }
    }

    fn wrong(&self, value: &str, expected: &'static str) -> UnknownNoise {
        UnknownNoise::Value { name: self.name.to_owned(), value: value.to_owned(), expected }
    }
}

fn milliseconds(text: &str) -> Option<Duration> {
    text.parse().ok().filter(|milliseconds| *milliseconds <= 60_000).map(Duration::from_millis)
}

fn share(text: &str) -> Option<f64> {
    text.parse().ok().filter(|percent| (0.0..=100.0).contains(percent)).map(|percent: f64| percent / 100.0)
}

fn pages(text: &str) -> Option<ErrorPages> {
    match text {
        "5xx" => Some(ErrorPages::ServerErrors),
        "all" => Some(ErrorPages::AllErrors),
        _ => None,
    }
}
