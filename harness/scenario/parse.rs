//! Makes a [`Scenario`] of a file's text. Sits in `scenario`; what a text can be wrong about by itself is found here.

use std::collections::BTreeMap;
use std::path::Path;

use toml::Spanned;

use super::every::may_become;
use super::model::{Attribution, Behind, Expect, Scenario, Step};
use super::unfold::unfold;
use super::written::{AttributionText, BehindText, ExpectText, ScenarioText, StepText};
use super::{ScenarioError, captures};
use crate::target::{Match, Source, nearest_or_all, source};

impl Scenario {
    /// Parses one scenario file. Its id is the stem of `source_name`, which errors show.
    ///
    /// # Errors
    /// With the first mistake: a syntax error, an unknown key, a step that expects nothing or appears twice, a `{name}` that no
    /// earlier step captures, a row of the attribution table that names no step.
    pub fn parse(source_name: &str, text: &str) -> Result<Self, ScenarioError> {
        let shown = source(source_name, text);
        let written: ScenarioText = toml::from_str(text).map_err(|error| ScenarioError::from_toml(&shown, &error))?;
        if written.step.is_empty() {
            return Err(ScenarioError::new("a scenario without a step drives nothing").at(&shown, 0..0));
        }
        let all = || written.step.iter().chain(&written.finally);
        all().try_for_each(|step| drives_something(step, &shown))?;
        captures::check(all(), &shown)?;
        let unfolded = |steps: Vec<StepText>| steps.into_iter().flat_map(|step| unfold(step, text)).collect();
        let (steps, finally): (Vec<Step>, Vec<Step>) = (unfolded(written.step), unfolded(written.finally));
        check_steps(steps.iter().chain(&finally), &shown)?;
        let rows = written.attribution.into_iter().map(|row| attribution(row, &steps, &shown));
        Ok(Self {
            id: Path::new(source_name).file_stem().unwrap_or_default().to_string_lossy().into_owned(),
            title: written.title,
            source: source_name.to_owned(),
            attribution: rows.collect::<Result<_, _>>()?,
            steps,
            finally,
            text: shown,
        })
    }
}

fn drives_something(step: &StepText, shown: &Source) -> Result<(), ScenarioError> {
    let calls = (step.call.get_ref().0.is_empty(), step.call.span());
    let tokens = step.token.as_ref().map(|tokens| (tokens.get_ref().0.is_empty(), tokens.span()));
    match tokens.into_iter().chain([calls]).find(|(empty, _)| *empty) {
        Some((_, span)) => Err(ScenarioError::new("an empty list makes no step").at(shown, span)),
        None => Ok(()),
    }
}

fn check_steps<'a>(steps: impl Iterator<Item = &'a Step>, shown: &Source) -> Result<(), ScenarioError> {
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    for step in steps {
        let error = |message: String| ScenarioError::new(message).at(shown, step.places.id.clone());
        if let Some(line) = known.insert(&step.id, step.line) {
            return Err(error(format!("the step `{}` is there already, at line {line}", step.id)));
        }
        if step.expect.is_empty() {
            let nothing = format!("the step `{}` expects nothing: it would pass whatever comes", step.id);
            return Err(error(nothing)
                .help("`[step.expect]` with `status`, `authn`, `result`, `json`, `events`, `refused` or more"));
        }
        if step.expect.refused && step.token.should_be_accepted() {
            let message =
                format!("a token of kind `{}` should be accepted, and `refused` wants it refused", step.token);
            return Err(ScenarioError::new(message).at(shown, step.places.token.clone()));
        }
    }
    Ok(())
}

fn attribution(row: Spanned<AttributionText>, steps: &[Step], shown: &Source) -> Result<Attribution, ScenarioError> {
    let span = row.span();
    let row = row.into_inner();
    let error = |message: String| ScenarioError::new(message).at(shown, span.clone());
    let fails = [row.step.is_some(), row.cause.is_some()];
    let further = [row.status.is_some(), row.made_by.is_some(), row.behind.is_some()];
    if row.passes && fails.into_iter().chain(further).any(|given| given) {
        return Err(error(format!(
            "under `{}` the scenario passes: then no step fails and nothing is its cause",
            row.fault
        )));
    }
    if !row.passes && fails.contains(&false) {
        let message = format!("the row for `{}` in `{}` names no failing step or no cause", row.fault, row.dialect);
        return Err(error(message).help("`step` and `cause` belong together, or `passes = true`"));
    }
    if let Some(step) = &row.step
        && !steps.iter().any(|known| known.id == *step.get_ref() || may_become(known, step.get_ref()))
    {
        let known: Vec<&str> = steps.iter().map(|step| step.id.as_str()).collect();
        let unknown = ScenarioError::new(format!("there is no step `{}`", step.get_ref())).at(shown, step.span());
        return Err(unknown.help(nearest_or_all(step.get_ref(), &known)));
    }
    Ok(Attribution {
        fault: row.fault,
        dialect: row.dialect,
        startup_validation: row.startup_validation,
        step: row.step.map(Spanned::into_inner),
        status: row.status,
        made_by: row.made_by,
        behind: row.behind.map(behind),
        cause: row.cause,
    })
}

fn behind(text: BehindText) -> Behind {
    Behind { path: text.path, status: text.status, accepted: text.accepted, reason: text.reason }
}

impl ExpectText {
    pub(super) fn into_model(self) -> Expect {
        Expect {
            status: self.status.0,
            headers: self.headers.0.into_iter().map(|entry| (entry.name.to_ascii_lowercase(), entry.value)).collect(),
            json: self.json.0.into_iter().map(Match::into_json_match).collect(),
            events: self.events,
            terminal: self.terminal,
            first_event: self.first_event.map(|period| period.0),
            total: self.total.map(|period| period.0),
            answered_by: self.answered_by,
            authn: self.authn.0,
            result: self.result.0,
            refused: self.refused,
        }
    }
}

impl Expect {
    fn is_empty(&self) -> bool {
        let lists = [self.status.is_empty(), self.headers.is_empty(), self.json.is_empty(), self.events.is_empty()];
        let words = [self.authn.is_empty(), self.result.is_empty(), self.terminal.is_none(), !self.refused];
        let limits = [self.first_event.is_none(), self.total.is_none(), self.answered_by.is_none()];
        lists.into_iter().chain(words).chain(limits).all(|nothing| nothing)
    }
}

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;
