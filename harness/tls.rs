//! The TLS configuration for HTTP and WebSocket.

use std::sync::{Arc, LazyLock};

use rustls::client::WantsClientCert;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, ConfigBuilder, RootCertStore};
use secrecy::{ExposeSecret as _, SecretString};

use crate::config::{Access, CertificateError, ClientCertificate};

/// The trusted roots. Read once, because a machine's store has hundreds of files.
static ROOTS: LazyLock<Arc<RootCertStore>> = LazyLock::new(|| {
    let mut roots = RootCertStore::empty();
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    // A machine without a usable certificate store can still probe with Mozilla's roots.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    Arc::new(roots)
});

/// Returns a configuration that trusts Mozilla's roots and the roots of the machine.
pub(crate) fn usual_config() -> ClientConfig {
    trusting(Arc::clone(&ROOTS)).with_no_client_auth()
}

/// Returns a configuration that trusts no root, for calls without TLS: to read the roots takes longer than such a call.
pub(crate) fn without_roots() -> ClientConfig {
    trusting(Arc::new(RootCertStore::empty())).with_no_client_auth()
}

fn trusting(roots: Arc<RootCertStore>) -> ConfigBuilder<ClientConfig, WantsClientCert> {
    ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("the provider has the suites of the default versions")
        .with_root_certificates(roots)
}

/// Why TLS cannot be set up.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum TlsError {
    /// A certificate cannot be used.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Certificate(#[from] CertificateError),
    /// The private key of the client's certificate cannot be read. The message quotes nothing of it.
    #[error("`{of}.key` is no private key in PEM")]
    #[diagnostic(code(fivewhys::tls::key), help("a private key begins with -----BEGIN PRIVATE KEY-----"))]
    Key {
        /// The key of the certificate in the target file.
        of: String,
    },
    /// The client's certificate cannot be presented.
    #[error("`{of}` names {}, which cannot be presented: {source}", path.display())]
    #[diagnostic(
        code(fivewhys::tls::client_certificate),
        help("it must be an X.509 certificate of version 3, and `key` must be its private key")
    )]
    Presented {
        /// The key of the certificate in the target file.
        of: String,
        /// The file.
        path: std::path::PathBuf,
        /// What the library says.
        source: rustls::Error,
    },
    /// The library refuses the configuration.
    #[error("cannot set up TLS")]
    #[diagnostic(code(fivewhys::tls::setup))]
    Setup(#[from] rustls::Error),
}

/// Returns a configuration that trusts Mozilla's roots, the roots of the machine and those of the target. It presents this
/// client certificate, if there is one.
pub(crate) fn client_config(
    access: &Access,
    presented: Option<(&ClientCertificate, SecretString)>,
) -> Result<ClientConfig, TlsError> {
    let builder = trusting(roots(access)?);
    let Some((client, key)) = presented else { return Ok(builder.with_no_client_auth()) };
    let of = || client.written_as.clone();
    let key = PrivateKeyDer::from_pem_slice(key.expose_secret().as_bytes()).map_err(|_| TlsError::Key { of: of() })?;
    let config = builder.with_client_auth_cert(client.chain()?, key);
    config.map_err(|source| TlsError::Presented { of: of(), path: client.certificate.clone(), source })
}

/// Returns the trusted roots, with those of the target.
fn roots(access: &Access) -> Result<Arc<RootCertStore>, TlsError> {
    let private = access.authorities()?;
    if private.is_empty() {
        return Ok(Arc::clone(&ROOTS));
    }
    let mut roots = RootCertStore::clone(&ROOTS);
    for certificate in private {
        roots.add(certificate)?;
    }
    Ok(Arc::new(roots))
}

/// Returns the configuration with these application protocols (ALPN, RFC 7301).
pub(crate) fn offering(config: &ClientConfig, protocols: &[&[u8]]) -> ClientConfig {
    let mut config = config.clone();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
    config
}
