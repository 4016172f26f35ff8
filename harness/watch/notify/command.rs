//! The command of `--on-change`: the report on standard input, the change in its environment.

use std::time::Duration;

use crate::host::command::feed;
use crate::report::printable;
use crate::watch::notify::call::CallError;
use crate::watch::notify::notification::Notification;

/// The limit of one command.
const LONGEST: Duration = Duration::from_secs(60);

/// Runs the command with `sh -c`, and waits for its end.
pub(crate) async fn deliver(command: &str, told: &Notification, report: &str) -> Result<(), CallError> {
    let words = ["sh", "-c", command].map(str::to_owned);
    let (variables, input) = (variables(told), report.as_bytes().to_vec());
    let run = tokio::task::spawn_blocking(move || feed(&words, &variables, input, LONGEST)).await;
    let run = run.map_err(|error| CallError::ForNow(error.to_string()))?;
    run.map_err(|error| CallError::ForNow(error.to_string()))
}

/// Returns the variables of the command. A text is one line without control characters.
fn variables(told: &Notification) -> Vec<(&'static str, String)> {
    let best = told.best();
    let of_best = |value: fn(&crate::watch::state::Named) -> String| best.map(value).unwrap_or_default();
    let incident = told.incident.as_ref();
    let all = [
        ("FIVEWHYS_ID", told.id.clone()),
        ("FIVEWHYS_CHANGE", told.change.clone()),
        ("FIVEWHYS_TARGET", told.target.clone()),
        ("FIVEWHYS_AT", told.at.to_string()),
        ("FIVEWHYS_TEXT", told.text.clone()),
        ("FIVEWHYS_ERROR", told.error.clone().unwrap_or_default()),
        ("FIVEWHYS_INCIDENT", incident.map(|one| one.key.clone()).unwrap_or_default()),
        ("FIVEWHYS_OPENED", incident.map(|one| one.opened.to_string()).unwrap_or_default()),
        ("FIVEWHYS_FAULT", of_best(|cause| cause.fault.clone())),
        ("FIVEWHYS_HOP", of_best(|cause| cause.hop.clone())),
        ("FIVEWHYS_CERTAINTY", of_best(|cause| cause.certainty.to_string())),
        ("FIVEWHYS_TITLE", of_best(|cause| cause.title.clone())),
    ];
    all.map(|(name, value)| (name, printable(&value, true))).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watch::incident::News;
    use crate::watch::notify::notification::samples::told;
    use crate::watch::state::ChangeKind;

    #[test]
    fn every_variable_is_set() {
        let named = variables(&told(News::Incident(ChangeKind::Opened)));
        let value = |name: &str| named.iter().find(|(known, _)| *known == name).expect("it is set").1.clone();
        assert_eq!((value("FIVEWHYS_FAULT"), value("FIVEWHYS_CERTAINTY")), ("auth/down".into(), "certain".into()));
        assert_eq!(value("FIVEWHYS_INCIDENT"), "store/staging/3");
        let untested = variables(&told(News::Untested));
        assert!(untested.iter().any(|(name, value)| *name == "FIVEWHYS_FAULT" && value.is_empty()));
    }
}
