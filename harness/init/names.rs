//! Ids and roles of endpoints, by their paths. They are guesses, and the operator reads them.

use crate::terms::{Role, Service};

/// The segments of a path that reports health.
const HEALTH: [&str; 10] =
    ["health", "healthz", "healthcheck", "livez", "readyz", "live", "ready", "ping", "status", "_health"];
/// The segments of a path that issues a token.
const ISSUER: [&str; 5] = ["token", "login", "signin", "sign-in", "sessions"];
/// The segments of a path of an auth service.
const AUTH: [&str; 5] = ["auth", "oauth", "oauth2", "oidc", "realms"];

/// Returns the role of an endpoint. `asks`: whether it asks for a credential.
pub(super) fn role(method: &str, path: &str, asks: bool) -> Role {
    let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    match () {
        () if asks => Role::Protected,
        () if method == "GET" && HEALTH.contains(&last.as_str()) => Role::Health,
        () if method == "POST" && ISSUER.contains(&last.as_str()) => Role::Issuer,
        () => Role::Open,
    }
}

/// Returns the service of a path where both have one address.
pub(super) fn service(path: &str, role: Role) -> Service {
    let is_auth = path.split('/').any(|part| AUTH.contains(&part.to_ascii_lowercase().as_str()));
    if role == Role::Issuer || (is_auth && role != Role::Health) { Service::Auth } else { Service::Backend }
}

/// Returns the id of an endpoint: `backend.orders`, `backend.post-orders`, `backend.health`.
pub(super) fn id(service: Service, role: Role, method: &str, path: &str) -> String {
    if role == Role::Health {
        return format!("{}.health", service.as_str());
    }
    let plain = |part: &str| -> String {
        let kept = part.chars().filter(|sign| !matches!(sign, '{' | '}')).take(32);
        kept.map(|sign| if sign.is_ascii_alphanumeric() { sign.to_ascii_lowercase() } else { '-' }).collect()
    };
    let parts: Vec<String> = path.split('/').filter(|part| !part.is_empty() && *part != "api").map(plain).collect();
    let named = if parts.is_empty() { "root".to_owned() } else { parts.join("-") };
    let verb = if method == "GET" { String::new() } else { format!("{}-", method.to_ascii_lowercase()) };
    format!("{}.{verb}{named}", service.as_str())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("GET", "/healthz", false, "backend.health", Role::Health)]
    #[case("GET", "/api/orders", true, "backend.orders", Role::Protected)]
    #[case("POST", "/api/orders", true, "backend.post-orders", Role::Protected)]
    #[case("POST", "/auth/login", false, "auth.post-auth-login", Role::Issuer)]
    #[case("GET", "/", false, "backend.root", Role::Open)]
    #[case("GET", "/orders/{id}", true, "backend.orders-id", Role::Protected)]
    fn a_path_gives_id_and_role(
        #[case] method: &str,
        #[case] path: &str,
        #[case] asks: bool,
        #[case] named: &str,
        #[case] is: Role,
    ) {
        let role = role(method, path, asks);
        assert_eq!((id(service(path, role), role, method, path).as_str(), role), (named, is));
    }
}
