//! The token cache: a verdict is kept for 300 s, a no as well as a yes (contract 0.3).

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::Verdict;

const TIME_TO_LIVE: Duration = Duration::from_secs(300);
/// Beyond this, the cache starts anew rather than grow.
const CAPACITY: usize = 10_000;

/// Verdicts by raw token, as the real client keys them. No `Debug`: the keys are tokens.
#[derive(Default)]
pub(super) struct Cache(Mutex<HashMap<String, (Instant, Verdict)>>);

impl Cache {
    pub(super) fn get(&self, token: &str) -> Option<Verdict> {
        let verdicts = self.0.lock().expect("no holder panics");
        let (since, verdict) = verdicts.get(token)?;
        (since.elapsed() < TIME_TO_LIVE).then(|| verdict.clone())
    }

    pub(super) fn put(&self, token: &str, verdict: Verdict) {
        let mut verdicts = self.0.lock().expect("no holder panics");
        if verdicts.len() == CAPACITY {
            verdicts.clear();
        }
        verdicts.insert(token.to_owned(), (Instant::now(), verdict));
    }
}
