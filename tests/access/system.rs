//! A small system that the tests play: an API and an identity provider in one server, with a target file.

use std::process::Output;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use fivewhys::internal::report::Report;
use serde_json::{Value, json};

use crate::rails::output_formats::formats;
use crate::support::leaks::Canaries;
use crate::support::program::{bare, stdout};
use crate::support::server::{Answer, Received, Server};

/// The secrets of the target files, by the variables that hold them.
pub(crate) const SECRETS: [(&str, &str); 4] = [
    ("CLIENT_SECRET", "client+secret/of=the&tests%20"),
    ("PASSWORD", "pass word+of/the=tests&"),
    ("REFRESH", "refresh-token-of-the-tests-0815"),
    ("API_KEY", "api-key-of-the-tests-4711"),
];

/// Returns a JWT with this subject. Only the server of the test accepts it.
pub(crate) fn jwt(sub: &str) -> String {
    let part = |json: Value| BASE64_URL_SAFE_NO_PAD.encode(json.to_string());
    let (header, claims) = (json!({ "alg": "RS256", "kid": "k1" }), json!({ "sub": sub, "exp": 4_102_444_800_u64 }));
    format!("{}.{}.c2lnbmVkLWJ5LXRoZS10ZXN0cw-{sub}", part(header), part(claims))
}

/// Returns a JSON response.
pub(crate) fn answer(status: &str, body: &Value) -> Answer {
    let challenge = ("WWW-Authenticate", "Bearer error=\"invalid_token\"");
    let headers = [("Content-Type", "application/json"), challenge];
    let count = if status.starts_with("401") { 2 } else { 1 };
    Answer::http(status, &headers[..count], body.to_string().as_bytes())
}

/// Returns the pairs of a form body.
pub(crate) fn form(request: &Received) -> Vec<(String, String)> {
    url::form_urlencoded::parse(&request.body).into_owned().collect()
}

/// Returns how the API answers: the orders of the user whose token `sub_of` knows.
pub(crate) fn api(request: &Received, sub_of: &dyn Fn(&str) -> Option<String>) -> Answer {
    let sub = request.token().and_then(|token| sub_of(&token));
    match (request.path(), sub) {
        ("/health", _) => answer("200 OK", &json!({ "status": "up" })),
        ("/orders", Some(sub)) => answer("200 OK", &json!({ "orders": [], "user": sub })),
        ("/orders", None) => answer("401 Unauthorized", &json!({ "error": "invalid_token" })),
        _ => answer("404 Not Found", &json!({ "error": "not_found" })),
    }
}

/// Returns a target file for a server, with these tables in addition.
pub(crate) fn target(server: &Server, more: &str) -> String {
    format!(
        r#"
default = "shop"

[target.shop]
backend = "http://{address}"
evidence = ["edge", "auth"]
budget = {{ requests_per_minute = 60000, probe = "5s" }}

[target.shop.user.ada]
secrets = {{ password = ["env:PASSWORD"], refresh_token = ["env:REFRESH"] }}
email = "ada@shop.test"

[target.shop.endpoint."backend.health"]
role = "health"
path = "/health"

[target.shop.endpoint."backend.orders"]
role = "protected"
path = "/orders"
token_locations = ["header"]
accept = {{ json = {{ path = "$.orders" }} }}
{more}
"#,
        address = server.address
    )
}

/// Runs the program with this target file. Returns its output and the JSON report, if there is one.
pub(crate) fn run(file: &str, arguments: &[&str]) -> (Output, Option<Report>) {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("fivewhys.toml"), file).expect("a file");
    run_in(folder.path(), arguments)
}

/// Runs the program in this folder. No output holds a secret.
pub(crate) fn run_in(folder: &std::path::Path, arguments: &[&str]) -> (Output, Option<Report>) {
    let mut command = bare();
    command.current_dir(folder).args(arguments).envs(SECRETS);
    if arguments.first() == Some(&"smoke") {
        command.args(["--format", "json", "-v"]).env("FIVEWHYS_LOG", "trace");
        command.args(formats().into_iter().map(|name| format!("--report={name}={}", folder.join(name).display())));
    }
    let output = command.output().expect("it starts");
    let canaries = Canaries::of(SECRETS.map(|(name, secret)| (name, secret)));
    // `mint` prints the token that it was asked for.
    if arguments.first() != Some(&"mint") {
        canaries.must_not_be_in("stdout", stdout(&output));
    }
    canaries.must_not_be_in("stderr", &String::from_utf8_lossy(&output.stderr));
    for name in formats() {
        if let Ok(text) = std::fs::read_to_string(folder.join(name)) {
            canaries.must_not_be_in(name, &text);
        }
    }
    let report = serde_json::from_slice(&output.stdout).ok();
    (output, report)
}
