//! `fivewhys faults`: the catalogue, listed and explained.

use crate::support::program::{fivewhys, run, stderr, stdout};

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
    assert_eq!(list.len(), fivewhys::internal::diagnose::Catalogue::shipped().ids().count());
    assert!(list.iter().all(|entry| entry["title"].is_string() && entry["modes"].is_array()));
}

#[test]
fn a_fault_is_explained_like_a_manual_page() {
    let output = run(["faults", "backend-auth/service-secret-mismatch"]);
    assert_eq!(output.status.code(), Some(0));
    let sections = [
        "what happened",
        "why, outermost first",
        "where it shows, probes end like this",
        "demands",
        "is ruled out by",
        "log lines",
        "unique to this fault",
        "failure-modes.md",
        "roll back",
        "on loopback",
    ];
    let missing: Vec<&str> = sections.into_iter().filter(|section| !stdout(&output).contains(section)).collect();
    assert!(missing.is_empty(), "{missing:?} is not in {}", stdout(&output));
}

#[test]
fn an_unknown_fault_exits_with_2_and_the_nearest_known() {
    let output = run(["faults", "auth/donw"]);
    assert_eq!((output.status.code(), stdout(&output)), (Some(2), ""));
    assert!(stderr(&output).contains("did you mean `auth/down`?"), "{}", stderr(&output));
}

#[test]
fn more_evidence_never_distinguishes_fewer_faults() {
    let distinguished = |evidence_sources: &str| {
        let output = run(["faults", "--matrix", "--json", "--evidence", evidence_sources]);
        let json: serde_json::Value = serde_json::from_str(stdout(&output)).expect("JSON");
        json[0]["told_apart"].as_u64().expect("a number")
    };
    // The sets between these two are in docs/users/evidence.md, which `tests/generated/derived.rs` checks.
    let pairs = ["edge", "edge,auth,service-credentials,manifest,logs"].map(distinguished);
    assert!(pairs[0] < pairs[1], "{pairs:?}");
}

#[test]
fn a_target_adds_its_own_faults_from_files_beside_it() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("faults")).expect("a folder");
    let entry = "[[fault]]\nid = \"backend/lunch-break\"\ntitle = \"Out for lunch\"\nprior = \"rare\"\ninvolves = []\ncurable_by_rollback = false\n\
                 owner = \"canteen\"\nfix = \"wait\"\ndoes = [{ effect = \"fail\" }]\n\
                 whys = [{ claim = \"c\", proof = \"protected vaild = failed\" }]\n";
    let shipped = include_str!("../../../fivewhys.toml");
    let target = format!("{shipped}\n[defaults]\ncatalogue = [\"faults/*.toml\"]\n");
    std::fs::write(folder.path().join("fivewhys.toml"), target).expect("a file");
    let file = folder.path().join("faults/own.toml");
    let list = |text: &str| {
        std::fs::write(&file, text).expect("a file");
        fivewhys(["faults"]).current_dir(folder.path()).output().expect("it starts")
    };
    let wrong = list(entry);
    assert_eq!((wrong.status.code(), stdout(&wrong)), (Some(2), ""));
    assert!(stderr(&wrong).contains("own.toml:10:43"), "file, line and column: {}", stderr(&wrong));
    assert!(stderr(&wrong).contains("did you mean `valid`?"), "{}", stderr(&wrong));
    let right = list(&entry.replace("vaild", "valid"));
    assert!(stdout(&right).contains("backend/lunch-break"), "{}", stderr(&right));
}
