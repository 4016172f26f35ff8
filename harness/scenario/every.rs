//! Unfolds `call = "@protected"` and `call = "@health"` into one step for each such endpoint of the target.

use std::borrow::Cow;
use std::sync::Arc;

use super::model::{Scenario, Step};
use crate::config::Target;
use crate::terms::Role;

/// Stands for every endpoint of the role `protected`, in a step's `call` and in the step's id after it was unfolded by
/// token.
const EVERY_PROTECTED: &str = "@protected";
/// Stands likewise for every endpoint of the role `health` that the scenario does not call by its name.
const EVERY_HEALTH: &str = "@health";

/// Reports whether a `call` stands for endpoints of a role.
pub(super) fn stands_for_several(call: &str) -> bool {
    matches!(call, EVERY_PROTECTED | EVERY_HEALTH)
}

impl Scenario {
    /// Returns the scenario with each step that calls `@protected` or `@health` unfolded: one step per such endpoint of
    /// this target.
    #[must_use]
    pub fn on(&self, target: &Target) -> Cow<'_, Self> {
        if self.steps.iter().chain(&self.finally).all(|step| !stands_for_several(&step.call)) {
            return Cow::Borrowed(self);
        }
        let named: Vec<&str> = self.steps.iter().chain(&self.finally).map(|step| step.call.as_str()).collect();
        let on = |steps: &[Step]| steps.iter().flat_map(|step| each(step, target, &named)).collect();
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

/// Unfolds a step, in the order of the endpoints' ids. If the target has no protected endpoint, the step stays, and the run
/// skips it: no control was sent.
fn each(step: &Step, target: &Target, named: &[&str]) -> Vec<Step> {
    let of = |role| target.endpoints.values().filter(move |endpoint| endpoint.role == role);
    let called: Vec<_> = match step.call.as_str() {
        EVERY_PROTECTED => of(Role::Protected).collect(),
        EVERY_HEALTH => of(Role::Health).filter(|endpoint| !named.contains(&endpoint.id.as_str())).collect(),
        _ => return vec![step.clone()],
    };
    if called.is_empty() && step.call == EVERY_PROTECTED {
        return vec![step.clone()];
    }
    let on = |id: &str| Step { id: step.id.replace(&step.call, after_dot(id)), call: id.to_owned(), ..step.clone() };
    called.into_iter().map(|endpoint| on(&endpoint.id)).collect()
}

/// Returns the id of an endpoint without the service.
pub(super) fn after_dot(endpoint: &str) -> &str {
    endpoint.split_once('.').map_or(endpoint, |(_, tail)| tail)
}

/// Reports whether a step that calls `@protected` can unfold into a step of this id.
pub(super) fn may_become(step: &Step, id: &str) -> bool {
    step.id.split_once(EVERY_PROTECTED).is_some_and(|(before, after)| id.starts_with(before) && id.ends_with(after))
}

#[cfg(test)]
mod tests {
    use crate::config::Target;
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
    fn a_step_for_every_health_endpoint_leaves_out_those_with_a_step_of_their_own() {
        let text = "title = \"t\"\n[[step]]\nid = \"a\"\ncall = \"backend.health\"\nexpect.status = 200\n\
                    [[step]]\nid = \"further\"\ncall = \"@health\"\nexpect.status = 200\n";
        let steps = |target: &Target| {
            let scenario = Scenario::parse("health.toml", text).expect("a scenario").on(target).into_owned();
            scenario.steps.into_iter().map(|step| (step.id, step.call)).collect::<Vec<_>>()
        };
        let mut target = staging();
        let written = |id: &str, call: &str| (id.to_owned(), call.to_owned());
        assert_eq!(steps(&target), [written("a", "backend.health"), written("further-health", "auth.health")]);
        target.endpoints.remove("auth.health");
        assert_eq!(steps(&target), [written("a", "backend.health")]);
    }

    #[test]
    fn a_row_may_name_an_unfolded_step() {
        let row =
            "[[attribution]]\nfault = \"f\"\ndialect = \"d\"\nstep = \"refuse-chat-stream-none\"\ncause = \"f\"\n";
        assert!(Scenario::parse("controls.toml", &format!("{TEXT}{row}")).is_ok());
        assert!(Scenario::parse("controls.toml", &format!("{TEXT}{}", row.replace("refuse-", "accept-"))).is_err());
    }
}
