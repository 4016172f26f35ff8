//! The command that answers a question: read-only, with the target's names filled in.
//!
//! It never contains a secret: a token is written as `$TOKEN`.

use jiff::{SignedDuration, Timestamp};

use crate::config::EvidenceLocation;
use crate::diagnose::active::question::Question;
use crate::diagnose::active::question_curl;
use crate::diagnose::infer::case::Case;
use crate::terms::Service;

/// How much of the log before the first probe is read. It shows a failed start, and how often other traffic writes a
/// line.
const BEFORE: SignedDuration = SignedDuration::from_mins(15);
/// How much of the log after the last probe is read: an entry may carry a slightly later time.
const AFTER: SignedDuration = SignedDuration::from_secs(10);
/// The most entries that are read.
const ENTRIES: u32 = 5000;

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
    let mut names = Names::default();
    let (project, region) = names.place(case);
    let mut words: Vec<String> = ["gcloud", "run", "services"].map(str::to_owned).to_vec();
    match services {
        [one] => words.extend(["describe".to_owned(), names.service(case, *one)]),
        several => {
            let named: Vec<String> = several.iter().map(|one| names.service(case, *one)).collect();
            words.extend(["list".to_owned(), format!("--filter=metadata.name=({})", named.join(" "))]);
        }
    }
    words.extend([format!("--region={region}"), format!("--project={project}"), "--format=json".to_owned()]);
    names.command(words, feed(case, "--manifest"))
}

fn log(case: &Case<'_>) -> AskCommand {
    let sources: Vec<_> = case.target.logs.iter().collect();
    let within = (!case.target.recorded).then(|| {
        format!("a log can only be read during its own run: use `fivewhys smoke --target {} --ask`", case.target.name)
    });
    let feed = within.is_none().then(|| case.target.with_more_evidence("--logs"));
    if let Some(words) = direct(&sources) {
        return AskCommand { note: within, ..whole(words, feed) };
    }
    let mut names = Names::default();
    let (project, _) = names.place(case);
    let services = [Service::Backend, Service::Auth].map(|one| format!("\"{}\"", names.service(case, one)));
    let services = services.join(" OR ");
    let filter = format!(
        "(resource.labels.service_name=({services}) OR resource.type=\"http_load_balancer\"){}",
        window(case).unwrap_or_default()
    );
    let words = ["gcloud", "logging", "read"].map(str::to_owned).into_iter().chain([
        filter,
        format!("--project={project}"),
        format!("--limit={ENTRIES}"),
        "--format=json".to_owned(),
    ]);
    let command = names.command(words.collect(), feed);
    AskCommand { note: command.note.or(within), ..command }
}

/// Returns the filter on time: from before the first probe to after the last one (RFC 3339).
fn window(case: &Case<'_>) -> Option<String> {
    let first = case.sent.iter().map(|probe| probe.started_at).min()?.checked_sub(BEFORE).ok()?;
    let last = log_end(case.sent.iter().map(|probe| probe.ended_at).max()?);
    let rfc = |at: Timestamp| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    Some(format!(" AND timestamp>=\"{}\" AND timestamp<=\"{}\"", rfc(first), rfc(last)))
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

/// The names of the deployment, as far as the target file has them.
#[derive(Debug, Default)]
struct Names {
    missing: Vec<&'static str>,
}

impl Names {
    fn place(&mut self, case: &Case<'_>) -> (String, String) {
        let names = &case.target.names;
        (self.name(names.project.as_deref(), "PROJECT"), self.name(names.region.as_deref(), "REGION"))
    }

    fn service(&mut self, case: &Case<'_>, service: Service) -> String {
        let names = &case.target.names;
        match service {
            Service::Backend => self.name(names.backend.as_deref(), "BACKEND_SERVICE"),
            Service::Auth => self.name(names.auth.as_deref(), "AUTH_SERVICE"),
        }
    }

    /// Returns the name, or a placeholder where it is missing or malformed.
    fn name(&mut self, given: Option<&str>, placeholder: &'static str) -> String {
        match given.filter(|name| is_name(name)) {
            Some(name) => name.to_owned(),
            None => {
                self.missing.push(placeholder);
                format!("<{placeholder}>")
            }
        }
    }

    fn command(self, words: Vec<String>, feed: Option<String>) -> AskCommand {
        let missing: Vec<&str> = self
            .missing
            .into_iter()
            .filter(|one| words.iter().any(|word| word.contains(&format!("<{one}>"))))
            .collect();
        let command = whole(words, feed);
        if missing.is_empty() {
            return command;
        }
        let note = format!("the target file does not name {}: set `names`", missing.join(", "));
        AskCommand { argv: Vec::new(), note: Some(note), ..command }
    }
}

/// Reports whether the text is a name in the form of Cloud Run services, projects and regions.
/// Such a name cannot be read as an option and cannot end the string of a filter.
fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.' | ':'))
}
