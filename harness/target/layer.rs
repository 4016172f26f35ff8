//! One layer of a target as it is written: everything may be absent. Sits in `target`; layers are laid over each other and then resolved.

use std::num::{NonZeroU32, NonZeroUsize};
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};

use super::error::Source;
use super::overlay::{Overlay, overlays};
use super::sources::{EvidenceText, SecretText};
use super::surface_layer::SurfaceLayer;
use super::values::{BaseUrl, HeaderKey, Period, SocketUrl, SurfaceId};
use super::written::{Json, Named, OneOrMany};
use super::{Algorithm, Door, Validation};

overlays! {
    /// `[defaults]`, `[target.NAME]`, or one override.
    pub(super) struct Layer {
        production: Option<bool>,
        twin: Option<bool>,
        backend: Option<BaseUrl>,
        auth: Option<BaseUrl>,
        websocket: Option<SocketUrl>,
        direct: Option<BaseUrl>,
        doors: Option<Vec<Door>>,
        signing_secret: Option<OneOrMany<SecretText>>,
        algorithm: Option<Algorithm>,
        jwks: Option<EvidenceText>,
        validation: Option<Validation>,
        startup_check: Option<bool>,
        caller: CallerLayer,
        claims: ClaimsLayer,
        budget: BudgetLayer,
        user: Named<String, UserLayer>,
        surface: Named<SurfaceId, SurfaceLayer>,
        names: NamesLayer,
        variables: Named<String, OneOrMany<String>>,
        manifest: ManifestLayer,
        logs: Option<OneOrMany<EvidenceText>>,
        catalogue: Option<OneOrMany<PathBuf>>,
        known_failure: Option<Vec<KnownFailureText>>,
        probes: ProbesLayer,
    }
}
overlays! {
    pub(super) struct ProbesLayer {
        test_headers: Option<bool>,
    }
}
overlays! {
    pub(super) struct CallerLayer {
        id_header: Option<HeaderKey>,
        secret_header: Option<HeaderKey>,
        id: Option<String>,
        secret: Option<OneOrMany<SecretText>>,
    }
}
overlays! {
    pub(super) struct ClaimsLayer {
        iss: Option<String>,
        aud: Option<String>,
        token_type: Option<String>,
        r#type: Option<String>,
        ttl: Option<Period>,
        extra: Named<String, Json>,
    }
}
overlays! {
    pub(super) struct BudgetLayer {
        run: Option<Period>,
        probe: Option<Period>,
        connect: Option<Period>,
        requests_per_minute: Option<NonZeroU32>,
        concurrency: Option<NonZeroUsize>,
        diagnosis_probes: Option<u32>,
        body_bytes: Option<NonZeroUsize>,
        events: Option<NonZeroUsize>,
    }
}
overlays! {
    pub(super) struct UserLayer {
        sub: Option<String>,
        email: Option<String>,
        permissions: Option<Vec<String>>,
        secrets: Named<String, OneOrMany<SecretText>>,
    }
}
overlays! {
    pub(super) struct NamesLayer {
        backend: Option<String>,
        auth: Option<String>,
        project: Option<String>,
        region: Option<String>,
    }
}
overlays! {
    pub(super) struct ManifestLayer {
        backend: Option<EvidenceText>,
        auth: Option<EvidenceText>,
    }
}

/// `[[target.NAME.known_failure]]`.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct KnownFailureText {
    pub(super) of: String,
    pub(super) reason: String,
    #[schemars(with = "String")]
    pub(super) expires: Day,
}

/// A day, as a TOML date or as a string.
#[derive(Debug, Clone)]
pub(super) struct Day(pub(super) Date);

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
    pub(super) fn settle(&mut self, source: &Source, folder: &Path) {
        for entry in &mut self.surface.0 {
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
        self.catalogue.iter_mut().flat_map(|files| &mut files.0).for_each(|file| *file = folder.join(&*file));
    }
}
