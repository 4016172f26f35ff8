//! How a twin is to behave: `--fault`, `--dialect`, `--noise` and the like. Shared by `smoke` and `twin`.

use clap::Args;
use fivewhys_mocks::{Dialect, Fault, Noise, Signing, Twin};
use miette::{IntoDiagnostic as _, WrapErr as _, miette};

use crate::cli::terminal::mistake::Mistake;
use crate::config::Target;
use crate::twin::coordinates;

/// How the twin is to be.
#[derive(Debug, Args)]
pub(crate) struct TwinArgs {
    /// A fault to inject into the twin at its cause; may be repeated
    #[arg(long, value_name = "ID")]
    fault: Vec<Fault>,
    /// Whose code the twin behaves like: `documented`, `observed`, `modern` or `opaque`
    #[arg(long, value_name = "DIALECT")]
    dialect: Option<Dialect>,
    /// What the twin does to its callers without any fault: `all`, or some of `seed=N`, `jitter=MS`, `drops=PERCENT`,
    /// `cold-start=MS`, `revisions=PERCENT`, `error-pages=5xx`, `no-server`
    #[arg(long, value_name = "NAME[=VALUE],...")]
    noise: Option<Noise>,
    /// How the twin's tokens are signed: `HS256`, `RS256` or `ES256`; the keys of the latter two are published
    #[arg(long, value_name = "ALGORITHM")]
    signing: Option<Signing>,
    /// Boot the twin's backend without its startup validation
    #[arg(long)]
    no_startup_validation: bool,
}

impl TwinArgs {
    /// Boots it; `port` is the edge's, 0 for any.
    pub(crate) async fn boot(&self, port: u16) -> Result<Twin, Mistake> {
        let builder =
            Twin::builder().dialect(self.dialect.unwrap_or_default()).faults(self.fault.iter().copied()).port(port);
        let builder = builder.noise(self.noise.clone().unwrap_or_default()).signing(self.signing.unwrap_or_default());
        let twin = builder.startup_validation(!self.no_startup_validation).start().await;
        Ok(twin.into_diagnostic().wrap_err_with(|| match port {
            0 => "the twin does not boot".to_owned(),
            port => format!("the twin does not boot with its edge on port {port}"),
        })?)
    }

    /// Boots it if the target is the twin, and points the target at it.
    pub(crate) async fn boot_for(&self, target: &mut Target) -> Result<Option<Twin>, Mistake> {
        if !target.twin {
            let behaves = self.dialect.is_some() || self.signing.is_some() || self.noise.is_some();
            let asked = !self.fault.is_empty() || behaves || self.no_startup_validation;
            let refuse = || {
                miette!(
                    "the target `{}` is not the twin: --fault, --dialect, --signing, --noise and --no-startup-validation are for a target with `twin = true`",
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
