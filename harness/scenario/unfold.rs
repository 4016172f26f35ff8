//! Unfolds a step that names several surfaces or several kinds of token into one step each. Sits in `scenario`.

use toml::Spanned;

use super::every::{EVERY, after_dot};
use super::model::{Places, Step};
use super::written::StepText;
use crate::terms::TokenKind;

/// One step for each surface and kind of token, surface by surface. Where there are several surfaces, the part of the surface's id
/// after the dot is added to the step's id (the whole, when two of them share it); where several kinds of token, the kind.
pub(super) fn unfold(step: StepText, text: &str) -> Vec<Step> {
    let surfaces = step.call.get_ref().0.clone();
    let tokens = step.token.as_ref().map_or_else(|| vec![TokenKind::Valid], |tokens| tokens.get_ref().0.clone());
    let mut template = template(step, text);
    let id = std::mem::take(&mut template.id);
    let mut steps = Vec::with_capacity(surfaces.len() * tokens.len());
    for surface in &surfaces {
        for token in &tokens {
            let mut id = id.clone();
            if surfaces.len() > 1 || surface == EVERY {
                id = format!("{id}-{}", tail(surface, &surfaces));
            }
            if tokens.len() > 1 {
                id = format!("{id}-{token}");
            }
            steps.push(Step { id, call: surface.clone(), token: *token, ..template.clone() });
        }
    }
    steps
}

fn tail(surface: &str, all: &[String]) -> String {
    let own = after_dot(surface);
    let shared = all.iter().filter(|other| after_dot(other) == own).count() > 1;
    if shared { surface.replace('.', "-") } else { own.to_owned() }
}

fn template(step: StepText, text: &str) -> Step {
    let places = Places {
        id: step.id.span(),
        call: step.call.span(),
        user: step.r#as.as_ref().map_or(0..0, Spanned::span),
        token: step.token.as_ref().map_or_else(|| step.id.span(), Spanned::span),
        carrier: step.carrier.as_ref().map_or(0..0, Spanned::span),
        caller: step.caller.as_ref().map_or(0..0, Spanned::span),
    };
    Step {
        line: line_of(places.id.start, text),
        id: step.id.into_inner(),
        call: String::new(),
        user: step.r#as.map(Spanned::into_inner),
        token: TokenKind::Valid,
        carrier: step.carrier.map(Spanned::into_inner),
        caller: step.caller.map(Spanned::into_inner),
        path: step.path.map(|path| path.into_inner().0),
        query: step.query.0.into_iter().map(|entry| (entry.name, entry.value)).collect(),
        body: step.body.map(|body| body.into_inner().0),
        send: step.send.map(|send| send.into_inner().into_iter().map(|message| message.0).collect()),
        capture: step.capture.0.into_iter().map(|entry| (entry.name, entry.value.0)).collect(),
        expect: step.expect.into_model(),
        places,
    }
}

/// The line, from 1, that a byte of the text lies in.
fn line_of(at: usize, text: &str) -> usize {
    1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count()
}
