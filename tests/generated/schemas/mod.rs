//! Files and reports against their schemas. Start at `trials`.
//!
//! - `files`: the files that people write, against the schemas that editors read.
//! - `kinds`: every kind of run. The JSON report must fit `docs/report.schema.json`, and the JUnit report `junit-10.xsd`, which Jenkins'
//!   xunit plugin checks.
//!
//! The check against `junit-10.xsd` is ignored where there is no `xmllint`, or where `FIVEWHYS_JUNIT_XSD` names no schema.
//!
//! Invariant: the schemas come from the types; `derived` checks that docs/ holds the same.

mod files;
mod kinds;

use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, OnceLock};

use jsonschema::Validator;
use libtest_mimic::{Failed, Trial};
use serde_json::Value;

use self::kinds::{Kind, Reports};

pub(crate) fn trials() -> Vec<Trial> {
    let unknown = || unknown_is_seen().map_err(Failed::from);
    let mut trials = files::trials();
    trials.extend(kinds::ALL.iter().flat_map(of_kind));
    trials.push(Trial::test("a_field_that_the_schema_does_not_know_is_seen", unknown));
    trials
}

/// The tests of a kind share one run.
fn of_kind(kind: &'static Kind) -> [Trial; 3] {
    let reports = Arc::new(OnceLock::new());
    let test = |name: String, check: fn(&Reports) -> Result<(), String>| {
        let reports = Arc::clone(&reports);
        Trial::test(name, move || {
            let reports: &Result<Reports, String> = reports.get_or_init(|| kind.reports());
            Ok(check(reports.as_ref().map_err(String::clone)?)?)
        })
    };
    [
        test(format!("json_of_{}", kind.name), is_valid_json),
        test(format!("junit_of_{}", kind.name), is_valid_junit).with_ignored_flag(xsd().is_none()),
        test(format!("junit_of_{}_as_gitlab_reads_it", kind.name), fits_gitlab),
    ]
}

fn is_valid_json(reports: &Reports) -> Result<(), String> {
    let wrong: Vec<String> =
        strict()?.iter_errors(&reports.json).map(|error| format!("{}: {error}", error.instance_path())).collect();
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

/// The schema without additional properties: a field that it does not name is an error.
fn strict() -> Result<Validator, String> {
    let mut schema =
        serde_json::from_str(&fivewhys::internal::report::schema::render()).map_err(|error| error.to_string())?;
    close(&mut schema);
    jsonschema::validator_for(&schema).map_err(|error| error.to_string())
}

fn close(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            fields.values_mut().for_each(close);
            if fields.get("type").is_some_and(|kind| kind == "object") && fields.contains_key("properties") {
                fields.insert("additionalProperties".into(), false.into());
            }
        }
        Value::Array(all) => all.iter_mut().for_each(close),
        _ => {}
    }
}

fn unknown_is_seen() -> Result<(), String> {
    let mut report = kinds::ALL[0].reports()?.json;
    let strict = strict()?;
    report["scenarios"][0]["steps"][0]["surprise"] = true.into();
    if strict.is_valid(&report) { Err("an unknown field passes".into()) } else { Ok(()) }
}

/// Checks what GitLab needs, which has no schema: it identifies a case by `classname` and `name`, drops a second case with the same
/// identity, and shows the text of a failure.
fn fits_gitlab(reports: &Reports) -> Result<(), String> {
    let document = roxmltree::Document::parse(&reports.junit).map_err(|error| error.to_string())?;
    let mut known = std::collections::BTreeSet::new();
    for case in document.descendants().filter(|node| node.has_tag_name("testcase")) {
        let name = (case.attribute("classname"), case.attribute("name"));
        if name.0.is_none() || name.1.is_none() || !known.insert(name) {
            return Err(format!("{name:?} is not the name of one case"));
        }
        let failed = case.children().find(|node| node.has_tag_name("failure"));
        if failed.is_some_and(|failure| failure.text().is_none_or(|text| text.trim().is_empty())) {
            return Err(format!("{name:?} fails without a text"));
        }
    }
    if known.is_empty() { Err("there are no cases".into()) } else { Ok(()) }
}

/// Returns the schema of JUnit files, where it and `xmllint` are there.
fn xsd() -> Option<PathBuf> {
    let named = std::env::var_os("FIVEWHYS_JUNIT_XSD").map(PathBuf::from).filter(|path| path.is_file());
    named.filter(|_| Command::new("xmllint").arg("--version").output().is_ok())
}

fn is_valid_junit(reports: &Reports) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let file = folder.path().join("junit.xml");
    std::fs::write(&file, &reports.junit).map_err(|error| error.to_string())?;
    let xsd = xsd().ok_or("no schema")?;
    let mut xmllint = Command::new("xmllint");
    let checked = xmllint.args(["--noout", "--nonet", "--schema"]).arg(xsd).arg(file).output();
    let checked = checked.map_err(|error| error.to_string())?;
    let says = String::from_utf8_lossy(&checked.stderr).into_owned();
    if checked.status.success() { Ok(()) } else { Err(says) }
}
