//! The coordinates of a running twin. `selftest` and `replay` depend on its crate too.

use std::collections::BTreeMap;

use fivewhys_mocks::{Signing, TestUser, Twin};
use miette::IntoDiagnostic as _;
use secrecy::SecretString;
use url::Url;

use crate::config::{EvidenceLocation, SecretOrigin, SecretSource, TwinCoordinates, User, Validation};
use crate::terms::{Algorithm, Service};

/// Returns the addresses, secrets and users of the twin, in the types of a target.
pub fn coordinates(twin: &Twin) -> Result<TwinCoordinates, miette::Report> {
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
            .map(EvidenceLocation::Url),
        issuer: credentials.issuer().to_owned(),
        audience: credentials.audience().to_owned(),
        validation: match credentials.backend_verifies_locally() {
            true => Validation::Local,
            false => Validation::Introspection,
        },
        startup_check: credentials.backend_checks_at_start(),
        service_id: credentials.service_id().to_owned(),
        service_secret: SecretString::from(credentials.service_secret().to_owned()),
        users: credentials.users().iter().zip(names).map(|(user, name)| test_user(user, name)).collect(),
        manifests: BTreeMap::from([
            (Service::Backend, EvidenceLocation::Url(control("/manifests/backend.json")?)),
            (Service::Auth, EvidenceLocation::Url(control("/manifests/auth.json")?)),
        ]),
        logs: vec![EvidenceLocation::Url(control("/logs")?)],
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
        claims: serde_json::Map::new(),
        name: name.to_owned(),
        sub: user.sub.clone(),
        email: user.email.clone(),
        permissions: user.permissions.clone(),
        secrets: BTreeMap::from([("password".to_owned(), password)]),
    }
}
