//! `fivewhys bisect --test`: tests both revisions at the addresses of their tags. It moves no traffic.

use std::collections::BTreeSet;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use tokio::time::Instant;

use crate::bisect::{Address, Bench, Tags, Trial, Trials, addresses, are_apart, revision_of};
use crate::cli::manifests::bisect::Revision;
use crate::cli::terminal::interrupt::Signals;
use crate::cli::terminal::mistake::Mistake;
use crate::cli::terminal::output;
use crate::cli::terminal::progress::Progress;
use crate::config::Target;
use crate::diagnose::Catalogue;
use crate::evidence::{Declaration, Evidence, LONGEST, Supplied, read_manifests};
use crate::redact::Redactor;
use crate::run::Conduct;
use crate::scenario;

/// Options of the test.
#[derive(Debug, Args)]
pub(super) struct TrialArgs {
    /// Test both revisions with the scenarios, each at the address of its tag, without traffic. The target needs the key
    /// `tagged_url`; tags come from the traffic list of a manifest or from `--tag`
    #[arg(long)]
    pub(super) test: bool,
    /// The traffic tag of a revision; may be repeated
    #[arg(long, value_name = "REVISION=TAG", requires = "test")]
    tag: Vec<String>,
}

/// What a test needs beside the revisions.
pub(super) struct Setting<'a> {
    pub(super) target: &'a Target,
    pub(super) catalogue: &'a Arc<Catalogue>,
    pub(super) redactor: &'a Redactor,
    pub(super) signals: &'a Signals,
    /// Manifests that are evidence. Their traffic lists have tags.
    pub(super) manifests: &'a [Declaration],
}

impl TrialArgs {
    /// Tests both revisions, the older one first. The error is the exit code of an interrupted run.
    pub(super) async fn run(
        &self,
        before: &Revision,
        now: &Revision,
        setting: &Setting<'_>,
    ) -> Result<Result<Trials, ExitCode>, Mistake> {
        let target = setting.target;
        let tags = self.tags(before, now, setting).await?;
        let of = |revision: &Revision| addresses(target, &revision.subjects, &revision.from, &tags);
        let (of_before, of_now) = (of(before)?, of(now)?);
        are_apart(&of_before, &of_now)?;
        let conduct = Conduct { interruption: setting.signals.interruption().clone(), ..Conduct::default() };
        setting.signals.run_begins();
        let bench = Bench {
            target: target.clone(),
            scenarios: scenario::of_target(target)?,
            catalogue: Arc::clone(setting.catalogue),
            redactor: setting.redactor.clone(),
            conduct,
        };
        let before = match test(&bench, before, of_before).await? {
            Ok(trial) => trial,
            Err(code) => return Ok(Err(code)),
        };
        Ok(test(&bench, now, of_now).await?.map(|now| Trials { before, now }))
    }

    /// Returns the tags: those of the options, of the manifests at hand, and of those that the target grants.
    async fn tags(&self, before: &Revision, now: &Revision, setting: &Setting<'_>) -> Result<Tags, Mistake> {
        let mut tags = Tags::of(&self.tag)?;
        let subjects = || before.subjects.iter().chain(&now.subjects);
        let names = subjects().map(revision_of).chain([before.from.as_str(), now.from.as_str()]);
        tags.check(&names.collect::<BTreeSet<_>>())?;
        if self.tag.len() < 2 {
            let mut granted = Evidence::default();
            read_manifests(&mut granted, setting.target, Instant::now() + LONGEST, &str::to_owned).await;
            granted.manifests.values().for_each(|manifest| tags.add(manifest));
        }
        setting.manifests.iter().for_each(|one| tags.add(&one.manifest));
        subjects().for_each(|subject| tags.add(&subject.declaration.manifest));
        Ok(tags)
    }
}

async fn test(bench: &Bench, revision: &Revision, addresses: Vec<Address>) -> Result<Result<Trial, ExitCode>, Mistake> {
    let supplied = supplied(revision, &addresses, &bench.target)?;
    let progress = Progress::new();
    let trial = bench.test(addresses, supplied, &|event| progress.tell(event)).await?;
    let Some((signal, code)) = trial.interrupted else { return Ok(Ok(trial)) };
    output::note(&format!("{signal} ended the test of {}", revision.from));
    Ok(Err(ExitCode::from(code)))
}

/// Returns the manifests of a revision as evidence of its test.
fn supplied(revision: &Revision, addresses: &[Address], target: &Target) -> Result<Supplied, Mistake> {
    let mut supplied = Supplied::default();
    for one in addresses {
        supplied.add_manifests(&revision.from, Some(one.service), &revision.text, &target.names)?;
    }
    Ok(supplied)
}
