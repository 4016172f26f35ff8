//! Exit codes 0, 1, 3 and 4. Mistakes (2) are in `mistakes`, signals in `interrupted`.

use fivewhys::internal::run::ExitCode;
use fivewhys_mocks::{Dialect, Fault};
use rstest::rstest;

use crate::support::program::{FEW, run, stderr, stdout};

#[rstest]
fn a_healthy_twin_exits_with_0(#[values("documented", "observed", "modern", "opaque")] dialect: Dialect) {
    let output = run([&["smoke", "--dialect", dialect.id()][..], &FEW].concat());
    assert_eq!(output.status.code(), Some(0), "{}{}", stdout(&output), stderr(&output));
    assert_eq!(stderr(&output), "");
}

#[test]
fn the_target_is_the_twin_where_none_is_named() {
    let output = run(["smoke"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(stdout(&output).starts_with("target offline"), "{}", stdout(&output));
}

#[rstest]
#[case::behind_the_edge("documented", Fault::ServiceSecretMismatch)]
#[case::of_the_client("documented", Fault::WrongSigningSecret)]
#[case::of_the_auth_service("observed", Fault::AuthDown)]
#[case::of_the_edge("observed", Fault::IamDenied)]
fn a_cause_that_is_found_exits_with_1(#[case] dialect: Dialect, #[case] fault: Fault) {
    let output = run([&["smoke", "--fault", fault.id(), "--dialect", dialect.id()][..], &FEW].concat());
    assert_eq!(output.status.code(), Some(1), "{fault}: {}", stdout(&output));
    assert!(stdout(&output).contains(fault.id()), "{}", stdout(&output));
}

#[rstest]
fn a_cause_that_stays_open_exits_with_3(#[values("documented", "observed")] dialect: Dialect) {
    let fault = Fault::ServiceSecretMismatch.id();
    let output =
        run([&["smoke", "--fault", fault, "--dialect", dialect.id(), "--evidence", "edge,auth"][..], &FEW].concat());
    assert_eq!(output.status.code(), Some(3), "{}", stdout(&output));
    assert!(stdout(&output).contains(fault), "the candidate is named: {}", stdout(&output));
}

#[rstest]
#[case::nothing_involved("frontend=x", 4)]
#[case::involved("backend=x", 1)]
#[case::the_other_end("auth=x", 1)]
fn a_failure_that_was_not_deployed_exits_with_4(#[case] deployed: &str, #[case] code: i32) {
    let output =
        run([&["smoke", "--fault", "backend-auth/service-secret-mismatch", "--deployed", deployed][..], &FEW].concat());
    assert_eq!(output.status.code(), Some(code), "{}", stdout(&output));
    assert_eq!(stdout(&output).contains("do not roll back"), code == 4, "{}", stdout(&output));
}

#[test]
fn one_deployed_service_that_may_be_involved_is_enough() {
    let fault = "backend-auth/service-secret-missing";
    let output =
        run([&["smoke", "--fault", fault, "--deployed", "frontend=x", "--deployed", "backend=y"][..], &FEW].concat());
    assert_eq!(output.status.code(), Some(1), "{}", stdout(&output));
}

#[test]
fn an_open_cause_outside_the_deploy_exits_with_4() {
    let fault = "backend-auth/service-secret-mismatch";
    let output =
        run([&["smoke", "--fault", fault, "--evidence", "edge,auth", "--deployed", "frontend=x"][..], &FEW].concat());
    assert_eq!(output.status.code(), Some(4), "{}", stdout(&output));
}

#[test]
fn a_healthy_run_stays_0_whatever_was_deployed() {
    assert_eq!(run([&["smoke", "--deployed", "frontend=x"][..], &FEW].concat()).status.code(), Some(0));
}

/// The rows of a table: a code, and its meaning with single spaces.
fn rows(table: &str) -> Vec<(u8, String)> {
    let mut rows: Vec<(u8, String)> = Vec::new();
    for line in table.lines() {
        let mut words = line.split(['|', ' ']).filter(|word| !word.is_empty());
        let Some(first) = words.next() else { continue };
        let rest = words.collect::<Vec<_>>().join(" ");
        match (first.parse(), rows.last_mut()) {
            (Ok(code), _) => rows.push((code, rest)),
            // A help text is wrapped.
            (Err(_), Some((_, meaning))) if line.starts_with(' ') => {
                *meaning = format!("{meaning} {first} {rest}").trim().to_owned();
            }
            _ => {}
        }
    }
    rows
}

#[rstest]
#[case::of_the_program(&["--help"])]
#[case::of_smoke(&["smoke", "--help"])]
#[case::of_merge(&["merge", "--help"])]
fn help_and_docs_list_the_codes_that_the_program_has(#[case] arguments: &[&str]) {
    let codes: Vec<(u8, String)> = ExitCode::ALL.map(|one| (one.code(), one.meaning().to_owned())).to_vec();
    let output = run(arguments);
    let (_, help) = stdout(&output).split_once("Exit codes:\n").expect("a table at the end of the help");
    assert_eq!(rows(help), codes);
    let docs =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/users/exit-codes.md")).expect("the page");
    let table: Vec<&str> = docs.lines().filter(|line| line.starts_with("| ")).collect();
    assert_eq!(rows(&table.join("\n")), codes);
}

#[test]
fn the_readme_names_every_code() {
    let readme = include_str!("../../../README.md");
    let (_, section) = readme.split_once("## Exit codes").expect("the section");
    let section = section.split("## ").next().expect("its text");
    for one in ExitCode::ALL {
        assert!(section.contains(&format!("`{}`", one.code())), "{}", one.code());
    }
}
