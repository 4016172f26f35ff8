//! One layer of a target as it is written: everything may be absent. Sits in `target`; layers are laid over each other and then resolved.

use std::num::{NonZeroU32, NonZeroUsize};
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};

use crate::config::Validation;
use crate::config::file::endpoint_layer::EndpointLayer;
use crate::config::file::overlay::{Overlay, overlays};
use crate::config::file::sources::{EvidenceText, SecretText};
use crate::document::error::Source;
use crate::document::values::{BaseUrl, EndpointId, HeaderKey, Period, SocketUrl};
use crate::document::written::{Json, Named, OneOrMany};
use crate::terms::{Algorithm, EvidenceSource};

overlays! {
    /// `[defaults]`, `[target.NAME]`, or one override.
    pub(crate) struct Layer {
        /// Refused unless `--target` asks for it by name. `false` when absent.
        production: Option<bool>,
        /// The twin is booted for it, which then gives URLs, secrets and evidence. `false` when absent.
        twin: Option<bool>,
        /// The backend's base URL through the edge, for example `https://api.example.com`. Tokens go to no host but those of the target's URLs.
        backend: Option<BaseUrl>,
        /// The auth service's own base URL, for example `https://auth.example.com`.
        auth: Option<BaseUrl>,
        /// The base URL of WebSockets; when absent the backend's, with `ws` or `wss`.
        websocket: Option<SocketUrl>,
        /// The backend's own URL, past the edge, for example `https://backend-abc123.run.app`. With the evidence `direct` it tells the edge from the backend.
        direct: Option<BaseUrl>,
        /// The sources of evidence that are granted. `edge` is always granted. `--evidence` withholds evidence and grants none.
        #[serde(alias = "doors")]
        evidence: Option<Vec<EvidenceSource>>,
        /// Where the secret is found that signs our tokens: the first source that is not empty, trimmed. At least 32 bytes, or a private key in PEM for RS256 and ES256. For example `["env:JWT_SECRET"]`.
        signing_secret: Option<OneOrMany<SecretText>>,
        /// How tokens are signed. `HS256` when absent.
        algorithm: Option<Algorithm>,
        /// The keys that the auth service publishes; read where the evidence `auth` is granted. Our tokens then carry the id of our key.
        jwks: Option<EvidenceText>,
        /// How the backend judges a token. `unknown` when absent.
        validation: Option<Validation>,
        /// Whether the backend refuses to start without its configuration. Absent: nobody knows.
        startup_check: Option<bool>,
        /// How a service identifies itself to the auth service; used where the evidence `service-credentials` is granted.
        caller: CallerLayer,
        /// What is put into a token, besides `sub`, `email`, `permissions`, `iat`, `exp` and a fresh `jti`.
        claims: ClaimsLayer,
        /// How long, how much, how often.
        budget: BudgetLayer,
        /// Known test users, by the name that scenarios use (`as`). The first is the usual one.
        user: Named<String, UserLayer>,
        /// What can be called, by id: `backend.NAME` or `auth.NAME`, whose base URL it is called at.
        #[serde(alias = "surface")]
        endpoint: Named<EndpointId, EndpointLayer>,
        /// The operator's names of the deployed things, filled into the commands of a report. Nothing is called with them.
        names: NamesLayer,
        /// What the variables that matter are called in the services' manifests, by role: `service-secret`, `service-id`, `jwt-secret`, `auth-url`, `auth-enabled`, `oauth-client`, `required`. Of several names the first that is there counts; of `required` all do.
        variables: Named<String, OneOrMany<String>>,
        /// Where the services' manifests are (Cloud Run service JSON); read where the evidence `manifest` is granted.
        manifest: ManifestLayer,
        /// Where the services' logs are (Cloud Logging entries as JSON), one or several, read one after the other where the evidence `logs` is granted.
        logs: Option<OneOrMany<EvidenceText>>,
        /// Files of faults beside the built-in catalogue. Patterns such as `faults/*.toml` are allowed; relative to this file.
        catalogue: Option<OneOrMany<PathBuf>>,
        /// A folder of scenarios of your own, driven beside those built in; relative to this file. One of the same id replaces the built-in one.
        scenarios: Option<PathBuf>,
        /// Failures that are reported as known and not diagnosed, each until a day.
        known_failure: Option<Vec<KnownFailureText>>,
        /// Probes that not every operator wants.
        probes: ProbesLayer,
    }
}
overlays! {
    pub(crate) struct ProbesLayer {
        /// One probe a run carries headers that call it a test (`X-Test-*`) beside a token that is none; that they grant more evidence is a finding. `true` when absent; never sent to a target marked `production`.
        test_headers: Option<bool>,
    }
}
overlays! {
    pub(crate) struct CallerLayer {
        /// The header that says which service calls, for example `X-Service-ID`.
        id_header: Option<HeaderKey>,
        /// The header that proves it, for example `X-Service-Secret`.
        secret_header: Option<HeaderKey>,
        /// The id of the backend, for example `my-backend`.
        id: Option<String>,
        /// Where its secret is found: the first source that is not empty, trimmed. At least 32 bytes.
        secret: Option<OneOrMany<SecretText>>,
    }
}
overlays! {
    pub(crate) struct ClaimsLayer {
        /// The issuer that the services ask for, for example `my-auth-service`.
        iss: Option<String>,
        /// The audience. Absent: the claim is left out.
        aud: Option<String>,
        /// The claim `token_type`, for example `access`. Absent: left out.
        token_type: Option<String>,
        /// The claim `type`, for example `access`. Absent: left out.
        r#type: Option<String>,
        /// How long a valid token lives, for example `5m`, which it is when absent.
        ttl: Option<Period>,
        /// Anything else, as written: `{ staging = true }`.
        extra: Named<String, Json>,
    }
}
overlays! {
    pub(crate) struct BudgetLayer {
        /// The whole run, diagnosis included, for example `5m`. `2m` when absent.
        run: Option<Period>,
        /// One probe, from start to end. `15s` when absent.
        probe: Option<Period>,
        /// TCP and TLS of one probe. `5s` when absent.
        connect: Option<Period>,
        /// Requests a minute, all services together. 60 when absent. Stay under what the edge allows.
        requests_per_minute: Option<NonZeroU32>,
        /// Scenarios driven at once. When absent 3, or 1 where the evidence `logs` is granted.
        concurrency: Option<NonZeroUsize>,
        /// Probes that the diagnosis may add. 16 when absent.
        diagnosis_probes: Option<u32>,
        /// Bytes that are read of one body, or of one stream's or socket's payloads together. 1048576 (1 MiB) when absent.
        body_bytes: Option<NonZeroUsize>,
        /// Events that are read of one stream, or frames of one socket. 1000 when absent.
        events: Option<NonZeroUsize>,
    }
}
overlays! {
    pub(crate) struct UserLayer {
        /// The claim `sub`: the user's id, for example `e2e-user-001`.
        sub: Option<String>,
        /// The claim `email`.
        email: Option<String>,
        /// The claim `permissions`, for example `["read", "write"]`.
        permissions: Option<Vec<String>>,
        /// Secrets of this user by name, each with its sources: `{ password = ["env:PASSWORD"] }`. Bodies name them as `{secret:password}`.
        secrets: Named<String, OneOrMany<SecretText>>,
    }
}
overlays! {
    pub(crate) struct NamesLayer {
        /// The backend's Cloud Run service, for example `my-backend-staging`.
        backend: Option<String>,
        /// The auth service's Cloud Run service.
        auth: Option<String>,
        /// The project id.
        project: Option<String>,
        /// The region, for example `us-central1`.
        region: Option<String>,
    }
}
overlays! {
    pub(crate) struct ManifestLayer {
        /// The backend's, for example `command:["gcloud", "run", "services", "describe", "my-backend", "--format=json"]`. At most 32 MiB, within 30 s.
        backend: Option<EvidenceText>,
        /// The auth service's, likewise.
        auth: Option<EvidenceText>,
    }
}

/// `[[target.NAME.known_failure]]`.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct KnownFailureText {
    /// A scenario, or one step of it: `chat-stream/send`.
    pub(crate) of: String,
    /// Why it is tolerated; stands in the report.
    pub(crate) reason: String,
    /// From this day on it counts again: 2026-12-31.
    #[schemars(with = "String")]
    pub(crate) expires: Day,
}

/// A day, as a TOML date or as a string.
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
        text.parse().map(Self).map_err(|_| D::Error::custom(format!("`{text}` is no day such as 2026-12-31")))
    }
}

impl Layer {
    /// Remembers which text the layer came from, and takes relative paths as relative to that text's folder.
    pub(crate) fn settle(&mut self, source: &Source, folder: &Path) {
        for entry in &mut self.endpoint.0 {
            entry.source = Some(source.clone());
        }
        for entry in &mut self.user.0 {
            entry.source = Some(source.clone());
        }
        let users = self.user.0.iter_mut().flat_map(|user| &mut user.value.secrets.0).map(|secret| &mut secret.value);
        let lists = users.chain(self.signing_secret.as_mut()).chain(self.caller.secret.as_mut());
        lists.flat_map(|list| &mut list.0).for_each(|secret| secret.root(folder));
        let manifests = self.manifest.backend.iter_mut().chain(self.manifest.auth.as_mut());
        let logs = self.logs.iter_mut().flat_map(|logs| &mut logs.0);
        manifests.chain(logs).chain(&mut self.jwks).for_each(|evidence| evidence.root(folder));
        self.scenarios.iter_mut().for_each(|path| *path = folder.join(&*path));
        self.catalogue.iter_mut().flat_map(|files| &mut files.0).for_each(|file| *file = folder.join(&*file));
    }
}
