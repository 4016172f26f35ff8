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
    canaries.must_not_be_in("what the twin printed", &twin.printed());
}

#[test]
fn the_tokens_that_were_sent_are_there_as_marks() {
    let output = run(["smoke", "--format", "json"]);
    for mark in ["<token:valid>", "<token:wrong-key>", "<token:expired>", "<token:malformed>"] {
        assert!(stdout(&output).contains(mark), "no {mark}: then the other tests here prove nothing");
    }
}

fn canaries(twin: &TwinProcess) -> Canaries {
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
