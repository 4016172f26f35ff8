//! What the deploy gate needs: what was deployed, and what ran before. Shared by `smoke` and `merge`.

use clap::Args;
use miette::miette;

use crate::cli::terminal::mistake::Mistake;
use crate::config::Target;
use crate::diagnose::finding_ids;
use crate::document::nearest_or_all;
use crate::evidence::{Layout, Manifest, declarations, manifest_of};
use crate::gate::{Baseline, NOT_SHOWN, OTHER, Previous, role_of};
use crate::load;
use crate::preflight::LOST;
use crate::report;
use crate::run::Conduct;
use crate::terms::Service;

/// The largest file that is read, in bytes.
const LIMIT: u64 = 32 << 20;

/// Options of a gate.
#[derive(Debug, Args)]
pub(crate) struct GateArgs {
    /// The revision that was just deployed, for example `backend=netra-backend-staging-00639-g4g`; may be repeated
    #[arg(long, value_name = "SERVICE=REVISION", value_parser = revision)]
    pub(crate) deployed: Vec<(String, String)>,
    /// The previous revision, which a rollback would restore: its name, or a file `*.json` or `*.yaml` with its manifest
    /// (`gcloud run revisions describe … --format=json`); may be repeated
    #[arg(long, value_name = "SERVICE=REVISION", value_parser = revision)]
    previous: Vec<(String, String)>,
    /// A JSON report of an earlier run of the same target: steps that failed in it too are marked
    #[arg(long, value_name = "FILE")]
    baseline: Option<String>,
    /// Fail only for failures that the baseline does not have
    #[arg(long, requires = "baseline")]
    new_only: bool,
    /// Fail if a step passed only after a retry
    #[arg(long)]
    fail_on_flaky: bool,
    /// Fail if the report has this finding, for example `callers-not-checked`; may be repeated
    #[arg(long, value_name = "FINDING-ID", value_parser = finding_id)]
    fail_on: Vec<String>,
}

impl GateArgs {
    /// Reads the named files.
    pub(crate) fn read(&self, target: &Target) -> Result<Conduct, Mistake> {
        let previous = self.previous.iter().map(|(service, named)| previous(service, named, target));
        Ok(Conduct {
            previous: previous.collect::<Result<_, _>>()?,
            baseline: self.baseline.as_ref().map(|file| baseline(file, target)).transpose()?,
            new_only: self.new_only,
            fail_on_flaky: self.fail_on_flaky,
            fail_on: self.fail_on.clone(),
            ..Conduct::default()
        })
    }
}

/// Reads one `--previous`. The name of a revision is a DNS label and has no dot, so `*.json` is a file.
fn previous(service: &str, named: &str, target: &Target) -> Result<Previous, Mistake> {
    if ![".json", ".yaml", ".yml", ".env"].iter().any(|end| named.ends_with(end)) {
        return Ok(Previous { service: service.to_owned(), revision: named.to_owned(), manifest: None });
    }
    let text = text(named)?;
    is_of_a_revision(named, &text, target).map_err(|why| why.wrap_err(format!("--previous {service}={named}")))?;
    // Only the manifests of these two services are compared.
    let role = Service::ALL.iter().find(|role| role.as_str() == role_of(service, target));
    let read = role
        .map_or_else(|| Manifest::parse(&text, &target.names.shown), |role| manifest_of(*role, &text, &target.names));
    let manifest = read.map_err(|error| miette!("--previous {service}={named}: {error}"))?;
    Ok(Previous { service: service.to_owned(), revision: manifest.name.clone(), manifest: Some(manifest) })
}

/// Refuses the manifest of a service of Cloud Run: its name is no revision, and traffic cannot go back to it.
fn is_of_a_revision(file: &str, text: &str, target: &Target) -> Result<(), miette::Report> {
    // A text that cannot be read has an error of its own.
    for one in declarations(file, text, &target.names).unwrap_or_default() {
        let name = &one.manifest.name;
        let names_others = one.revision.as_ref().is_some_and(|revision| revision != name);
        let is_service =
            one.is_service || names_others || one.manifest.latest_ready.is_some() || !one.manifest.traffic.is_empty();
        if one.manifest.layout == Layout::CloudRun && is_service {
            return Err(miette!(
                help = "`gcloud run revisions list --service=SERVICE` lists the revisions; give a name of that list, or the \
                        output of `gcloud run revisions describe REVISION --format=json`",
                "`{name}` is a service of Cloud Run, and no revision to which traffic can go back"
            ));
        }
    }
    Ok(())
}

fn baseline(file: &str, target: &Target) -> Result<Baseline, Mistake> {
    Ok(Baseline::of(&report::read(file, &text(file)?)?, &target.name)?)
}

/// Returns the text of a file of at most 32 MiB.
pub(crate) fn text(file: &str) -> Result<String, Mistake> {
    use std::io::Read as _;

    let mut bytes = Vec::new();
    let read = std::fs::File::open(file).and_then(|from| from.take(LIMIT + 1).read_to_end(&mut bytes));
    read.map_err(|error| miette!("cannot read {file}: {error}"))?;
    if bytes.len() as u64 > LIMIT {
        return Err(miette!("{file} is larger than {} MiB", LIMIT >> 20).into());
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Checks the id of a finding: a typing error would switch the gate off.
fn finding_id(id: &str) -> Result<String, String> {
    let known = [finding_ids(), load::finding_ids()].concat();
    let names: Vec<&str> = known.iter().map(String::as_str).chain([LOST, OTHER, NOT_SHOWN]).collect();
    if names.contains(&id) {
        Ok(id.to_owned())
    } else {
        Err(format!("there is no such finding; {}", nearest_or_all(id, &names)))
    }
}

fn revision(text: &str) -> Result<(String, String), String> {
    let (service, revision) = text.split_once('=').ok_or("expected SERVICE=REVISION")?;
    if service.is_empty() || revision.is_empty() {
        return Err("expected SERVICE=REVISION".into());
    }
    Ok((service.to_owned(), revision.to_owned()))
}
