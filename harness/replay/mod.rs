//! `fivewhys twin --replay`: a recording as servers on this machine, and the target by which a run can test them.
//!
//! Start at [`Script::of`].
//!
//! - `calls`: recorded exchanges as what the replay serves
//! - `login`: the login that a recorded run made and did not record
//! - `presented`: which kind of token and which service credentials a request carries
//! - `issued`: the tokens that the replay mints in place of those that the recorded auth service minted
//! - `system`: the recorded target with fresh secrets
//!
//! Invariant: secrets and tokens of a replay are new. A recording has none.

mod calls;
mod issued;
mod login;
mod presented;
mod system;

use std::sync::Arc;

use fivewhys_mocks::{BootError, Entrance, RecordedCall, Replay};
use thiserror::Error;
use url::Url;

use crate::config::{SecretError, Target};
use crate::har::Recording;
use crate::redact::Redactor;
use crate::replay::issued::Issued;
use crate::replay::presented::Presenter;
use crate::token::Minter;

/// Why a recording cannot be served.
#[derive(Debug, Error, miette::Diagnostic)]
pub(crate) enum ReplayError {
    /// The recording has no call that can be served.
    #[error("{from} has no call that can be served")]
    #[diagnostic(
        code(fivewhys::replay::no_call),
        help("record a run with `fivewhys smoke --record FILE`, or export a HAR file in which calls were made")
    )]
    NoCall {
        /// The name of the file.
        from: String,
    },
    /// A fresh secret does not work.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Secret(#[from] SecretError),
    /// A server cannot start.
    #[error("cannot start the replay")]
    Boot(#[from] BootError),
    /// The replay has no address.
    #[error("the address of the replay is not a URL")]
    Address(#[from] url::ParseError),
}

/// A recording, ready to be served.
pub(crate) struct Script {
    target: Target,
    calls: Vec<RecordedCall>,
    presenter: Presenter,
    issued: Arc<Issued>,
}

impl Script {
    /// Prepares a recording. `target` describes the recorded system. Without one, it follows from the recording.
    ///
    /// # Errors
    /// When the recording has no call.
    pub(crate) fn of(from: &str, recording: &Recording, target: Option<Target>) -> Result<Self, ReplayError> {
        let target = system::renewed(recording, target);
        let is_detailed = recording.run.is_some();
        let calls = calls::of(&recording.entries, &target, is_detailed);
        if calls.is_empty() {
            return Err(ReplayError::NoCall { from: from.to_owned() });
        }
        let minter = Minter::new(&target, Redactor::new())?;
        let issued = Arc::new(Issued::of(&calls, &recording.entries, &target, minter.clone()));
        let presenter = Presenter::new(&target, minter, Arc::clone(&issued), is_detailed)?;
        Ok(Self { target, calls, presenter, issued })
    }

    /// Starts the servers. Returns them with the target that names them.
    ///
    /// # Errors
    /// When a port cannot be bound.
    pub(crate) async fn start(
        self,
        port: u16,
        real_time: bool,
        on_miss: impl Fn(&str) + Send + Sync + 'static,
    ) -> Result<(Replay, Target), ReplayError> {
        let Self { mut target, calls, presenter, issued } = self;
        let replay = Replay::builder(calls)
            .credentials(move |presented| presenter.names(presented))
            .rewriting(move |call, text| issued.fill_in(call, text))
            .on_miss(move |miss| on_miss(&miss.to_string()))
            .port(port)
            .real_time(real_time)
            .start()
            .await?;
        let url = |entrance| replay.url(entrance).map(Url::parse).transpose();
        let edge = url(Entrance::Edge)?;
        system::stand_at(&mut target, edge, url(Entrance::Auth)?, url(Entrance::Websocket)?, url(Entrance::Direct)?);
        Ok((replay, target))
    }
}
