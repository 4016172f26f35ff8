//! The files of Docker's log driver `json-file`: `{"log":"…\n","stream":"stderr","time":"…"}`.

use super::{Format, Parsed, carried};
use crate::evidence::logs::values::json::Object;
use crate::evidence::logs::values::time;

pub(super) struct Docker;

impl Format for Docker {
    fn name(&self) -> &'static str {
        "Docker json-file"
    }

    fn object<'a>(&self, object: &'a Object<'a>) -> Option<Parsed<'a>> {
        let line = object.text("log").filter(|_| object.text("stream").is_some())?;
        let time = object.get("time").and_then(time::of_json);
        Some(carried(Parsed { time, ..Parsed::default() }, line.trim_end()))
    }
}
