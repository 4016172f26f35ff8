//! Certificates in files: those of a private authority, and the one that a client presents.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use crate::config::{Access, SecretSource};

/// The maximum size of a file, in bytes.
const LARGEST: u64 = 4 << 20;

/// The certificate that a client presents (mutual TLS).
#[derive(Debug, Clone)]
pub struct ClientCertificate {
    /// Its key in the target file, for messages: `client_certificate`.
    pub written_as: String,
    /// The file with the certificate and its chain, in PEM.
    pub certificate: PathBuf,
    /// The sources of its private key, in PEM.
    pub key: SecretSource,
}

/// Why certificates cannot be used. The message quotes nothing of the file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, miette::Diagnostic)]
#[error("`{key}` names {}, {why}", path.display())]
#[diagnostic(code(fivewhys::config::certificate), help("a certificate begins with -----BEGIN CERTIFICATE-----"))]
pub struct CertificateError {
    /// The key of the target file.
    pub key: String,
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub why: String,
}

impl Access {
    /// Reads the certificates of the private authorities that the target trusts.
    ///
    /// # Errors
    /// When a file cannot be read, or holds no certificate.
    pub(crate) fn authorities(&self) -> Result<Vec<CertificateDer<'static>>, CertificateError> {
        let read: Result<Vec<_>, _> = self.ca.iter().map(|path| certificates("ca", path)).collect();
        Ok(read?.into_iter().flatten().collect())
    }

    /// Reports whether the target trusts authorities of its own.
    pub(crate) const fn has_authorities(&self) -> bool {
        !self.ca.is_empty()
    }

    /// Returns every certificate that the client may present.
    pub(crate) fn client_certificates(&self) -> impl Iterator<Item = &ClientCertificate> {
        self.client_certificate.iter().chain(self.client_certificate_for.values())
    }

    /// Returns the certificate for a host that has one of its own, or with `None` the one for every other host.
    pub(crate) fn client_certificate_of(&self, host: Option<&str>) -> Option<&ClientCertificate> {
        host.map_or(self.client_certificate.as_ref(), |host| self.client_certificate_for.get(host))
    }
}

impl ClientCertificate {
    /// Reads the certificate, with its chain.
    ///
    /// # Errors
    /// As [`Access::authorities`].
    pub(crate) fn chain(&self) -> Result<Vec<CertificateDer<'static>>, CertificateError> {
        certificates(&format!("{}.certificate", self.written_as), &self.certificate)
    }
}

fn certificates(key: &str, path: &Path) -> Result<Vec<CertificateDer<'static>>, CertificateError> {
    let error = |why: String| CertificateError { key: key.to_owned(), path: path.to_owned(), why };
    let mut pem = Vec::new();
    let read = File::open(path).and_then(|file| file.take(LARGEST).read_to_end(&mut pem));
    read.map_err(|cause| error(format!("which cannot be read: {cause}")))?;
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    match read {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        Ok(_) => Err(error("which holds no certificate in PEM".to_owned())),
        Err(_) => Err(error("which holds PEM that cannot be read".to_owned())),
    }
}
