//! A source is read to a limit and to a deadline, whatever it is.

use std::time::Duration;

use rstest::rstest;

use super::*;
use crate::fixtures::staging;

async fn read_within(from: &EvidenceSource, limit: Duration) -> Result<String, SourceError> {
    read(from, &staging(), Instant::now() + limit).await
}

fn command(words: &[&str]) -> EvidenceSource {
    EvidenceSource::Command(words.iter().map(|word| (*word).to_owned()).collect())
}

#[tokio::test]
async fn a_command_gives_what_it_prints() {
    assert_eq!(read_within(&command(&["echo", "here"]), LONGEST).await.unwrap(), "here\n");
}

#[rstest]
#[case::endless(&["yes"], "bytes")]
#[case::silent(&["sleep", "60"], "did not end within")]
#[case::failing(&["sh", "-c", "echo a-secret >&2; exit 3"], "exit status: 3")]
#[tokio::test]
async fn a_command_is_stopped_at_its_limits(#[case] words: &[&str], #[case] why: &str) {
    let limit = if why.starts_with("did not") { Duration::from_millis(100) } else { LONGEST };
    let error = read_within(&command(words), limit).await.unwrap_err().to_string();
    assert!(error.contains(why) && !error.contains("a-secret"), "{error}");
}

#[tokio::test]
async fn a_file_without_an_end_is_not_read_to_it() {
    let error = read_within(&EvidenceSource::File("/dev/zero".into()), LONGEST).await.unwrap_err();
    assert!(error.to_string().contains("more than"), "{error}");
}

#[tokio::test]
async fn a_server_that_never_answers_does_not_hold_the_run() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
    let error = read_within(&EvidenceSource::Url(url), Duration::from_millis(100)).await.unwrap_err();
    assert!(error.to_string().contains("in time"), "{error}");
}
