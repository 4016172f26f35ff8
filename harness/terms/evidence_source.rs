//! The sources of evidence that an operator can grant.

use super::words;

words! {
    /// A source of evidence the operator has granted.
    #[derive(clap::ValueEnum)]
    pub enum EvidenceSource {
        /// The public public entrance. Always open.
        Edge => "edge",
        /// The auth service's own URL.
        Auth => "auth",
        /// The backend's own URL, past the edge.
        Direct => "direct",
        /// The credentials a service shows to the auth service.
        ServiceCredentials => "service-credentials",
        /// The services' manifests (Cloud Run service JSON).
        Manifest => "manifest",
        /// The services' logs.
        Logs => "logs",
    }
}
