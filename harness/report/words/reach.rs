//! How the run reached the target, in words.

use crate::report::{Reach, Waited};

/// Returns one text for each thing that is not as for every client.
pub(crate) fn reach(reach: &Reach) -> Vec<String> {
    reach.addresses.iter().cloned().chain(reach.waited.as_ref().map(waited)).collect()
}

fn waited(waited: &Waited) -> String {
    let Waited { endpoint, ms, answered, last } = waited;
    let seconds = ms / 1000.0;
    match (answered, last) {
        (true, _) => format!("waited {seconds:.1} s for {endpoint}"),
        (false, Some(last)) => {
            format!("waited {seconds:.1} s for {endpoint}, which did not become healthy (last: {last})")
        }
        (false, None) => format!("waited {seconds:.1} s for {endpoint}, which did not become healthy"),
    }
}
