//! The sources of evidence that an operator can grant.

use crate::words;

words! {
    /// A source of evidence that the operator can grant.
    #[derive(clap::ValueEnum)]
    pub enum EvidenceSource {
        /// The public entrance of the system. Always granted.
        Edge => "edge",
        /// The auth service's own URL.
        Auth => "auth",
        /// The backend's own URL, which goes around the edge.
        Direct => "direct",
        /// The credentials with which a service identifies itself to the auth service.
        ServiceCredentials => "service-credentials",
        /// The services' manifests (Cloud Run, Kubernetes, docker-compose, ECS or an env file).
        Manifest => "manifest",
        /// The services' logs.
        Logs => "logs",
    }
}
