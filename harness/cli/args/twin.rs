//! How the twin behaves: `--fault`, `--dialect`, `--noise` and others. Shared by `smoke` and `twin`.

use clap::Args;
use fivewhys_mocks::{Dialect, Fault, JwtVariable, LoadFault, Noise, Signing, Twin};
use miette::{IntoDiagnostic as _, WrapErr as _, miette};

use crate::cli::terminal::mistake::Mistake;
use crate::config::Target;
use crate::document::nearest_or_all;
use crate::twin::coordinates;

/// Options of the twin.
#[derive(Debug, Args)]
pub(crate) struct TwinArgs {
    /// A fault that the twin has; may be repeated
    #[arg(long, value_name = "ID", value_parser = fault)]
    fault: Vec<Fault>,
    /// Which implementation the twin imitates: `documented`, `observed`, `modern` or `opaque`
    #[arg(long, value_name = "DIALECT")]
    dialect: Option<Dialect>,
    /// Disturbances of the twin that are not faults: `all`, or some of `seed=N`, `jitter=MS`, `drops=PERCENT`,
    /// `cold-start=MS`, `revisions=PERCENT`, `error-pages=5xx`, `no-server`, `log-lines`
    #[arg(long, value_name = "NAME[=VALUE],...")]
    noise: Option<Noise>,
    /// A fault of the twin that only many users show: `leak`, `user-limit` or `bad-instance`; may be repeated
    #[arg(long, value_name = "NAME")]
    load_fault: Vec<LoadFault>,
    /// The algorithm that signs the tokens of the twin: `HS256`, `RS256` or `ES256`; the twin publishes the keys of the
    /// last two
    #[arg(long, value_name = "ALGORITHM")]
    signing: Option<Signing>,
    /// The variable that holds the signing secret in the manifests of the twin: `JWT_SECRET_STAGING`, `JWT_SECRET_KEY` or
    /// `JWT_SECRET`
    #[arg(long, value_name = "NAME")]
    jwt_variable: Option<JwtVariable>,
    /// The variables in which the code of the twin's backend looks for the signing secret [default: all three]
    #[arg(long, value_name = "NAME,...", value_delimiter = ',')]
    backend_reads: Option<Vec<JwtVariable>>,
    /// Start the backend of the twin without its startup validation
    #[arg(long)]
    no_startup_validation: bool,
}

impl TwinArgs {
    /// Starts the twin. `port` is the port of the edge, 0 for any free one.
    pub(crate) async fn boot(&self, port: u16) -> Result<Twin, Mistake> {
        let builder =
            Twin::builder().dialect(self.dialect.unwrap_or_default()).faults(self.fault.iter().copied()).port(port);
        let builder = builder.noise(self.noise.clone().unwrap_or_default()).signing(self.signing.unwrap_or_default());
        let builder = builder.load_faults(self.load_fault.iter().copied());
        let builder = builder.jwt_variable(self.jwt_variable.unwrap_or(JwtVariable::Key));
        let builder = match &self.backend_reads {
            Some(names) => builder.backend_reads(names.iter().copied()),
            None => builder,
        };
        let twin = builder.startup_validation(!self.no_startup_validation).start().await;
        Ok(twin.into_diagnostic().wrap_err_with(|| match port {
            0 => "cannot start the twin".to_owned(),
            port => format!("cannot start the twin with its edge on port {port}"),
        })?)
    }

    /// Starts the twin if the target is a twin, and sets the addresses of the target.
    pub(crate) async fn boot_for(&self, target: &mut Target) -> Result<Option<Twin>, Mistake> {
        if !target.twin {
            let behaves = self.dialect.is_some() || self.signing.is_some() || self.noise.is_some();
            let names = self.jwt_variable.is_some() || self.backend_reads.is_some();
            let faulty = !self.fault.is_empty() || !self.load_fault.is_empty();
            let asked = faulty || behaves || names || self.no_startup_validation;
            let refuse = || {
                miette!(
                    "the target `{}` is not a twin: --fault, --load-fault, --dialect, --signing, --noise and --no-startup-validation need a target with `twin = true`",
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

/// Reads the id of a fault of the twin.
fn fault(id: &str) -> Result<Fault, String> {
    id.parse().map_err(|_| {
        let known: Vec<&str> = Fault::ALL.iter().map(|fault| fault.id()).collect();
        format!("the twin has no such fault; {}", nearest_or_all(id, &known))
    })
}
