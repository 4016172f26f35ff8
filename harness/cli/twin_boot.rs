//! Boots the twin for a target and points the target at it. The only place where the harness meets its own mocks.

use std::collections::BTreeMap;

use clap::Args;
use fivewhys_mocks::{Dialect, Fault, Noise, Signing, TestUser, Twin};
use miette::{IntoDiagnostic as _, WrapErr as _, miette};
use secrecy::SecretString;
use url::Url;

use super::mistake::Mistake;
use crate::target::{
    Algorithm, EvidenceSource, SecretOrigin, SecretSource, Service, Target, TwinCoordinates, User, Validation,
};

/// How the twin is to be.
#[derive(Debug, Args)]
pub(super) struct TwinArgs {
    /// A fault to inject into the twin at its cause; may be repeated
    #[arg(long, value_name = "ID")]
    fault: Vec<Fault>,
    /// Whose code the twin behaves like: `documented`, `observed`, `modern` or `opaque`
    #[arg(long, value_name = "DIALECT")]
    dialect: Option<Dialect>,
    /// What the twin does to its callers without any fault: `all`, or some of `seed=N`, `jitter=MS`, `drops=PERCENT`,
    /// `cold-start=MS`, `revisions=PERCENT`, `error-pages=5xx`, `no-server`
    #[arg(long, value_name = "NAME[=VALUE],...")]
    noise: Option<Noise>,
    /// How the twin's tokens are signed: `HS256`, `RS256` or `ES256`; the keys of the latter two are published
    #[arg(long, value_name = "ALGORITHM")]
    signing: Option<Signing>,
    /// Boot the twin's backend without its startup validation
    #[arg(long)]
    no_startup_validation: bool,
}

impl TwinArgs {
    /// Boots it; `port` is the edge's, 0 for any.
    pub(super) async fn boot(&self, port: u16) -> Result<Twin, Mistake> {
        let builder =
            Twin::builder().dialect(self.dialect.unwrap_or_default()).faults(self.fault.iter().copied()).port(port);
        let builder = builder.noise(self.noise.clone().unwrap_or_default()).signing(self.signing.unwrap_or_default());
        let twin = builder.startup_validation(!self.no_startup_validation).start().await;
        Ok(twin.into_diagnostic().wrap_err_with(|| match port {
            0 => "the twin does not boot".to_owned(),
            port => format!("the twin does not boot with its edge on port {port}"),
        })?)
    }

    /// Boots it if the target is the twin, and points the target at it.
    pub(super) async fn boot_for(&self, target: &mut Target) -> Result<Option<Twin>, Mistake> {
        if !target.twin {
            let behaves = self.dialect.is_some() || self.signing.is_some() || self.noise.is_some();
            let asked = !self.fault.is_empty() || behaves || self.no_startup_validation;
            let refuse = || {
                miette!(
                    "the target `{}` is not the twin: --fault, --dialect, --signing, --noise and --no-startup-validation are for a target with `twin = true`",
                    target.name
                )
            };
            return if asked { Err(refuse().into()) } else { Ok(None) };
        }
        let twin = self.boot(0).await?;
        target.attach(coordinates(&twin)?);
        Ok(Some(twin))
    }
}

/// Where the twin is and what it holds, in the target's words.
pub(crate) fn coordinates(twin: &Twin) -> Result<TwinCoordinates, miette::Report> {
    let url = |text: &str| Url::parse(text).into_diagnostic();
    let control = |path: &str| url(&format!("{}{path}", twin.control_url()));
    let credentials = twin.credentials();
    let names = ["primary", "second", "third"];
    Ok(TwinCoordinates {
        backend: url(twin.edge_url())?,
        auth: url(twin.auth_url())?,
        websocket: url(twin.websocket_url())?,
        direct: Some(url(twin.backend_url())?),
        signing_secret: SecretString::from(credentials.signing_secret().to_owned()),
        algorithm: algorithm(twin.signing()),
        jwks: (twin.signing() != Signing::Hs256)
            .then(|| url(&format!("{}/.well-known/jwks.json", twin.auth_url())))
            .transpose()?
            .map(EvidenceSource::Url),
        issuer: credentials.issuer().to_owned(),
        audience: credentials.audience().to_owned(),
        validation: match credentials.backend_verifies_locally() {
            true => Validation::Local,
            false => Validation::AuthService,
        },
        startup_check: credentials.backend_checks_at_start(),
        service_id: credentials.service_id().to_owned(),
        service_secret: SecretString::from(credentials.service_secret().to_owned()),
        users: credentials.users().iter().zip(names).map(|(user, name)| test_user(user, name)).collect(),
        manifests: BTreeMap::from([
            (Service::Backend, EvidenceSource::Url(control("/manifests/backend.json")?)),
            (Service::Auth, EvidenceSource::Url(control("/manifests/auth.json")?)),
        ]),
        logs: vec![EvidenceSource::Url(control("/logs")?)],
    })
}

const fn algorithm(signing: Signing) -> Algorithm {
    match signing {
        Signing::Hs256 => Algorithm::Hs256,
        Signing::Rs256 => Algorithm::Rs256,
        Signing::Es256 => Algorithm::Es256,
    }
}

fn test_user(user: &TestUser, name: &str) -> User {
    let password = SecretSource {
        purpose: format!("the password of {name}"),
        min_bytes: 0,
        sources: vec![SecretOrigin::Held(SecretString::from(user.password().to_owned()))],
    };
    User {
        name: name.to_owned(),
        sub: user.sub.clone(),
        email: user.email.clone(),
        permissions: user.permissions.clone(),
        secrets: BTreeMap::from([("password".to_owned(), password)]),
    }
}
