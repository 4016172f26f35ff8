//! The call behind evidence that is not granted, as `curl` makes it. Sits in `diagnose`, beside `ask_command`. Its secrets are the shell's variables.

use super::ask_command::AskCommand;
use super::case::Case;
use crate::config::{Endpoint, Target, User};
use crate::probe::ProbeKey;
use crate::terms::{Caller, TokenKind, TokenLocation};

/// Stand for what the shell fills in. No text of a target holds them.
const TOKEN: &str = "\u{1}TOKEN\u{1}";
const SECRET: &str = "\u{1}SERVICE_SECRET\u{1}";

/// The call. Nothing where it needs more than a token and the service secret.
pub(super) fn command(case: &Case<'_>, key: &ProbeKey) -> AskCommand {
    let target = case.target;
    let called = target.endpoints.get(&key.endpoint).zip(target.user(&key.user));
    let Some(words) = called.and_then(|(endpoint, user)| words(target, endpoint, user, key)) else {
        return AskCommand::default();
    };
    let quoted: Option<Vec<String>> = words.iter().map(|word| quoted(word)).collect();
    AskCommand { shown: quoted.map(|words| words.join(" ")), note: note(target, key), ..AskCommand::default() }
}

fn words(target: &Target, endpoint: &Endpoint, user: &User, key: &ProbeKey) -> Option<Vec<String>> {
    let mut url = target.base(endpoint).join(endpoint.path.trim_start_matches('/')).ok()?;
    if !endpoint.query.is_empty() {
        url.query_pairs_mut().extend_pairs(&endpoint.query);
    }
    let mut words =
        ["curl", "--silent", "--show-error", "--include", "--max-time", "30", "--request", &endpoint.method]
            .map(str::to_owned)
            .to_vec();
    let mut header = |name: &str, value: &str| words.extend(["--header".to_owned(), format!("{name}: {value}")]);
    endpoint.headers.iter().for_each(|(name, value)| header(name, value));
    if key.token != TokenKind::None && key.token_location == TokenLocation::Header {
        header("Authorization", &format!("Bearer {TOKEN}"));
    }
    if let Some(caller) = target.caller.as_ref().filter(|_| key.caller == Caller::Right && endpoint.takes_caller) {
        header(&caller.id_header, &caller.id);
        header(&caller.secret_header, SECRET);
    }
    if let Some(body) = &endpoint.body {
        header("Content-Type", "application/json");
        words.extend(["--data-raw".to_owned(), filled(&body.to_string(), user)?]);
    }
    words.push(url.to_string());
    Some(words)
}

/// The body with what is no secret filled in.
fn filled(body: &str, user: &User) -> Option<String> {
    let body = body.replace("{token}", TOKEN).replace("{email}", &user.email).replace("{sub}", &user.sub);
    (!body.contains("{secret:")).then_some(body)
}

/// Single quotes around everything but the variables: `'Authorization: Bearer '"$TOKEN"`.
fn quoted(word: &str) -> Option<String> {
    let mut quoted = String::new();
    for (n, part) in word.split('\u{1}').enumerate() {
        match part {
            name if n % 2 == 1 => quoted.push_str(&format!("\"${name}\"")),
            "" => {}
            text => quoted.push_str(&shlex::try_quote(text).ok()?),
        }
    }
    Some(quoted)
}

fn note(target: &Target, key: &ProbeKey) -> Option<String> {
    let token = format!("TOKEN=$(fivewhys mint {} --target {})", key.user, target.name);
    match (key.token, key.caller) {
        (TokenKind::None, _) => None,
        (_, Caller::Right) => Some(format!("first `{token}`; SERVICE_SECRET is the secret the backend reads")),
        _ => Some(format!("first `{token}`")),
    }
}
