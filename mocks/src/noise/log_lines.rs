//! The lines of a real service that have nothing to do with a fault: start-up banners, an optional store that fails,
//! requests of other users, a half-open breaker.

use std::time::Duration;

use uuid::Uuid;

use crate::logs::{RequestRecord, ServiceLog, Severity};
use crate::terms::TraceId;

/// The time between two requests of other users.
const PAUSE: Duration = Duration::from_millis(250);

/// What a process says while it starts. The store is optional, and the process goes on without it.
const AT_START: [(Severity, &str); 7] = [
    (Severity::Info, "Started server process [1]"),
    (Severity::Info, "Waiting for application startup."),
    (Severity::Info, "Phase 1/4: configuration loaded from the environment"),
    (Severity::Warning, "Analytics store: Connection failed, attempt 3 of 3"),
    (Severity::Warning, "Analytics store is optional: events are dropped until it is back"),
    (Severity::Info, "Phase 4/4: background tasks started"),
    (Severity::Info, "Application startup complete."),
];

/// What happens to other users, again and again: method, path, status, and a line about it.
const OF_OTHERS: [(&str, &str, u16, Severity, &str); 4] = [
    ("GET", "/api/threads", 200, Severity::Info, "Page 1 of 1 for another user"),
    ("GET", "/api/chat/messages", 401, Severity::Warning, "Session of another user has ended: sign-in required"),
    ("POST", "/api/feedback", 200, Severity::Warning, "Circuit breaker 'mailer' is HALF_OPEN: one trial call"),
    ("GET", "/favicon.ico", 404, Severity::Info, "Circuit breaker 'mailer' CLOSED after a successful trial"),
];

/// Writes the lines of a start.
pub(crate) fn say_started(log: &ServiceLog) {
    AT_START.iter().for_each(|(severity, line)| log.message(*severity, *line));
}

/// Writes the lines about other users, without an end.
pub(crate) async fn say_of_others(log: ServiceLog) {
    loop {
        for (method, path, status, severity, line) in OF_OTHERS {
            log.message(severity, line);
            let line =
                format!("Request: {method} {path} | Status: {status} | Duration: 4.20ms | Trace: {}", Uuid::new_v4());
            log.message(Severity::Info, line);
            log.request(&RequestRecord {
                method: method.to_owned(),
                url: format!("http://127.0.0.1{path}"),
                status,
                user_agent: "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0".to_owned(),
                latency: Duration::from_millis(5),
                trace: Some(TraceId::random()),
                platform_says: None,
            });
            tokio::time::sleep(PAUSE).await;
        }
    }
}
