//! `call = "@protected"`: a step for each protected endpoint, whatever the target calls them. Sits in `scenario`; `run` asks for it.

use super::model::{Scenario, Step};
use crate::config::Target;
use crate::terms::Role;

/// Stands for every endpoint of the role `protected`, in a step's `call` and, once unfolded by token, in its id.
pub(super) const EVERY: &str = "@protected";

impl Scenario {
    /// The same scenario with one step per protected endpoint of this target where a step calls `@protected`.
    #[must_use]
    pub fn on(&self, target: &Target) -> Self {
        let on = |steps: &[Step]| steps.iter().flat_map(|step| each(step, target)).collect();
        Self { steps: on(&self.steps), finally: on(&self.finally), ..self.clone() }
    }
}

/// Endpoint by endpoint, in the order of their ids; a target without any keeps the step, which is then skipped for that reason.
fn each(step: &Step, target: &Target) -> Vec<Step> {
    let protected: Vec<_> = target.endpoints.values().filter(|endpoint| endpoint.role == Role::Protected).collect();
    if step.call != EVERY || protected.is_empty() {
        return vec![step.clone()];
    }
    let named = |id: &str| Step { id: step.id.replace(EVERY, after_dot(id)), call: id.to_owned(), ..step.clone() };
    protected.into_iter().map(|endpoint| named(&endpoint.id)).collect()
}

/// An endpoint's own name: its id without the service.
pub(super) fn after_dot(endpoint: &str) -> &str {
    endpoint.split_once('.').map_or(endpoint, |(_, tail)| tail)
}

/// Whether a step of this id comes of one that calls `@protected`.
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
        let scenario = Scenario::parse("controls.toml", TEXT).expect("a scenario").on(&staging());
        let ids: Vec<&str> = scenario.steps.iter().map(|step| step.id.as_str()).collect();
        assert!(ids.contains(&"refuse-chat-stream-none") && ids.contains(&"refuse-websocket-wrong-key"), "{ids:?}");
        assert!(scenario.check(&staging()).is_ok());
    }

    #[test]
    fn a_row_may_name_a_step_that_only_a_target_makes() {
        let row =
            "[[attribution]]\nfault = \"f\"\ndialect = \"d\"\nstep = \"refuse-chat-stream-none\"\ncause = \"f\"\n";
        assert!(Scenario::parse("controls.toml", &format!("{TEXT}{row}")).is_ok());
        assert!(Scenario::parse("controls.toml", &format!("{TEXT}{}", row.replace("refuse-", "accept-"))).is_err());
    }
}
