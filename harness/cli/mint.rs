//! `fivewhys mint`: one token on stdout, for curl.

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use miette::{IntoDiagnostic as _, miette};

use super::mistake::Mistake;
use super::output;
use super::target_args::TargetArgs;
use crate::redact::Redactor;
use crate::target::{Target, User};
use crate::token::{Minter, TokenKind};

/// Options of `fivewhys mint`.
#[derive(Debug, Args)]
pub(super) struct Mint {
    /// The user: its name in the target, its `sub` or its e-mail address
    user: String,
    /// What kind of token
    #[arg(long, value_name = "KIND", default_value = "valid")]
    kind: TokenKind,
    /// Lifetime of a valid token, for example `5m` [default: the target's `claims.ttl`]
    #[arg(long, value_name = "DURATION", value_parser = humantime::parse_duration)]
    ttl: Option<Duration>,
}

impl Mint {
    pub(super) async fn run(self, target: &TargetArgs) -> Result<ExitCode, Mistake> {
        let mut target = target.resolve()?;
        boot_twin(&mut target).await?;
        let user = find(&target, &self.user)?;
        let mut minter = Minter::new(&target, Redactor::new())?;
        if let Some(ttl) = self.ttl {
            minter = minter.with_ttl(ttl);
        }
        let token = minter.mint(self.kind, user)?;
        output::print(&format!("{}\n", token.expose())).into_diagnostic()?;
        Ok(ExitCode::SUCCESS)
    }
}

fn find<'a>(target: &'a Target, wanted: &str) -> Result<&'a User, Mistake> {
    let is = |user: &&User| user.name == wanted || user.sub == wanted || user.email == wanted;
    let known: Vec<&str> = target.users.iter().map(|user| user.name.as_str()).collect();
    let unknown = || miette!("the target `{}` has no user `{wanted}`; it has {}", target.name, known.join(", "));
    Ok(target.users.iter().find(is).ok_or_else(unknown)?)
}

/// A twin has its secrets only while it is up: this one lives as long as the command, so its token is for looking at.
#[cfg(feature = "twin")]
async fn boot_twin(target: &mut Target) -> Result<(), Mistake> {
    use clap::Parser as _;

    #[derive(clap::Parser)]
    struct Plain {
        #[command(flatten)]
        twin: super::twin_boot::TwinArgs,
    }
    if Plain::parse_from(["mint"]).twin.boot_for(target).await?.is_some() {
        tracing::warn!(
            "the twin of this target ends with this command; for a token that opens something use `fivewhys twin --write-target FILE` and --config FILE"
        );
    }
    Ok(())
}

#[cfg(not(feature = "twin"))]
async fn boot_twin(_target: &mut Target) -> Result<(), Mistake> {
    Ok(())
}
