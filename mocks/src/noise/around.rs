//! The noise of the edge: late answers, pages in place of bodies, no `Server`.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Response};

use super::{Dice, ErrorPages, Noise};

struct Weather {
    noise: Noise,
    jitter: Dice,
}

/// The same edge, with this noise around it; without any, the very same.
pub(crate) fn around(router: Router, noise: &Noise) -> Router {
    if *noise == (Noise { seed: noise.seed, ..Noise::default() }) {
        return router;
    }
    let weather = Weather { noise: noise.clone(), jitter: Dice::new(noise.seed, "jitter") };
    router.layer(middleware::from_fn_with_state(Arc::new(weather), blow))
}

async fn blow(State(weather): State<Arc<Weather>>, request: Request, next: Next) -> Response {
    tokio::time::sleep(weather.noise.jitter.mul_f64(weather.jitter.draw())).await;
    let mut response = next.run(request).await;
    if weather.noise.error_pages.replace(response.status()) {
        response = page(response);
    }
    if weather.noise.no_server {
        response.headers_mut().remove(header::SERVER);
    }
    response
}

impl ErrorPages {
    fn replace(self, status: StatusCode) -> bool {
        match self {
            Self::Off => false,
            Self::ServerErrors => status.is_server_error(),
            Self::AllErrors => status.is_client_error() || status.is_server_error(),
        }
    }
}

/// A page that could be anybody's. Of the headers only the challenge is kept, as nginx does (`proxy_intercept_errors`).
fn page(replaced: Response) -> Response {
    let status = replaced.status();
    let title = format!("{} {}", status.as_u16(), status.canonical_reason().unwrap_or_default());
    let body = format!("<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>\n");
    let mut response = (status, Html(body)).into_response();
    for name in [header::WWW_AUTHENTICATE, header::SERVER] {
        if let Some(value) = replaced.headers().get(&name) {
            response.headers_mut().insert(name, value.clone());
        }
    }
    response
}
