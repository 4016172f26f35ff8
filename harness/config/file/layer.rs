//! One layer of a target, as written in a target file. Every key is optional. Layers are merged and then resolved.

use std::num::{NonZeroU32, NonZeroUsize};
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};
use url::Url;

use crate::config::file::csrf_layer::CsrfLayer;
use crate::config::file::endpoint_layer::EndpointLayer;
use crate::config::file::login::LoginLayer;
use crate::config::file::overlay::{Overlay, overlays};
use crate::config::file::sources::{EvidenceText, LogText, SecretText};
use crate::config::file::watch_layer::WatchLayer;
use crate::config::telemetry::trace_url::TraceUrl;
use crate::config::telemetry::written::{CollectorText, ObjectiveLayer};
use crate::config::{Browser, LoadBound, Proxy, TaggedUrl, UserTemplate, Validation};
use crate::document::values::{BaseUrl, EndpointId, HeaderKey, Period, Query, SocketUrl, base_url, written_as_text};
use crate::document::written::{Json, Named, OneOrMany};
use crate::document::{ConfigError, Placed, Source};
use crate::terms::{Algorithm, EvidenceSource, Platform};

written_as_text! {
    /// `environment`, or the URL of a forward proxy.
    ProxyText(Proxy) like "^(environment$|https?://)" = Proxy::read
}
written_as_text! {
    /// The base URL of the auth service, `none` or `internal`.
    AuthText(WrittenAuth) like "^(none$|internal$|https?://)" = written_auth
}

written_as_text! {
    /// `none` or `internal`.
    AgentsText(bool) like "^(none|internal)$" = agents
}

/// Returns whether there are agents.
fn agents(text: &str) -> Result<bool, String> {
    match text {
        "none" => Ok(false),
        "internal" => Ok(true),
        _ => Err(format!("`{text}` is not one of `none`, `internal`")),
    }
}

/// The place of the auth service, as written.
#[derive(Debug, Clone)]
pub(crate) enum WrittenAuth {
    Absent,
    Internal,
    At(Url),
}

fn written_auth(text: &str) -> Result<WrittenAuth, String> {
    match text {
        "none" => Ok(WrittenAuth::Absent),
        "internal" => Ok(WrittenAuth::Internal),
        url => base_url(url, ["http", "https"]).map(WrittenAuth::At),
    }
}

written_as_text! {
    /// The origin of a page: `https://app.example.com`.
    OriginText(String) like "^https?://[^/]+$" = Browser::read_origin
}
overlays! {
    /// `[defaults]`, `[target.NAME]`, or one override.
    pub(crate) struct Layer {
        /// Marks a production system: it is used only when `--target` names it. `false` when absent.
        production: Option<bool>,
        /// Starts the twin for this target. URLs, secrets and evidence then come from the twin. `false` when absent.
        twin: Option<bool>,
        /// The backend's base URL, through the edge, for example `https://api.example.com`. Tokens are sent only to the hosts of the target's URLs.
        backend: Option<BaseUrl>,
        /// The auth service's base URL, for example `https://auth.example.com`. `none`: there is no auth service, and the backend alone verifies tokens. `internal`: there is one, and this machine cannot call it.
        auth: Option<AuthText>,
        /// `none`: no agents run tasks behind the backend, and no verdict names any. `internal`: there are agents, and only the backend calls them. When absent: not known, and a verdict may name them.
        agents: Option<AgentsText>,
        /// The base URL of WebSockets. When absent: the backend's URL with `ws` or `wss`.
        websocket: Option<SocketUrl>,
        /// The backend's own URL, which goes around the edge, for example `https://backend-abc123.run.app`. With the evidence `direct`, it distinguishes faults of the edge from faults of the backend.
        direct: Option<BaseUrl>,
        /// The addresses of revisions that get no traffic, by their tags. `fivewhys bisect --test` tests revisions there.
        tagged_url: TaggedUrlLayer,
        /// The forward proxy for calls of the target: `environment` for what `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` say, or a URL such as `http://proxy.example.com:3128`. When absent, calls go directly to the target's hosts.
        proxy: Option<ProxyText>,
        /// Says that the clients of the target are browsers. Calls then have the headers that a browser sends, and the responses are judged as a browser judges them.
        browser: BrowserLayer,
        /// The granted sources of evidence. `edge` is always granted. `--evidence` can withhold sources but cannot grant any.
        #[serde(alias = "doors")]
        evidence: Option<Vec<EvidenceSource>>,
        /// The sources of the key that signs our tokens. Not needed where the auth service issues the tokens: by `login`, or at an endpoint with the role `issuer`. The first source that is not empty is used, trimmed. At least 32 bytes, or a private key in PEM for RS256 and ES256. For example `["env:JWT_SECRET"]`.
        signing_secret: Option<OneOrMany<SecretText>>,
        /// How the test users get their tokens by OAuth 2.0, for a target without a `signing_secret`.
        login: LoginLayer,
        /// Secrets of the target by name, each with its sources: `{ api_key = ["env:API_KEY"] }`. Headers and bodies refer to one as `{secret:api_key}`.
        secrets: Named<String, OneOrMany<SecretText>>,
        /// Where the token against cross-site request forgery comes from that replaces `{csrf}` in bodies, headers and queries.
        csrf: CsrfLayer,
        /// Files with certificates of a private authority in PEM, one or a list. They are trusted in addition to those of the machine. Relative to this file.
        ca: Option<OneOrMany<PathBuf>>,
        /// The certificate that is presented to a server that asks for one (mutual TLS).
        client_certificate: ClientCertificateLayer,
        /// The certificate for one host, in place of `client_certificate`: `{ "search.example.com" = { certificate = "search.pem", key = ["file:search.key"] } }`. The host must be that of a URL of the target.
        client_certificate_for: Named<String, ClientCertificateLayer>,
        /// The algorithm that signs tokens. `HS256` when absent.
        algorithm: Option<Algorithm>,
        /// The keys that the auth service publishes (a JWK set). Read when the evidence `auth` is granted. Our tokens then carry the id of our key.
        jwks: Option<EvidenceText>,
        /// How a token is verified. `unknown` when absent. An endpoint may have a `validation` of its own.
        validation: Option<Validation>,
        /// The platform on which the services run: it decides the commands in a report. When absent: that of the commands in `manifest` and `logs`, or `cloud-run` if `names` has a project or a region, or else `none`.
        platform: Option<Platform>,
        /// Whether the backend refuses to start when its configuration is incomplete. When absent: not known.
        startup_check: Option<bool>,
        /// How a service identifies itself to the auth service. Used when the evidence `service-credentials` is granted.
        caller: CallerLayer,
        /// The claims of a token, in addition to `sub`, `email`, `permissions`, `iat`, `exp` and a fresh `jti`.
        claims: ClaimsLayer,
        /// Limits on time, size and rate.
        budget: BudgetLayer,
        /// The load that `smoke --users` may put on the target. When absent, and for a target marked `production`, load is refused.
        load: LoadLayer,
        /// Known test users, by the name that scenarios use (`as`). The first is the default.
        user: Named<String, UserLayer>,
        /// The endpoints by id: `backend.NAME` or `auth.NAME`. The first part selects the base URL.
        #[serde(alias = "surface")]
        endpoint: Named<EndpointId, EndpointLayer>,
        /// The names of the deployed services, for the commands in a report. `fivewhys` itself makes no request with them.
        names: NamesLayer,
        /// The people who own a part of the system, by the owner that the catalogue names: `backend`, `auth`, `platform`, `agents`, `database team`, `network team`, `client team`, `test team`, or an owner of your own entries. Reports then name them: `{ backend = "Team Chat, #chat" }`.
        owners: Named<String, String>,
        /// The names of environment variables in the services' manifests, by role: `service-secret`, `service-id`, `jwt-secret`, `auth-url`, `auth-enabled`, `oauth-client`, `required`. The first name that exists is used. For `required`, all names are used.
        variables: Named<String, OneOrMany<String>>,
        /// The locations of the services' manifests (Cloud Run, Kubernetes, docker-compose, ECS or an env file). Read when the evidence `manifest` is granted.
        manifest: ManifestLayer,
        /// The locations of the services' logs (of any usual format), one or a list. Read in order when the evidence `logs` is granted. `{ from = "file:auth.log", writer = "auth" }` names the component that wrote all of a log: `backend`, `auth` or `edge`.
        logs: Option<OneOrMany<LogText>>,
        /// Catalogue files that are added to the built-in catalogue. Patterns such as `faults/*.toml` are allowed. Relative to this file.
        catalogue: Option<OneOrMany<PathBuf>>,
        /// A folder of your own scenarios, driven in addition to the built-in ones. Relative to this file. A scenario with the same id replaces the built-in one.
        scenarios: Option<PathBuf>,
        /// Known failures: reported but not diagnosed, each until its expiry date.
        known_failure: Option<Vec<KnownFailureText>>,
        /// Probes that an operator may want to switch off.
        probes: ProbesLayer,
        /// Where a response names the revision that answered. With `--deployed`, it proves that the deployed revision was tested.
        version: VersionLayer,
        /// Limits on what a run measures, by name. Every report shows them, and a missed one fails the run as a step of the scenario `objectives`.
        objectives: Named<String, ObjectiveLayer>,
        /// The address of a trace, with `{trace_id}`, for example `https://tracing.example.com/trace/{trace_id}`. Reports then link each failed step to its trace.
        trace_url: Option<TraceUrl>,
        /// Exports the spans of each run by OTLP/HTTP: `environment` for what `OTEL_EXPORTER_OTLP_ENDPOINT` says, or a base URL such as `http://localhost:4318`. Headers come from `OTEL_EXPORTER_OTLP_HEADERS`. When absent, nothing is exported unless `--otlp` asks for it.
        otlp: Option<CollectorText>,
        /// What `fivewhys watch` notifies when an incident opens, changes its cause, or is cured.
        watch: WatchLayer,
    }
}
impl Overlay for ObjectiveLayer {
    fn overlay(&mut self, later: Self) {
        self.take(later);
    }
}
overlays! {
    pub(crate) struct ClientCertificateLayer {
        /// The file with the certificate and its chain in PEM. Relative to this file.
        certificate: Option<PathBuf>,
        /// The sources of its private key in PEM, for example `["file:client.key"]`.
        key: Option<OneOrMany<SecretText>>,
    }
}
overlays! {
    pub(crate) struct BrowserLayer {
        /// The origin of the page whose scripts call the target, for example `https://app.example.com`.
        origin: Option<OriginText>,
        /// Whether the page sends cookies to other origins (`credentials: "include"` of `fetch`, `withCredentials` of `EventSource`). `false` when absent.
        credentials: Option<bool>,
        /// The origin of a page that the system must not trust, for the negative control. `https://foreign.invalid` when absent.
        foreign_origin: Option<OriginText>,
    }
}
overlays! {
    pub(crate) struct VersionLayer {
        /// A header of the responses of the deployed service, for example `x-revision`. Its value is the name of the revision, or the end of that name after a `-`.
        header: Option<HeaderKey>,
        /// The same value in the JSON of the endpoints with the role `health`, for example `$.version`.
        json: Option<Query>,
    }
}
overlays! {
    pub(crate) struct ProbesLayer {
        /// Sends one probe per run with headers that mark it as a test (`X-Test-*`) and an invalid token. It is a finding when these headers get the request accepted. `true` when absent. Never sent to a target marked `production`.
        test_headers: Option<bool>,
    }
}
overlays! {
    pub(crate) struct CallerLayer {
        /// How a request carries id and secret: `headers` (the default: two headers), `basic` (HTTP Basic), `bearer` (a bearer token) or `api-key` (the header `secret_header` alone).
        scheme: Option<SchemeName>,
        /// The header with the id of the calling service, for example `X-Service-ID`.
        id_header: Option<HeaderKey>,
        /// The header with the secret of the calling service, for example `X-Service-Secret`.
        secret_header: Option<HeaderKey>,
        /// The id of the backend, for example `my-backend`.
        id: Option<String>,
        /// The sources of its secret. The first source that is not empty is used, trimmed. At least 32 bytes.
        secret: Option<OneOrMany<SecretText>>,
    }
}
/// How a request carries the credentials of the calling service.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum SchemeName {
    #[default]
    Headers,
    Basic,
    Bearer,
    ApiKey,
}
overlays! {
    pub(crate) struct ClaimsLayer {
        /// The issuer that the services expect, for example `my-auth-service`.
        iss: Option<String>,
        /// The audience. When absent, the claim is left out.
        aud: Option<String>,
        /// The claim `token_type`, for example `access`. When absent, it is left out.
        token_type: Option<String>,
        /// The claim `type`, for example `access`. When absent, it is left out.
        r#type: Option<String>,
        /// The lifetime of a valid token. `5m` when absent.
        ttl: Option<Period>,
        /// Additional claims: `{ staging = true }`.
        extra: Named<String, Json>,
    }
}
overlays! {
    pub(crate) struct BudgetLayer {
        /// The time limit of the whole run, diagnosis included. `2m` when absent.
        run: Option<Period>,
        /// The time limit of one probe, from start to end. `15s` when absent.
        probe: Option<Period>,
        /// The time limit of the TCP and TLS handshakes of one probe. `5s` when absent.
        connect: Option<Period>,
        /// The maximum number of requests a minute, all services together. 60 when absent. Stay below the rate limit of the edge. All runs of one user on one machine share it, by the host of `backend`, unless that host is this machine.
        requests_per_minute: Option<NonZeroU32>,
        /// The number of scenarios that run at the same time. When absent: `requests_per_minute` / 60, from 3 to 64. Always 1 if the evidence `logs` is granted.
        concurrency: Option<NonZeroUsize>,
        /// The maximum number of probes that the diagnosis may add. 16 when absent.
        diagnosis_probes: Option<u32>,
        /// The maximum number of bytes read of one body, or of all payloads of one stream or socket. 1048576 (1 MiB) when absent.
        body_bytes: Option<NonZeroUsize>,
        /// The maximum number of events read of one stream, or frames of one socket. 1000 when absent.
        events: Option<NonZeroUsize>,
    }
}
overlays! {
    pub(crate) struct LoadLayer {
        /// The most users at the same time, for example 200.
        users: Option<Placed<NonZeroU32>>,
        /// The most calls a second, all users together. A message over an open WebSocket counts as a call.
        rate: Option<Placed<NonZeroU32>>,
        /// The longest time that `--ramp` and `--hold` may take together, for example `2m`.
        duration: Option<Placed<Period>>,
        /// The percentage of calls that must be served, from 0 to 100. `95` when absent.
        served: Option<Placed<f64>>,
        /// The header of a response that names the instance which answered, for example `x-instance-id`.
        instance: Option<HeaderKey>,
        /// How the users of the pool are named. When absent: the known users first, then users whose `sub` and `email` are derived from those of the first one.
        user: LoadUserLayer,
    }
}
overlays! {
    pub(crate) struct LoadUserLayer {
        /// The claim `sub`. `{n}` stands for the number of the user, from 1: `load-{n}`.
        sub: Option<String>,
        /// The claim `email`, likewise: `load-{n}@example.com`.
        email: Option<String>,
    }
}
overlays! {
    pub(crate) struct UserLayer {
        /// The claim `sub`: the user's id, for example `e2e-user-001`. Optional where the auth service issues the tokens.
        sub: Option<String>,
        /// The claim `email`. Optional where the auth service issues the tokens.
        email: Option<String>,
        /// The claim `permissions`, for example `["read", "write"]`.
        permissions: Option<Vec<String>>,
        /// Additional claims of this user, which replace those of `claims.extra`: `{ role = "admin" }`.
        claims: Named<String, Json>,
        /// The secrets of this user by name, each with its sources: `{ password = ["env:PASSWORD"] }`. A body refers to one as `{secret:password}`.
        secrets: Named<String, OneOrMany<SecretText>>,
    }
}
overlays! {
    pub(crate) struct NamesLayer {
        /// The name of the backend: the service of Cloud Run, ECS or Compose, or the Deployment of Kubernetes. For example `my-backend-staging`.
        backend: Option<String>,
        /// The name of the auth service, as for `backend`.
        auth: Option<String>,
        /// The id of the Google Cloud project.
        project: Option<String>,
        /// The region of the cloud, for example `us-central1`.
        region: Option<String>,
        /// The namespace of Kubernetes.
        namespace: Option<String>,
        /// The cluster of ECS.
        cluster: Option<String>,
    }
}
overlays! {
    pub(crate) struct TaggedUrlLayer {
        /// The backend's URL with `{tag}` in the first label of its host, for example `https://{tag}---my-backend-abc123.a.run.app`, or a table `TAG = "URL"`. Tokens are sent to these hosts.
        backend: Option<TaggedUrl>,
        /// The same for the auth service.
        auth: Option<TaggedUrl>,
    }
}
overlays! {
    pub(crate) struct ManifestLayer {
        /// The backend's manifest, for example `command:["gcloud", "run", "services", "describe", "my-backend", "--format=json"]`. At most 32 MiB, within 30 s.
        backend: Option<EvidenceText>,
        /// The auth service's manifest. At most 32 MiB, within 30 s.
        auth: Option<EvidenceText>,
    }
}

/// `[[target.NAME.known_failure]]`.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct KnownFailureText {
    /// The scenario that fails, or one of its steps: `chat-stream/send`.
    pub(crate) of: String,
    /// Why the failure is tolerated. The report quotes it.
    pub(crate) reason: String,
    /// The day from which the failure counts again: 2026-12-31.
    #[schemars(with = "String")]
    pub(crate) expires: Day,
}

/// A day, as a TOML date or a string.
#[derive(Debug, Clone)]
pub(crate) struct Day(pub(crate) Date);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = match toml::Value::deserialize(deserializer)? {
            toml::Value::Datetime(day) => day.to_string(),
            toml::Value::String(day) => day,
            other => {
                return Err(D::Error::custom(format!(
                    "expected a day such as 2026-12-31, found a {}",
                    other.type_str()
                )));
            }
        };
        text.parse().map(Self).map_err(|_| D::Error::custom(format!("`{text}` is not a day such as 2026-12-31")))
    }
}

impl LoadLayer {
    fn settle(&mut self, source: &Source) {
        self.users.iter_mut().for_each(|users| users.settle(source));
        self.rate.iter_mut().for_each(|rate| rate.settle(source));
        self.duration.iter_mut().for_each(|duration| duration.settle(source));
        self.served.iter_mut().for_each(|served| served.settle(source));
    }

    /// Returns the bound. `None`: the target allows no load.
    pub(crate) fn resolve(self, name: &str) -> Result<Option<LoadBound>, ConfigError> {
        let Self { users, rate, duration, served, instance, user } = self;
        if users.is_none() && rate.is_none() && duration.is_none() {
            return Ok(None);
        }
        let missing = |key: &str| {
            let message = format!("the target `{name}` has a `load` without `{key}`");
            ConfigError::new(message).help("a load has `users`, `rate` and `duration`")
        };
        let users = users.ok_or_else(|| missing("users"))?;
        let rate = rate.ok_or_else(|| missing("rate"))?;
        let duration = duration.ok_or_else(|| missing("duration"))?;
        let share = share(served)?;
        let (most, often, long) = (users.value.get(), rate.value.get(), duration.value.0);
        let mut bound = LoadBound::new(users.with(most), rate.with(often), duration.with(long), share);
        bound.instance = instance.map(|name| name.0.to_ascii_lowercase());
        bound.user = user.resolve(name)?;
        Ok(Some(bound))
    }
}

/// The percentage of calls that must be served when the target does not say.
const USUALLY_SERVED: f64 = 95.0;

/// Returns the share of calls that must be served.
fn share(percentage: Option<Placed<f64>>) -> Result<f64, ConfigError> {
    let Some(written) = percentage else { return Ok(USUALLY_SERVED / 100.0) };
    if (0.0..=100.0).contains(&written.value) {
        return Ok(written.value / 100.0);
    }
    let message = format!("`load.served` is {}: expected a percentage from 0 to 100", written.value);
    Err(written.blame(ConfigError::new(message)))
}

impl LoadUserLayer {
    fn resolve(self, name: &str) -> Result<Option<UserTemplate>, ConfigError> {
        match (self.sub, self.email) {
            (None, None) => Ok(None),
            (Some(sub), Some(email)) if sub.contains("{n}") && email.contains("{n}") => {
                Ok(Some(UserTemplate { sub, email }))
            }
            _ => {
                let message = format!("`load.user` of the target `{name}` needs `sub` and `email`, each with `{{n}}`");
                Err(ConfigError::new(message)
                    .help("for example `load.user = { sub = \"load-{n}\", email = \"load-{n}@example.com\" }`"))
            }
        }
    }
}

impl Layer {
    /// Records the source text of the layer, and makes relative paths relative to the folder of that text.
    pub(crate) fn settle(&mut self, source: &Source, folder: &Path) {
        for entry in &mut self.endpoint.0 {
            entry.source = Some(source.clone());
        }
        for entry in &mut self.user.0 {
            entry.source = Some(source.clone());
        }
        for entry in &mut self.objectives.0 {
            entry.source = Some(source.clone());
        }
        for entry in &mut self.client_certificate_for.0 {
            entry.source = Some(source.clone());
        }
        self.load.settle(source);
        let users = self.user.0.iter_mut().flat_map(|user| &mut user.value.secrets.0).map(|secret| &mut secret.value);
        let own = self.secrets.0.iter_mut().map(|secret| &mut secret.value).chain(&mut self.login.client_secret);
        let for_hosts = self.client_certificate_for.0.iter_mut().map(|entry| &mut entry.value);
        let (mut certificates, mut keys) = (Vec::new(), Vec::new());
        for client in for_hosts.chain([&mut self.client_certificate]) {
            certificates.extend(&mut client.certificate);
            keys.extend(&mut client.key);
        }
        let own = own.chain(keys).chain(self.watch.settle(source));
        let lists = users.chain(own).chain(self.signing_secret.as_mut()).chain(self.caller.secret.as_mut());
        lists.flat_map(|list| &mut list.0).for_each(|secret| secret.root(folder));
        let manifests = self.manifest.backend.iter_mut().chain(self.manifest.auth.as_mut());
        manifests.chain(&mut self.jwks).for_each(|evidence| evidence.root(folder));
        self.logs.iter_mut().flat_map(|logs| &mut logs.0).for_each(|log| log.root(folder));
        let certificates = self.ca.iter_mut().flat_map(|files| &mut files.0).chain(certificates);
        certificates.for_each(|path| *path = folder.join(&*path));
        self.scenarios.iter_mut().for_each(|path| *path = folder.join(&*path));
        self.catalogue.iter_mut().flat_map(|files| &mut files.0).for_each(|file| *file = folder.join(&*file));
    }
}
