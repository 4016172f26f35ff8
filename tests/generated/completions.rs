//! `fivewhys completions`, read by the shells themselves: each must complete an option. Ignored where a shell is not installed.

use std::path::Path;
use std::process::{Command, Stdio};

use libtest_mimic::{Failed, Trial};

/// Reads the script `$1` and prints what follows `fivewhys smoke --for`.
const BASH: &str = r#"source "$1"
COMP_WORDS=(fivewhys smoke --for) COMP_CWORD=2 COMPREPLY=()
_fivewhys fivewhys --for smoke
echo "${COMPREPLY[@]}""#;
/// zsh completes only where there is a line editor: what it would offer is caught at `_describe` and `_arguments`.
const ZSH: &str = r#"autoload -Uz compinit && compinit -D -u
source "$1" || exit 1
[[ ${_comps[fivewhys]} == _fivewhys ]] || exit 1
_arguments() { print -r -- "$@"; [[ $* == *'(-): :->'* || $* == *':: :->'* || $* == *'->fivewhys'* ]] && { line=(smoke); state=(fivewhys); }; return 0 }
words=(fivewhys smoke --for) CURRENT=3 curcontext=:complete:fivewhys:
_fivewhys"#;
const FISH: &str = "source $argv[1]; complete -C 'fivewhys smoke --for'";

/// A shell, its options, and the script that asks what it would complete.
const SHELLS: [(&str, &[&str], &str); 3] =
    [("bash", &["--norc", "-c"], BASH), ("zsh", &["-f", "-c"], ZSH), ("fish", &["--no-config", "-c"], FISH)];

pub(crate) fn trials() -> Vec<Trial> {
    let trials = SHELLS.map(|(shell, how, asks)| {
        let ask = move || completes(shell, how, asks).map_err(Failed::from);
        Trial::test(format!("{shell}_completes_an_option_of_smoke"), ask).with_ignored_flag(!is_installed(shell))
    });
    let unknown = Trial::test("a_shell_that_is_not_known_is_a_mistake", || unknown().map_err(Failed::from));
    trials.into_iter().chain([unknown]).collect()
}

fn is_installed(shell: &str) -> bool {
    let tried = Command::new(shell).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    tried.is_ok_and(|status| status.success())
}

fn fivewhys(shell: &str) -> Result<std::process::Output, String> {
    let mut program = Command::new(env!("CARGO_BIN_EXE_fivewhys"));
    program.args(["completions", shell]).output().map_err(|error| error.to_string())
}

fn completes(shell: &str, how: &[&str], asks: &str) -> Result<(), String> {
    let script = fivewhys(shell)?;
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let file = folder.path().join("_fivewhys");
    std::fs::write(&file, &script.stdout).map_err(|error| error.to_string())?;
    let said = ask(shell, how, asks, &file, folder.path())?;
    if said.contains("--format") { Ok(()) } else { Err(format!("{shell} offers: {said}")) }
}

fn ask(shell: &str, how: &[&str], asks: &str, file: &Path, home: &Path) -> Result<String, String> {
    let mut command = Command::new(shell);
    command.args(how).arg(asks);
    if shell != "fish" {
        command.arg(shell);
    }
    let output = command.arg(file).env("HOME", home).output().map_err(|error| error.to_string())?;
    let errors = String::from_utf8_lossy(&output.stderr);
    if output.status.success() { Ok(String::from_utf8_lossy(&output.stdout).into_owned()) } else { Err(errors.into()) }
}

fn unknown() -> Result<(), String> {
    let output = fivewhys("cmd")?;
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.code() == Some(2) && said.contains("zsh") { Ok(()) } else { Err(said.into()) }
}
