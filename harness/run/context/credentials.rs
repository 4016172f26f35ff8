//! The credentials of a run: implements what `probe` asks for with the secret sources of the target.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret as _, SecretString};

use crate::config::{Claims, SecretError, SecretOrigin, SecretSource, Target, User};
use crate::probe::{CredentialError, Credentials};
use crate::redact::Redactor;
use crate::terms::TokenKind;
use crate::token::{self, IssuedJwt, KeySet, Minter, Published};

/// Mints tokens and reads secrets, and makes each one known to the redactor.
pub(crate) struct RunCredentials {
    /// `None`: the auth service issues the tokens.
    minter: Option<Minter>,
    /// The keys that the auth service publishes.
    keys: Option<KeySet>,
    /// The claims that the target declares.
    claims: Claims,
    secrets: BTreeMap<String, SecretSource>,
    /// The private keys of the certificates that the target presents, by the host that has one of its own.
    client_keys: BTreeMap<Option<String>, SecretString>,
    service_secret: Option<SecretString>,
    redactor: Redactor,
}

impl RunCredentials {
    /// Reads the signing secret, if the target names one, and the service secret if that evidence is granted.
    pub(crate) fn read(target: &Target, redactor: &Redactor, keys: Option<KeySet>) -> Result<Self, SecretError> {
        let minter = (!target.logs_in()).then(|| Minter::new(target, redactor.clone())).transpose()?;
        let minter = minter.map(|minter| minter.with_published(keys.clone()));
        let wanted = target.caller.as_ref().filter(|_| target.opens(crate::terms::EvidenceSource::ServiceCredentials));
        let service_secret = wanted.map(|caller| caller.secret.read()).transpose()?;
        if let Some(secret) = &service_secret {
            redactor.register_secret("service", secret);
        }
        let client_keys = client_keys(target, redactor)?;
        let secrets = target.access.secrets.clone();
        // A response may hold one before a request does.
        learn(secrets.iter().map(|(name, secret)| (name.as_str(), secret)), redactor);
        let (claims, redactor) = (target.claims.clone(), redactor.clone());
        Ok(Self { minter, keys, claims, secrets, client_keys, service_secret, redactor })
    }

    /// Returns the credentials of a run that has not begun: secrets for requests, and no token.
    pub(crate) fn without_tokens(target: &Target, redactor: &Redactor) -> Result<Self, SecretError> {
        let (secrets, claims) = (target.access.secrets.clone(), target.claims.clone());
        let (client_keys, redactor) = (client_keys(target, redactor)?, redactor.clone());
        Ok(Self { minter: None, keys: None, claims, secrets, client_keys, service_secret: None, redactor })
    }

    /// Returns whether the signing key is one that the auth service publishes, if that is known. Where the auth service
    /// signs all tokens, the set only tells how many keys it holds.
    pub(crate) fn published(&self) -> Option<Published> {
        match &self.minter {
            Some(minter) => minter.published(),
            None => self.keys.as_ref().map(KeySet::of_others),
        }
    }
}

/// Reads the private keys of the certificates that the target presents.
fn client_keys(target: &Target, redactor: &Redactor) -> Result<BTreeMap<Option<String>, SecretString>, SecretError> {
    let hosts = target.access.client_certificate_for.keys().cloned().map(Some).chain([None]);
    let of = |host: Option<String>| {
        let client = target.access.client_certificate_of(host.as_deref())?;
        Some(client.key.read().map(|key| (host, key)))
    };
    let keys: BTreeMap<_, _> = hosts.filter_map(of).collect::<Result<_, _>>()?;
    keys.values().for_each(|key| redactor.register_secret(CLIENT_KEY, key));
    Ok(keys)
}

/// The label of the private key of a client certificate.
const CLIENT_KEY: &str = "client-key";

/// Makes every secret that the target names known to the redactor, before the output of a command is recorded. Secrets
/// whose only source is a command stay unknown, unless the run needed them.
pub(crate) fn learn_all(target: &Target, redactor: &Redactor) {
    let users = target.users.iter().flat_map(|user| user.secrets.iter().map(|(name, secret)| (name.as_str(), secret)));
    let caller = target.caller.iter().map(|caller| ("service", &caller.secret));
    let own = target.access.secrets.iter().map(|(name, secret)| (name.as_str(), secret));
    let client_keys = target.access.client_certificates().map(|client| (CLIENT_KEY, &client.key));
    learn(users.chain(caller).chain(own).chain(client_keys), redactor);
}

/// Makes secrets known to the redactor, except those whose only source is a command.
fn learn<'a>(secrets: impl Iterator<Item = (&'a str, &'a SecretSource)>, redactor: &Redactor) {
    for (label, secret) in secrets {
        let at_hand = |origin: &&SecretOrigin| !matches!(origin, SecretOrigin::Command(_));
        let sources = secret.sources.iter().filter(at_hand).cloned().collect();
        if let Ok(known) = (SecretSource { sources, ..secret.clone() }).read() {
            redactor.register_secret(label, &known);
        }
    }
}

impl Credentials for RunCredentials {
    fn token(&self, kind: TokenKind, user: &User) -> Result<SecretString, CredentialError> {
        let token = match (&self.minter, kind) {
            (Some(minter), _) => minter.mint(kind, user).map_err(|error| CredentialError(error.to_string()))?,
            (None, TokenKind::Malformed) => token::malformed(&self.redactor),
            (None, _) => return Err(CredentialError("the target names no signing key".into())),
        };
        Ok(SecretString::from(token.expose().to_owned()))
    }

    fn forged(&self, kind: TokenKind, issued: &str) -> Option<SecretString> {
        token::forged(kind, issued, &self.redactor).map(|token| SecretString::from(token.expose().to_owned()))
    }

    fn read_issued(&self, jwt: &str) -> IssuedJwt {
        let with_our_secret = self.minter.as_ref().map(|minter| minter.verifies(jwt));
        IssuedJwt { with_our_secret, ..IssuedJwt::read(jwt, self.keys.as_ref(), &self.claims) }
    }

    fn client_key(&self, host: Option<&str>) -> Option<SecretString> {
        self.client_keys.get(&host.map(str::to_owned)).cloned()
    }

    fn conceal(&self, label: &str, value: &str) {
        self.redactor.register_secret(label, &SecretString::from(value.to_owned()));
    }

    fn learn(&self, kind: TokenKind, token: &str) {
        self.redactor.register_token(kind, token);
    }

    fn service_secret(&self) -> Result<SecretString, CredentialError> {
        self.service_secret
            .clone()
            .ok_or_else(|| CredentialError("the evidence `service-credentials` is not granted".into()))
    }

    fn user_secret(&self, user: &User, name: &str) -> Result<SecretString, CredentialError> {
        let missing = || CredentialError(format!("neither the user {} nor the target has a secret {name}", user.name));
        let source = user.secrets.get(name).or_else(|| self.secrets.get(name)).ok_or_else(missing)?;
        let secret = source.read().map_err(|error| CredentialError(error.to_string()))?;
        self.redactor.register_secret(name, &SecretString::from(secret.expose_secret().to_owned()));
        Ok(secret)
    }
}
