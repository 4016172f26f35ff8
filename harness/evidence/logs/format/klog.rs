//! Kubernetes' klog and glog: `E1122 03:00:00.123456       7 controller.go:142] failed to …`.

use super::{Format, Parsed};
use crate::evidence::logs::values::Severity;
use crate::evidence::logs::values::time;

pub(super) struct Klog;

impl Format for Klog {
    fn name(&self) -> &'static str {
        "klog"
    }

    fn line<'a>(&self, line: &'a str) -> Option<Parsed<'a>> {
        let severity = match line.as_bytes().first()? {
            b'I' => Severity::Info,
            b'W' => Severity::Warning,
            b'E' | b'F' => Severity::Error,
            _ => return None,
        };
        let (time, rest) = time::klog(&line[1..])?;
        let (head, _) = rest.split_once("] ")?;
        let logger = head.trim_start().split_once(' ')?.1;
        let (time, severity) = (Some(time), Some(severity));
        Some(Parsed { time, text: line.into(), severity, logger: Some(logger.into()), ..Parsed::default() })
    }
}
