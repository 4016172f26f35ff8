//! Selects scenarios by patterns of ids and by tags.

use glob::Pattern;

use super::{Scenario, ScenarioError};

/// What is selected. An empty list selects everything.
#[derive(Debug, Clone, Default)]
pub(crate) struct Selection {
    /// Patterns of ids, with `*`, `?` and `[…]`. A scenario has to match one of them.
    pub(crate) ids: Vec<Pattern>,
    /// Tags. A scenario has to have one of them.
    pub(crate) tags: Vec<String>,
}

impl Selection {
    /// Returns the selected scenarios in their order.
    ///
    /// # Errors
    /// When a pattern or a tag matches no scenario, or when no scenario matches all. A run of nothing must not pass.
    pub(crate) fn of(&self, all: Vec<Scenario>) -> Result<Vec<Scenario>, ScenarioError> {
        if let Some(id) = self.ids.iter().find(|id| !all.iter().any(|one| id.matches(&one.id))) {
            return Err(ScenarioError::new(format!("no scenario matches `{id}`")).help(listed(&all)));
        }
        if let Some(tag) = self.tags.iter().find(|tag| !all.iter().any(|one| one.tags.contains(tag))) {
            return Err(ScenarioError::new(format!("no scenario has the tag `{tag}`")).help(tagged(&all)));
        }
        if !all.iter().any(|one| self.selects(one)) {
            let message = "no scenario matches a given id and has a given tag";
            return Err(ScenarioError::new(message).help(tagged(&all)));
        }
        Ok(all.into_iter().filter(|one| self.selects(one)).collect())
    }

    fn selects(&self, scenario: &Scenario) -> bool {
        let by_id = self.ids.is_empty() || self.ids.iter().any(|id| id.matches(&scenario.id));
        by_id && (self.tags.is_empty() || self.tags.iter().any(|tag| scenario.tags.contains(tag)))
    }
}

fn listed(all: &[Scenario]) -> String {
    let ids: Vec<&str> = all.iter().map(|one| one.id.as_str()).collect();
    format!("the scenarios are {}", ids.join(", "))
}

fn tagged(all: &[Scenario]) -> String {
    let lines: Vec<String> = all
        .iter()
        .filter(|one| !one.tags.is_empty())
        .map(|one| format!("{} ({})", one.id, one.tags.join(", ")))
        .collect();
    if lines.is_empty() {
        return "no scenario has tags; a scenario file names them with `tags = [\"smoke\"]`".to_owned();
    }
    format!("the scenarios with tags are {}", lines.join(", "))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::scenario::embedded;

    fn selected(ids: &[&str], tags: &[&str]) -> Result<Vec<String>, ScenarioError> {
        let ids = ids.iter().map(|id| Pattern::new(id).unwrap()).collect();
        let selection = Selection { ids, tags: tags.iter().map(|tag| (*tag).to_owned()).collect() };
        Ok(selection.of(embedded().unwrap())?.into_iter().map(|one| one.id).collect())
    }

    #[rstest]
    #[case::id(&["health"], &[], &["health"])]
    #[case::glob(&["chat-*"], &[], &["chat-stream", "chat-messages"])]
    #[case::two(&["threads", "chat-s*"], &[], &["chat-stream", "threads"])]
    #[case::tag(&[], &["security"], &["token-validation", "negative-controls"])]
    #[case::both(&["chat-*", "health"], &["smoke"], &["health", "chat-messages"])]
    fn patterns_and_tags_select(#[case] ids: &[&str], #[case] tags: &[&str], #[case] expected: &[&str]) {
        assert_eq!(selected(ids, tags).unwrap(), expected);
    }

    #[rstest]
    #[case::id(&["chatt-*"], &[], "no scenario matches `chatt-*`", "the scenarios are health, ")]
    #[case::tag(&[], &["smok"], "no scenario has the tag `smok`", "health (smoke)")]
    #[case::both(&["oauth"], &["security"], "no scenario matches a given id and has a given tag", "health (smoke)")]
    fn a_filter_that_matches_nothing_lists_what_there_is(
        #[case] ids: &[&str],
        #[case] tags: &[&str],
        #[case] says: &str,
        #[case] lists: &str,
    ) {
        let error = selected(ids, tags).unwrap_err();
        let help = miette::Diagnostic::help(&error).expect("a help").to_string();
        assert!(error.message() == says && help.contains(lists), "{error}: {help}");
    }
}
