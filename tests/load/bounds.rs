//! The target bounds the load. Without a bound, and in production, nothing is sent.

use rstest::rstest;

use crate::support::program::{fivewhys, stderr};

const TARGET: &str = "default = \"one\"\n[target.one]\nbackend = \"http://127.0.0.1:1\"\nauth = \"none\"\nsigning_secret = \"env:SECRET\"\n\
    claims.iss = \"us\"\nuser.ann = { sub = \"1\", email = \"a@b\" }\nendpoint.\"backend.health\" = { role = \"health\", path = \"/\" }\n";

#[rstest]
#[case::no_bound("", &["--users", "2"], "allows no load", "")]
#[case::production("production = true\nload = { users = 9, rate = 9, duration = \"1m\" }\n", &["--users", "2", "--target", "one"], "it is never", "")]
#[case::users("load = { users = 9, rate = 9, duration = \"1m\" }\n", &["--users", "10"], "above the bound of the target: 9 users", "t.toml:9:18")]
#[case::rate("load = { users = 9, rate = 9, duration = \"1m\" }\n", &["--users", "9", "--rate", "10"], "above the bound of the target: 9 calls", "t.toml:9:28")]
#[case::time("load = { users = 9, rate = 9, duration = \"1m\" }\n", &["--users", "9", "--hold", "1m"], "above the bound of the target: 1m", "t.toml:9:42")]
#[case::part_of_a_bound("load = { users = 9 }\n", &["--users", "9"], "a `load` without `rate`", "")]
fn a_load_beyond_the_bound_is_refused_before_anything_is_sent(
    #[case] more: &str,
    #[case] arguments: &[&str],
    #[case] says: &str,
    #[case] place: &str,
) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("t.toml");
    std::fs::write(&file, format!("{TARGET}{more}")).expect("a file");
    let mut command = fivewhys(["smoke"]);
    let output =
        command.current_dir(folder.path()).args(["--config", "t.toml"]).args(arguments).output().expect("it starts");
    let said = stderr(&output).split_whitespace().collect::<Vec<_>>().join(" ").replace("│ ", "");
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains(says) && said.contains(place), "{said}");
}
