//! The TLS configuration for HTTP and WebSocket.

use std::sync::{Arc, LazyLock};

use rustls::{ClientConfig, RootCertStore};

/// The trusted roots. Read once, because a machine's store has hundreds of files.
static ROOTS: LazyLock<Arc<RootCertStore>> = LazyLock::new(|| {
    let mut roots = RootCertStore::empty();
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    // A machine without a usable certificate store can still probe with Mozilla's roots.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    Arc::new(roots)
});

/// Returns a configuration that trusts Mozilla's roots and the roots of the machine.
pub(crate) fn client_config() -> ClientConfig {
    trusting(Arc::clone(&ROOTS))
}

/// Returns a configuration that trusts no root, for calls without TLS: to read the roots takes longer than such a call.
pub(crate) fn without_roots() -> ClientConfig {
    trusting(Arc::new(RootCertStore::empty()))
}

fn trusting(roots: Arc<RootCertStore>) -> ClientConfig {
    ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("the provider has the suites of the default versions")
        .with_root_certificates(roots)
        .with_no_client_auth()
}

/// Returns the configuration with these application protocols (ALPN, RFC 7301).
pub(crate) fn offering(config: &ClientConfig, protocols: &[&[u8]]) -> ClientConfig {
    let mut config = config.clone();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
    config
}
