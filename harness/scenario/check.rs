//! Holds a scenario against a target: does the target have what the steps name? Sits in `scenario`; `run` and `cli` call it.

use std::ops::Range;

use super::ScenarioError;
use super::model::{Scenario, Step};
use crate::config::{Surface, Target};
use crate::document::nearest_or_all;
use crate::terms::{Caller, SurfaceKind};

impl Scenario {
    /// Finds surfaces, users, carriers and callers that the target does not have.
    ///
    /// # Errors
    /// With the first of them, and where the step names it.
    pub fn check(&self, target: &Target) -> Result<(), ScenarioError> {
        self.mistakes(target).next().map_or(Ok(()), Err)
    }

    /// Of each step the first thing that the target does not have.
    pub(crate) fn mistakes(&self, target: &Target) -> impl Iterator<Item = ScenarioError> {
        self.steps.iter().chain(&self.finally).filter_map(|step| self.check_step(step, target).err())
    }

    fn check_step(&self, step: &Step, target: &Target) -> Result<(), ScenarioError> {
        let places = &step.places;
        let surface = target.surfaces.get(&step.call).ok_or_else(|| {
            let known: Vec<&str> = target.surfaces.keys().map(String::as_str).collect();
            let message = format!("the target `{}` has no surface `{}`", target.name, step.call);
            self.error(message, &places.call).help(nearest_or_all(&step.call, &known))
        })?;
        if let Some(user) = &step.user
            && target.user(user).is_none()
        {
            let known: Vec<&str> = target.users.iter().map(|user| user.name.as_str()).collect();
            let message = format!("the target `{}` has no user `{user}`", target.name);
            return Err(self.error(message, &places.user).help(nearest_or_all(user, &known)));
        }
        self.check_carrier(step, surface)?;
        self.check_kind(step, surface)
    }

    fn check_carrier(&self, step: &Step, surface: &Surface) -> Result<(), ScenarioError> {
        if let Some(carrier) = step.carrier.filter(|carrier| !surface.carriers.contains(carrier)) {
            let known: Vec<&str> = surface.carriers.iter().map(|carrier| carrier.as_str()).collect();
            let message = format!("the surface `{}` takes no token by {carrier}", surface.id);
            return Err(self.error(message, &step.places.carrier).help(nearest_or_all(carrier.as_str(), &known)));
        }
        if step.caller.is_some_and(|caller| caller != Caller::None) && !surface.takes_caller {
            let message = format!("the surface `{}` takes no service credentials", surface.id);
            return Err(self.error(message, &step.places.caller));
        }
        Ok(())
    }

    fn check_kind(&self, step: &Step, surface: &Surface) -> Result<(), ScenarioError> {
        let expect = &step.expect;
        let stream = !expect.events.is_empty() || expect.terminal.is_some() || expect.first_event.is_some();
        if surface.kind == SurfaceKind::Http && (stream || step.send.is_some()) {
            let message = format!(
                "the surface `{}` is of kind `http`: it has no events, and nothing is sent to it later",
                surface.id
            );
            return Err(self.error(message, &step.places.call));
        }
        Ok(())
    }

    fn error(&self, message: String, place: &Range<usize>) -> ScenarioError {
        ScenarioError::new(message).at(&self.text, place.clone())
    }
}
