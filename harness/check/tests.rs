//! `check` finds no mistake in the shipped files, and every mistake in wrong files.

use std::path::{Path, PathBuf};

use super::{Checked, Home, files};
use crate::config::{Overrides, TargetFile};

fn check(paths: &[&Path]) -> Checked {
    let paths: Vec<PathBuf> = paths.iter().map(|path| path.to_path_buf()).collect();
    let home = Home { file: None, named: false };
    files(&paths, &home, &|file: &TargetFile| file.resolve(None, &Overrides::default()))
}

fn shipped(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Returns each mistake as `line: message`.
fn mistakes(text: &str) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.toml");
    std::fs::write(&path, text).expect("a file");
    let checked = check(&[&path]);
    let line = |at: usize| text[..at].lines().count() + usize::from(text[..at].ends_with('\n') || at == 0);
    checked.mistakes.iter().map(|one| format!("{}: {}", line(one.offset()), one.message())).collect()
}

#[test]
fn the_shipped_files_have_no_mistake() {
    let (targets, scenarios) = (shipped("fivewhys.toml"), shipped("scenarios"));
    let faults = shipped("harness/diagnose/faults");
    let checked = check(&[&targets, &scenarios]);
    assert_eq!((checked.mistakes.len(), checked.targets, checked.scenarios), (0, 2, 9), "{:?}", checked.mistakes);
    assert_eq!(checked.against.as_deref(), Some("offline"));
    // The built-in catalogue holds these entries already.
    let checked = check(&[&faults]);
    assert!(
        checked.mistakes.iter().all(|one| one.message().starts_with("the catalogue already has")),
        "{:?}",
        checked.mistakes
    );
    assert_eq!((checked.left.len(), checked.mistakes.len()), (0, checked.faults));
}

#[test]
fn every_mistake_of_a_target_file_is_listed() {
    let text = "default = \"b\"\n[defaults]\nclaims = { iss = \"i\", tll = \"5m\" }\n[defaults.budget]\nrun = \"soon\"\nprobe = 5\n\
        [target.a]\nbackned = \"http://127.0.0.1:1\"\ndoors = [\"window\"]\nuser.primary = { sub = \"s\", email = \"e\" }\n\
        [target.a.endpoint.\"backend.health\"]\npath = \"health\"\n\
        [target.a.endpoint.\"backend.chat\"]\nrole = \"protected\"\npath = \"/\"\n";
    insta::assert_snapshot!(mistakes(text).join("\n"), @r#"
    1: there is no target `b`
    3: unknown field `tll`
    5: `soon` is not a duration such as `250ms`, `5s` or `2m`: expected number at 0
    6: expected a string, found integer `5`
    8: unknown field `backned`
    9: unknown value `window`
    12: `health` is not a path: a path begins with one `/` and has no `?`, `#`, `..` or space
    13: the endpoint `backend.chat` takes a token but names no `token_locations`
    "#);
}

#[test]
fn an_old_spelling_is_a_note_and_no_mistake() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.toml");
    let text = "title = \"t\"\n[[step]]\nid = \"a\"\ncall = \"backend.websocket\"\ncarrier = \"query\"\n[step.expect]\nstatus = 101\n";
    std::fs::write(&path, text).expect("a file");
    let checked = check(&[&path]);
    let notes: Vec<String> = checked.old_spellings.iter().map(ToString::to_string).collect();
    let expected = format!("{}:5:1: `carrier` is the old spelling of `token_location`", path.display());
    assert_eq!((notes, checked.mistakes.len()), (vec![expected], 0), "{:?}", checked.mistakes);
}

#[test]
fn every_mistake_of_a_scenario_is_listed() {
    let text = "title = \"t\"\n[[step]]\nid = \"one\"\ncall = \"backend.health\"\n[step.expect]\nstatus = \"fine\"\nresutl = \"ok\"\n\
        [[step]]\nid = \"two\"\ncall = \"backend.health\"\n\
        [[step]]\nid = \"three\"\ncall = \"backend.health\"\npath = \"/{gone}\"\n[step.expect]\nstatus = 200\n\
        [[attribution]]\nfault = \"f\"\ndialect = \"d\"\nstep = \"four\"\ncause = \"f\"\n";
    insta::assert_snapshot!(mistakes(text).join("\n"), @r#"
    6: expected a whole number, found a string
    7: unknown field `resutl`
    9: the step `two` expects nothing, so every response would pass
    14: no earlier step captures `gone`
    20: there is no step `four`
    "#);
}

#[test]
fn every_mistake_of_a_catalogue_file_is_listed() {
    let text = "[[fault]]\nid = \"house/on-fire\"\ntitle = \"t\"\nprior = \"often\"\ninvolves = []\ncurable_by_rollback = true\nowner = \"o\"\nfix = \"f\"\n\
        whys = [{ claim = \"c\", proof = \"protected vaild = ok\" }]\n[[fault.mode]]\npredict = []\n\
        [[fault]]\nid = \"auth/b\"\ntitle = \"t\"\n[[fault.mode]]\n\
        [[fault]]\nid = \"auth/down\"\ntitle = \"t\"\nprior = \"rare\"\ninvolves = []\ncurable_by_rollback = true\nowner = \"o\"\nfix = \"f\"\nwhys = []\n\
        log = [{ by = \"auth\", match = '(' }]\n[[fault.mode]]\n";
    insta::assert_snapshot!(mistakes(text).join("\n"), @r#"
    4: unknown value `often`
    9: unknown value `vaild`
    11: unknown field `predict`
    12: missing field `prior`
    25: not a regular expression: unclosed group
    17: the catalogue already has an entry `auth/down`
    "#);
}

#[test]
fn every_syntax_error_is_listed() {
    insta::assert_snapshot!(mistakes("[target.a]\nbackend = \nauth = \"\\q\"\n").join("\n"), @r#"
    2: string values must be quoted, expected literal string
    3: missing escaped value, expected `b`, `e`, `f`, `n`, `r`, `\`, `"`, `x`, `u`, `U`
    "#);
}

#[test]
fn a_name_that_the_target_lacks_is_a_mistake_of_the_scenario() {
    let text = "title = \"t\"\n[[step]]\nid = \"one\"\ncall = \"backend.heatlh\"\n[step.expect]\nstatus = 200\n\
        [[step]]\nid = \"two\"\ncall = \"backend.health\"\nas = \"nobody\"\n[step.expect]\nstatus = 200\n";
    insta::assert_snapshot!(mistakes(text).join("\n"), @r#"
    4: the target `offline` has no endpoint `backend.heatlh`
    10: the target `offline` has no user `nobody`
    "#);
}

#[test]
fn a_named_file_of_unknown_kind_is_a_mistake() {
    assert_eq!(mistakes("[package]\nname = \"a\"\n").len(), 1);
}

#[cfg(unix)]
#[test]
fn a_file_that_is_named_twice_is_read_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, link) = (folder.path().join("a.toml"), folder.path().join("b.toml"));
    std::fs::write(&path, "title = \"t\"\nstep = []\n").expect("a file");
    std::os::unix::fs::symlink(&path, &link).expect("a link");
    let checked = check(&[folder.path(), &path, &link]);
    assert_eq!((checked.scenarios, checked.mistakes.len()), (1, 1), "{:?}", checked.mistakes);
}

#[test]
fn the_scenarios_that_the_target_names_are_checked_with_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let (file, own) = (folder.path().join("fivewhys.toml"), folder.path().join("own"));
    let target = "default = \"a\"\n[target.a]\nbackend = \"http://127.0.0.1:1\"\nauth = \"none\"\nscenarios = \"own\"\n\
        [target.a.user.one]\nemail = \"e\"\n\
        [target.a.endpoint.\"backend.login\"]\nrole = \"issuer\"\nmethod = \"POST\"\npath = \"/\"\nissued_token = \"$.t\"\n";
    std::fs::write(&file, target).expect("a file");
    std::fs::create_dir(&own).expect("a folder");
    let scenario = "title = \"t\"\n[[step]]\nid = \"one\"\ncall = \"backend.gone\"\n[step.expect]\nstatus = 200\n";
    std::fs::write(own.join("gone.toml"), scenario).expect("a file");
    for paths in [vec![file.as_path()], vec![&file, &own]] {
        let checked = check(&paths);
        let says: Vec<_> = checked.mistakes.iter().map(|one| one.message().to_owned()).collect();
        assert_eq!((checked.scenarios, says), (1, vec!["the target `a` has no endpoint `backend.gone`".to_owned()]));
    }
}

#[test]
fn a_placeholder_that_nothing_replaces_is_a_warning() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("fivewhys.toml");
    let target = "default = \"a\"\n[target.a]\nbackend = \"http://127.0.0.1:1\"\nauth = \"none\"\n[target.a.user.one]\nemail = \"e\"\n\
        [target.a.endpoint.\"backend.login\"]\nrole = \"issuer\"\nmethod = \"POST\"\npath = \"/\"\nissued_token = \"$.t\"\n\
        [target.a.endpoint.\"backend.me\"]\nmethod = \"POST\"\npath = \"/\"\nbody = { query = \"{me{email}}\", a = \"{marker}\" }\n\
        accept = { text = \"Hi {email}\" }\n";
    std::fs::write(&file, target).expect("a file");
    let warnings: Vec<String> = check(&[&file]).warnings.iter().map(ToString::to_string).collect();
    assert_eq!(warnings.len(), 2, "{warnings:?}");
    assert!(warnings[0].contains("sends `{marker}` as it is"), "{warnings:?}");
    assert!(warnings[1].contains("compares `{email}` in `accept` or `refusal` as it is"), "{warnings:?}");
}
