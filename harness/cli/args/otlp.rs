//! `--otlp`: exports the spans of the run.

use clap::Args;

use crate::cli::terminal::mistake::Mistake;
use crate::config::{Collector, Target};
use crate::redact::Redactor;
use crate::report::Report;

/// What `--otlp` stands for without a URL.
const ENVIRONMENT: &str = "environment";

/// Options of an export.
#[derive(Debug, Args)]
pub(crate) struct OtlpArgs {
    /// Export the spans of the run by OTLP/HTTP to this base URL, for example `http://localhost:4318` [default without
    /// URL: OTEL_EXPORTER_OTLP_ENDPOINT]
    #[arg(long, value_name = "URL", num_args = 0..=1, default_missing_value = ENVIRONMENT)]
    otlp: Option<Collector>,
}

/// An export that is wanted.
pub(crate) struct Export {
    #[cfg(feature = "otlp")]
    to: crate::otlp::Destination,
}

impl OtlpArgs {
    /// Returns the export that the command line or the target asks for.
    pub(crate) fn read(&self, target: &Target, redactor: &Redactor) -> Result<Option<Export>, Mistake> {
        self.otlp.as_ref().or(target.otlp.as_ref()).map(|collector| Export::to(collector, redactor)).transpose()
    }
}

#[cfg(feature = "otlp")]
impl Export {
    fn to(collector: &Collector, redactor: &Redactor) -> Result<Self, Mistake> {
        Ok(Self { to: crate::otlp::Destination::of(collector, redactor)? })
    }

    /// Exports the spans. A failure is printed on stderr and has no other effect.
    pub(crate) async fn send(&self, report: &Report, redactor: &Redactor) {
        if let Err(error) = crate::otlp::export(&report.cleaned(redactor), &self.to).await {
            Mistake::from(error).print();
        }
    }
}

#[cfg(all(feature = "otlp", feature = "watch"))]
impl crate::watch::Export for Export {
    fn conceal(&self, redactor: &Redactor) {
        self.to.conceal(redactor);
    }

    fn send<'a>(&'a self, report: &'a Report) -> futures_util::future::BoxFuture<'a, Result<(), String>> {
        Box::pin(async { crate::otlp::export(report, &self.to).await.map(drop).map_err(|error| error.to_string()) })
    }
}

#[cfg(not(feature = "otlp"))]
impl Export {
    fn to(_: &Collector, _: &Redactor) -> Result<Self, Mistake> {
        let help = "build it with `--features otlp`, or leave out `--otlp` and the `otlp` of the target";
        Err(miette::miette!(help = help, "this build cannot export spans (feature `otlp`)").into())
    }

    /// Never called: this build makes no export.
    #[allow(clippy::unused_async, reason = "the other build waits")]
    pub(crate) async fn send(&self, _: &Report, _: &Redactor) {}
}

#[cfg(all(not(feature = "otlp"), feature = "watch"))]
impl crate::watch::Export for Export {
    fn conceal(&self, _: &Redactor) {}

    fn send<'a>(&'a self, _: &'a Report) -> futures_util::future::BoxFuture<'a, Result<(), String>> {
        Box::pin(async { Ok(()) })
    }
}
