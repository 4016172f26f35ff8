//! What a service's own log says about its start.

use std::sync::LazyLock;

use fivewhys_path::{Config, OwnWords, Startup};
use regex::Regex;
use serde::Deserialize;

use crate::config::Target;
use crate::diagnose::logs::access::access;
use crate::diagnose::logs::attribution::Logbook;
use crate::diagnose::logs::quote::describe;
use crate::diagnose::logs::worst::telling;
use crate::evidence::LogEntry;
use crate::terms::Hop;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WordsFile {
    /// Where the sentences come from.
    #[expect(dead_code, reason = "kept in the data for its readers")]
    source: String,
    began: String,
    ended: String,
    cannot_run: String,
    lacks: String,
    refuses: String,
    secret: String,
    store: String,
    process_ended: String,
    port: String,
    refused_port: String,
}

struct Words {
    began: Regex,
    ended: Regex,
    cannot_run: Regex,
    lacks: Regex,
    refuses: Regex,
    secret: Regex,
    store: Regex,
    process_ended: Regex,
    port: Regex,
    refused_port: Regex,
}

/// The name of an environment variable, in capitals.
const NAME: &str = r"(?-i:[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)";

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let file: WordsFile = toml::from_str(include_str!("startup.toml")).expect("checked by a test");
    let compiled = |pattern: &str| Regex::new(&format!("(?i){pattern}")).expect("checked by a test");
    Words {
        began: compiled(&file.began),
        ended: compiled(&file.ended),
        cannot_run: compiled(&file.cannot_run),
        lacks: compiled(&file.lacks.replace("NAME", NAME)),
        refuses: compiled(&file.refuses),
        secret: compiled(&file.secret),
        store: compiled(&file.store),
        process_ended: compiled(&file.process_ended),
        port: compiled(&file.port),
        refused_port: compiled(&file.refused_port),
    }
});

/// Lines of this share of the failing calls belong to the calls, and not to a start.
const OF_EACH_CALL: f64 = 0.5;

impl<'a> Logbook<'a> {
    /// Returns what the services logged about themselves.
    pub(crate) fn own_words(&self, target: &Target) -> OwnWords {
        OwnWords {
            of_backend: self.startup(Hop::Backend, target),
            of_auth: self.startup(Hop::Auth, target),
            auth_elsewhere: self.auth_is_called_elsewhere(target),
            other_port: self.port_of_backend().zip(self.port_that_the_edge_calls()).map(|(own, called)| own != called),
        }
    }

    /// Returns the port on which the backend last said that it listens.
    fn port_of_backend(&self) -> Option<u16> {
        let tells = |entry: &LogEntry| entry.is_own_line_of(Hop::Backend) && WORDS.began.is_match(&entry.text);
        let lines = self.passing("the backend began", tells);
        lines.iter().rev().find_map(|line| WORDS.port.captures_iter(&line.text).last()?[1].parse().ok())
    }

    /// Returns the one port that the edge calls in vain.
    fn port_that_the_edge_calls(&self) -> Option<u16> {
        let lines = self
            .passing("the edge is refused", |entry| entry.by == Hop::Edge && WORDS.refused_port.is_match(&entry.text));
        let called = |line: &&LogEntry| {
            WORDS.refused_port.captures(&line.text)?.iter().skip(1).flatten().next()?.as_str().parse().ok()
        };
        let mut ports = lines.iter().filter_map(called);
        let first = ports.next()?;
        ports.all(|port: u16| port == first).then_some(first)
    }

    /// Returns the last thing that a service logged about itself.
    fn startup(&self, hop: Hop, target: &Target) -> Option<Startup> {
        let (began, lines) = self.since_it_began(hop);
        let worst =
            lines.iter().map(|line| (reason(&line.text, target), *line)).max_by_key(|(reason, _)| rank(*reason));
        // A service that serves may write an exception for a request. Some listen before they load the application.
        let ended = || lines.iter().any(|line| WORDS.process_ended.is_match(&line.text));
        match worst {
            Some((reason, _)) if !began || ended() => Some(reason),
            _ if began => Some(Startup::Listens),
            _ => None,
        }
    }

    /// Returns the line that says why a service does not run, and that line in words.
    pub(crate) fn last_words(&self, hop: Hop, target: &Target) -> Option<(&'a LogEntry, String)> {
        let says = self.startup(hop, target).filter(|says| *says != Startup::Listens)?;
        let lines = self.since_it_began(hop).1;
        let line = lines.into_iter().rev().find(|line| reason(&line.text, target) == says)?;
        Some((line, describe(line, place(&line.text))))
    }

    /// Returns whether the service logged that it began, and what it logged against itself since then.
    fn since_it_began(&self, hop: Hop) -> (bool, Vec<&'a LogEntry>) {
        let tells = |entry: &LogEntry| {
            let is_own = entry.is_own_line_of(hop) && entry.request.is_none();
            is_own && (speaks_against_itself(&entry.text) || WORDS.began.is_match(&entry.text))
        };
        let mut all = self.passing(&format!("{hop} began or ended"), tells);
        let began = all.iter().rposition(|entry| !speaks_against_itself(&entry.text));
        let mut against = all.split_off(began.map_or(0, |at| at + 1));
        if self.serves(hop) || self.are_of_each_call(&against) {
            against.clear();
        }
        (began.is_some(), against)
    }

    /// Reports whether a service logged a request of its own.
    fn serves(&self, hop: Hop) -> bool {
        let serves = |entry: &LogEntry| entry.is_own_line_of(hop) && access(&entry.text).is_some();
        !self.passing(&format!("{hop} serves"), serves).is_empty()
    }

    fn are_of_each_call(&self, lines: &[&LogEntry]) -> bool {
        let all = self.failing().count();
        let holds = self.failing().filter(|window| lines.iter().any(|entry| self.is_in(entry, window))).count();
        all > 1 && holds as f64 >= all as f64 * OF_EACH_CALL
    }
}

fn speaks_against_itself(text: &str) -> bool {
    let words = &*WORDS;
    let all = [&words.ended, &words.cannot_run, &words.lacks, &words.refuses, &words.secret, &words.store];
    all.iter().any(|one| one.is_match(text))
}

/// How much a reason says.
const fn rank(reason: Startup) -> u8 {
    match reason {
        Startup::CannotReadASecret => 6,
        Startup::Lacks(_) => 5,
        Startup::LacksItsStore => 4,
        Startup::CannotRun => 3,
        Startup::RefusesAValue => 2,
        Startup::Ended => 1,
        Startup::Listens => 0,
    }
}

fn reason(text: &str, target: &Target) -> Startup {
    let words = &*WORDS;
    if words.secret.is_match(text) {
        return Startup::CannotReadASecret;
    }
    if let Some(found) = words.lacks.captures(text) {
        let name = found.iter().skip(1).flatten().next().map_or("", |name| name.as_str());
        return Startup::Lacks(lost(name, target));
    }
    if words.store.is_match(text) {
        return Startup::LacksItsStore;
    }
    if words.cannot_run.is_match(text) {
        return Startup::CannotRun;
    }
    if words.refuses.is_match(text) { Startup::RefusesAValue } else { Startup::Ended }
}

/// Returns the place of what a line complains about, in bytes.
fn place(text: &str) -> usize {
    let words = &*WORDS;
    let found = [&words.secret, &words.lacks, &words.store, &words.cannot_run, &words.refuses]
        .into_iter()
        .find_map(|one| one.find(text));
    found.map_or_else(|| telling(text), |found| found.start())
}

/// Returns what a missing variable holds: by the target's names, or else by the words of its name.
fn lost(name: &str, target: &Target) -> Config {
    let declared = target.variables.iter().find(|(_, names)| names.iter().any(|known| known == name));
    match declared.map(|(role, _)| role.as_str()) {
        Some("service-secret") => return Config::CallerSecret,
        Some("service-id") => return Config::CallerId,
        Some("jwt-secret") => return Config::SigningKey,
        Some("auth-url") => return Config::AuthAddress,
        Some(_) => return Config::Other,
        None => {}
    }
    let name = name.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    let is_secret = has(&["secret", "key", "password", "credential"]);
    if has(&["oauth", "google", "github", "stripe", "openai"]) {
        return Config::Other;
    }
    if has(&["jwt", "signing", "token_secret", "token_key", "secret or key"]) || name == "secret" {
        return Config::SigningKey;
    }
    if has(&["auth", "identity", "idp", "accounts", "issuer", "introspect", "keycloak", "oidc"])
        && has(&["url", "uri", "host", "endpoint", "address", "base"])
    {
        return Config::AuthAddress;
    }
    if has(&["service", "client", "caller", "api_key", "apikey", "introspect", "machine", "internal", "s2s", "m2m"]) {
        if is_secret {
            return Config::CallerSecret;
        }
        if has(&["_id", ".id", "-id"]) {
            return Config::CallerId;
        }
    }
    Config::Other
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::diagnose::readings::input::SentProbe;
    use crate::evidence::Evidence;
    use crate::fixtures::staging;

    fn startup(lines: &[&str]) -> Option<Startup> {
        let log = lines.iter().map(|line| LogEntry::new(jiff::Timestamp::UNIX_EPOCH, Hop::Backend, *line)).collect();
        let evidence = Evidence { log, ..Evidence::default() };
        let sent: &[SentProbe] = &[];
        Logbook::new(&evidence, &[], &[], sent).startup(Hop::Backend, &staging())
    }

    #[rstest]
    #[case::fastify("Server listening at http://127.0.0.1:8080")]
    #[case::uvicorn("Uvicorn running on http://0.0.0.0:8080 (Press CTRL+C to quit)")]
    #[case::gunicorn("[INFO] Listening at: http://0.0.0.0:8000 (1)")]
    #[case::spring("Tomcat started on port 8080 (http) with context path '/'")]
    #[case::waitress("INFO waitress: Serving on http://127.0.0.1:8080")]
    #[case::kestrel("Now listening on: http://[::]:8080")]
    #[case::express("API listening on port 3000")]
    fn a_server_that_listens_has_started(#[case] line: &str) {
        assert_eq!(startup(&[line, "a line of a request"]), Some(Startup::Listens));
        assert_eq!(startup(&[line, "ValueError: of one request"]), Some(Startup::Listens));
        assert_eq!(startup(&[line, "received SIGTERM, shutting down"]), Some(Startup::Ended));
    }

    #[rstest]
    #[case::python("KeyError: 'IDENTITY_URL'", Config::AuthAddress)]
    #[case::plain("Error: SERVICE_SECRET is required", Config::CallerSecret)]
    #[case::declared("RuntimeError: AUTH_SERVICE_URL environment variable not set", Config::AuthAddress)]
    #[case::env_schema("Error: env must have required property 'PARTNER_API_KEY'", Config::CallerSecret)]
    #[case::spring(
        "Could not resolve placeholder 'auth.client-secret' in value \"${auth.client-secret}\"",
        Config::CallerSecret
    )]
    #[case::envconfig("required key JWT_SIGNING_KEY missing value", Config::SigningKey)]
    #[case::ruby("`fetch': key not found: \"CLIENT_ID\" (KeyError)", Config::CallerId)]
    #[case::django(
        "django.core.exceptions.ImproperlyConfigured: Set the STRIPE_KEY environment variable",
        Config::Other
    )]
    #[case::pydantic(
        "1 validation error for Settings\nidentity_url\n  Field required [type=missing]",
        Config::AuthAddress
    )]
    #[case::compose("error while interpolating: required variable SMTP_HOST is missing a value", Config::Other)]
    #[case::passport("TypeError: JwtStrategy requires a secret or key", Config::SigningKey)]
    fn a_missing_variable_is_told_by_its_name(#[case] line: &str, #[case] what: Config) {
        assert_eq!(startup(&["starting", line]), Some(Startup::Lacks(what)));
        assert_eq!(startup(&[line, "Server listening at http://127.0.0.1:8080"]), Some(Startup::Listens));
    }

    #[rstest]
    #[case::panic("panic: runtime error: index out of range", Startup::Ended)]
    #[case::port("listen tcp :8080: bind: address already in use", Startup::CannotRun)]
    #[case::module("Error: Cannot find module 'ws'", Startup::CannotRun)]
    #[case::url("TypeError: Invalid URL", Startup::RefusesAValue)]
    #[case::short("ValueError: JWT secret is too short", Startup::RefusesAValue)]
    #[case::postgres("psycopg.OperationalError: connection failed: connection refused", Startup::LacksItsStore)]
    #[case::kubernetes("Error: secret \"api-keys\" not found", Startup::CannotReadASecret)]
    fn a_server_that_does_not_start_says_why(#[case] line: &str, #[case] why: Startup) {
        assert_eq!(startup(&[line]), Some(why));
    }

    #[rstest]
    #[case::caddy(r#"{"level":"error","msg":"dial tcp 127.0.0.1:9009: connect: connection refused"}"#, Some(true))]
    #[case::nginx(
        r#"connect() failed (111: Connection refused) while connecting to upstream, client: 10.0.0.1, upstream: "http://10.0.0.7:8080/""#,
        Some(false)
    )]
    #[case::apache(
        "(111)Connection refused: AH00957: http: attempt to connect to 127.0.0.1:9009 (127.0.0.1) failed",
        Some(true)
    )]
    #[case::another_failure("upstream timed out", None)]
    fn the_edge_may_call_another_port_than_the_backend_listens_on(#[case] line: &str, #[case] differs: Option<bool>) {
        let entry = |by, text: &str| LogEntry::new(jiff::Timestamp::UNIX_EPOCH, by, text);
        let log = vec![entry(Hop::Backend, "Server listening at http://0.0.0.0:8080"), entry(Hop::Edge, line)];
        let evidence = Evidence { log: log.into(), ..Evidence::default() };
        let sent: &[SentProbe] = &[];
        assert_eq!(Logbook::new(&evidence, &[], &[], sent).own_words(&staging()).other_port, differs);
    }

    #[rstest]
    #[case::nothing("")]
    #[case::another_line("loading plugins")]
    fn other_lines_show_no_start(#[case] line: &str) {
        assert_eq!(startup(&[line]), None);
    }
}
