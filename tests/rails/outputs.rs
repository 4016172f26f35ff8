//! Every fault in every dialect and format: the twin's secrets are known from its files, and none is in any output.

use fivewhys_mocks::Dialect;
use rstest::rstest;

use crate::leaks::Canaries;
use crate::program::{TwinProcess, fivewhys, run, stderr, stdout};

#[rstest]
fn no_output_holds_a_secret(
    #[values(
        None,
        Some("backend-auth/service-secret-mismatch"),
        Some("backend-auth/service-secret-missing"),
        Some("auth/down"),
        Some("client/wrong-signing-secret"),
        Some("edge/iam-denied"),
        Some("edge/strips-authorization"),
        Some("data/database-down")
    )]
    fault: Option<&str>,
    #[values("documented", "observed")] dialect: Dialect,
) {
    let mut arguments = vec!["--dialect", dialect.id()];
    arguments.extend(fault.iter().flat_map(|fault| ["--fault", fault]));
    let twin = TwinProcess::start(&arguments);
    let canaries = canaries(&twin);
    // A shard's report holds the manifests and the log.
    for format in [&[][..], &["-v"], &["--format", "json"], &["--format", "json", "--shard", "1/1"]] {
        let mut command = fivewhys(["smoke", "--config"]);
        let output = command.arg(twin.target()).args(format).env("FIVEWHYS_LOG", "trace").output().expect("it starts");
        assert_eq!(output.status.code(), Some(i32::from(fault.is_some())), "{}", stderr(&output));
        canaries.must_not_be_in("stdout", stdout(&output));
        canaries.must_not_be_in("stderr", stderr(&output));
    }
    for (format, text) in reports(&twin) {
        canaries.must_not_be_in(&format, &text);
    }
    canaries.must_not_be_in("what the twin printed", &twin.printed());
}

/// What each `--report` writes, and what is printed beside them.
fn reports(twin: &TwinProcess) -> Vec<(String, String)> {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = fivewhys(["smoke", "--curl", "--config"]);
    command.arg(twin.target());
    for format in formats() {
        command.args(["--report", &format!("{format}={}", folder.path().join(format).display())]);
    }
    let output = command.output().expect("it starts");
    let read =
        |format: &str| (format.to_owned(), std::fs::read_to_string(folder.path().join(format)).expect("written"));
    let mut texts: Vec<(String, String)> = formats().into_iter().map(read).collect();
    texts.push(("stdout with --curl and annotations".to_owned(), stdout(&output).to_owned()));
    texts
}

/// Returns the name of every report format.
pub(crate) fn formats() -> Vec<&'static str> {
    fivewhys::report::FORMATS.iter().map(|format| format.name()).collect()
}

#[test]
fn the_tokens_that_were_sent_are_there_as_marks() {
    let output = run(["smoke", "--format", "json"]);
    for mark in ["<token:valid>", "<token:wrong-key>", "<token:expired>", "<token:malformed>"] {
        assert!(stdout(&output).contains(mark), "no {mark}: then the other tests here prove nothing");
    }
}

pub(crate) fn canaries(twin: &TwinProcess) -> Canaries {
    let secrets = twin.secret_files().into_iter().map(|file| {
        let value = std::fs::read_to_string(&file).expect("a secret");
        (file.file_name().expect("a name").to_string_lossy().into_owned(), value)
    });
    let secrets: Vec<(String, String)> = secrets.collect();
    for name in ["signing-secret", "service-secret", "primary-password"] {
        assert!(secrets.iter().any(|(known, _)| known == name), "no {name} in {secrets:?}");
    }
    Canaries::of(secrets)
}
