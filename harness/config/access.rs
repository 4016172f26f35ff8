//! How a target is reached, and where its credentials come from.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::config::{ClientCertificate, Csrf, FixedAddress, SecretSource};

/// Where the tokens of the test users come from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TokenOrigin {
    /// We sign them with the target's key.
    #[default]
    SigningKey,
    /// The auth service issues them, at the target's endpoint with the role `issuer`. The target names no signing key.
    Login,
}

/// Where the auth service is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum AuthPlace {
    /// At the URL that the target gives.
    #[default]
    Public,
    /// Where only the other services can call it.
    Internal,
    /// Nowhere: the backend alone verifies tokens.
    Absent,
}

/// How a target is reached, and where its credentials come from.
#[derive(Debug, Clone, Default)]
pub struct Access {
    /// Where the auth service is. Where it has no URL, [`crate::config::Target::auth`] is that of the backend.
    pub auth: AuthPlace,
    /// Where the tokens of the test users come from.
    pub tokens: TokenOrigin,
    /// Secrets of the target, by the name that `{secret:NAME}` uses. A user's secret of the same name wins.
    pub secrets: BTreeMap<String, SecretSource>,
    /// Files with certificates of private authorities, which are trusted in addition.
    pub ca: Vec<PathBuf>,
    /// The certificate that is presented to a server that asks for one.
    pub client_certificate: Option<ClientCertificate>,
    /// The certificates for single hosts, by their names in lower case. They are presented in place of the other.
    pub client_certificate_for: BTreeMap<String, ClientCertificate>,
    /// Where the token against cross-site request forgery comes from.
    pub csrf: Option<Csrf>,
    /// Addresses that are called instead of what a name resolves to. From the command line.
    pub fixed: Vec<FixedAddress>,
}
