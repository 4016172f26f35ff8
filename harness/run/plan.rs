//! What a run would send. Nothing is sent, and no secret is read.

use std::fmt::Write as _;

use crate::config::Target;
use crate::probe::Preview;
use crate::run::context::order::order;
use crate::run::drive::captures::Captures;
use crate::run::drive::request;
use crate::scenario::{Scenario, Step};

/// Returns one line for each scenario and each step, in the order of a run.
pub(crate) fn plan(target: &Target, scenarios: &[Scenario]) -> String {
    let scenarios: Vec<_> = scenarios.iter().map(|one| one.on(target).into_owned()).collect();
    let mut text = String::new();
    for scenario in order(&scenarios) {
        let _ = writeln!(text, "{} · {}", scenario.id, scenario.title);
        for step in scenario.steps.iter().chain(&scenario.finally) {
            let _ = writeln!(text, "  {}: {}", step.id, line(target, scenario, step));
        }
    }
    text
}

fn line(target: &Target, scenario: &Scenario, step: &Step) -> String {
    let Some(endpoint) = target.endpoints.get(&step.call) else {
        return format!("skipped, the target has no endpoint {}", step.call);
    };
    let name = format!("{}/{}", scenario.id, step.id);
    let request = request::of(step, endpoint, &name, target, &Captures::default());
    match Preview::of(target, &request) {
        Ok(preview) => preview.to_string(),
        Err(why) => format!("skipped, {why}"),
    }
}

/// Returns one line for each scenario: its id, its steps, its tags and its title.
pub(crate) fn list(target: &Target, scenarios: &[Scenario]) -> String {
    let scenarios: Vec<_> = scenarios.iter().map(|one| one.on(target).into_owned()).collect();
    let widest = scenarios.iter().map(|one| one.id.len()).max().unwrap_or_default();
    let mut text = String::new();
    for one in &scenarios {
        let steps = one.steps.len() + one.finally.len();
        let tags = if one.tags.is_empty() { "-".to_owned() } else { one.tags.join(",") };
        let noun = if steps == 1 { "step " } else { "steps" };
        let _ = writeln!(text, "{:widest$}  {steps:>3} {noun}  {tags:14}  {}", one.id, one.title);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::staging;
    use crate::scenario::embedded;

    fn planned() -> String {
        plan(&staging(), &embedded().unwrap())
    }

    #[test]
    fn a_plan_names_call_host_token_and_user() {
        let plan = planned();
        let line = "POST https://api.staging.netrasystems.ai/api/chat/stream · token valid of primary in the header\n";
        assert!(plan.contains(line), "{plan}");
        assert!(plan.contains("GET https://api.staging.netrasystems.ai/health · no token\n"), "{plan}");
        assert!(plan.contains("WebSocket wss://api.staging.netrasystems.ai/ws?token={token} · token valid"), "{plan}");
    }

    #[test]
    fn a_plan_shows_captures_as_placeholders() {
        assert!(planned().contains("/api/chat/messages/{message}"), "{}", planned());
    }

    #[test]
    fn a_plan_says_which_steps_are_skipped() {
        let mut target = staging();
        target.evidence_sources.clear();
        let plan = plan(&target, &embedded().unwrap());
        assert!(plan.contains("skipped, `auth.health` needs the evidence `auth`, which is not granted"), "{plan}");
    }

    #[test]
    fn negative_controls_are_planned_last() {
        let plan = planned();
        let at = |id: &str| plan.find(&format!("{id} · ")).expect("a scenario");
        assert!(at("oauth") < at("negative-controls"), "{plan}");
    }
}
