//! `fivewhys faults`: the catalogue, listed and explained.

use rstest::rstest;

use crate::program::{fivewhys, run, stderr, stdout};

#[test]
fn every_fault_stands_on_a_line_of_its_own_in_columns() {
    let output = run(["faults"]);
    let lines: Vec<&str> = stdout(&output).lines().filter(|line| !line.is_empty()).collect();
    assert_eq!(output.status.code(), Some(0));
    let column = lines[0].find("common").expect("how common the first is");
    for line in &lines {
        let words: Vec<&str> = line.split_whitespace().collect();
        assert!(words[0].contains('/') && ["common", "uncommon", "rare"].contains(&words[1]), "{line}");
        let column = if words[1] == "uncommon" { column - 2 } else { column };
        assert!(line.find(words[1]).is_some_and(|at| at.abs_diff(column) <= 2), "not aligned: {line}");
    }
    assert!(lines.iter().any(|line| line.starts_with("auth/down ")), "{lines:?}");
}

#[test]
fn the_list_is_json_for_programs() {
    let list: serde_json::Value = serde_json::from_str(stdout(&run(["faults", "--json"]))).expect("JSON");
    let list = list.as_array().expect("a list");
    assert_eq!(list.len(), fivewhys::diagnose::Catalogue::shipped().ids().count());
    assert!(list.iter().all(|entry| entry["title"].is_string() && entry["modes"].is_array()));
}

#[rstest]
#[case("what happened")]
#[case("why, outermost first")]
#[case("predicts")]
#[case("is ruled out by")]
#[case("log lines")]
#[case("unique to this fault")]
#[case("contract-rows.md")]
#[case("roll back")]
#[case("on loopback")]
fn a_fault_is_explained_like_a_manual_page(#[case] section: &str) {
    let output = run(["faults", "backend-auth/service-secret-mismatch"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(stdout(&output).contains(section), "{}", stdout(&output));
}

#[test]
fn an_unknown_fault_exits_with_2_and_the_nearest_known() {
    let output = run(["faults", "auth/donw"]);
    assert_eq!((output.status.code(), stdout(&output)), (Some(2), ""));
    assert!(stderr(&output).contains("did you mean `auth/down`?"), "{}", stderr(&output));
}

#[test]
fn the_page_of_evidence_sources_holds_what_the_catalogue_foretells_today() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/evidence.md");
    let page = std::fs::read_to_string(path).expect("the page");
    let matrix = run(["faults", "--matrix"]);
    let (before, rest) = page.split_once("```text\n").expect("where it begins");
    let (shown, after) = rest.split_once("```\n").expect("where it ends");
    if std::env::var_os("FIVEWHYS_BLESS").is_some() {
        std::fs::write(path, format!("{before}```text\n{}```\n{after}", stdout(&matrix))).expect("written");
        return;
    }
    assert_eq!(shown, stdout(&matrix), "see the comment above it in docs/evidence.md");
    assert!(shown.lines().all(|line| line.chars().count() <= 80), "wider than 80 columns");
}

#[test]
fn more_evidence_sources_never_tell_fewer_pairs_apart() {
    let told = |evidence_sources: &str| {
        let output = run(["faults", "--matrix", "--json", "--evidence", evidence_sources]);
        let json: serde_json::Value = serde_json::from_str(stdout(&output)).expect("JSON");
        json[0]["told_apart"].as_u64().expect("a number")
    };
    let steps = ["edge", "edge,auth", "edge,auth,service-credentials", "edge,auth,service-credentials,manifest,logs"];
    let told: Vec<u64> = steps.into_iter().map(told).collect();
    assert!(told.is_sorted() && told[0] < told[3], "{told:?}");
}

#[test]
fn a_target_adds_its_own_faults_from_files_beside_it() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("faults")).expect("a folder");
    let entry = "[[fault]]\nid = \"backend/lunch-break\"\ntitle = \"Out for lunch\"\nprior = \"rare\"\ninvolves = []\ncurable_by_rollback = false\n\
                 owner = \"canteen\"\nfix = \"wait\"\nwhys = []\n[[fault.mode]]\npredict = [{ on = \"protected vaild\", result = [\"failed\"] }]\n";
    let shipped = include_str!("../../fivewhys.toml");
    let target = format!("{shipped}\n[defaults]\ncatalogue = [\"faults/*.toml\"]\n");
    std::fs::write(folder.path().join("fivewhys.toml"), target).expect("a file");
    let file = folder.path().join("faults/own.toml");
    let list = |text: &str| {
        std::fs::write(&file, text).expect("a file");
        fivewhys(["faults"]).current_dir(folder.path()).output().expect("it starts")
    };
    let wrong = list(entry);
    assert_eq!((wrong.status.code(), stdout(&wrong)), (Some(2), ""));
    assert!(stderr(&wrong).contains("own.toml:11:30"), "file, line and column: {}", stderr(&wrong));
    assert!(stderr(&wrong).contains("did you mean `valid`?"), "{}", stderr(&wrong));
    let right = list(&entry.replace("vaild", "valid"));
    assert!(stdout(&right).contains("backend/lunch-break"), "{}", stderr(&right));
}
