//! Checks a scenario against a target: the target must have the endpoints and users that the steps name.

use std::ops::Range;

use super::ScenarioError;
use super::model::{Scenario, Step};
use crate::config::{Endpoint, Target};
use crate::document::nearest_or_all;
use crate::terms::{Caller, EndpointKind};

impl Scenario {
    /// Checks that the target has every endpoint, user, token location and caller of the steps.
    ///
    /// # Errors
    /// The first name that the target lacks, with its place in the file.
    pub fn check(&self, target: &Target) -> Result<(), ScenarioError> {
        self.mistakes(target).next().map_or(Ok(()), Err)
    }

    /// Returns, for each step, the first name that the target lacks.
    pub(crate) fn mistakes(&self, target: &Target) -> impl Iterator<Item = ScenarioError> {
        self.steps.iter().chain(&self.finally).filter_map(|step| self.check_step(step, target).err())
    }

    fn check_step(&self, step: &Step, target: &Target) -> Result<(), ScenarioError> {
        let places = &step.places;
        let endpoint = target.endpoints.get(&step.call).ok_or_else(|| {
            let known: Vec<&str> = target.endpoints.keys().map(String::as_str).collect();
            let message = format!("the target `{}` has no endpoint `{}`", target.name, step.call);
            self.error(message, &places.call).help(nearest_or_all(&step.call, &known))
        })?;
        if let Some(user) = &step.user
            && target.user(user).is_none()
        {
            let known: Vec<&str> = target.users.iter().map(|user| user.name.as_str()).collect();
            let message = format!("the target `{}` has no user `{user}`", target.name);
            return Err(self.error(message, &places.user).help(nearest_or_all(user, &known)));
        }
        self.check_token_location(step, endpoint)?;
        self.check_kind(step, endpoint)
    }

    fn check_token_location(&self, step: &Step, endpoint: &Endpoint) -> Result<(), ScenarioError> {
        if let Some(token_location) =
            step.token_location.filter(|token_location| !endpoint.token_locations.contains(token_location))
        {
            let known: Vec<&str> =
                endpoint.token_locations.iter().map(|token_location| token_location.as_str()).collect();
            let message = format!("the endpoint `{}` takes no token in `{token_location}`", endpoint.id);
            return Err(self
                .error(message, &step.places.token_location)
                .help(nearest_or_all(token_location.as_str(), &known)));
        }
        if step.caller.is_some_and(|caller| caller != Caller::None) && !endpoint.takes_caller {
            let message = format!("the endpoint `{}` takes no service credentials", endpoint.id);
            return Err(self.error(message, &step.places.caller));
        }
        Ok(())
    }

    fn check_kind(&self, step: &Step, endpoint: &Endpoint) -> Result<(), ScenarioError> {
        let expect = &step.expect;
        let stream = !expect.events.is_empty() || expect.terminal.is_some() || expect.first_event.is_some();
        if endpoint.kind == EndpointKind::Http && (stream || step.send.is_some()) {
            let message =
                format!("the endpoint `{}` is of kind `http`: it has no events and takes no messages", endpoint.id);
            return Err(self.error(message, &step.places.call));
        }
        Ok(())
    }

    fn error(&self, message: String, place: &Range<usize>) -> ScenarioError {
        ScenarioError::new(message).at(&self.text, place.clone())
    }
}
