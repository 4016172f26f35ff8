//! Our own files against the schemas that editors read them by, and every kind of run, against the schemas that others read our reports by: docs/report.schema.json, and `junit-10.xsd`, by which Jenkins'
//! xunit plugin takes a JUnit file. The latter is ignored where there is no `xmllint` or `FIVEWHYS_JUNIT_XSD` names no schema.

#[path = "support/disturbed.rs"]
mod disturbed;
#[path = "schemas/files.rs"]
mod files;
#[path = "schemas/kinds.rs"]
mod kinds;
#[path = "support/one_call.rs"]
mod one_call;
#[path = "support/program.rs"]
#[expect(dead_code, reason = "what it printed is for others")]
mod program;
#[path = "support/server.rs"]
#[expect(dead_code, reason = "sockets and tokens are for the rails")]
mod server;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use jsonschema::Validator;
use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::Value;

use kinds::Kind;

fn main() -> ExitCode {
    let mut trials =
        vec![Trial::test("the_schema_in_docs_is_that_of_the_types", || same_as_generated().map_err(Failed::from))];
    trials.extend(files::trials());
    let no_xsd = xsd().is_none();
    for kind in kinds::ALL {
        let json = move || is_valid_json(kind).map_err(Failed::from);
        let junit = move || is_valid_junit(kind).map_err(Failed::from);
        trials.push(Trial::test(format!("json_of_{}", kind.name), json));
        trials.push(Trial::test(format!("junit_of_{}", kind.name), junit).with_ignored_flag(no_xsd));
        let gitlab = move || fits_gitlab(kind).map_err(Failed::from);
        trials.push(Trial::test(format!("junit_of_{}_as_gitlab_reads_it", kind.name), gitlab));
    }
    trials
        .push(Trial::test("a_field_that_the_schema_does_not_know_is_seen", || unknown_is_seen().map_err(Failed::from)));
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/report.schema.json")
}

fn same_as_generated() -> Result<(), String> {
    let generated = fivewhys::internal::report::schema::render();
    if std::env::var_os("FIVEWHYS_BLESS").is_some() {
        return std::fs::write(docs(), generated).map_err(|error| error.to_string());
    }
    let kept = std::fs::read_to_string(docs()).map_err(|error| error.to_string())?;
    let same = kept == generated;
    if same { Ok(()) } else { Err("docs/report.schema.json is old: FIVEWHYS_BLESS=1 cargo test --test schemas".into()) }
}

fn is_valid_json(kind: &Kind) -> Result<(), String> {
    let report = kind.report("json")?;
    let report: Value = serde_json::from_str(&report).map_err(|error| error.to_string())?;
    kind.is_as_named(&report)?;
    let wrong: Vec<String> =
        strict()?.iter_errors(&report).map(|error| format!("{}: {error}", error.instance_path())).collect();
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

/// The schema, and nothing beside what it names: it must not go stale by saying too little.
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
    let report = kinds::ALL[0].report("json")?;
    let mut report: Value = serde_json::from_str(&report).map_err(|error| error.to_string())?;
    let strict = strict()?;
    report["scenarios"][0]["steps"][0]["surprise"] = true.into();
    if strict.is_valid(&report) { Err("an unknown field passes".into()) } else { Ok(()) }
}

/// GitLab has no schema. It takes `classname` and `name` for a case's identity, drops a second one with the same, and shows a failure's text.
fn fits_gitlab(kind: &Kind) -> Result<(), String> {
    let xml = kind.report("junit")?;
    let document = roxmltree::Document::parse(&xml).map_err(|error| error.to_string())?;
    let mut known = std::collections::BTreeSet::new();
    for case in document.descendants().filter(|node| node.has_tag_name("testcase")) {
        let name = (case.attribute("classname"), case.attribute("name"));
        if name.0.is_none() || name.1.is_none() || !known.insert(name) {
            return Err(format!("{name:?} is not the name of one case"));
        }
        let failed = case.children().find(|node| node.has_tag_name("failure"));
        if failed.is_some_and(|failure| failure.text().is_none_or(|text| text.trim().is_empty())) {
            return Err(format!("{name:?} fails without a word"));
        }
    }
    if known.is_empty() { Err("there are no cases".into()) } else { Ok(()) }
}

/// The schema, where it can be checked against.
fn xsd() -> Option<PathBuf> {
    let named = std::env::var_os("FIVEWHYS_JUNIT_XSD").map(PathBuf::from).filter(|path| path.is_file());
    named.filter(|_| Command::new("xmllint").arg("--version").output().is_ok())
}

fn is_valid_junit(kind: &Kind) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let file = folder.path().join("junit.xml");
    std::fs::write(&file, kind.report("junit")?).map_err(|error| error.to_string())?;
    let xsd = xsd().ok_or("no schema")?;
    let mut xmllint = Command::new("xmllint");
    let checked = xmllint.args(["--noout", "--nonet", "--schema"]).arg(xsd).arg(file).output();
    let checked = checked.map_err(|error| error.to_string())?;
    let says = String::from_utf8_lossy(&checked.stderr).into_owned();
    if checked.status.success() { Ok(()) } else { Err(says) }
}
