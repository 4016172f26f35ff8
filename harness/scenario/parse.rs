//! Makes a [`Scenario`] of a file's text. Sits in `scenario`; what a text can be wrong about by itself is found here.

use std::collections::BTreeMap;
use std::path::Path;

use toml::Spanned;

use super::every::may_become;
use super::model::{Attribution, Behind, Expect, Scenario, Step};
use super::unfold::unfold;
use super::written::{AttributionText, BehindText, ExpectText, ScenarioText, StepText};
use super::{ScenarioError, captures};
use crate::target::{Match, Reading, Source, nearest_or_all, read_on, source};

impl Scenario {
    /// Parses one scenario file. Its id is the stem of `source_name`, which errors show.
    ///
    /// # Errors
    /// With the first mistake: a syntax error, an unknown key, a step that expects nothing or appears twice, a `{name}` that no
    /// earlier step captures, a row of the attribution table that names no step.
    pub fn parse(source_name: &str, text: &str) -> Result<Self, ScenarioError> {
        let shown = source(source_name, text);
        let written: ScenarioText = toml::from_str(text).map_err(|error| ScenarioError::from_toml(&shown, &error))?;
        let (scenario, mistakes) = Self::of(written, shown, source_name, text);
        mistakes.into_iter().next().map_or(Ok(scenario), Err)
    }

    /// The same, but to the end: every mistake, by place, and the scenario where there is none.
    pub(crate) fn check_text(source_name: &str, text: &str) -> (Option<Self>, Vec<ScenarioError>) {
        let shown = source(source_name, text);
        let Reading { value, mut mistakes, taken_out } =
            read_on::<ScenarioText>(text, |error| ScenarioError::from_toml(&shown, error));
        let Some(written) = value else { return (None, mistakes) };
        let (scenario, found) = Self::of(written, Source::clone(&shown), source_name, text);
        mistakes.extend(Reading::<ScenarioText>::own(&taken_out, found, &shown));
        mistakes.sort_by_key(ScenarioError::offset);
        (Some(scenario).filter(|_| mistakes.is_empty()), mistakes)
    }

    fn of(written: ScenarioText, shown: Source, source_name: &str, text: &str) -> (Self, Vec<ScenarioError>) {
        let mut mistakes = Vec::new();
        if written.step.is_empty() {
            mistakes.push(ScenarioError::new("a scenario without a step drives nothing").at(&shown, 0..0));
        }
        let all = || written.step.iter().chain(&written.finally);
        mistakes.extend(all().filter_map(|step| drives_nothing(step, &shown)));
        mistakes.extend(captures::mistakes(all(), &shown));
        let unfolded = |steps: Vec<StepText>| steps.into_iter().flat_map(|step| unfold(step, text)).collect();
        let (steps, finally): (Vec<Step>, Vec<Step>) = (unfolded(written.step), unfolded(written.finally));
        mistakes.extend(of_steps(steps.iter().chain(&finally), &shown));
        let mut rows = Vec::new();
        for row in written.attribution {
            attribution(row, &steps, &shown).map_or_else(|mistake| mistakes.push(mistake), |row| rows.push(row));
        }
        let scenario = Self {
            id: Path::new(source_name).file_stem().unwrap_or_default().to_string_lossy().into_owned(),
            title: written.title,
            source: source_name.to_owned(),
            attribution: rows,
            steps,
            finally,
            text: shown,
        };
        (scenario, mistakes)
    }
}

fn drives_nothing(step: &StepText, shown: &Source) -> Option<ScenarioError> {
    let calls = (step.call.get_ref().0.is_empty(), step.call.span());
    let tokens = step.token.as_ref().map(|tokens| (tokens.get_ref().0.is_empty(), tokens.span()));
    let (_, span) = tokens.into_iter().chain([calls]).find(|(empty, _)| *empty)?;
    Some(ScenarioError::new("an empty list makes no step").at(shown, span))
}

fn of_steps<'a>(steps: impl Iterator<Item = &'a Step>, shown: &Source) -> Vec<ScenarioError> {
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    steps.filter_map(|step| of_step(step, known.insert(&step.id, step.line), shown)).collect()
}

/// `twice` is the line at which its id stands already.
fn of_step(step: &Step, twice: Option<usize>, shown: &Source) -> Option<ScenarioError> {
    let error = |message: String| ScenarioError::new(message).at(shown, step.places.id.clone());
    if let Some(line) = twice {
        return Some(error(format!("the step `{}` is there already, at line {line}", step.id)));
    }
    if step.expect.is_empty() {
        let nothing = format!("the step `{}` expects nothing: it would pass whatever comes", step.id);
        return Some(
            error(nothing)
                .help("`[step.expect]` with `status`, `authn`, `result`, `json`, `events`, `refused` or more"),
        );
    }
    if step.expect.refused && step.token.should_be_accepted() {
        let message = format!("a token of kind `{}` should be accepted, and `refused` wants it refused", step.token);
        return Some(ScenarioError::new(message).at(shown, step.places.token.clone()));
    }
    None
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
