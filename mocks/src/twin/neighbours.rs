//! Servers that are not part of the system. A wrong address, a changed route or a proxy leads there.

use axum::Router;
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::net::{ClosedPort, Tasks, serve};
use crate::terms::BootError;

/// The ports of the neighbours, which run in every twin.
pub(crate) struct NeighbourPorts {
    pub(crate) web_server: ClosedPort,
    pub(crate) static_site: ClosedPort,
    pub(crate) front_end: ClosedPort,
    pub(crate) proxy: ClosedPort,
}

impl NeighbourPorts {
    /// Serves all neighbours.
    pub(crate) fn serve(self, tasks: &Tasks) -> Result<(), BootError> {
        serve(tasks, self.web_server.listen()?, Router::new().fallback(nothing_here));
        serve(tasks, self.static_site.listen()?, Router::new().fallback(one_page));
        serve(tasks, self.front_end.listen()?, Router::new().fallback(page_or_nothing));
        serve(tasks, self.proxy.listen()?, Router::new().fallback(denied));
        Ok(())
    }
}

/// A web server with none of the system's routes.
async fn nothing_here() -> Response {
    plain_page(StatusCode::NOT_FOUND, "404 Not Found", "nginx/1.24.0")
}

/// A proxy that denies every request.
async fn denied() -> Response {
    plain_page(StatusCode::FORBIDDEN, "403 Forbidden", "squid/6.6")
}

/// A site that shows one page for every request.
async fn one_page() -> Response {
    let body = "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>Coming soon</title></head>\n\
                <body><h1>This domain has just been set up</h1></body>\n</html>\n";
    page(StatusCode::OK, body.to_owned())
}

/// A single-page application: its shell for every page view, 404 for other methods.
async fn page_or_nothing(method: Method) -> Response {
    let (status, inside) = match method {
        Method::GET | Method::HEAD => (StatusCode::OK, "<div id=\"__next\"></div>"),
        _ => (StatusCode::NOT_FOUND, "<div id=\"__next\"><h1>404</h1><h2>This page could not be found.</h2></div>"),
    };
    let body = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charSet=\"utf-8\"/><title>Netra</title></head><body>{inside}\
         <script src=\"/_next/static/chunks/main.js\"></script></body></html>"
    );
    page(status, body)
}

fn page(status: StatusCode, body: String) -> Response {
    (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], body).into_response()
}

fn plain_page(status: StatusCode, title: &str, server: &'static str) -> Response {
    let body = format!(
        "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n\
         <hr><center>{server}</center>\r\n</body>\r\n</html>\r\n"
    );
    (status, [(header::CONTENT_TYPE, "text/html"), (header::SERVER, server)], body).into_response()
}
