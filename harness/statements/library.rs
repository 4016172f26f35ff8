//! The patterns of the statements, read from `products/*.toml`.

use std::sync::LazyLock;

use fivewhys_path::keep_narrowest;
use regex::bytes::{Regex, RegexBuilder};
use serde::Deserialize;

use super::Meaning;

/// One pattern and its meaning.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Statement {
    /// A regular expression for a sentence. Letter case does not count.
    #[serde(rename = "match")]
    pattern: String,
    /// A sentence that also matches this means something else.
    unless: Option<String>,
    means: Meaning,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StatementFile {
    /// Where the sentences come from.
    #[expect(dead_code, reason = "kept in the data for its readers")]
    source: String,
    /// Whether the patterns are general: they count only where no specific one matches.
    #[serde(default)]
    general: bool,
    statement: Vec<Statement>,
}

/// A statement whose patterns are compiled.
struct Compiled {
    wanted: Regex,
    unless: Option<Regex>,
    means: Meaning,
}

/// Statements that are searched together. Each pattern by itself: a set of them has too many states for a DFA.
struct Patterns(Vec<Compiled>);

macro_rules! products {
    ($($name:literal),+ $(,)?) => {
        [$(($name, include_str!(concat!("products/", $name, ".toml")))),+]
    };
}

/// The specific patterns, then the general ones.
static SHIPPED: LazyLock<[Patterns; 2]> = LazyLock::new(|| {
    let files = products![
        "auth-clients",
        "authorization-servers",
        "general",
        "jwt-libraries",
        "oauth",
        "proxies",
        "sockets",
        "stores",
        "web-frameworks"
    ];
    let files: Vec<StatementFile> = files.into_iter().map(|(name, text)| read(name, text)).collect();
    let (general, specific): (Vec<_>, Vec<_>) = files.into_iter().partition(|file| file.general);
    [compiled(specific), compiled(general)]
});

fn read(name: &str, text: &str) -> StatementFile {
    toml::from_str(text).unwrap_or_else(|error| unreachable!("products/{name}.toml is checked by a test: {error}"))
}

fn compiled(files: Vec<StatementFile>) -> Patterns {
    // The sentences of products are ASCII. With the classes and letter cases of Unicode, to compile takes many times longer.
    let regex = |pattern: &String| {
        let builder = RegexBuilder::new(pattern).unicode(false).case_insensitive(true).build();
        builder.expect("the patterns are checked by a test")
    };
    let compiled = |one: Statement| Compiled {
        wanted: regex(&one.pattern),
        unless: one.unless.as_ref().map(regex),
        means: one.means,
    };
    Patterns(files.into_iter().flat_map(|file| file.statement).map(compiled).collect())
}

impl Compiled {
    fn says(&self, sentence: &str) -> bool {
        let is_in = |pattern: &Regex| pattern.is_match(sentence.as_bytes());
        is_in(&self.wanted) && !self.unless.as_ref().is_some_and(is_in)
    }
}

impl Patterns {
    fn of(&self, sentence: &str) -> Vec<Meaning> {
        let mut all: Vec<Meaning> = Vec::new();
        for one in self.0.iter().filter(|one| one.says(sentence)) {
            if !all.contains(&one.means) {
                all.push(one.means);
            }
        }
        // Without a connection, no refusal was received.
        if all.contains(&Meaning::Unconnected) && all.contains(&Meaning::AuthFailed) {
            all.retain(|meaning| !matches!(meaning, Meaning::Unconnected | Meaning::AuthFailed));
            all.push(Meaning::AuthUnreachable);
        }
        if all.contains(&Meaning::Waited) && all.contains(&Meaning::AuthFailed) {
            all.retain(|meaning| !matches!(meaning, Meaning::Waited | Meaning::AuthFailed));
            all.push(Meaning::AuthLate);
        }
        if all.contains(&Meaning::TlsFailed) && all.contains(&Meaning::AuthFailed) {
            all.retain(|meaning| !matches!(meaning, Meaning::TlsFailed | Meaning::AuthFailed));
            all.push(Meaning::AuthUnreachable);
        }
        all
    }
}

/// The flags in the access lines of proxies.
static FLAGS: LazyLock<Patterns> =
    LazyLock::new(|| compiled(vec![read("proxy-flags", include_str!("products/proxy-flags.toml"))]));

/// Returns what the flags in an access line of a proxy mean.
pub(crate) fn meanings_of_flags(line: &str) -> Vec<Meaning> {
    FLAGS.of(line)
}

/// Returns what a sentence means. Specific patterns outweigh general ones. Empty: no pattern matches.
pub(crate) fn meanings(sentence: &str) -> Vec<Meaning> {
    let [specific, general] = &*SHIPPED;
    let mut told = specific.of(sentence);
    if told.is_empty() {
        told = general.of(sentence);
    }
    keep_narrowest(&mut told);
    told
}

/// Returns what a line of a log means by the specific patterns. The usual words occur in too many lines. A crash counts
/// only where its cause is not told.
pub(crate) fn specific_meanings(line: &str) -> Vec<Meaning> {
    let mut all = SHIPPED[0].of(line);
    keep_narrowest(&mut all);
    if all.iter().any(|meaning| *meaning != Meaning::Crashed) {
        all.retain(|meaning| *meaning != Meaning::Crashed);
    }
    all
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{Meaning, meanings, meanings_of_flags, specific_meanings};

    #[rstest]
    #[case::pyjwt("Signature verification failed", Meaning::SignatureInvalid)]
    #[case::jsonwebtoken("jwt malformed", Meaning::TokenMalformed)]
    #[case::jose("no applicable key found in the JSON Web Key Set", Meaning::KeyUnknown)]
    #[case::future("The token is not yet valid (iat)", Meaning::IssuedInFuture)]
    #[case::audience("Invalid audience", Meaning::Audience)]
    #[case::introspection("token introspection failed: 401", Meaning::AuthFailed)]
    #[case::client("invalid_client", Meaning::CallerRefused)]
    #[case::go_oidc("oidc: id token issued by a different provider, expected \"a\" got \"b\"", Meaning::Issuer)]
    #[case::keys_of_go_oidc("failed to verify signature: fetching keys oidc: get keys failed", Meaning::AuthFailed)]
    #[case::rust("InvalidAudience", Meaning::Audience)]
    #[case::laravel("Unauthenticated.", Meaning::Unauthorized)]
    #[case::no_connection("connect ECONNREFUSED 10.0.0.7:8080", Meaning::Unconnected)]
    #[case::no_auth("Token validation error: connect ECONNREFUSED ::1:24172", Meaning::AuthUnreachable)]
    #[case::no_database("connect ECONNREFUSED 10.0.0.7:5432", Meaning::Database)]
    #[case::envoy("upstream connect error or disconnect/reset before headers", Meaning::Upstream)]
    #[case::envoy_protocol(
        "upstream connect error or disconnect/reset before headers. reset reason: protocol error",
        Meaning::Protocol
    )]
    #[case::apache_tls("Error during SSL Handshake with remote server", Meaning::TlsFailed)]
    #[case::modsecurity("ModSecurity: Access denied with code 403", Meaning::Policy)]
    #[case::sqlite("no such table: note", Meaning::Query)]
    #[case::postgres("relation \"orders\" does not exist", Meaning::Query)]
    #[case::spring_csrf("Invalid CSRF token found for http://localhost/orders", Meaning::Forgery)]
    #[case::keycloak("HTTPS required", Meaning::Policy)]
    #[case::redis("Redis connectivity failed", Meaning::Cache)]
    #[case::socket_io("Session ID unknown", Meaning::NoSession)]
    #[case::postgrest("JWTIssuedAtFuture", Meaning::IssuedInFuture)]
    #[case::hs_jose(
        "JWSError (CompactDecodeError Invalid number of parts: Expected 3 parts; got 1)",
        Meaning::TokenMalformed
    )]
    #[case::identity_model("The signature key was not found", Meaning::KeyUnknown)]
    #[case::java_trust("PKIX path building failed: unable to find valid certification path", Meaning::TlsFailed)]
    #[case::empty_set("The JWKS endpoint did not contain any signing keys", Meaning::AuthFailed)]
    #[case::nginx_header("400 Request Header Or Cookie Too Large", Meaning::TooLarge)]
    fn a_sentence_means_what_its_product_means(#[case] sentence: &str, #[case] means: Meaning) {
        assert_eq!(meanings(sentence), [means]);
    }

    #[test]
    fn an_ordinary_sentence_means_nothing() {
        assert_eq!(meanings("order 17 was shipped"), []);
    }

    #[rstest]
    #[case::scheduled("Down for scheduled maintenance", Meaning::Maintenance)]
    #[case::page("Under Maintenance: We'll be back soon.", Meaning::Maintenance)]
    #[case::closed("This service is temporarily closed", Meaning::Maintenance)]
    #[case::scope_of_the_token("missing scope orders:read", Meaning::Claim)]
    #[case::scope_of_the_route("requires one of the scopes: admin", Meaning::Claim)]
    #[case::sqlalchemy("QueuePool limit of size 5 overflow 10 reached", Meaning::Database)]
    #[case::pool("the pool is exhausted", Meaning::Database)]
    #[case::postgres("FATAL: sorry, too many clients already", Meaning::Database)]
    #[case::postgres_reserved("remaining connection slots are reserved", Meaning::Database)]
    #[case::redis_password("WRONGPASS invalid username-password pair", Meaning::Cache)]
    #[case::redis_user("WRONGPASS invalid username-password pair or user is disabled.", Meaning::Cache)]
    #[case::mariadb("Can't connect to server on '127.0.0.1' (115)", Meaning::Database)]
    #[case::redis_memory("OOM command not allowed when used memory > 'maxmemory'", Meaning::Cache)]
    #[case::redis_cluster("CLUSTERDOWN Hash slot not served", Meaning::Cache)]
    fn a_sentence_of_an_operator_or_a_store_has_its_own_meaning(#[case] sentence: &str, #[case] means: Meaning) {
        assert_eq!(meanings(sentence), [means]);
    }

    #[test]
    fn a_refusal_for_a_scope_may_be_one_of_the_claims_or_of_the_user() {
        assert_eq!(meanings("insufficient_scope"), [Meaning::Forbidden, Meaning::Claim]);
    }

    #[rstest]
    #[case::alone("Traceback (most recent call last):", &[Meaning::Crashed])]
    #[case::with_its_cause("Traceback: KeyError: redis is unreachable", &[Meaning::Cache])]
    #[case::cause_without_a_crash("redis is unreachable", &[Meaning::Cache])]
    #[case::nothing("order 17 was shipped", &[])]
    fn a_crash_in_a_log_counts_only_where_its_cause_is_not_told(#[case] line: &str, #[case] means: &[Meaning]) {
        assert_eq!(specific_meanings(line), means);
    }

    #[rstest]
    #[case::of_the_token("Token validation failed: Signature verification failed", &[Meaning::SignatureInvalid])]
    #[case::without_a_reason("token introspection failed: 401", &[Meaning::AuthFailed])]
    #[case::of_a_client("Auth service rejected the token", &[Meaning::TokenRefused])]
    #[case::of_the_caller("the service was rejected", &[Meaning::CallerRefused])]
    #[case::details("Auth service error details: Invalid or expired token", &[])]
    #[case::switched_off("AUTH SERVICE DISABLED: no token can be validated", &[Meaning::AuthFailed])]
    #[case::laravel_passport("Key path \"file:///srv/storage/oauth-public.key\" does not exist or is not readable", &[Meaning::Unconfigured])]
    #[case::no_token("no token in the request", &[Meaning::CredentialMissing])]
    fn a_line_about_auth_means_what_it_says_of_the_token_or_the_caller(#[case] line: &str, #[case] means: &[Meaning]) {
        assert_eq!(specific_meanings(line), means);
    }

    #[rstest]
    #[case::plain("wrong secret for client orders-api", Meaning::CallerSecretRefused)]
    #[case::keycloak(r#"type="CLIENT_LOGIN_ERROR", realmId="4f", clientId="orders", userId="null", ipAddress="10.0.0.2", error="invalid_client_credentials", grant_type="client_credentials""#, Meaning::CallerSecretRefused)]
    #[case::identity_server("Client secret validation failed for client: orders.", Meaning::CallerSecretRefused)]
    #[case::spring(
        "Invalid request: client_secret does not match for registered client 'orders'",
        Meaning::CallerSecretRefused
    )]
    #[case::spring_error("[invalid_client] Client authentication failed: client_secret", Meaning::CallerSecretRefused)]
    #[case::django_oauth_toolkit("Failed basic auth: wrong client secret ***", Meaning::CallerSecretRefused)]
    #[case::dex("invalid client_secret on token request for client: orders", Meaning::CallerSecretRefused)]
    #[case::oidc_provider(
        "invalid_client: client authentication failed (invalid secret provided)",
        Meaning::CallerSecretRefused
    )]
    #[case::entra("AADSTS7000215: Invalid client secret provided.", Meaning::CallerSecretRefused)]
    #[case::okta("The client secret supplied for a confidential client is invalid.", Meaning::CallerSecretRefused)]
    #[case::plain_id("unknown client orders-api", Meaning::CallerIdRefused)]
    #[case::keycloak_id(
        r#"type="CLIENT_LOGIN_ERROR", realmId="4f", clientId="ordres", error="client_not_found""#,
        Meaning::CallerIdRefused
    )]
    #[case::identity_server_id("No client with id 'orders' found. aborting", Meaning::CallerIdRefused)]
    #[case::hydra_id(
        "Client authentication failed (e.g., unknown client, no client authentication included, or unsupported authentication method). The requested OAuth 2.0 Client does not exist.",
        Meaning::CallerIdRefused
    )]
    #[case::spring_id("Client authentication failed: client_id", Meaning::CallerIdRefused)]
    #[case::django_oauth_toolkit_id("Failed basic auth: Application orders does not exist", Meaning::CallerIdRefused)]
    #[case::oidc_provider_id(
        "invalid_client: client authentication failed (client not found)",
        Meaning::CallerIdRefused
    )]
    #[case::entra_id(
        "AADSTS700016: Application with identifier 'x' was not found in the directory 'y'.",
        Meaning::CallerIdRefused
    )]
    #[case::hydra(
        "Client authentication failed (e.g., unknown client, no client authentication included, or unsupported authentication method).",
        Meaning::CallerRefused
    )]
    #[case::credentials("Invalid client credentials", Meaning::CallerRefused)]
    #[case::keycloak_response("Invalid client or Invalid client credentials", Meaning::CallerRefused)]
    #[case::auth0(r#"{"error":"access_denied","error_description":"Unauthorized"}"#, Meaning::CallerRefused)]
    #[case::disabled(
        r#"type="CLIENT_LOGIN_ERROR", clientId="orders", error="client_disabled""#,
        Meaning::CallerRefused
    )]
    fn an_auth_service_says_what_it_refuses_a_client_for(#[case] line: &str, #[case] means: Meaning) {
        assert_eq!(specific_meanings(line), [means]);
    }

    #[rstest]
    #[case::of_a_user(r#"type="LOGIN_ERROR", clientId="shop", error="invalid_user_credentials""#)]
    #[case::served("client orders authenticated with client_secret_basic")]
    #[case::another_application("Application startup complete.")]
    fn a_line_about_another_matter_refuses_no_client(#[case] line: &str) {
        let of_a_caller = [Meaning::CallerRefused, Meaning::CallerSecretRefused, Meaning::CallerIdRefused];
        assert!(!specific_meanings(line).iter().any(|one| of_a_caller.contains(one)));
    }

    #[rstest]
    #[case::mariadb(
        "(1290, 'The MariaDB server is running with the --read-only option so it cannot execute this statement')"
    )]
    #[case::mysql(
        "ER_OPTION_PREVENTS_STATEMENT: The MySQL server is running with the --super-read-only option so it cannot execute this statement"
    )]
    #[case::postgres("psycopg.errors.ReadOnlySqlTransaction: cannot execute INSERT in a read-only transaction")]
    #[case::redis_replica("READONLY You can't write against a read only replica.")]
    #[case::redis_disk(
        "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk."
    )]
    #[case::elasticsearch(
        "cluster_block_exception: index [orders] blocked by: [FORBIDDEN/12/index read-only / allow delete (api)];"
    )]
    #[case::elasticsearch_disk(
        "index [orders] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, index has read-only-allow-delete block];"
    )]
    #[case::python("OSError: [Errno 28] No space left on device: '/data/uploads/7.bin'")]
    #[case::node("Error: ENOSPC: no space left on device, write")]
    #[case::postgres_disk("ERROR: could not extend file \"base/16384/16397\": No space left on device")]
    #[case::mysql_table("(1114, \"The table 'orders' is full\")")]
    #[case::mongo_disk("MongoServerError: OutOfDiskSpace: available disk space is too low")]
    #[case::sqlite("sqlite3.OperationalError: attempt to write a readonly database")]
    #[case::sqlite_disk("SQLITE_FULL: database or disk is full")]
    #[case::quota("write failed: Disk quota exceeded")]
    #[case::mongo_secondary("MongoServerError: not primary (NotWritablePrimary)")]
    fn a_store_says_that_it_takes_no_writes(#[case] line: &str) {
        assert_eq!(specific_meanings(line), [Meaning::NoWrites]);
    }

    #[rstest]
    #[case::apache(
        "[proxy:warn] AH01144: No protocol handler was valid for the URL /api (scheme 'http'). If you are using a DSO version of mod_proxy, make sure the proxy submodules are included in the configuration using LoadModule.",
        Meaning::Upstream
    )]
    #[case::nginx_resolver(
        "[error] 7#7: *3 no resolver defined to resolve orders.internal, client: 10.0.0.1",
        Meaning::Upstream
    )]
    #[case::nginx_host(
        "[emerg] 1#1: host not found in upstream \"orders:8080\" in /etc/nginx/nginx.conf:21",
        Meaning::Upstream
    )]
    #[case::nginx_resolved(
        "[error] 7#7: *3 orders.internal could not be resolved (3: Host not found), client: 10.0.0.1",
        Meaning::Upstream
    )]
    #[case::traefik(
        "error=\"middleware \\\"auth@file\\\" does not exist\" entryPointName=web routerName=orders@docker",
        Meaning::NoRoute
    )]
    #[case::traefik_service("the service \"orders@docker\" does not exist", Meaning::NoRoute)]
    #[case::caddy("dial tcp: lookup orders on 127.0.0.11:53: no such host", Meaning::Unconnected)]
    #[case::apache_balancer("AH01102: error reading status line from remote server 10.0.0.7:8080", Meaning::Upstream)]
    #[case::socket("Max payload size exceeded", Meaning::TooLarge)]
    #[case::socket_frame("message too big", Meaning::TooLarge)]
    fn an_edge_says_that_its_configuration_leads_nowhere(#[case] line: &str, #[case] means: Meaning) {
        assert_eq!(specific_meanings(line), [means]);
    }

    #[rstest]
    #[case::no_healthy_host(r#"[2026-11-29T10:00:00.000Z] "GET /a HTTP/1.1" 503 UH 0 19 0 - "-" "curl" "7" "a" "-""#, &[Meaning::Upstream])]
    #[case::no_connection(r#""GET /a HTTP/1.1" 503 UF,URX upstream_reset_before_response_started{connection_failure}"#, &[Meaning::Upstream])]
    #[case::no_route(r#""GET /a HTTP/1.1" 404 NR route_not_found - "-" 0 0"#, &[Meaning::NoRoute])]
    #[case::too_late(r#""GET /a HTTP/1.1" 504 UT upstream_response_timeout - "-" 0 24"#, &[Meaning::Waited])]
    #[case::denied(r#""GET /a HTTP/1.1" 403 UAEX ext_authz_denied - "-" 0 0"#, &[Meaning::AuthorizerRefused])]
    #[case::no_cluster(r#""GET /a HTTP/1.1" 503 NC cluster_not_found - "-" 0 0"#, &[Meaning::Upstream])]
    #[case::of_haproxy_without_a_server(r#"10.0.0.1:5 [x] front orders/<NOSRV> 0/-1/-1/-1/0 503 221 - - SC-- 1/1/0/0/0 0/0 "GET /a HTTP/1.1""#, &[Meaning::Upstream])]
    #[case::of_haproxy_that_refuses(r#"10.0.0.1:5 [x] front front/<NOSRV> 0/-1/-1/-1/0 403 192 - - PR-- 1/1/0/0/0 0/0 "GET /a HTTP/1.1""#, &[Meaning::Forbidden])]
    #[case::served(r#""GET /a HTTP/1.1" 200 - via_upstream - "-" 0 24"#, &[])]
    fn the_flags_of_a_proxy_say_how_its_call_ended(#[case] line: &str, #[case] means: &[Meaning]) {
        assert_eq!(meanings_of_flags(line), means);
    }

    #[test]
    fn a_usual_word_means_something_in_a_response_only() {
        let said = "the service is starting";
        assert_eq!((meanings(said), specific_meanings(said)), (vec![Meaning::Unready], vec![]));
    }
}
