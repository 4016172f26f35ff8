//! A log that a person supplies for a system whose target names none.

use rstest::rstest;

use crate::access::system::{answer, api, jwt, run_in, target};
use crate::support::program::stderr;
use crate::support::server::Server;

#[rstest]
#[case::without_logs(false, 1)]
#[case::with_logs(true, 0)]
fn a_log_that_is_supplied_is_not_reported_as_unread(#[case] supplied: bool, #[case] unread: usize) {
    let server = Server::start(|request| match request.path() {
        "/oauth/token" => answer("200 OK", &serde_json::json!({ "access_token": jwt("acc-1"), "expires_in": 300 })),
        _ => api(request, &|_| None),
    });
    let login = format!(
        "[target.shop.login]\nflow = 'client-credentials'\nclient_id = 'e2e'\nclient_secret = ['env:CLIENT_SECRET']\ntoken_url = 'http://{}/oauth/token'",
        server.address
    );
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("fivewhys.toml"), target(&server, &login)).expect("a file");
    let file = folder.path().join("backend.log");
    std::fs::write(&file, "ERROR:    the token was refused\n").expect("a file");
    let log = format!("backend={}", file.display());
    let logs = if supplied { vec!["--logs", log.as_str()] } else { Vec::new() };
    let (output, report) = run_in(
        folder.path(),
        &[&["smoke", "--set", "evidence=[\"edge\", \"auth\", \"logs\"]"], logs.as_slice()].concat(),
    );
    let report = report.unwrap_or_else(|| panic!("no report: {}", stderr(&output)));
    assert_eq!(report.unread.iter().filter(|one| one.evidence == "logs").count(), unread, "{:?}", report.unread);
}
