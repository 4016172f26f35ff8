//! Every fault: what a client sees differs from a healthy twin where it should, and nowhere else.
//!
//! Start at [`trials`]: one trial per fault and dialect, and one for a healthy twin.
//!
//! - `picture`: what a client sees, one word per endpoint
//! - `expected`: what each fault changes in the picture

mod expected;
mod picture;

use fivewhys_mocks::{Dialect, Fault};
use libtest_mimic::{Failed, Trial};

use crate::support::twin;
use picture::{Picture, healthy, picture};

/// The faults that show only now and then; each has a test of its own.
const INTERMITTENT: [Fault; 2] = [Fault::RateLimited, Fault::MixedRevisions];
const DIALECTS: [Dialect; 2] = [Dialect::Documented, Dialect::Observed];

/// Returns the trials; those that wait for a time limit come first, so that they wait side by side.
pub(crate) fn trials() -> Vec<Trial> {
    let mut faults: Vec<_> = Fault::ALL.iter().filter(|fault| !INTERMITTENT.contains(fault)).collect();
    faults.sort_by_key(|fault| !waits(**fault));
    let single = faults.into_iter().flat_map(|fault| DIALECTS.map(|dialect| trial(fault.id(), vec![*fault], dialect)));
    let healthy = DIALECTS.map(|dialect| trial("healthy", Vec::new(), dialect));
    single.chain(healthy).chain([two_faults()]).collect()
}

fn waits(fault: Fault) -> bool {
    expected::changes(fault).iter().any(|(_, word)| matches!(*word, "timeout" | "silent" | "error"))
}

fn trial(name: &str, faults: Vec<Fault>, dialect: Dialect) -> Trial {
    Trial::test(format!("{name} in {dialect}"), move || {
        let wanted = expected(&faults, dialect);
        let seen = seen(&faults, dialect)?;
        let wrong: Vec<_> = wanted.iter().filter(|(endpoint, word)| seen[*endpoint] != **word).collect();
        match wrong.is_empty() {
            true => Ok(()),
            false => Err(format!("should show {wrong:?}, and shows {seen:?}").into()),
        }
    })
}

/// Two faults at once: each shows where it does alone.
fn two_faults() -> Trial {
    Trial::test("client/service-credentials-stale and backend/handler-error show both", || {
        let seen = seen(&[Fault::ServiceCredentialsStale, Fault::HandlerError], Dialect::Documented)?;
        let words = ["validate", "list", "ws"].map(|endpoint| seen[endpoint].as_str());
        match words == ["refused", "500", "ok"] {
            true => Ok(()),
            false => Err(format!("shows {seen:?}").into()),
        }
    })
}

fn seen(faults: &[Fault], dialect: Dialect) -> Result<Picture, Failed> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    Ok(runtime.block_on(async { picture(&twin(dialect, faults).await).await }))
}

fn expected(faults: &[Fault], dialect: Dialect) -> Picture {
    let mut picture = healthy();
    for (endpoints, word) in faults.iter().flat_map(|fault| expected::changes(*fault)) {
        for endpoint in endpoints {
            let word = match (word, dialect) {
                ("refused or 500", Dialect::Observed) => "refused",
                ("refused or 500", _) => "500",
                (word, _) => word,
            };
            picture.insert(endpoint, word.to_owned());
        }
    }
    picture
}
