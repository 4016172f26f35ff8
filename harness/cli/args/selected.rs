//! Which scenarios are run, and whether they are only shown.

use std::path::PathBuf;

use clap::Args;
use glob::Pattern;

use crate::cli::terminal::mistake::Mistake;
use crate::config::Target;
use crate::run;
use crate::scenario::{self, Scenario, Selection};

/// Options that select scenarios.
#[derive(Debug, Args)]
pub(crate) struct SelectedArgs {
    /// Run only the scenarios with this id; `*` stands for any text, as in 'chat-*'; may be repeated
    #[arg(long, short, value_name = "ID", value_parser = Pattern::new)]
    scenario: Vec<Pattern>,
    /// Run only the scenarios with this tag; may be repeated
    #[arg(long, value_name = "TAG")]
    tag: Vec<String>,
    /// Read the scenarios from this folder instead of the built-in ones
    #[arg(long, value_name = "DIR", env = "FIVEWHYS_SCENARIOS")]
    scenarios: Option<PathBuf>,
    /// List the selected scenarios with their tags; sends nothing
    #[arg(long)]
    list: bool,
    /// Show what would be sent, to which host, and with which kind of token; sends nothing and reads no secret
    #[arg(long, conflicts_with = "list")]
    dry_run: bool,
}

impl SelectedArgs {
    /// Returns the selected scenarios.
    pub(crate) fn scenarios(&self, target: &Target) -> Result<Vec<Scenario>, Mistake> {
        let all = match &self.scenarios {
            Some(folder) => scenario::read_dir(folder)?,
            None => scenario::of_target(target)?,
        };
        if self.scenarios.is_some() {
            all.iter().try_for_each(|scenario| scenario.on(target).check(target))?;
        }
        Ok(Selection { ids: self.scenario.clone(), tags: self.tag.clone() }.of(all)?)
    }

    /// Returns the selected scenarios of one of many users.
    pub(crate) fn scenarios_of_many_users(&self, target: &Target) -> Result<Vec<Scenario>, Mistake> {
        let all = scenario::of_many_users(self.scenarios.as_deref(), target)?;
        Ok(Selection { ids: self.scenario.clone(), tags: self.tag.clone() }.of(all)?)
    }

    /// Reports whether the scenarios are only shown.
    pub(crate) const fn only_shows(&self) -> bool {
        self.list || self.dry_run
    }

    /// Returns what `--list` or `--dry-run` prints.
    pub(crate) fn shown(&self, target: &Target, scenarios: &[Scenario]) -> String {
        if self.list {
            return run::list(target, scenarios);
        }
        let twin = "note: the twin gets its addresses when it starts, and has none here\n";
        let note = if target.twin { twin } else { "" };
        format!("{note}{}nothing was sent\n", run::plan(target, scenarios))
    }
}
