//! The command that answers a question: read-only, with the target's names filled in.
//!
//! It never contains a secret: a token is written as `$TOKEN`.

use jiff::{SignedDuration, Timestamp};

use crate::config::EvidenceLocation;
use crate::diagnose::active::question::Question;
use crate::diagnose::active::question_curl;
use crate::diagnose::infer::case::Case;
use crate::platform::lookup::{self, Lookup};
use crate::terms::{Platform, Service};

/// How much of the log before the first probe is read. It shows a failed start, and how often other traffic writes a
/// line.
const BEFORE: SignedDuration = SignedDuration::from_mins(15);
/// How much of the log after the last probe is read: an entry may carry a slightly later time.
const AFTER: SignedDuration = SignedDuration::from_secs(10);

/// A command, as shown to a person and as run.
#[derive(Debug, Default)]
pub(crate) struct AskCommand {
    /// The command for a shell.
    pub(crate) shown: Option<String>,
    /// The command as a list of arguments. Empty where a person must fill in something first.
    pub(crate) argv: Vec<String>,
    /// The command that reads its output.
    pub(crate) feed: Option<String>,
    /// What a person must know or do first.
    pub(crate) note: Option<String>,
}

/// Returns the command for a question.
pub(crate) fn command(case: &Case<'_>, question: &Question) -> AskCommand {
    match question {
        Question::Manifests(services) => manifests(case, services),
        Question::Log => log(case),
        Question::Call(key) => question_curl::command(case, key),
    }
}

fn manifests(case: &Case<'_>, services: &[Service]) -> AskCommand {
    let sources: Vec<_> = services.iter().filter_map(|service| case.target.manifests.get(service)).collect();
    if let Some(words) = direct(&sources).filter(|_| sources.len() == services.len()) {
        return whole(words, feed(case, "--manifest"));
    }
    ask(lookup::manifests(case.target, services), no_manifests(case.target.platform), feed(case, "--manifest"))
}

fn log(case: &Case<'_>) -> AskCommand {
    // The command that reads several logs loses their writers.
    let sources: Option<Vec<_>> =
        case.target.logs.iter().map(|log| log.writer.is_none().then_some(&log.from)).collect();
    let within = (!case.target.recorded).then(|| {
        format!("a log can only be read during its own run: use `fivewhys smoke --target {} --ask`", case.target.name)
    });
    let feed = within.is_none().then(|| case.target.with_more_evidence("--logs"));
    if let Some(words) = sources.as_deref().and_then(direct) {
        return AskCommand { note: within, ..whole(words, feed) };
    }
    let command = ask(lookup::log(case.target, window(case)), no_log(case.target.platform), feed);
    AskCommand { note: command.note.or(within), ..command }
}

/// Returns why a platform has no command for the manifests.
const fn no_manifests(platform: Platform) -> &'static str {
    match platform {
        Platform::Ecs => {
            "ECS has one command for each service: set `manifest.backend` and `manifest.auth`, for example \
             `aws ecs describe-task-definition --task-definition=NAME --output=json`"
        }
        _ => {
            "the target file does not say how to read the manifests: set `platform` and `names`, or the evidence itself"
        }
    }
}

/// Returns why a platform has no command for the log.
const fn no_log(platform: Platform) -> &'static str {
    match platform {
        // The reference page of `aws logs tail`.
        Platform::Ecs => {
            "the target file does not name the log groups of ECS: set `logs`, for example \
             `aws logs tail GROUP --since=15m --format=short`"
        }
        _ => "the target file does not say how to read the log: set `platform` and `names`, or the evidence itself",
    }
}

/// Returns the command of the platform, or the note where there is none. A command that lacks a name is shown and not run.
fn ask(lookup: Option<Lookup>, without: &str, feed: Option<String>) -> AskCommand {
    let Some(Lookup { words, missing }) = lookup else {
        return AskCommand { feed, note: Some(without.to_owned()), ..AskCommand::default() };
    };
    let command = whole(words, feed);
    if missing.is_empty() {
        return command;
    }
    let note = format!("the target file does not name {}: set `names`", missing.join(", "));
    AskCommand { argv: Vec::new(), note: Some(note), ..command }
}

/// Returns the time of the log: from before the first probe to after the last one.
fn window(case: &Case<'_>) -> Option<(Timestamp, Timestamp)> {
    let first = case.sent.iter().map(|probe| probe.started_at).min()?.checked_sub(BEFORE).ok()?;
    Some((first, log_end(case.sent.iter().map(|probe| probe.ended_at).max()?)))
}

fn log_end(last: Timestamp) -> Timestamp {
    last.checked_add(AFTER).unwrap_or(last)
}

/// Returns a command that reads the target's own sources, if all are URLs or all are files.
fn direct(sources: &[&EvidenceLocation]) -> Option<Vec<String>> {
    let urls =
        sources.iter().map(|source| if let EvidenceLocation::Url(url) = source { Some(url.to_string()) } else { None });
    let files = sources.iter().map(|source| match source {
        EvidenceLocation::File(path) => Some(path.display().to_string()),
        _ => None,
    });
    let with = |start: &[&str], rest: Vec<String>| -> Option<Vec<String>> {
        (!rest.is_empty()).then(|| start.iter().map(|word| (*word).to_owned()).chain(rest).collect())
    };
    let curl =
        || with(&["curl", "--silent", "--show-error", "--fail", "--max-time", "30"], urls.collect::<Option<_>>()?);
    let cat = || with(&["cat", "--"], files.collect::<Option<_>>()?);
    curl().or_else(cat)
}

/// Returns the run that reads the output. A twin ends with its run, so its manifest says nothing about a later run.
fn feed(case: &Case<'_>, option: &str) -> Option<String> {
    (!case.target.twin).then(|| case.target.with_more_evidence(option))
}

fn whole(argv: Vec<String>, feed: Option<String>) -> AskCommand {
    AskCommand { shown: shlex::try_join(argv.iter().map(String::as_str)).ok(), argv, feed, note: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_note_of_a_platform_without_a_command_says_what_to_set() {
        assert!(
            no_log(Platform::None).contains("set `platform`")
                && no_manifests(Platform::None).contains("set `platform`")
        );
        assert!(
            no_log(Platform::Ecs).contains("set `logs`")
                && no_manifests(Platform::Ecs).contains("set `manifest.backend`")
        );
    }
}
