//! How noisy a twin is, and how a noise is written in one line.

use std::str::FromStr;
use std::time::Duration;

/// Disturbances of a healthy system. The default has none.
///
/// The n-th draw of a kind depends on the seed and on n only: requests that arrive in the same order meet the same
/// noise.
///
/// A noise is also written in one line, `NAME[=VALUE],...`:
///
/// ```
/// use std::time::Duration;
///
/// use fivewhys_mocks::Noise;
///
/// let noise: Noise = "seed=7,jitter=5,drops=2".parse()?;
/// assert_eq!(noise.jitter, Duration::from_millis(5));
/// assert_eq!(noise.dropped, 0.02);
/// # Ok::<(), fivewhys_mocks::UnknownNoise>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Noise {
    /// The seed of every draw.
    pub seed: u64,
    /// The upper bound of the delay of each response of the edge; delays are uniformly distributed.
    pub jitter: Duration,
    /// The share of connections, from 0 to 1, that the edge resets before it answers.
    pub dropped: f64,
    /// The time after its first request for which the backend or the auth service lets its callers wait.
    ///
    /// From half a second on, the backend's health probe of the auth service times out, and the backend refuses its
    /// first callers.
    pub cold_start: Duration,
    /// The share of requests, from 0 to 1, that an older and healthy revision of the backend answers.
    ///
    /// Both revisions share their messages. The manifest shows both; responses do not tell them apart.
    pub older_revision: f64,
    /// Which responses the edge replaces with a page of its own.
    pub error_pages: ErrorPages,
    /// Whether the edge removes the `Server` header.
    pub no_server: bool,
    /// Whether the services write the lines of a real service that no fault causes: banners, a failed optional store,
    /// requests of other users, a half-open breaker. [`Noise::all`] does not have it.
    pub log_lines: bool,
}

/// Which responses the edge replaces with a page of its own; the status stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ErrorPages {
    /// No response.
    #[default]
    Off,
    /// Responses with a 5xx status.
    ServerErrors,
    /// Responses with a 4xx or 5xx status.
    AllErrors,
}

impl Noise {
    /// Returns every noise at its usual strength.
    ///
    /// That is 30 ms of jitter, 2 % of connections dropped, 400 ms of cold start, half of the traffic to an older
    /// revision, pages for 5xx, and no `Server` header.
    pub fn all(seed: u64) -> Self {
        Self {
            seed,
            jitter: Duration::from_millis(30),
            dropped: 0.02,
            cold_start: Duration::from_millis(400),
            older_revision: 0.5,
            error_pages: ErrorPages::ServerErrors,
            no_server: true,
            log_lines: false,
        }
    }
}

/// The error for a noise that cannot be read.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum UnknownNoise {
    /// The name is unknown; the message lists the known ones.
    #[error(
        "unknown noise `{0}`; known: all, seed=N, jitter[=MS], drops[=PERCENT], cold-start[=MS], revisions[=PERCENT], error-pages[=5xx|all], no-server, log-lines"
    )]
    Name(String),
    /// The value does not fit the name.
    #[error("invalid noise `{name}={value}`: expected {expected}")]
    Value {
        /// The name of the noise.
        name: String,
        /// The value as given.
        value: String,
        /// The values that fit.
        expected: &'static str,
    },
}

impl FromStr for Noise {
    type Err = UnknownNoise;

    /// Reads entries from left to right; later ones win. `all,jitter=5` is every noise with less jitter.
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
        "log-lines" => noise.log_lines = entry.alone(true)?,
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
    /// Returns the usual value, or reads the given one.
    fn or<T>(&self, usual: T, expected: &'static str, read: fn(&str) -> Option<T>) -> Result<T, UnknownNoise> {
        match self.value {
            None => Ok(usual),
            Some(_) => self.given(expected, read),
        }
    }

    /// Reads the value; a missing value counts as empty.
    fn given<T>(&self, expected: &'static str, read: fn(&str) -> Option<T>) -> Result<T, UnknownNoise> {
        let value = self.value.unwrap_or_default();
        read(value).ok_or_else(|| self.wrong(value, expected))
    }

    /// Returns `usual`; a value is an error.
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
