//! The protocol of the container's port.

use crate::evidence::Layout;
use crate::preflight::input::Subject;
use crate::preflight::review::{Check, Problem, Review};
use crate::terms::EndpointKind;

/// Returns a problem if the port speaks HTTP/2 end to end, and clients open WebSockets, which need HTTP/1.1 there.
pub(super) fn check(run: &Review<'_>, subject: &Subject) -> Vec<Problem> {
    let is_h2c = subject.declaration.ports.iter().any(|name| name == "h2c");
    let is_socket = |endpoint: &crate::config::Endpoint| {
        endpoint.kind == EndpointKind::Websocket && endpoint.service.as_str() == subject.service
    };
    let socket = run.target.endpoints.iter().find(|(_, endpoint)| is_socket(endpoint));
    let Some((id, _)) = socket.filter(|_| is_h2c && subject.declaration.manifest.layout == Layout::CloudRun) else {
        return Vec::new();
    };
    let says = format!("the port is called h2c, and the target opens a WebSocket at `{id}`");
    let problem = run.problem(Check::WebsocketOverH2c, subject, says);
    vec![Problem { repair: Some(run.gcloud(subject, "services update", "--no-use-http2")), ..problem }]
}
