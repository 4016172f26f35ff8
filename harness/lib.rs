//! `fivewhys` drives a deployed system from outside, as known test users. When a step fails, it names the hop that failed and why.
//!
//! This is the library behind the command line, for a user's own tests. [`Smoke`] drives [`Scenario`]s against a [`Target`] and
//! returns a [`Report`], whose [`Cause`]s name the fault, its [`Hop`], and how certain the verdict is. With the feature `twin`
//! (on by default), a `Twin` of the system runs offline, with faults injected at their cause.
//!
//! # Example
//! ```
//! # #[cfg(feature = "twin")]
//! # #[tokio::main]
//! # async fn main() -> Result<(), fivewhys::Error> {
//! use fivewhys::{Certainty, Hop, Scenario, Smoke, Twin};
//!
//! let twin = Twin::builder().fault("backend-auth/service-secret-mismatch").start().await?;
//! let report = Smoke::new(twin.target()).scenario(Scenario::shipped("chat-stream")?).run().await?;
//!
//! let cause = &report.causes[0];
//! assert_eq!((cause.hop, cause.fault.as_str()), (Hop::BackendAuth, "backend-auth/service-secret-mismatch"));
//! assert_eq!(cause.certainty, Certainty::Certain);
//! # Ok(())
//! # }
//! # #[cfg(not(feature = "twin"))]
//! # fn main() {}
//! ```
//!
//! The folder `examples/` holds a test crate of a user. `ARCHITECTURE.md` is the map of the source.

mod api;
mod bisect;
mod check;
mod cli;
mod config;
mod diagnose;
mod document;
mod evidence;
mod explain;
#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod fuzz;
mod gate;
#[cfg(test)]
mod growth;
mod har;
mod host;
mod init;
mod load;
mod objectives;
mod observe;
#[cfg(feature = "otlp")]
mod otlp;
mod platform;
mod preflight;
mod probe;
mod redact;
#[cfg(feature = "twin")]
mod replay;
mod report;
mod run;
mod scenario;
#[cfg(feature = "twin")]
mod selftest;
mod statements;
mod terms;
mod tls;
mod token;
#[cfg(feature = "twin")]
mod twin;
#[cfg(feature = "watch")]
mod watch;

pub use api::*;

/// Runs the program: what `main` calls.
#[doc(hidden)]
pub use cli::main as program;

/// For the tests and the benchmark of this repository alone. No promise is made about anything in it.
#[doc(hidden)]
pub mod internal {
    /// See the folder of the same name.
    pub mod config {
        pub use crate::config::*;
    }
    /// See the folder of the same name.
    pub mod diagnose {
        pub use crate::diagnose::*;
    }
    /// See the folder of the same name.
    pub mod document {
        pub use crate::document::*;
    }
    /// See the folder of the same name.
    pub mod evidence {
        pub use crate::evidence::*;
    }
    /// See the folder of the same name.
    pub mod gate {
        pub use crate::gate::*;
    }
    /// See the folder of the same name.
    pub mod observe {
        pub use crate::observe::*;
    }
    /// See the folder of the same name.
    pub mod probe {
        pub use crate::probe::*;
    }
    /// See the folder of the same name.
    pub mod redact {
        pub use crate::redact::*;
    }
    /// See the folder of the same name.
    pub mod report {
        pub use crate::report::*;
    }
    /// See the folder of the same name.
    pub mod run {
        pub use crate::run::*;
    }
    /// See the folder of the same name.
    pub mod scenario {
        pub use crate::scenario::*;
    }
    /// See the folder of the same name.
    pub mod terms {
        pub use crate::terms::*;
    }
    /// See the folder of the same name.
    pub mod token {
        pub use crate::token::*;
    }
    /// See the folder of the same name.
    #[cfg(feature = "watch")]
    pub mod watch {
        pub use crate::watch::serve_recorded;
    }
    pub use crate::api::trials;
    #[cfg(feature = "twin")]
    pub use crate::twin::coordinates;
}
