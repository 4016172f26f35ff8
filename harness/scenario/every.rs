//! Unfolds `call = "@protected"` into one step for each protected endpoint of the target.

use std::borrow::Cow;
use std::sync::Arc;

use super::model::{Scenario, Step};
use crate::config::Target;
use crate::terms::Role;

/// Stands for every endpoint of the role `protected`, in a step's `call` and in the step's id after it was unfolded by
/// token.
pub(super) const EVERY: &str = "@protected";

impl Scenario {
    /// Returns the scenario with each step that calls `@protected` unfolded: one step per protected endpoint of this
    /// target.
    #[must_use]
    pub fn on(&self, target: &Target) -> Cow<'_, Self> {
        if self.steps.iter().chain(&self.finally).all(|step| step.call != EVERY) {
            return Cow::Borrowed(self);
        }
        let on = |steps: &[Step]| steps.iter().flat_map(|step| each(step, target)).collect();
        Cow::Owned(Self {
            id: self.id.clone(),
            title: self.title.clone(),
            tags: self.tags.clone(),
            source: self.source.clone(),
            steps: on(&self.steps),
            finally: on(&self.finally),
            attribution: self.attribution.clone(),
            text: Arc::clone(&self.text),
        })
    }
}

/// Unfolds a step, in the order of the endpoints' ids. Keeps the step, which the run then skips, if the target has no
/// such endpoint.
fn each(step: &Step, target: &Target) -> Vec<Step> {
    if step.call != EVERY {
        return vec![step.clone()];
    }
    let protected: Vec<_> = target.endpoints.values().filter(|endpoint| endpoint.role == Role::Protected).collect();
    if protected.is_empty() {
        return vec![step.clone()];
    }
    let named = |id: &str| Step { id: step.id.replace(EVERY, after_dot(id)), call: id.to_owned(), ..step.clone() };
    protected.into_iter().map(|endpoint| named(&endpoint.id)).collect()
}

/// Returns the id of an endpoint without the service.
pub(super) fn after_dot(endpoint: &str) -> &str {
    endpoint.split_once('.').map_or(endpoint, |(_, tail)| tail)
}

/// Reports whether a step that calls `@protected` can unfold into a step of this id.
pub(super) fn may_become(step: &Step, id: &str) -> bool {
    step.id.split_once(EVERY).is_some_and(|(before, after)| id.starts_with(before) && id.ends_with(after))
}

#[cfg(test)]
mod tests {
    use crate::fixtures::staging;
    use crate::scenario::Scenario;

    const TEXT: &str = "title = \"t\"\n[[step]]\nid = \"refuse\"\ncall = \"@protected\"\ntoken = [\"none\", \"wrong-key\"]\n[step.expect]\nrefused = true\n";

    #[test]
    fn a_step_for_every_protected_endpoint_is_named_after_each() {
        let scenario = Scenario::parse("controls.toml", TEXT).expect("a scenario").on(&staging()).into_owned();
        let ids: Vec<&str> = scenario.steps.iter().map(|step| step.id.as_str()).collect();
        assert!(ids.contains(&"refuse-chat-stream-none") && ids.contains(&"refuse-websocket-wrong-key"), "{ids:?}");
        assert!(scenario.check(&staging()).is_ok());
    }

    #[test]
    fn a_row_may_name_an_unfolded_step() {
        let row =
            "[[attribution]]\nfault = \"f\"\ndialect = \"d\"\nstep = \"refuse-chat-stream-none\"\ncause = \"f\"\n";
        assert!(Scenario::parse("controls.toml", &format!("{TEXT}{row}")).is_ok());
        assert!(Scenario::parse("controls.toml", &format!("{TEXT}{}", row.replace("refuse-", "accept-"))).is_err());
    }
}
