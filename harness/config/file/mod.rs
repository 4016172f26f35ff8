//! Reads a target file, `fivewhys.toml`, and resolves one of its targets.
//!
//! Start at [`TargetFile::resolve`]. It merges four layers, the later ones over the earlier ones: `[defaults]`, the
//! target's table, the environment, and `--set`.
//!
//! - `layer`, `endpoint_layer`: one layer as written, where every key is optional
//! - `request_layer`: the body and the credentials of an endpoint's request, as written
//! - `csrf_layer`: a token against cross-site request forgery, and how a refusal is recognised, as written
//! - `login`: an OAuth 2.0 login as written, and the endpoints that it becomes
//! - `watch_layer`: what `fivewhys watch` notifies, as written
//! - `sources`: the sources of secrets and evidence as written
//! - `overlay`: merges one layer over another
//! - `overrides`: layers from the environment and from `--set`
//! - `resolve`, `identity`: make a [`Target`] of the merged layers
//! - `unfilled`: values that `fivewhys init` left to fill in
//! - `every_mistake`: finds all mistakes for `fivewhys check`
//!
//! Invariant: this folder reads the target file only. It never reads a secret.

pub(crate) mod csrf_layer;
pub(crate) mod endpoint_layer;
pub(crate) mod every_mistake;
pub(crate) mod identity;
pub(crate) mod layer;
pub(crate) mod login;
pub(crate) mod overlay;
pub(crate) mod overrides;
pub(crate) mod request_layer;
pub(crate) mod resolve;
pub(crate) mod sources;
pub(crate) mod unfilled;
#[cfg(test)]
mod validation_tests;
pub(crate) mod watch_layer;

use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;

use crate::config::Target;
use crate::config::file::layer::Layer;
use crate::config::file::overlay::Overlay as _;
use crate::config::file::overrides::Overrides;
use crate::config::file::resolve::Header;
use crate::document::written::{Entry, Named};
use crate::document::{self, ConfigError, Source, source, suggest};

pub(crate) use unfilled::FILL_IN;

/// The built-in target file, used when no other is found.
pub(crate) const SHIPPED: &str = include_str!("../../../fivewhys.toml");

/// A target file whose values have been checked one by one.
#[derive(Clone)]
pub struct TargetFile {
    source: Source,
    default: Option<Spanned<String>>,
    defaults: Layer,
    targets: Vec<Entry<Layer>>,
    tables: toml::Table,
}

/// A target file.
#[derive(Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Text {
    /// The name of the target that is used when `--target` names none.
    #[schemars(with = "Option<String>")]
    default: Option<Spanned<String>>,
    /// The values of every target, unless the target sets its own.
    #[serde(default)]
    defaults: Layer,
    /// The deployments under test, by name.
    target: Named<String, Layer>,
}

impl TargetFile {
    /// Reads a target file. Relative paths in it are relative to its folder.
    ///
    /// # Errors
    /// When the file cannot be read. Otherwise the first mistake in it.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = document::read(path)
            .map_err(|error| ConfigError::new(format!("cannot read the target file {}: {error}", path.display())))?;
        Self::parse(&path.display().to_string(), &text, path.parent().unwrap_or(Path::new("")))
    }

    /// Returns the built-in `fivewhys.toml` with the targets `offline` and `staging`. Relative paths are relative to
    /// the working folder.
    ///
    /// # Errors
    /// Never in a build that passed its tests.
    pub fn embedded() -> Result<Self, ConfigError> {
        Self::parse("fivewhys.toml (built in)", SHIPPED, Path::new(""))
    }

    /// Parses the text of a target file. Errors show `name`. Relative paths are relative to `folder`.
    ///
    /// # Errors
    /// The first mistake: a syntax error, an unknown key, a wrong value, or a `default` that names no target.
    pub fn parse(name: &str, text: &str, folder: &Path) -> Result<Self, ConfigError> {
        let source = source(name, text);
        let in_toml = |error| ConfigError::from_toml(&source, &error);
        let written = toml::from_str(text).map_err(in_toml)?;
        let tables = toml::from_str(text).map_err(in_toml)?;
        let file = Self::of(written, tables, source, folder);
        file.check_default()?;
        Ok(file)
    }

    pub(crate) fn of(written: Text, tables: toml::Table, source: Source, folder: &Path) -> Self {
        let Text { default, mut defaults, target } = written;
        let mut targets = target.0;
        let layers = targets.iter_mut().map(|entry| &mut entry.value).chain([&mut defaults]);
        layers.for_each(|layer| layer.settle(&source, folder));
        Self { source, default, defaults, targets, tables }
    }

    pub(crate) fn check_default(&self) -> Result<(), ConfigError> {
        let Some(default) = &self.default else { return Ok(()) };
        self.entry(default.get_ref()).map(drop).map_err(|error| error.at(&self.source, default.span()))
    }

    /// Returns the text of the file.
    pub(crate) fn text(&self) -> &str {
        self.source.text()
    }

    /// Returns the text with its name, for errors.
    pub(crate) const fn source(&self) -> &Source {
        &self.source
    }

    /// Returns the names of the targets, in the order written.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        self.targets.iter().map(|entry| entry.name.as_str()).collect()
    }

    /// Returns the name of the default target.
    #[must_use]
    pub fn default_name(&self) -> Option<&str> {
        self.default.as_ref().map(|name| name.get_ref().as_str())
    }

    /// Resolves the target of this name, or the default one. Later layers win: `[defaults]`, the target's own table,
    /// the environment, the command line.
    ///
    /// # Errors
    /// For an unknown name, a wrong override, a target that lacks a key, and a target marked `production` that was not
    /// named.
    pub fn resolve(&self, name: Option<&str>, overrides: &Overrides) -> Result<Target, ConfigError> {
        let nothing = || {
            let help = format!("add `--target NAME`, or a first line `default = \"NAME\"`; {}", self.known(""));
            ConfigError::new("no target is named and the file has no `default`").help(help)
        };
        let chosen = name.or_else(|| self.default_name()).ok_or_else(nothing)?;
        let entry = self.entry(chosen)?;
        let mut layer = self.written(entry);
        for over in overrides.layers(&self.tables_of(chosen))? {
            layer.overlay(over);
        }
        let target = resolve::target(&self.header(entry), layer)?;
        if target.production && name.is_none() {
            return Err(ConfigError::new(format!(
                "the target `{chosen}` is marked `production`: name it with `--target` to use it"
            )));
        }
        Ok(target)
    }

    /// Returns a target's own table, merged over the defaults.
    pub(crate) fn written(&self, entry: &Entry<Layer>) -> Layer {
        let mut layer = self.defaults.clone();
        layer.overlay(entry.value.clone());
        layer
    }

    pub(crate) fn header<'a>(&'a self, entry: &'a Entry<Layer>) -> Header<'a> {
        Header { name: &entry.name, source: &self.source, span: entry.span.clone() }
    }

    pub(crate) fn targets(&self) -> &[Entry<Layer>] {
        &self.targets
    }

    fn entry(&self, name: &str) -> Result<&Entry<Layer>, ConfigError> {
        let unknown = || ConfigError::new(format!("there is no target `{name}`")).help(self.known(name));
        self.targets.iter().find(|entry| entry.name == name).ok_or_else(unknown)
    }

    /// Returns the help for a name of a target that the file lacks.
    pub(crate) fn known(&self, wrong: &str) -> String {
        suggest::nearest_or_all(wrong, &self.names())
    }

    /// Returns the tables whose keys an environment variable can name: the target's own and the defaults.
    fn tables_of(&self, name: &str) -> Vec<&toml::Table> {
        let own = self.tables.get("target").and_then(|targets| targets.get(name));
        own.into_iter().chain(self.tables.get("defaults")).filter_map(toml::Value::as_table).collect()
    }

    /// Returns the defaults and the target's own table, as written.
    #[cfg(feature = "twin")]
    pub(crate) fn tables_for(&self, name: &str) -> (toml::Table, toml::Table) {
        let of = |value: Option<&toml::Value>| value.and_then(toml::Value::as_table).cloned().unwrap_or_default();
        let own = self.tables.get("target").and_then(|targets| targets.get(name));
        (of(self.tables.get("defaults")), of(own))
    }

    /// Returns the file name as errors show it.
    #[must_use]
    pub fn source_name(&self) -> &str {
        self.source.name()
    }
}

/// Returns the path with a suffix added to its file name.
pub(crate) fn sibling(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(suffix);
    path.with_file_name(name)
}

/// Returns the JSON Schema (draft 7) of a target file, for editors: `docs/target.schema.json`.
#[must_use]
pub fn schema() -> String {
    crate::document::render_schema::<Text>("A target file of fivewhys")
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use proptest::prelude::proptest;
    use rstest::rstest;

    use super::*;
    use crate::config::{EvidenceLocation, SecretOrigin};
    use crate::terms::{EvidenceSource, Hop, Role, Service};

    const LEAST: &str = r#"
[target.one]
backend = "http://backend.example.org:8080/base"
auth = "https://auth.example.org"
signing_secret = ["file:keys/signing", "env:KEY"]
claims = { iss = "us" }
user = { ann = { sub = "1", email = "ann@example.org" } }
endpoint."backend.health" = { path = "/health" }
"#;

    fn parse(text: &str) -> Result<TargetFile, ConfigError> {
        TargetFile::parse("fivewhys.toml", text, Path::new("/etc/fivewhys"))
    }

    fn one(text: &str) -> Result<Target, ConfigError> {
        parse(text)?.resolve(Some("one"), &Overrides::default())
    }

    #[test]
    fn offline_is_the_twin_with_all_evidence() {
        let target = TargetFile::embedded().unwrap().resolve(None, &Overrides::default()).unwrap();
        assert!(target.twin);
        assert_eq!((target.name.as_str(), target.evidence_sources.len()), ("offline", 6));
        assert_eq!(target.backend.as_str(), "http://127.0.0.1:1/");
    }

    #[test]
    fn staging_has_its_urls_secrets_and_evidence() {
        let target = TargetFile::embedded().unwrap().resolve(Some("staging"), &Overrides::default()).unwrap();
        assert_eq!(target.websocket.as_str(), "wss://api.staging.netrasystems.ai/");
        let secrets: Vec<String> = target.signing_secret.sources.iter().map(ToString::to_string).collect();
        assert_eq!(secrets, ["env:JWT_SECRET_STAGING", "env:JWT_SECRET_KEY", "env:JWT_SECRET"]);
        assert_eq!(target.evidence_sources, [EvidenceSource::Edge, EvidenceSource::Auth].into());
        assert_eq!(target.caller.unwrap().id, "netra-backend");
    }

    #[test]
    fn both_shipped_targets_have_every_endpoint() {
        for name in ["offline", "staging"] {
            let target = TargetFile::embedded().unwrap().resolve(Some(name), &Overrides::default()).unwrap();
            let protected = target.endpoints.values().filter(|endpoint| endpoint.role == Role::Protected).count();
            assert_eq!((target.endpoints.len(), protected), (15, 5), "{name}");
        }
    }

    #[test]
    fn a_small_target_is_enough() {
        let target = one(LEAST).unwrap();
        assert_eq!(target.websocket.as_str(), "ws://backend.example.org:8080/base");
        assert_eq!((target.evidence_sources, target.budget.run.as_secs()), ([EvidenceSource::Edge].into(), 120));
        assert!(target.caller.is_none());
    }

    #[test]
    fn relative_paths_are_relative_to_the_file() {
        let target = one(&format!("{LEAST}logs = [\"file:x.json\", \"url:http://[::1]:9/logs\"]\n")).unwrap();
        let SecretOrigin::File(path) = &target.signing_secret.sources[0] else { panic!("not a file") };
        assert_eq!(path, &PathBuf::from("/etc/fivewhys/keys/signing"));
        assert!(matches!(&target.logs[0].from, EvidenceLocation::File(path) if path.starts_with("/etc/fivewhys")));
    }

    #[rstest]
    #[case::beside_the_file("./key.sh", "/etc/fivewhys/./key.sh")]
    #[case::in_a_folder("bin/key", "/etc/fivewhys/bin/key")]
    #[case::absolute("/bin/cat", "/bin/cat")]
    #[case::by_name("cat", "cat")]
    fn a_program_with_a_slash_is_relative_to_the_file(#[case] program: &str, #[case] rooted: &str) {
        let command = format!("'command:[\"{program}\", \"x/y\"]'");
        let text = LEAST.replace("\"file:keys/signing\"", &command);
        let target = one(&format!("{text}manifest.backend = {command}\n")).unwrap();
        let words = vec![rooted.to_owned(), "x/y".to_owned()];
        assert!(matches!(&target.signing_secret.sources[0], SecretOrigin::Command(own) if *own == words));
        assert!(matches!(&target.manifests[&Service::Backend], EvidenceLocation::Command(own) if *own == words));
    }

    #[rstest]
    #[case::a_list("[{ from = 'file:x.log', writer = 'auth' }, 'file:y.log']", &[Some(Hop::Auth), None])]
    #[case::one("{ from = 'file:x.log', writer = 'edge' }", &[Some(Hop::Edge)])]
    #[case::unnamed("{ from = 'file:x.log' }", &[None])]
    fn a_log_may_name_its_writer(#[case] logs: &str, #[case] writers: &[Option<Hop>]) {
        let target = one(&format!("{LEAST}logs = {logs}\n")).unwrap();
        assert!(matches!(&target.logs[0].from, EvidenceLocation::File(path) if path.starts_with("/etc/fivewhys")));
        assert_eq!(target.logs.iter().map(|log| log.writer).collect::<Vec<_>>(), writers);
    }

    #[rstest]
    #[case::writer("{ from = 'file:x.log', writer = 'redis' }", "`backend`, `auth`")]
    #[case::key("{ from = 'file:x.log', service = 'auth' }", "`writer`")]
    #[case::no_location("{ writer = 'auth' }", "`from`")]
    #[case::location("{ from = 'x.log' }", "`file:PATH`")]
    #[case::number("7", "")]
    fn a_wrong_log_is_refused(#[case] logs: &str, #[case] names: &str) {
        let error = one(&format!("{LEAST}logs = {logs}\n")).unwrap_err();
        let shown = format!("{} {:?}", error.message(), miette::Diagnostic::help(&error).map(|help| help.to_string()));
        assert!(shown.contains(names), "{shown}");
    }

    #[test]
    fn a_target_overrides_single_keys_of_the_defaults() {
        let defaults = "[defaults]\nbudget = { run = '1s', probe = '2s' }\nmanifest.auth = 'file:/a'\nuser.zoe = { sub = '0', email = 'z' }\n\
                    endpoint.\"backend.health\" = { role = 'health', path = '/old' }\n";
        let target = one(&format!("{defaults}{LEAST}budget.run = '9s'\n")).unwrap();
        assert_eq!((target.budget.run.as_secs(), target.budget.probe.as_secs()), (9, 2));
        let health = &target.endpoints["backend.health"];
        assert_eq!((health.path.as_str(), health.role), ("/health", Role::Health));
        let users: Vec<&str> = target.users.iter().map(|user| user.name.as_str()).collect();
        assert_eq!(users, ["zoe", "ann"]);
        assert!(target.manifests.contains_key(&Service::Auth));
    }

    #[test]
    fn users_keep_the_order_written() {
        let target =
            one(&LEAST
                .replace("user = {", "user = { zoe = { sub = '9', email = 'z' }, bob = { sub = '3', email = 'b' },"))
            .unwrap();
        let users: Vec<&str> = target.users.iter().map(|user| user.name.as_str()).collect();
        assert_eq!(users, ["zoe", "bob", "ann"]);
    }

    #[rstest]
    #[case::date("2020-01-01")]
    #[case::string("'2020-01-01'")]
    fn an_expired_known_failure_is_kept(#[case] day: &str) {
        let known = format!("{LEAST}known_failure = [{{ of = 'health', reason = 'old', expires = {day} }}]\n");
        assert_eq!(one(&known).unwrap().known_failures[0].expires.year(), 2020);
    }

    #[test]
    fn production_is_refused_unless_named() {
        let file = parse(&format!("default = 'one'\n{LEAST}production = true\n")).unwrap();
        assert!(file.resolve(None, &Overrides::default()).unwrap_err().message().contains("production"));
        assert!(file.resolve(Some("one"), &Overrides::default()).unwrap().production);
    }

    #[test]
    fn withholding_evidence_grants_none_and_keeps_the_edge() {
        let mut target = one(&format!("{LEAST}evidence = ['auth', 'logs']\n")).unwrap();
        target.close_evidence_sources_except(&[EvidenceSource::Auth, EvidenceSource::Manifest]);
        assert_eq!(target.evidence_sources, [EvidenceSource::Edge, EvidenceSource::Auth].into());
    }

    #[rstest]
    #[case::scheme("backend = \"http:", "backend = \"ftp:")]
    #[case::password("https://auth", "https://me:pass@auth")]
    #[case::endpoint_id("\"backend.health\"", "\"frontend.health\"")]
    #[case::no_slash("\"/health\"", "\"health\"")]
    #[case::second_host("\"/health\"", "\"//evil.example/\"")]
    #[case::test_header("path = \"/health\"", "path = \"/health\", headers = { X-Test-Mode = '1' }")]
    #[case::e2e_header("path = \"/health\"", "path = \"/health\", headers = { X-Staging-E2E = '1' }")]
    #[case::e2e_prefix("path = \"/health\"", "path = \"/health\", headers = { x-e2e-bypass-key = '1' }")]
    #[case::authorization("path = \"/health\"", "path = \"/health\", headers = { Authorization = 'x' }")]
    #[case::cookie("path = \"/health\"", "path = \"/health\", headers = { cookie = 'x' }")]
    #[case::json_path("path = \"/health\"", "path = \"/health\", identity = '$['")]
    #[case::no_token_locations("path = \"/health\"", "path = \"/health\", role = 'protected'")]
    #[case::no_token_in_body("path = \"/health\"", "path = \"/health\", token_locations = ['body'], body = { a = 1 }")]
    #[case::issuer_without_token("path = \"/health\"", "path = \"/health\", role = 'issuer'")]
    #[case::duration("claims = {", "budget.run = '5 bananas'\nclaims = {")]
    #[case::zero_duration("claims = {", "budget.run = '0s'\nclaims = {")]
    #[case::endless_duration("claims = {", "budget.run = '1000 years'\nclaims = {")]
    #[case::own_claim("iss = \"us\"", "iss = 'us', extra = { sub = 'x' }")]
    #[case::zero_count("claims = {", "budget.events = 0\nclaims = {")]
    #[case::evidence_source("claims = {", "evidence = ['window']\nclaims = {")]
    #[case::caller("claims = {", "caller.secret = ['env:X']\nclaims = {")]
    #[case::foreign_evidence("claims = {", "logs = ['url:http://elsewhere.example.org/']\nclaims = {")]
    #[case::no_users("user = {", "names = {}\n[unused] #")]
    #[case::same_user("user = {", "user = { bob = { sub = '1', email = 'b' },")]
    #[case::no_secret("signing_secret =", "#")]
    #[case::no_issuer("iss = \"us\"", "aud = 'x'")]
    #[case::not_json_command("file:keys/signing", "command:ls -l")]
    fn a_wrong_value_is_refused(#[case] part: &str, #[case] replaced: &str) {
        assert!(LEAST.contains(part));
        assert!(one(&LEAST.replacen(part, replaced, 1)).is_err());
    }

    #[rstest]
    #[case::without_a_name("", false)]
    #[case::with_a_name("event_name = '$.type', ", true)]
    fn the_last_frame_of_a_socket_needs_a_name(#[case] more: &str, #[case] is_accepted: bool) {
        let keys = format!("kind = 'websocket', {more}path = '/live', accept = {{ terminal_event = 'done' }}");
        let target = one(&format!("{LEAST}endpoint.\"backend.live\" = {{ {keys} }}\n"));
        assert_eq!(target.is_ok(), is_accepted);
        assert!(target.is_ok() || target.unwrap_err().message().contains("no `event_name`"));
    }

    #[test]
    fn a_deeply_nested_json_path_does_not_overflow_the_stack() {
        let nested = format!("identity = \"$[?{}\"", "(".repeat(250));
        assert!(one(&LEAST.replace("path = \"/health\"", &format!("path = \"/health\", {nested}"))).is_err());
    }

    proptest! {
        #[test]
        fn no_text_panics_the_parser(text in "(\\[(defaults|target)\\.?[a-z\"]{0,8}\\]\n|[a-z_]{1,8} ?= ?[\\[\\{\"0-9a-z:/$]{0,12}\n|.){0,12}") {
            let _ = parse(&text).and_then(|file| file.resolve(None, &Overrides::new(std::slice::from_ref(&text), [])));
        }

        #[test]
        fn no_change_of_one_character_panics_the_parser(at in 0..SHIPPED.len(), put in ".") {
            let at = (0..=at).rev().find(|at| SHIPPED.is_char_boundary(*at)).unwrap_or(0);
            let text = format!("{}{put}{}", &SHIPPED[..at], SHIPPED[at..].get(1..).unwrap_or_default());
            let _ = parse(&text).and_then(|file| file.resolve(Some("staging"), &Overrides::default()));
        }
    }
}
