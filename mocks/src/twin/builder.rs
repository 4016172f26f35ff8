//! The builder of a twin: dialect, faults, noise, signing, port.

use super::Twin;
use super::boot::boot;
use crate::clients::Clients;
use crate::faults::Fault;
use crate::noise::Noise;
use crate::terms::{BootError, Credentials, Dialect, JwtVariable, LoadFault, Signing};

/// Describes a twin; [`TwinBuilder::start`] boots it.
///
/// The default is a healthy twin in the dialect `documented`, without noise, with HS256 tokens, on free ports.
///
/// # Example
///
/// ```
/// use fivewhys_mocks::{Dialect, Fault, Noise, Twin};
///
/// # #[tokio::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// // Arrange: a backend without its service secret, behind an edge that sends no `Server` header.
/// let twin = Twin::builder()
///     .dialect(Dialect::Observed)
///     .fault(Fault::ServiceSecretMissing)
///     .noise("no-server".parse::<Noise>()?)
///     .start()
///     .await?;
///
/// // Act: call the backend through the edge.
/// let response = reqwest::get(format!("{}/health", twin.edge_url())).await?;
///
/// // Assert: the backend refused to start, and the edge answers for it.
/// assert_eq!(response.status(), 503);
/// assert!(!response.headers().contains_key("server"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct TwinBuilder {
    pub(crate) dialect: Dialect,
    pub(crate) faults: Vec<Fault>,
    pub(crate) startup_validation: bool,
    pub(crate) noise: Noise,
    pub(crate) clients: Clients,
    pub(crate) load_faults: Vec<LoadFault>,
    pub(crate) port: u16,
    pub(crate) signing: Signing,
    pub(crate) jwt_variable: JwtVariable,
    pub(crate) backend_reads: Vec<JwtVariable>,
    pub(crate) credentials: Option<Credentials>,
}

impl Default for TwinBuilder {
    fn default() -> Self {
        Self {
            dialect: Dialect::default(),
            faults: Vec::new(),
            startup_validation: true,
            noise: Noise::default(),
            clients: Clients::default(),
            load_faults: Vec::new(),
            port: 0,
            signing: Signing::default(),
            jwt_variable: JwtVariable::Key,
            backend_reads: JwtVariable::ALL.to_vec(),
            credentials: None,
        }
    }
}

impl TwinBuilder {
    /// Sets how the services phrase their answers. The default is [`Dialect::Documented`].
    #[must_use]
    pub fn dialect(mut self, dialect: Dialect) -> Self {
        self.dialect = dialect;
        self
    }

    /// Adds a fault.
    #[must_use]
    pub fn fault(self, fault: Fault) -> Self {
        self.faults([fault])
    }

    /// Adds several faults. They act together; their order does not matter.
    #[must_use]
    pub fn faults(mut self, faults: impl IntoIterator<Item = Fault>) -> Self {
        self.faults.extend(faults);
        self
    }

    /// Sets `STARTUP_VALIDATION` in the manifest: whether the backend refuses to start without its secrets. The default
    /// is `true`.
    #[must_use]
    pub fn startup_validation(mut self, on: bool) -> Self {
        self.startup_validation = on;
        self
    }

    /// Sets the noise: disturbances without a fault. The default has none.
    #[must_use]
    pub fn noise(mut self, noise: Noise) -> Self {
        self.noise = noise;
        self
    }

    /// Sets the clients. The default has no browsers.
    #[must_use]
    pub fn clients(mut self, clients: Clients) -> Self {
        self.clients = clients;
        self
    }

    /// Sets the faults that only many users show. The default has none.
    #[must_use]
    pub fn load_faults(mut self, faults: impl IntoIterator<Item = LoadFault>) -> Self {
        self.load_faults = faults.into_iter().collect();
        self
    }

    /// Sets how tokens are signed. The default is [`Signing::Hs256`].
    #[must_use]
    pub fn signing(mut self, signing: Signing) -> Self {
        self.signing = signing;
        self
    }

    /// Sets the variable that holds the signing secret in both manifests. The default is [`JwtVariable::Key`].
    #[must_use]
    pub fn jwt_variable(mut self, variable: JwtVariable) -> Self {
        self.jwt_variable = variable;
        self
    }

    /// Sets the variables in which the backend's code looks for the signing secret, in order. The default is all of
    /// them. A version that does not read the variable of the manifest has no secret.
    #[must_use]
    pub fn backend_reads(mut self, variables: impl IntoIterator<Item = JwtVariable>) -> Self {
        self.backend_reads = variables.into_iter().collect();
        self
    }

    /// Deploys with the secrets and users of another twin, so that its clients can call this one. The default has fresh
    /// ones.
    #[must_use]
    pub fn credentials_of(mut self, twin: &Twin) -> Self {
        self.credentials = Some(twin.credentials().clone());
        self
    }

    /// Sets the edge's port on 127.0.0.1. The default is 0, which takes any free port.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Boots the twin.
    ///
    /// A fault that keeps a service from starting is not an error: the twin runs without that service.
    ///
    /// # Errors
    /// [`BootError`] when a port cannot be bound, or when the backend's HTTP client cannot be built.
    pub async fn start(self) -> Result<Twin, BootError> {
        boot(self).await
    }
}
