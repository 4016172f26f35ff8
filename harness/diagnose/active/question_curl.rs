//! The `curl` command for a call whose evidence is not granted. Secrets are variables of the shell.

use crate::config::{BodyForm, CallerScheme, Endpoint, Target, User};
use crate::diagnose::active::question_command::AskCommand;
use crate::diagnose::infer::case::Case;
use crate::probe::ProbeKey;
use crate::terms::{Caller, TokenKind, TokenLocation};

/// Placeholders for variables of the shell. A control character keeps them distinct from every text of a target.
const TOKEN: &str = "\u{1}TOKEN\u{1}";
const SECRET: &str = "\u{1}SERVICE_SECRET\u{1}";

/// Returns the command for a call. Empty where the call needs more than a token and the service secret.
pub(crate) fn command(case: &Case<'_>, key: &ProbeKey) -> AskCommand {
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
    // A header with a secret of the target, Basic credentials or a cookie needs more than the shell has.
    let is_plain = endpoint.headers.iter().all(|(_, value)| !value.contains("{secret:") && !value.contains("{csrf}"));
    if !is_plain || endpoint.form.basic.is_some() || key.token_location == TokenLocation::Cookie {
        return None;
    }
    endpoint.headers.iter().for_each(|(name, value)| header(name, value));
    if key.token != TokenKind::None && key.token_location == TokenLocation::Header {
        header("Authorization", &format!("Bearer {TOKEN}"));
    }
    if let Some(caller) = target.caller.as_ref().filter(|_| key.caller == Caller::Right && endpoint.takes_caller) {
        match &caller.scheme {
            CallerScheme::Headers { id, secret } => {
                header(id, &caller.id);
                header(secret, SECRET);
            }
            CallerScheme::ApiKey(name) => header(name, SECRET),
            CallerScheme::Bearer => header("Authorization", &format!("Bearer {SECRET}")),
            CallerScheme::Basic => words.extend(["--user".to_owned(), format!("{}:{SECRET}", caller.id)]),
        }
    }
    words.extend(body(endpoint, user)?);
    words.push(url.to_string());
    Some(words)
}

/// Returns the options that send the body, or `None` where it needs another secret.
fn body(endpoint: &Endpoint, user: &User) -> Option<Vec<String>> {
    let Some(body) = &endpoint.body else { return Some(Vec::new()) };
    let pair = |(name, value): (&String, &serde_json::Value)| {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        Some(["--data-urlencode".to_owned(), format!("{name}={}", filled(&value, user)?)])
    };
    match (endpoint.form.body, body.as_object(), body.as_str()) {
        (BodyForm::Json, ..) => {
            let header = ["--header".to_owned(), "Content-Type: application/json".to_owned()];
            Some([header, ["--data-raw".to_owned(), filled(&body.to_string(), user)?]].concat())
        }
        (BodyForm::Form, Some(pairs), _) => Some(pairs.iter().map(pair).collect::<Option<Vec<_>>>()?.concat()),
        (BodyForm::Text, _, Some(text)) => Some(vec!["--data-raw".to_owned(), filled(text, user)?]),
        _ => None,
    }
}

/// Returns the body with everything filled in that is not secret, or `None` where it needs another secret.
fn filled(body: &str, user: &User) -> Option<String> {
    let body = body.replace("{token}", TOKEN).replace("{email}", &user.email).replace("{sub}", &user.sub);
    (!body.contains("{secret:")).then_some(body)
}

/// Quotes everything except the variables: `'Authorization: Bearer '"$TOKEN"`.
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
        (_, Caller::Right) => {
            Some(format!("first run `{token}`; SERVICE_SECRET is the service secret that the backend uses"))
        }
        _ => Some(format!("first run `{token}`")),
    }
}
