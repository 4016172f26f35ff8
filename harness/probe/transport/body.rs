//! Reads a body up to a limit, for HTTP responses and refused handshakes, and decodes it. Cuts it without leaving a part
//! of a secret.

use std::error::Error;

use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::HeaderMap;
use hyper::body::{Body, Frame};

use crate::probe::coding::{Coding, whole};
use crate::probe::transport::answer::Answer;
use crate::probe::transport::classify::{Stage, classify};
use crate::probe::transport::deadline::Deadline;
use crate::probe::{ErrorKind, TransportError};

/// Bytes that are read beyond the limit, so that the redactor sees a secret at the limit completely.
const MARGIN: usize = 16 * 1024;

/// Reads `body` into `answer` until its end, the limit (bytes) or the deadline.
pub(crate) async fn read<B>(body: &mut B, answer: &mut Answer, limit: usize, deadline: &Deadline)
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Error + 'static,
{
    loop {
        match next(body, deadline, ErrorKind::HttpResponseIncomplete).await {
            Ok(Some(Part::Data(bytes))) => keep(answer, &bytes, limit),
            Ok(Some(Part::Trailers(fields))) => answer.trailed(&fields),
            Ok(None) => break,
            Err(error) => {
                answer.error = Some(error);
                break;
            }
        }
        if answer.bytes >= limit.saturating_add(MARGIN) {
            break;
        }
    }
    if answer.bytes > 0 {
        decode(answer, limit);
    }
    answer.trailed_by_frames();
    if answer.bytes > limit {
        answer.error = Some(too_large(limit));
    }
}

/// Decodes the body by its content coding. An earlier error stays: a body that broke off is decoded as far as it came.
fn decode(answer: &mut Answer, limit: usize) {
    let Some(coding) = Coding::of(&answer.headers) else { return };
    let is_cut = answer.bytes > limit;
    let (body, error) = whole::decoded(&coding, &answer.body, limit.saturating_add(MARGIN));
    if !is_cut {
        answer.bytes = body.len();
    }
    answer.body = body;
    answer.error = answer.error.take().or(error);
}

/// What arrives of a body.
pub(crate) enum Part {
    Data(Bytes),
    Trailers(HeaderMap),
}

/// Returns the next part of a body, or `None` at its end. After the deadline: an error of `kind`.
pub(crate) async fn next<B>(body: &mut B, deadline: &Deadline, kind: ErrorKind) -> Result<Option<Part>, TransportError>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Error + 'static,
{
    let frame = deadline.within(body.frame(), kind).await?.transpose();
    let part = |frame: Frame<Bytes>| match frame.into_data() {
        Ok(bytes) => Part::Data(bytes),
        Err(other) => Part::Trailers(other.into_trailers().unwrap_or_default()),
    };
    Ok(frame.map_err(|error| classify(&error, Stage::Reading))?.map(part))
}

pub(crate) fn too_large(limit: usize) -> TransportError {
    TransportError { kind: ErrorKind::HttpResponseBodySize, detail: format!("more than {limit} bytes") }
}

fn keep(answer: &mut Answer, bytes: &Bytes, limit: usize) {
    answer.bytes += bytes.len();
    let left = limit.saturating_add(MARGIN).saturating_sub(answer.body.len());
    answer.body.extend_from_slice(&bytes[..bytes.len().min(left)]);
}

/// Returns the first `limit` bytes as text, redacted. A secret that crosses the limit is left out completely.
pub(crate) fn text(raw: &[u8], limit: usize, redact: &dyn Fn(&str) -> String) -> String {
    let whole = redact(&String::from_utf8_lossy(raw));
    let Some(kept) = raw.get(..limit).filter(|kept| kept.len() < raw.len()) else { return whole };
    let cut = redact(&String::from_utf8_lossy(kept));
    let same = whole.chars().zip(cut.chars()).take_while(|(a, b)| a == b);
    same.map(|(c, _)| c).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redact(text: &str) -> String {
        text.replace("hunter2-hunter2", "<secret>")
    }

    #[test]
    fn a_secret_at_the_limit_leaves_no_part() {
        let raw = b"a hunter2-hunter2 b hunter2-hunter2 c";
        for limit in 0..=raw.len() {
            let kept = text(raw, limit, &redact);
            assert!(!kept.contains("hun"), "{limit}: {kept}");
            assert!("a <secret> b <secret> c".starts_with(&kept), "{limit}: {kept}");
        }
        assert_eq!(text(raw, raw.len(), &redact), "a <secret> b <secret> c");
        assert_eq!(text(raw, 2, &redact), "a ");
    }

    #[test]
    fn a_character_at_the_limit_is_left_out() {
        assert_eq!(text("aé".as_bytes(), 2, &redact), "a");
    }
}
