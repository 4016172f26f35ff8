//! Unfolds a step that lists several endpoints or kinds of token.

use toml::Spanned;

use super::every::{after_dot, stands_for_several};
use super::lines::Lines;
use super::model::{Places, Step};
use super::written::StepText;
use crate::terms::TokenKind;

/// Returns one step for each endpoint and kind of token, endpoint by endpoint.
///
/// With several endpoints, the step's id gets the part of the endpoint's id after the dot, or the whole endpoint id if
/// two endpoints share that part. With several kinds of token, it gets the kind.
pub(super) fn unfold(step: StepText, lines: &Lines) -> Vec<Step> {
    let endpoints = step.call.get_ref().0.clone();
    let tokens = step.token.as_ref().map_or_else(|| vec![TokenKind::Valid], |tokens| tokens.get_ref().0.clone());
    let mut template = template(step, lines);
    let id = std::mem::take(&mut template.id);
    let mut steps = Vec::with_capacity(endpoints.len() * tokens.len());
    for endpoint in &endpoints {
        for token in &tokens {
            let mut id = id.clone();
            if endpoints.len() > 1 || stands_for_several(endpoint) {
                id = format!("{id}-{}", tail(endpoint, &endpoints));
            }
            if tokens.len() > 1 {
                id = format!("{id}-{token}");
            }
            steps.push(Step { id, call: endpoint.clone(), token: *token, ..template.clone() });
        }
    }
    steps
}

fn tail(endpoint: &str, all: &[String]) -> String {
    let own = after_dot(endpoint);
    let shared = all.iter().filter(|other| after_dot(other) == own).count() > 1;
    if shared { endpoint.replace('.', "-") } else { own.to_owned() }
}

fn template(step: StepText, lines: &Lines) -> Step {
    // A step with a wrong body is a mistake that the parser reports.
    let (body, body_form) = step.body().ok().flatten().unzip();
    let places = Places {
        id: step.id.span(),
        call: step.call.span(),
        user: step.r#as.as_ref().map_or(0..0, Spanned::span),
        token: step.token.as_ref().map_or_else(|| step.id.span(), Spanned::span),
        token_location: step.token_location.as_ref().map_or(0..0, Spanned::span),
        caller: step.caller.as_ref().map_or(0..0, Spanned::span),
    };
    Step {
        line: lines.line_of(places.id.start),
        id: step.id.into_inner(),
        call: String::new(),
        user: step.r#as.map(Spanned::into_inner),
        token: TokenKind::Valid,
        token_location: step.token_location.map(Spanned::into_inner),
        caller: step.caller.map(Spanned::into_inner),
        own_connection: step.own_connection,
        path: step.path.map(|path| path.into_inner().0),
        query: step.query.0.into_iter().map(|entry| (entry.name, entry.value)).collect(),
        body,
        body_form: body_form.unwrap_or_default(),
        send: step.send.map(|send| send.into_inner().into_iter().map(|message| message.0).collect()),
        capture: step.capture.0.into_iter().map(|entry| (entry.name, entry.value.0)).collect(),
        expect: step.expect.into_model(),
        places,
    }
}
