//! The login with a form in a recording.

use super::one_line;
use crate::config::{Draft, DraftFlow, DraftForm, DraftIssued, DraftLogin, DraftOauth, Sent};
use crate::har::{FormLogin, Issued, Recorded, is_password};

/// The words in the name of a field that holds the user.
const USER: [&str; 6] = ["email", "user", "login", "mail", "account", "name"];
/// The words in the name of a field that holds a token against cross-site request forgery: Django, Rails, Laravel, ASP.NET.
const CSRF: [&str; 5] = ["csrf", "xsrf", "authenticity", "requestverification", "_token"];

/// Adds the last login with a form that was recorded, unless the operator said that there is another one. Returns its path.
pub(super) fn add(calls: &[Recorded], draft: &mut Draft) -> Option<String> {
    let (one, login) = calls.iter().rev().find_map(|one| Some((one, one.login.as_ref()?)))?;
    // A session identifier may be in the parameters of the path.
    let path = one.url.path().split(';').next().unwrap_or_default().to_owned();
    let origin = one.url.origin().ascii_serialization();
    let kind = kind(login);
    let is_named = draft.auth.is_some() && kind == DraftLogin::Form;
    if draft.login.is_some_and(|own| own != kind) || is_named {
        return None;
    }
    draft.login = Some(kind);
    if kind == DraftLogin::Form {
        draft.backend.get_or_insert_with(|| origin.clone());
    } else {
        draft.auth.get_or_insert_with(|| origin.clone());
    }
    if kind == DraftLogin::Oauth {
        let (flow, token_url) = (DraftFlow::Password, format!("{origin}{path}"));
        draft.oauth = Some(DraftOauth { flow, token_url, scope: None });
    } else {
        let status = one.exchange.status().unwrap_or(200);
        draft.form = Some(form(login, kind, &origin, path.clone(), status, draft));
    }
    Some(path)
}

/// Returns the kind of login. A form with a grant type is that of OAuth (RFC 6749, 4.3).
fn kind(login: &FormLogin) -> DraftLogin {
    let is_grant = login.fields.iter().any(|field| field == "grant_type");
    match &login.issued {
        Issued::Token(place) if is_grant && place == "$.access_token" => DraftLogin::Oauth,
        Issued::Token(_) => DraftLogin::Json,
        Issued::Cookie(_) => DraftLogin::Form,
    }
}

fn form(login: &FormLogin, kind: DraftLogin, origin: &str, path: String, status: u16, draft: &Draft) -> DraftForm {
    let is_at_auth = kind == DraftLogin::Json && draft.auth.as_ref().is_some_and(|auth| auth.contains(':'));
    let (service, base) = if is_at_auth { ("auth", &draft.auth) } else { ("backend", &draft.backend) };
    let is_elsewhere = base.as_deref() != Some(origin);
    DraftForm {
        service,
        base_url: is_elsewhere.then(|| origin.to_owned()),
        path,
        fields: fields(&login.fields),
        issued: match &login.issued {
            Issued::Cookie(name) => DraftIssued::Cookie(one_line(name)),
            Issued::Token(place) => DraftIssued::Token(place.clone()),
        },
        status,
    }
}

/// Returns what is sent in each field. The first field with the word of a user is that of the user.
fn fields(names: &[String]) -> Vec<(String, Sent)> {
    let has = |name: &str, words: &[&str]| words.iter().any(|word| name.to_ascii_lowercase().contains(word));
    let is_csrf = |name: &str| has(name, &CSRF) && !is_password(name);
    let user = names.iter().position(|name| has(name, &USER) && !is_csrf(name) && !is_password(name));
    let sent = |(at, name): (usize, &String)| match () {
        () if is_password(name) => Sent::Password,
        () if is_csrf(name) => Sent::Csrf,
        () if user == Some(at) => Sent::User,
        () => Sent::Other,
    };
    names.iter().enumerate().map(|(at, name)| (name.clone(), sent((at, name)))).collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::init::recording;

    /// A login of a browser: each value that must not be kept has the word `canary`.
    fn har(form: &str, status: u16, cookies: &[&str], body: &str) -> String {
        let cookies: Vec<serde_json::Value> =
            cookies.iter().map(|one| serde_json::json!({ "name": "Set-Cookie", "value": one })).collect();
        let post = serde_json::json!({
            "startedDateTime": "2026-11-20T10:00:00Z", "time": 5, "_resourceType": "document",
            "request": { "method": "POST", "url": "https://shop.test/login;jsessionid=canary?next=canary",
                "headers": [], "postData": { "mimeType": "application/x-www-form-urlencoded; charset=utf-8", "text": form } },
            "response": { "status": status, "headers": cookies, "content": { "mimeType": "text/html", "text": body } },
        });
        serde_json::json!({ "log": { "version": "1.2", "entries": [post] } }).to_string()
    }

    fn drafted(har: &str) -> String {
        let mut draft = Draft::default();
        recording("shop.har", har, &mut draft).expect("a login");
        let text = draft.render();
        assert!(!text.contains("canary"), "{text}");
        let checked = crate::config::TargetFile::check("fivewhys.toml", &text, std::path::Path::new(""));
        assert!(checked.mistakes.is_empty(), "{:?}\n{text}", checked.mistakes);
        text
    }

    #[test]
    fn a_session_in_a_cookie_is_recognised() {
        let form = "authenticity_token=canary-1&user%5Bemail%5D=canary%40shop.test&user%5Bpassword%5D=canary-2&commit=canary-3";
        let cookies = ["lb=canary-4; Path=/", "_shop_session=canary-5; Path=/; HttpOnly", "csrftoken=canary-6"];
        let text = drafted(&har(form, 302, &cookies, ""));
        for part in [
            "backend = \"https://shop.test\"",
            "auth = \"none\"",
            "path = \"/login\"",
            "form = { \"authenticity_token\" = \"{csrf}\", \"user[email]\" = \"{email}\", \"user[password]\" = \"{secret:password}\", \"commit\" = \"FILL-IN\" }",
            "issued_cookie = \"_shop_session\"",
            "accept = { status = 302 }",
            "endpoint = \"backend.login-page\"",
            "token_cookie = \"_shop_session\"",
        ] {
            assert!(text.contains(part), "{part} is not in\n{text}");
        }
        assert!(!text.contains("issued_cookie = \"FILL-IN\""), "{text}");
    }

    #[test]
    fn the_calls_of_the_same_recording_take_the_cookie() {
        let login = har("user=canary&pass=canary", 303, &["sid=canary-12345"], "");
        let mut har: serde_json::Value = serde_json::from_str(&login).expect("JSON");
        let call = serde_json::json!({
            "startedDateTime": "2026-11-20T10:00:01Z", "time": 5, "_resourceType": "xhr",
            "request": { "method": "GET", "url": "https://shop.test/api/orders",
                "headers": [{ "name": "Cookie", "value": "sid=canary-12345" }] },
            "response": { "status": 200, "headers": [], "content": { "mimeType": "application/json", "text": "{}" } },
        });
        har["log"]["entries"].as_array_mut().expect("a list").push(call);
        let text = drafted(&har.to_string());
        let orders =
            "role = \"protected\"\npath = \"/api/orders\"\ntoken_locations = [\"cookie\"]\ntoken_cookie = \"sid\"";
        assert!(text.contains(orders) && text.contains("auth = \"none\""), "{text}");
    }

    #[test]
    fn a_token_in_json_is_recognised() {
        let text = drafted(&har("login=canary&pwd=canary", 200, &[], r#"{"jwt":"canary-canary-canary"}"#));
        assert!(text.contains("endpoint.\"auth.login\"]") && text.contains("issued_token = \"$.jwt\""), "{text}");
        assert!(
            text.contains("auth = \"https://shop.test\"") && text.contains("\"pwd\" = \"{secret:password}\""),
            "{text}"
        );
    }

    #[test]
    fn a_grant_is_the_login_of_oauth() {
        let form = "grant_type=password&username=canary&password=canary";
        let text = drafted(&har(form, 200, &[], r#"{"access_token":"canary-canary-canary"}"#));
        assert!(text.contains("flow = \"password\"\ntoken_url = \"https://shop.test/login\"\n"), "{text}");
    }

    #[rstest]
    #[case::registration("email=a&password=b&password2=b", &["sid=canary-12345"])]
    #[case::no_session("email=a&password=b", &[])]
    #[case::no_password("q=shoes", &["sid=canary-12345"])]
    fn other_forms_are_no_login(#[case] form: &str, #[case] cookies: &[&str]) {
        let mut draft = Draft::default();
        assert!(recording("shop.har", &har(form, 302, cookies, ""), &mut draft).is_err());
        assert!(draft.form.is_none() && draft.login.is_none());
    }
}
