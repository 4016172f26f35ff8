//! `fivewhys mint`: prints one token, for curl.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use miette::{IntoDiagnostic as _, miette};
use secrecy::{ExposeSecret as _, SecretString};

use crate::cli::args::target::TargetArgs;
use crate::cli::terminal::mistake::Mistake;
use crate::cli::terminal::output;
use crate::config::{Target, User};
use crate::redact::Redactor;
use crate::run;
use crate::terms::TokenKind;
use crate::token::Minter;

/// Options of `fivewhys mint`.
#[derive(Debug, Args)]
pub(super) struct Mint {
    /// The user: the name in the target, the `sub` or the e-mail address
    user: String,
    /// The kind of token
    #[arg(long, value_name = "KIND", default_value = "valid")]
    kind: TokenKind,
    /// The lifetime of a valid token, for example `5m` [default: `claims.ttl` of the target]
    #[arg(long, value_name = "DURATION", value_parser = humantime::parse_duration)]
    ttl: Option<Duration>,
}

impl Mint {
    pub(super) async fn run(self, target: &TargetArgs) -> Result<ExitCode, Mistake> {
        if !self.kind.is_sent() {
            return Err(miette!("there is no token of the kind `{}`: such a probe has no credential", self.kind).into());
        }
        let mut target = target.resolve()?;
        let _twin = boot_twin(&mut target).await?;
        let user = find(&target, &self.user)?;
        let token = if self.kind.is_minted_by_auth_service() || target.logs_in() {
            self.issued(&target, user).await?
        } else {
            self.minted(&target, user)?
        };
        output::print(&format!("{}\n", token.expose_secret())).into_diagnostic()?;
        Ok(ExitCode::SUCCESS)
    }

    fn minted(&self, target: &Target, user: &User) -> Result<SecretString, Mistake> {
        let mut minter = Minter::new(target, Redactor::new())?;
        if let Some(ttl) = self.ttl {
            minter = minter.with_ttl(ttl);
        }
        Ok(SecretString::from(minter.mint(self.kind, user)?.expose()))
    }

    async fn issued(&self, target: &Target, user: &User) -> Result<SecretString, Mistake> {
        if self.ttl.is_some() {
            return Err(miette!(
                "--ttl is for tokens that fivewhys mints: the auth service sets the lifetime of its own"
            )
            .into());
        }
        Ok(run::issue(&Arc::new(target.clone()), self.kind, &user.name).await?)
    }
}

fn find<'a>(target: &'a Target, wanted: &str) -> Result<&'a User, Mistake> {
    let is = |user: &&User| user.name == wanted || user.sub == wanted || user.email == wanted;
    let known: Vec<&str> = target.users.iter().map(|user| user.name.as_str()).collect();
    let unknown = || miette!("the target `{}` has no user `{wanted}`; it has {}", target.name, known.join(", "));
    Ok(target.users.iter().find(is).ok_or_else(unknown)?)
}

/// Starts the twin of the target. It ends with the command, so no service accepts the token afterwards.
#[cfg(feature = "twin")]
async fn boot_twin(target: &mut Target) -> Result<Option<fivewhys_mocks::Twin>, Mistake> {
    use clap::Parser as _;

    #[derive(clap::Parser)]
    struct Plain {
        #[command(flatten)]
        twin: crate::cli::args::twin::TwinArgs,
    }
    let twin = Plain::parse_from(["mint"]).twin.boot_for(target).await?;
    if twin.is_some() {
        tracing::warn!(
            "the twin of this target ends with this command, and no service accepts the token then; for a usable token, run `fivewhys twin --write-target FILE` and use --config FILE"
        );
    }
    Ok(twin)
}

#[cfg(not(feature = "twin"))]
async fn boot_twin(_target: &mut Target) -> Result<Option<std::convert::Infallible>, Mistake> {
    Ok(None)
}
