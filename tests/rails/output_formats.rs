//! Every fault in every dialect and format. The twin writes its secrets to files; none may be in any output.

use fivewhys_mocks::Dialect;
use rstest::rstest;

use crate::support::leaks::Canaries;
use crate::support::program::{TwinProcess, fivewhys, run, stderr, stdout};

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
    let (canaries, folder) = (canaries(&twin), tempfile::tempdir().expect("a folder"));
    let path = |format: &str| format!("--report={format}={}", folder.path().join(format).display());
    let reports: Vec<String> = formats().into_iter().map(path).collect();
    // The JSON report of a shard holds the manifests and the log too.
    let whole = [&WHOLE[..], &["--shard", "1/1"]].concat();
    // Stdout differs from the report `human` by the commands of `--curl` alone: one fault that fails many calls is enough.
    let as_curl = (fault == Some("backend-auth/service-secret-mismatch")).then(|| vec!["-v", "--curl"]);
    for options in [whole].into_iter().chain(as_curl) {
        let mut command = fivewhys(["smoke", "--config"]);
        command.arg(twin.target()).args(options).args(&reports).env("FIVEWHYS_LOG", "trace");
        let output = command.output().expect("it starts");
        assert_eq!(output.status.code(), Some(i32::from(fault.is_some())), "{}", stderr(&output));
        canaries.must_not_be_in("stdout", stdout(&output));
        canaries.must_not_be_in("stderr", stderr(&output));
        for format in formats() {
            let text = std::fs::read_to_string(folder.path().join(format)).expect("written");
            canaries.must_not_be_in(format, &text);
        }
    }
    canaries.must_not_be_in("what the twin printed", &twin.printed());
}

/// The options that show most in one run: JSON on stdout, and a report `human` with every probe.
pub(crate) const WHOLE: [&str; 3] = ["--format", "json", "-v"];
/// The name of every report format.
pub(crate) fn formats() -> Vec<&'static str> {
    fivewhys::internal::report::FORMATS.iter().map(|format| format.name()).collect()
}

#[test]
fn the_tokens_that_were_sent_are_shown_as_marks() {
    let output = run(["smoke", "--format", "json"]);
    for mark in ["<token:valid>", "<token:wrong-key>", "<token:expired>", "<token:malformed>"] {
        assert!(stdout(&output).contains(mark), "no {mark}: the other tests of this file prove nothing");
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
