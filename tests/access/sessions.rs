//! Sessions in cookies, with a token against cross-site request forgery.

use fivewhys::internal::report::{Report, StepOutcome};
use rstest::rstest;

use crate::access::system::{SECRETS, form, run, run_in, target};
use crate::support::program::{stderr, stdout};
use crate::support::server::{Answer, Received, Server};

const SESSION: &str = "session-of-ada-0123456789abcdef";
const CSRF: &str = "csrf-of-ada-0123456789/+=";

/// Returns a file of a system whose clients are pages. `place` is where the token against forgery is.
fn file(server: &Server, place: &str) -> String {
    format!(
        r#"
default = "pages"
[target.pages]
backend = "http://{address}"
auth = "http://{address}"
evidence = ["edge", "auth"]
validation = "session"
budget = {{ requests_per_minute = 60000 }}
csrf = {{ endpoint = "backend.form", {place} }}

[target.pages.user.ada]
email = "ada@pages.test"
secrets = {{ password = ["env:PASSWORD"] }}

[target.pages.endpoint."backend.form"]
path = "/login"
token_locations = ["cookie"]
token_cookie = "sid"

[target.pages.endpoint."auth.login"]
role = "issuer"
method = "POST"
path = "/login"
form = {{ email = "{{email}}", password = "{{secret:password}}", csrf = "{{csrf}}" }}
accept = {{ status = 302 }}
issued_cookie = "sid"

[target.pages.endpoint."backend.account"]
role = "protected"
path = "/account"
token_locations = ["cookie"]
token_cookie = "sid"
accept = {{ text = "Welcome" }}
refusal = {{ status = 302, headers = {{ location = "*/login*" }} }}

[target.pages.endpoint."backend.rename"]
role = "protected"
method = "POST"
path = "/account"
form = {{ name = "Ada" }}
headers = {{ X-CSRF-Token = "{{csrf}}" }}
token_locations = ["cookie"]
token_cookie = "sid"
accept = {{ text = "Welcome" }}
refusal = {{ status = 302, headers = {{ location = "*/login*" }} }}
"#,
        address = server.address
    )
}

fn cookie(request: &Received, name: &str) -> Option<String> {
    let pairs = request.header("cookie")?.split("; ").filter_map(|pair| pair.split_once('='));
    pairs.filter(|(own, _)| *own == name).map(|(_, value)| value.to_owned()).next()
}

/// Plays the system. The session before the login is another one than that after it.
fn pages(request: &Received) -> Answer {
    let html = ("Content-Type", "text/html");
    let is_ada = cookie(request, "sid").as_deref() == Some(SESSION);
    let has_csrf = request.header("x-csrf-token") == Some(CSRF);
    let (path, method) = (request.path(), request.head.split(' ').next().unwrap_or_default());
    match (method, path) {
        ("GET", "/login") => {
            let page = format!("<form><input name=\"csrf\" value=\"{}\"></form>", CSRF.replace('+', "&#43;"));
            let set = format!("xsrf={CSRF}; Path=/");
            Answer::http(
                "200 OK",
                &[html, ("Set-Cookie", "sid=before; Path=/"), ("Set-Cookie", &set), ("X-CSRF", CSRF)],
                page.as_bytes(),
            )
        }
        ("POST", "/login") => {
            let sent = form(request);
            let has = |name: &str, value: &str| sent.iter().any(|(own, other)| own == name && other == value);
            let is_right = has("password", SECRETS[1].1)
                && has("csrf", CSRF)
                && cookie(request, "sid").as_deref() == Some("before");
            let set = format!("sid={SESSION}; Path=/; HttpOnly");
            match is_right {
                true => Answer::http("302 Found", &[("Location", "/account"), ("Set-Cookie", &set)], b""),
                false => Answer::http("200 OK", &[html, ("Set-Cookie", "sid=before; Path=/")], b"Wrong password"),
            }
        }
        ("GET", "/account") if is_ada => Answer::http("200 OK", &[html], b"<p>Welcome, Ada</p>"),
        ("POST", "/account") if is_ada && has_csrf => Answer::http("200 OK", &[html], b"<p>Welcome, Ada</p>"),
        ("POST", "/account") if is_ada => Answer::http("419 Expired", &[html], b"Page expired"),
        _ => Answer::http("302 Found", &[("Location", "/login?next=/account")], b""),
    }
}

fn outcomes(report: &Report) -> Vec<(&str, StepOutcome)> {
    let steps = report.scenarios.iter().flat_map(|scenario| &scenario.steps);
    steps.filter(|step| step.outcome != StepOutcome::Skipped).map(|step| (step.id.as_str(), step.outcome)).collect()
}

#[rstest]
#[case::pattern(r#"pattern = 'name="csrf" value="([^"]+)"'"#)]
#[case::cookie(r#"cookie = "xsrf""#)]
#[case::header(r#"header = "X-CSRF""#)]
fn a_session_is_a_token(#[case] place: &str) {
    let server = Server::start(pages);
    let (output, report) = run(&file(&server, place), &["smoke"]);
    let report = report.unwrap_or_else(|| panic!("no report: {}", stderr(&output)));
    let seen = outcomes(&report);
    for step in
        ["accept-account", "accept-rename", "refuse-account-none", "refuse-account-malformed", "refuse-rename-none"]
    {
        assert!(seen.contains(&(step, StepOutcome::Passed)), "{step}: {seen:?}\n{}", stdout(&output));
    }
    assert_eq!(report.exit.code, 0, "{seen:?}");
    for secret in [SESSION, CSRF] {
        assert!(!stdout(&output).contains(secret), "{secret} is shown");
    }
    let logins = server.seen().iter().filter(|one| one.head.starts_with("POST /login")).count();
    assert_eq!(logins, 1);
}

/// A login that the step itself calls.
const LOGIN: &str = r#"
[target.shop.endpoint."auth.login"]
role = "issuer"
method = "POST"
path = "/login"
form = { email = "{email}", password = "{secret:password}" }
accept = { status = 302 }
issued_cookie = "sid"
"#;
const LOGIN_IN_JSON: &str = r#"
[target.shop.endpoint."auth.login"]
role = "issuer"
method = "POST"
path = "/login"
body = { email = "{email}", password = "{secret:password}" }
accept = { status = 302 }
issued_token = "$.session_token"
"#;

#[rstest]
#[case::with_its_cookie(LOGIN, "sid", "", None)]
#[case::without_its_cookie(LOGIN, "other", "", Some("`issued_cookie` of auth.login: the response set no cookie `sid`"))]
#[case::with_its_token(LOGIN_IN_JSON, "other", r#"{"session_token":"session-token-0123456789"}"#, None)]
#[case::without_its_token(
    LOGIN_IN_JSON,
    "other",
    r#"{"user":"ada"}"#,
    Some("`issued_token` of auth.login: the response has no token at $.session_token")
)]
fn an_accepted_login_must_issue_what_the_target_says(
    #[case] login: &str,
    #[case] cookie: &'static str,
    #[case] body: &'static str,
    #[case] lacks: Option<&str>,
    #[values("status = 302", "result = \"ok\"")] expected: &str,
) {
    let server = Server::start(move |request| match request.path() {
        "/login" => Answer::http("302 Found", &[("Set-Cookie", &format!("{cookie}={SESSION}"))], body.as_bytes()),
        _ => Answer::http("401 Unauthorized", &[], b"{}"),
    });
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("fivewhys.toml"), target(&server, login)).expect("a file");
    std::fs::create_dir(folder.path().join("own")).expect("a folder");
    let scenario = format!("title = \"t\"\n[[step]]\nid = \"in\"\ncall = \"auth.login\"\n[step.expect]\n{expected}\n");
    std::fs::write(folder.path().join("own/in.toml"), scenario).expect("a scenario");
    let auth = format!("auth=http://{}", server.address);
    let arguments = ["smoke", "-s", "in", "--set", &auth, "--set", "scenarios=own"];
    let (output, report) = run_in(folder.path(), &arguments);
    let report = report.unwrap_or_else(|| panic!("no report: {}", stderr(&output)));
    let step = &report.scenarios[0].steps[0];
    assert_eq!(step.outcome == StepOutcome::Passed, lacks.is_none(), "{:?}", step.because);
    assert!(lacks.is_none_or(|line| step.because.iter().any(|own| own == line)), "{:?}", step.because);
}

#[test]
fn a_page_without_the_token_is_the_failure() {
    let server = Server::start(pages);
    let (_, report) = run(&file(&server, "json = \"$.csrf\""), &["smoke"]);
    let report = report.expect("a report");
    let because: Vec<&String> =
        report.scenarios.iter().flat_map(|one| &one.steps).flat_map(|step| &step.because).collect();
    assert_ne!(report.exit.code, 0);
    assert!(because.iter().any(|line| line.contains("no token at the place that `csrf` names")), "{because:?}");
}

#[rstest]
#[case::no_endpoint("csrf = { endpoint = \"backend.form\",", "csrf = {", "`csrf` has no `endpoint`")]
#[case::unknown_endpoint(
    "endpoint = \"backend.form\"",
    "endpoint = \"backend.from\"",
    "names the unknown endpoint `backend.from`"
)]
#[case::two_places("cookie = \"xsrf\"", "cookie = \"xsrf\", header = \"a\"", "`csrf` needs one of")]
#[case::no_group("cookie = \"xsrf\"", "pattern = \"abc\"", "has no group")]
#[case::no_status("accept = { status = 302 }", "", "has `issued_cookie` but no `accept.status`")]
#[case::cookie_name("issued_cookie = \"sid\"", "issued_cookie = \"s;d\"", "RFC 6265")]
fn a_mistake_in_a_session_is_explained(#[case] part: &str, #[case] replaced: &str, #[case] says: &str) {
    let server = Server::start(|_| Answer::Bytes(Vec::new()));
    let file = file(&server, "cookie = \"xsrf\"");
    assert!(file.contains(part));
    let (output, _) = run(&file.replacen(part, replaced, 1), &["check"]);
    let shown = stderr(&output).replace("│", "").split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(output.status.code() == Some(2) && shown.contains(says) && shown.contains("fivewhys.toml:"), "{shown}");
}
