//! Requests as other systems need them: bodies, credentials of callers, headers from secrets, and conditions on responses.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use fivewhys::internal::report::{Report, StepOutcome};
use rstest::rstest;
use serde_json::json;

use crate::access::system::{SECRETS, answer, jwt, run, run_in, target};
use crate::support::program::{stderr, stdout};
use crate::support::server::{Answer, Received, Server};

/// Starts a server that answers 200 to every request, and a login.
fn echo() -> Server {
    Server::start(|request| match request.path() {
        "/oauth/token" => answer("200 OK", &json!({ "access_token": jwt("acc-1") })),
        _ => answer("200 OK", &json!({ "orders": [], "status": "up" })),
    })
}

/// Runs one step that calls `backend.it`. Returns the report and the request.
fn call(endpoint: &str, more: &str) -> (Report, Received) {
    let server = echo();
    let (report, output) = drive(&server, endpoint, more);
    let report = report.unwrap_or_else(|| panic!("no report: {output}"));
    let seen = server.seen().into_iter().rfind(|request| request.path().starts_with("/it"));
    (report, seen.unwrap_or_else(|| panic!("not called: {output}")))
}

fn drive(server: &Server, endpoint: &str, more: &str) -> (Option<Report>, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let login =
        format!("[target.shop.login]\nflow = \"password\"\ntoken_url = \"http://{}/oauth/token\"\n", server.address);
    let own = format!("[target.shop.endpoint.\"backend.it\"]\nmethod = \"POST\"\npath = \"/it\"\n{endpoint}\n");
    let secrets = "[target.shop.secrets]\napi_key = [\"env:API_KEY\"]\n";
    std::fs::write(folder.path().join("fivewhys.toml"), target(server, &format!("{login}{own}{secrets}{more}")))
        .expect("a file");
    let scenario = "title = \"t\"\n[[step]]\nid = \"it\"\ncall = \"backend.it\"\n[step.expect]\nresult = \"ok\"\n";
    std::fs::create_dir(folder.path().join("own")).expect("a folder");
    std::fs::write(folder.path().join("own/own.toml"), scenario).expect("a scenario");
    let (output, report) = run_in(folder.path(), &["smoke", "--scenarios", "own"]);
    (report, format!("{}{}", stdout(&output), stderr(&output)))
}

fn recorded(report: &Report) -> (String, String) {
    let sent =
        &report.probes.iter().find(|probe| probe.exchange.probe.endpoint == "backend.it").expect("it").exchange.request;
    (format!("{:?}", sent.headers), sent.body.clone().unwrap_or_default())
}

#[rstest]
#[case::form(
    "form = { user = \"{email}\", pass = \"{secret:password}\", n = 5, tag = [\"a\", \"b c\"] }",
    "application/x-www-form-urlencoded",
    "user=ada%40shop.test&pass=pass+word%2Bof%2Fthe%3Dtests%26&n=5&tag=a&tag=b+c",
    "user=ada%40shop.test&pass=<secret>&n=5&tag=a&tag=b+c"
)]
#[case::text("text = \"ping {sub}{email}\"", "text/plain; charset=utf-8", "ping ada@shop.test", "ping ada@shop.test")]
#[case::binary("binary = \"AAEC/w==\"", "application/octet-stream", "\0\u{1}\u{2}\u{fffd}", "\0\u{1}\u{2}\u{fffd}")]
#[case::json(
    "body = { key = \"{secret:api_key}\" }",
    "application/json",
    "{\"key\":\"api-key-of-the-tests-4711\"}",
    "{\"key\":\"<secret>\"}"
)]
#[case::graphql(
    "body = { query = \"query Q($id: ID!) { order(id: $id) { id } }\", variables = { id = \"7\" } }",
    "application/json",
    "{\"query\":\"query Q($id: ID!) { order(id: $id) { id } }\",\"variables\":{\"id\":\"7\"}}",
    "{\"query\":\"query Q($id: ID!) { order(id: $id) { id } }\",\"variables\":{\"id\":\"7\"}}"
)]
#[case::grpc_web(
    "binary = \"AAAAAAA=\"\nheaders = { Content-Type = \"application/grpc-web+proto\" }",
    "application/grpc-web+proto",
    "\0\0\0\0\0",
    "\0\0\0\0\0"
)]
fn a_body_is_sent_as_written(#[case] endpoint: &str, #[case] media: &str, #[case] body: &str, #[case] shown: &str) {
    let (report, seen) = call(endpoint, "");
    assert_eq!((seen.header("content-type"), &*String::from_utf8_lossy(&seen.body)), (Some(media), body));
    assert_eq!((report.exit.code, recorded(&report).1.as_str()), (0, shown));
}

#[test]
fn a_multipart_body_names_its_boundary() {
    let parts =
        "multipart = { note = \"hi\", file = { content = \"a,b\", filename = \"a.csv\", type = \"text/csv\" } }";
    let (report, seen) = call(parts, "");
    let media = seen.header("content-type").expect("a type").to_owned();
    let boundary = media.strip_prefix("multipart/form-data; boundary=").expect("a boundary");
    let body = String::from_utf8(seen.body).expect("text");
    assert_eq!(body.matches(boundary).count(), 3, "{body}");
    assert!(body.contains("name=\"file\"; filename=\"a.csv\"\r\nContent-Type: text/csv\r\n\r\na,b\r\n"), "{body}");
    assert_eq!(report.exit.code, 0);
}

#[test]
fn a_header_holds_a_secret_and_no_record_does() {
    let (report, seen) = call("headers = { X-Api-Key = \"Key {secret:api_key}\", X-User = \"{email}\" }", "");
    assert_eq!(seen.header("x-api-key"), Some("Key api-key-of-the-tests-4711"));
    assert_eq!(seen.header("x-user"), Some("ada@shop.test"));
    assert!(recorded(&report).0.contains("Key <secret>"), "{:?}", recorded(&report));
}

#[test]
fn basic_credentials_are_sent_and_not_shown() {
    let (report, seen) = call("basic = { user = \"{email}\", password = \"{secret:password}\" }", "");
    let expected = BASE64_STANDARD.encode(format!("ada@shop.test:{}", SECRETS[1].1));
    assert_eq!(seen.header("authorization"), Some(format!("Basic {expected}").as_str()));
    assert!(recorded(&report).0.contains("Basic <secret>"), "{:?}", recorded(&report));
    assert!(!serde_json::to_string(&report).expect("JSON").contains(&expected));
}

#[rstest]
#[case::basic("scheme = \"basic\"\nid = \"shop\"", "authorization", "Basic c2hvcDphcGkta2V5LW9mLXRoZS10ZXN0cy00NzEx")]
#[case::bearer("scheme = \"bearer\"", "authorization", "Bearer api-key-of-the-tests-4711")]
#[case::api_key("scheme = \"api-key\"\nsecret_header = \"X-Key\"", "x-key", "api-key-of-the-tests-4711")]
#[case::headers("id_header = \"X-Id\"\nsecret_header = \"X-Key\"\nid = \"shop\"", "x-id", "shop")]
fn a_caller_identifies_itself_by_its_scheme(#[case] scheme: &str, #[case] header: &str, #[case] value: &str) {
    let caller = format!("[target.shop.caller]\n{scheme}\nsecret = [\"env:CALLER_KEY\"]\n");
    let key = if scheme.contains("id_header") { "CLIENT_SECRET_LONG" } else { "API_KEY" };
    let file = caller.replace("CALLER_KEY", key);
    let file = file.replace("env:CLIENT_SECRET_LONG", "file:key");
    let server = echo();
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("key"), "a service secret of more than 32 bytes").expect("a file");
    let login =
        format!("[target.shop.login]\nflow = \"password\"\ntoken_url = \"http://{}/oauth/token\"\n", server.address);
    let own =
        "[target.shop.endpoint.\"auth.it\"]\npath = \"/it\"\nbase_url = \"http://ADDRESS\"\ntakes_caller = true\n";
    let own = own.replace("ADDRESS", &server.address.to_string());
    let all = target(&server, &format!("{login}{own}{file}"))
        .replace("[\"edge\", \"auth\"]", "[\"edge\", \"auth\", \"service-credentials\"]");
    std::fs::write(folder.path().join("fivewhys.toml"), all).expect("a file");
    std::fs::create_dir(folder.path().join("own")).expect("a folder");
    let step = |id: &str, caller: &str| {
        format!("[[step]]\nid = \"{id}\"\ncall = \"auth.it\"\ncaller = \"{caller}\"\n[step.expect]\nresult = \"ok\"\n")
    };
    let steps =
        format!("title = \"t\"\n{}{}{}", step("right", "right"), step("wrong", "wrong-secret"), step("id", "wrong-id"));
    std::fs::write(folder.path().join("own/own.toml"), steps).expect("a scenario");
    let (output, report) = run_in(folder.path(), &["smoke", "--scenarios", "own"]);
    let report = report.unwrap_or_else(|| panic!("no report: {}", stderr(&output)));
    let seen: Vec<Option<String>> = server
        .seen()
        .iter()
        .filter(|one| one.path() == "/it")
        .map(|one| one.header(header).map(str::to_owned))
        .collect();
    assert_eq!(seen[0].as_deref(), Some(value));
    assert!(header == "x-id" || seen[1] != seen[0], "{seen:?}");
    let outcome = report.scenarios[0].steps[2].outcome;
    let has_id = scheme.contains("id = \"shop\"");
    assert_eq!(outcome, if has_id { StepOutcome::Passed } else { StepOutcome::Skipped });
}

#[rstest]
#[case::text("accept = { text = \"orders\" }", true)]
#[case::other_text("accept = { text = [\"orders\", \"customers\"] }", false)]
#[case::header("accept = { headers = { content-type = \"application/json*\" } }", true)]
#[case::other_header("accept = { headers = { content-type = \"text/*\" } }", false)]
fn a_response_is_accepted_by_its_text_and_headers(#[case] accept: &str, #[case] passes: bool) {
    assert_eq!(call(accept, "").0.exit.code == 0, passes);
}

#[cfg(feature = "json-schema")]
#[rstest]
#[case::fits("{ type = \"object\", required = [\"orders\"] }", true)]
#[case::does_not_fit("{ type = \"object\", required = [\"customers\"] }", false)]
fn a_response_is_accepted_by_its_schema(#[case] schema: &str, #[case] passes: bool) {
    assert_eq!(call(&format!("accept = {{ schema = {schema} }}"), "").0.exit.code == 0, passes);
}

#[cfg(not(feature = "json-schema"))]
#[test]
fn a_build_without_json_schema_says_what_is_missing() {
    let (_, said) = drive(&echo(), "accept = { schema = { type = \"object\" } }", "");
    assert!(said.contains("--features") && said.contains("json-schema"), "{said}");
}

#[test]
fn a_user_has_claims_of_its_own() {
    let server = echo();
    let file = target(&server, "[target.shop.claims]\niss = \"us\"\nextra = { role = \"guest\", plan = \"a\" }\n");
    let file = file.replace("secrets = {", "sub = \"1\"\nclaims = { role = \"admin\" }\nsecrets = {");
    let file = file.replace("evidence =", "auth = \"http://127.0.0.1:1\"\nsigning_secret = [\"file:key\"]\nevidence =");
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("key"), "a signing secret of more than 32 bytes").expect("a file");
    std::fs::write(folder.path().join("fivewhys.toml"), &file).expect("a file");
    let (output, _) = run_in(folder.path(), &["mint", "ada"]);
    let claims =
        stdout(&output).split('.').nth(1).and_then(|part| base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(part).ok());
    let claims: serde_json::Value = serde_json::from_slice(&claims.expect("a token")).expect("claims");
    assert_eq!((&claims["role"], &claims["plan"]), (&json!("admin"), &json!("a")), "{}", stderr(&output));
}

#[rstest]
#[case::string_body(
    "method = \"POST\"\nbody = \"a=b\"\nheaders = { Content-Type = \"application/x-www-form-urlencoded\" }",
    "in quotation marks"
)]
#[case::json_as_xml(
    "method = \"POST\"\nbody = { a = 1 }\nheaders = { Content-Type = \"text/xml\" }",
    "sends its `body` as JSON"
)]
#[case::multipart(
    "method = \"POST\"\nmultipart = { a = \"b\" }\nheaders = { Content-Type = \"multipart/form-data\" }",
    "names no boundary"
)]
#[case::get_with_body("form = { a = \"b\" }", "sends a body with GET")]
#[case::braces_in_path("path = \"/users/{sub}\"", "has braces in its path")]
#[case::placeholder("query = { q = \"{emial}\" }", "sends `{emial}` as it is")]
#[case::csrf("method = \"POST\"\nform = { t = \"{csrf}\" }", "the target has no `csrf`")]
fn check_warns_about_what_is_sent_otherwise(#[case] endpoint: &str, #[case] says: &str) {
    let path = if endpoint.contains("path =") { "" } else { "path = \"/it\"\n" };
    let login = "[target.shop.login]\nflow = \"password\"\ntoken_url = \"http://127.0.0.1:1/t\"\n";
    let own = format!("[target.shop.endpoint.\"backend.it\"]\n{path}{endpoint}\n");
    let server = Server::start(|_| Answer::Bytes(Vec::new()));
    let (output, _) = run(&target(&server, &format!("{login}{own}")), &["check"]);
    let said = stdout(&output);
    assert!(said.contains("warning: fivewhys.toml:") && said.contains(says), "{said}{}", stderr(&output));
    assert_eq!(output.status.code(), Some(0));
}

#[rstest]
#[case::two_bodies("form = { a = \"b\" }\ntext = \"c\"", "has both `form` and `text`")]
#[case::nested_form("form = { a = { b = \"c\" } }", "has the form field `a`")]
#[case::no_base64("binary = \"?\"", "is not base64")]
#[case::wrong_part("multipart = { a = { file = \"x\" } }", "has the part `a`")]
#[case::half_basic("basic = { user = \"a\" }", "has only one of `basic.user`")]
#[case::open_password("basic = { user = \"a\", password = \"hunter2\" }", "is not the name of a secret")]
#[case::cookie_without_name("token_locations = [\"cookie\"]", "`token_cookie`")]
fn a_mistake_in_a_request_is_explained(#[case] endpoint: &str, #[case] says: &str) {
    let login = "[target.shop.login]\nflow = \"password\"\ntoken_url = \"http://127.0.0.1:1/t\"\n";
    let own = format!("[target.shop.endpoint.\"backend.it\"]\npath = \"/it\"\nmethod = \"POST\"\n{endpoint}\n");
    let server = Server::start(|_| Answer::Bytes(Vec::new()));
    let (output, _) = run(&target(&server, &format!("{login}{own}")), &["check"]);
    let shown = stderr(&output).replace("│", "").split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(output.status.code() == Some(2) && shown.contains(says) && shown.contains("fivewhys.toml:"), "{shown}");
    assert!(!shown.contains("hunter2"), "{shown}");
}
