//! Exit code 2: no request was sent, stderr says what is wrong and where, and stdout is empty.

use rstest::rstest;

use crate::support::program::{fivewhys, run, stderr, stdout};

#[test]
fn a_typo_in_a_target_file_is_shown_in_its_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = "default = \"mine\"\n\n[target.mine]\n  backned = \"http://127.0.0.1:1\"\n";
    std::fs::write(folder.path().join("typo.toml"), text).expect("a file");
    let output = fivewhys(["smoke", "--config", "typo.toml"]).current_dir(folder.path()).output().expect("it starts");
    let said = stderr(&output);
    assert_eq!((output.status.code(), stdout(&output)), (Some(2), ""));
    assert!(said.contains("typo.toml:4:3"), "file, line and column: {said}");
    assert!(said.contains("backned = \"http://127.0.0.1:1\""), "the line itself: {said}");
    let line = said.lines().position(|line| line.contains("4 │")).expect("the line is shown");
    let (shown, under) = (said.lines().nth(line).expect("it"), said.lines().nth(line + 1).expect("what is under it"));
    let column = |text: &str, what: &str| text.find(what).map(|at| text[..at].chars().count());
    assert_eq!(column(under, "┬").map(|at| at - 3), column(shown, "backned"), "the caret is under the word: {said}");
    assert!(said.contains("did you mean `backend`?"), "{said}");
}

#[rstest]
#[case::target(&["smoke", "--target", "nowhere"], &["nowhere", "offline", "staging"])]
#[case::fault(&["smoke", "--fault", "auth/donw"], &["auth/donw", "auth/down"])]
#[case::dialect(&["smoke", "--dialect", "klingon"], &["klingon", "observed"])]
#[case::noise(&["smoke", "--noise", "hail"], &["hail", "jitter", "cold-start"])]
#[case::noise_value(&["twin", "--noise", "drops=200"], &["drops=200", "percentage"])]
#[case::noise_elsewhere(&["smoke", "--target", "staging", "--noise", "all"], &["staging", "twin"])]
#[case::scenario(&["smoke", "--scenario", "chat"], &["chat", "chat-stream"])]
#[case::scenario_folder(&["smoke", "--scenarios", "/nowhere/at/all"], &["/nowhere/at/all"])]
#[case::evidence_source(&["smoke", "--evidence", "window"], &["window", "edge"])]
#[case::format(&["smoke", "--format", "yaml"], &["yaml", "json"])]
#[case::deployed(&["smoke", "--deployed", "frontend"], &["SERVICE=REVISION"])]
#[case::file(&["smoke", "--config", "/nowhere/t.toml"], &["/nowhere/t.toml"])]
#[case::key(&["smoke", "--set", "budgte.run=5s"], &["budgte"])]
#[case::value(&["smoke", "--set", "budget.run=soon"], &["soon"])]
#[case::user(&["mint", "nobody"], &["nobody", "primary"])]
#[case::kind(&["mint", "primary", "--kind", "golden"], &["golden", "expired"])]
#[case::no_command(&[], &["Usage"])]
#[case::missing_secret(&["smoke", "--target", "staging"], &["signing secret", "env:JWT_SECRET_STAGING", "env:JWT_SECRET_KEY"])]
#[case::missing_secret_to_mint(&["mint", "primary", "--target", "staging"], &["signing secret", "env:JWT_SECRET_STAGING"])]
#[case::nothing_tested(&["smoke", "--evidence", "edge", "--scenario", "token-validation"], &["nothing was tested", "auth"])]
#[case::fault_elsewhere(&["smoke", "--target", "staging", "--fault", "auth/down"], &["staging", "twin"])]
fn a_mistake_exits_with_2_and_says_what_is_wrong(#[case] arguments: &[&str], #[case] words: &[&str]) {
    let output = run(arguments);
    let said = stderr(&output);
    assert_eq!((output.status.code(), stdout(&output)), (Some(2), ""), "{said}");
    for word in words {
        assert!(said.contains(word), "`{word}` is not in: {said}");
    }
    assert!(!said.contains('\u{1b}'), "escape bytes where no terminal is: {said:?}");
}

#[rstest]
#[case::too_short("short-secret-short-secret", "25 bytes")]
#[case::empty("   ", "JWT_SECRET_STAGING")]
fn a_bad_secret_is_refused_by_the_name_of_its_source(#[case] secret: &str, #[case] word: &str) {
    let output = fivewhys(["smoke", "--target", "staging"]).env("JWT_SECRET_STAGING", secret).output().expect("runs");
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("JWT_SECRET_STAGING") && said.contains(word), "{said}");
    assert!(secret.trim().is_empty() || !said.contains(secret.trim()), "the secret is shown: {said}");
}

#[test]
fn a_missing_secret_file_is_named_with_its_path() {
    let output = run(["smoke", "--target", "staging", "--set", "signing_secret=[\"file:/nowhere/key\"]"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("/nowhere/key"), "{}", stderr(&output));
}

#[test]
fn a_production_target_must_be_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut shipped = include_str!("../../../fivewhys.toml").replace("default = \"offline\"", "default = \"staging\"");
    shipped = shipped.replace("# production = true", "production = true");
    std::fs::write(folder.path().join("fivewhys.toml"), shipped).expect("a file");
    let smoke = |more: &[&str]| {
        let mut command = fivewhys(["smoke"]);
        command.args(more).current_dir(folder.path()).output().expect("it starts")
    };
    let unnamed = smoke(&[]);
    assert_eq!(unnamed.status.code(), Some(2));
    assert!(stderr(&unnamed).contains("production"), "{}", stderr(&unnamed));
    let named = smoke(&["--target", "staging"]);
    assert!(stderr(&named).contains("signing secret"), "past the rail, to its secrets: {}", stderr(&named));
}
