//! What is told of a change.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::diagnose::Certainty;
use crate::watch::incident::News;
use crate::watch::state::{ChangeKind, Incident, Named, Watched};

/// The value of [`Notification::schema`].
pub(crate) const SCHEMA: &str = "fivewhys/notification/1";
/// The most scenarios that a sentence names.
const NAMED: usize = 5;

/// One notification. It is delivered at least once, always with the same id.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Notification {
    /// [`SCHEMA`].
    pub schema: String,
    /// A random id. A receiver that gets it twice can leave out the second.
    pub id: String,
    /// `opened`, `cause-changed`, `cured`, `untested` or `tested-again`.
    pub change: String,
    /// The target's name.
    pub target: String,
    /// When the run that showed the change began.
    pub at: Timestamp,
    /// The change in a sentence.
    pub text: String,
    /// Why nothing was tested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The incident that changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<Told>,
}

/// The incident of a notification.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Told {
    /// Its number within the target.
    pub number: u64,
    /// The same in all notifications of the incident, and in no other.
    pub key: String,
    /// When its first failed run began.
    pub opened: Timestamp,
    /// When the first run that passed again began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cured: Option<Timestamp>,
    /// The causes, best first.
    pub causes: Vec<Named>,
    /// The scenarios that failed in it.
    pub scenarios: Vec<String>,
}

impl Notification {
    /// Tells the news of the last run. `store`: the id of the state file.
    pub(crate) fn of(news: News, watched: &Watched, store: &str) -> Self {
        let last = watched.runs.back();
        let incident = watched.incidents.back().filter(|_| matches!(news, News::Incident(_)));
        let error = last.and_then(|ran| ran.error.clone()).filter(|_| news == News::Untested);
        Self {
            schema: SCHEMA.to_owned(),
            id: uuid::Uuid::new_v4().to_string(),
            change: news.as_str().to_owned(),
            target: watched.name.clone(),
            at: last.map_or_else(Timestamp::now, |ran| ran.at),
            text: text(news, &watched.name, incident, error.as_deref()),
            error,
            incident: incident.map(|incident| Told {
                number: incident.number,
                key: format!("{store}/{}/{}", watched.name, incident.number),
                opened: incident.opened,
                cured: incident.cured,
                causes: incident.causes.clone(),
                scenarios: incident.scenarios.clone(),
            }),
        }
    }

    /// Returns the best cause.
    pub(crate) fn best(&self) -> Option<&Named> {
        self.incident.as_ref()?.causes.first()
    }
}

fn text(news: News, target: &str, incident: Option<&Incident>, error: Option<&str>) -> String {
    let Some(incident) = incident else {
        return match error {
            Some(error) => format!("{target} was not tested: {error}"),
            None if news == News::Untested => format!("{target} was not tested"),
            None => format!("{target} is tested again"),
        };
    };
    let cause = cause(&incident.causes);
    match news {
        News::Incident(ChangeKind::Opened) => format!("{target} fails. {cause}. {}", failed(&incident.scenarios)),
        News::Incident(ChangeKind::Cured) => {
            format!("{target} passes again after {}. Last cause: {cause}", lasted(incident))
        }
        _ => format!("{target} still fails, and its cause is another one or is better known. {cause}"),
    }
}

fn cause(causes: &[Named]) -> String {
    let Some(best) = causes.first() else { return "No cause was named".to_owned() };
    let more = match causes.len() - 1 {
        0 => String::new(),
        1 => ", and 1 more cause".to_owned(),
        more => format!(", and {more} more causes"),
    };
    match best.certainty {
        Certainty::Likely | Certainty::Certain => {
            format!("{} ({}, {}{more})", best.title, best.fault, best.certainty)
        }
        Certainty::Ambiguous | Certainty::Unknown => format!("{} ({}{more})", best.title, best.certainty),
    }
}

fn failed(scenarios: &[String]) -> String {
    let named = scenarios.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    match scenarios.len() {
        0 => "No scenario failed: a finding fails the run".to_owned(),
        1 => format!("1 scenario failed: {named}"),
        n if n <= NAMED => format!("{n} scenarios failed: {named}"),
        n => format!("{n} scenarios failed: {named}, …"),
    }
}

fn lasted(incident: &Incident) -> humantime::FormattedDuration {
    let lasted = incident.cured.map(|cured| cured.duration_since(incident.opened).as_secs());
    humantime::format_duration(Duration::from_secs(lasted.and_then(|it| u64::try_from(it).ok()).unwrap_or(0)))
}

#[cfg(test)]
pub(crate) mod samples {
    use jiff::{SignedDuration, Timestamp};

    use super::*;
    use crate::watch::state::{Change, Ran};

    fn at(seconds: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds)
    }

    /// Returns the news of an incident with a hostile title.
    pub(crate) fn told(news: News) -> Notification {
        let cause = Named {
            fault: "auth/down".to_owned(),
            title: "The auth service is down <!channel> `@all`".to_owned(),
            hop: "auth".to_owned(),
            certainty: Certainty::Certain,
            whys: vec!["chat failed".to_owned(), "```\n@team <!-- -->".to_owned()],
            explains: vec!["chat/send".to_owned()],
        };
        let cured = (news == News::Incident(ChangeKind::Cured)).then(|| at(780));
        let incident = Incident {
            number: 3,
            opened: at(60),
            cured,
            causes: vec![cause],
            scenarios: vec!["chat".to_owned(), "login".to_owned()],
            changes: vec![Change { at: at(60), kind: ChangeKind::Opened, fault: None }],
            reasons: ["auth/down".to_owned()].into(),
        };
        let ran = Ran::untested(at(780), Duration::ZERO, "the signing secret was not found".to_owned());
        let mut watched = Watched { name: "staging".to_owned(), ..Watched::default() };
        watched.runs.push_back(ran);
        watched.incidents.push_back(incident);
        Notification { id: "the-id".to_owned(), ..Notification::of(news, &watched, "store") }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(
        News::Incident(ChangeKind::Opened),
        "staging fails. The auth service is down <!channel> `@all` (auth/down, certain). 2 scenarios failed: chat, login"
    )]
    #[case(
        News::Incident(ChangeKind::Cured),
        "staging passes again after 12m. Last cause: The auth service is down <!channel> `@all` (auth/down, certain)"
    )]
    #[case(News::Untested, "staging was not tested: the signing secret was not found")]
    #[case(News::TestedAgain, "staging is tested again")]
    fn a_change_is_told_in_a_sentence(#[case] news: News, #[case] text: &str) {
        let told = samples::told(news);
        assert_eq!(told.text, text);
        assert_eq!(told.incident.map(|incident| incident.key).is_some(), matches!(news, News::Incident(_)));
    }
}
