//! The place in the real backend's code where an error is raised. The real staging system discloses it in its
//! envelopes.

use serde_json::{Value, json};

/// One frame of a traceback.
struct Frame {
    file: &'static str,
    line: u32,
    function: &'static str,
    code: &'static str,
}

const WRAPPED: &str = "starlette/_exception_handler.py:42 in wrapped_app";
const ROUTED: &str = "starlette/routing.py:75 in app";
const DEPENDENCIES: &str = "fastapi/routing.py:292 in app";
const SOLVED_INNER: &str = "dependencies/utils.py:615 in solve_dependencies";
const SOLVED: &str = "dependencies/utils.py:638 in solve_dependencies";

const SOLVE_INNER: Frame = Frame {
    file: "dependencies/utils.py",
    line: 615,
    function: "solve_dependencies",
    code: "solved_result = await solve_dependencies(",
};
const SOLVE: Frame = Frame {
    file: "dependencies/utils.py",
    line: 638,
    function: "solve_dependencies",
    code: "solved = await call(**solved_result.values)",
};
const ASK: Frame = Frame {
    file: "auth_integration/auth.py",
    line: 55,
    function: "get_current_user",
    code: "validation_result = await _validate_token_with_auth_service(token)",
};
const ROUTE: Frame =
    Frame { file: "fastapi/routing.py", line: 292, function: "app", code: "solved_result = await solve_dependencies(" };

/// A place that raises an exception.
pub(crate) struct Origin {
    source_file: &'static str,
    line_number: u32,
    stack_trace: &'static [&'static str],
    frames: &'static [Frame],
    /// The exception that a blanket `except` swallowed: its type and message.
    context: Option<(&'static str, &'static str)>,
}

impl Origin {
    pub(crate) const NO_BEARER: &'static Self = &Self {
        source_file: "security/http.py",
        line_number: 308,
        stack_trace: &[WRAPPED, ROUTED, DEPENDENCIES, SOLVED_INNER, SOLVED, "security/http.py:308 in __call__"],
        frames: &[SOLVE_INNER, SOLVE, raise("security/http.py", 308, "__call__")],
        context: None,
    };
    pub(crate) const WRONG_SCHEME: &'static Self = &Self {
        source_file: "security/http.py",
        line_number: 315,
        stack_trace: &[WRAPPED, ROUTED, DEPENDENCIES, SOLVED_INNER, SOLVED, "security/http.py:315 in __call__"],
        frames: &[SOLVE_INNER, SOLVE, raise("security/http.py", 315, "__call__")],
        context: None,
    };
    pub(crate) const CHAT_AUTHENTICATION: &'static Self = &Self {
        source_file: "routes/messages.py",
        line_number: 90,
        stack_trace: &[WRAPPED, ROUTED, DEPENDENCIES, SOLVED, "routes/messages.py:90 in get_current_user_from_jwt"],
        frames: &[ROUTE, SOLVE, raise("routes/messages.py", 90, "get_current_user_from_jwt")],
        context: Some(("HTTPException", "401: Invalid or expired JWT token")),
    };
    pub(crate) const CURRENT_USER: &'static Self = &Self {
        source_file: "auth_integration/auth.py",
        line_number: 69,
        stack_trace: &[
            WRAPPED,
            ROUTED,
            DEPENDENCIES,
            SOLVED,
            "auth_integration/auth.py:55 in get_current_user",
            "auth_integration/auth.py:69 in _validate_token_with_auth_service",
        ],
        frames: &[SOLVE, ASK, raise("auth_integration/auth.py", 69, "_validate_token_with_auth_service")],
        context: None,
    };
    /// The line number is invented; the shape is the real one.
    pub(crate) const DATABASE_SESSION: &'static Self = &Self {
        source_file: "app/dependencies.py",
        line_number: 180,
        stack_trace: &[
            WRAPPED,
            ROUTED,
            DEPENDENCIES,
            SOLVED,
            "app/dependencies.py:180 in get_request_scoped_db_session",
        ],
        frames: &[SOLVE, raise("app/dependencies.py", 180, "get_request_scoped_db_session")],
        context: None,
    };
    /// The line number is invented; the shape is the real one.
    pub(crate) const READ_MESSAGE: &'static Self = &Self {
        source_file: "routes/messages.py",
        line_number: 300,
        stack_trace: &[WRAPPED, ROUTED, "fastapi/routing.py:302 in app", "routes/messages.py:300 in get_message"],
        frames: &[raise("routes/messages.py", 300, "get_message")],
        context: None,
    };

    /// Returns the four fields that the real staging system adds to the envelope, in order.
    pub(crate) fn fields(&self) -> [(&'static str, Value); 4] {
        [
            ("line_number", json!(self.line_number)),
            ("source_file", json!(self.source_file)),
            ("stack_trace", json!(self.stack_trace)),
            ("debug_info", self.debug_info()),
        ]
    }

    fn debug_info(&self) -> Value {
        let mut info = json!({
            "line_number": self.line_number,
            "source_file": self.source_file,
            "stack_trace": self.stack_trace,
            "stack_frames": self.frames.iter().map(Frame::json).collect::<Vec<_>>(),
            "error_type": "HTTPException",
            "error_module": "fastapi.exceptions",
        });
        if let Some((kind, message)) = self.context {
            info["context_error"] = json!({ "type": kind, "message": message });
        }
        info
    }
}

const fn raise(file: &'static str, line: u32, function: &'static str) -> Frame {
    Frame { file, line, function, code: "raise HTTPException(" }
}

impl Frame {
    fn json(&self) -> Value {
        json!({ "file": self.file, "line": self.line, "function": self.function, "code": self.code })
    }
}
