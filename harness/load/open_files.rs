//! The limit on open files: each socket is one.

/// What the process needs besides the sockets.
const OTHERS: u64 = 100;
/// Files of one user: a socket and a request.
const OF_A_USER: u64 = 2;
/// Files of one user that are better allowed: in a run against the twin, this process holds the other ends too.
const BETTER: u64 = 10;

/// Raises the limit of this process so that so many users can each have a socket and a request.
///
/// # Errors
/// When the system allows fewer. The text says how many.
#[cfg(unix)]
pub(crate) fn allow(users: u32) -> Result<(), String> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let [needed, better] = [OF_A_USER, BETTER].map(|files| u64::from(users) * files + OTHERS);
    let limit = getrlimit(Resource::Nofile);
    if limit.current.is_none_or(|current| current >= better) {
        return Ok(());
    }
    if limit.maximum.is_some_and(|most| most < needed) {
        let most = limit.maximum.unwrap_or_default();
        return Err(format!("{users} users need {needed} open files, and the system allows this process {most}"));
    }
    let current = limit.maximum.map_or(better, |most| most.min(better));
    let raised = Rlimit { current: Some(current), maximum: limit.maximum };
    setrlimit(Resource::Nofile, raised).map_err(|error| format!("the limit on open files cannot be raised: {error}"))
}

/// Other systems have no such limit.
#[cfg(not(unix))]
pub(crate) fn allow(_: u32) -> Result<(), String> {
    Ok(())
}
