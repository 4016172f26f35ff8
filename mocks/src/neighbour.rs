//! Servers next to the system that are none of it: where a wrong address leads.

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

/// An ordinary web server that has none of the system's routes.
pub(crate) fn web_server() -> Router {
    Router::new().fallback(async || html(StatusCode::NOT_FOUND, "404 Not Found", "nginx/1.24.0"))
}

fn html(status: StatusCode, title: &str, server: &'static str) -> Response {
    let body = format!(
        "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n\
         <hr><center>{server}</center>\r\n</body>\r\n</html>\r\n"
    );
    (status, [(header::CONTENT_TYPE, "text/html"), (header::SERVER, server)], body).into_response()
}
