//! Measures name resolution and connection: a layer around reqwest's connector, and the same for WebSockets.

use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Instant;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tower::{Layer, Service};

/// How long name resolution and connection took, if they ended. Clones share their values.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stopwatch(Arc<Mutex<Reading>>);

#[derive(Debug, Default)]
struct Reading {
    /// The addresses that are called. Empty: those of the name.
    fixed: Vec<IpAddr>,
    connecting: bool,
    resolving: bool,
    dns_ms: Option<f64>,
    connect_ms: Option<f64>,
}

tokio::task_local! {
    /// The stopwatch of the request that is being sent.
    static CURRENT: Stopwatch;
}

/// The host name does not resolve.
#[derive(Debug, thiserror::Error)]
#[error("the host name does not resolve")]
pub(crate) struct NotResolved(#[source] Option<std::io::Error>);

impl Stopwatch {
    /// Returns a stopwatch for a connection to one of these addresses. Empty: those of the name.
    pub(crate) fn towards(fixed: &[IpAddr]) -> Self {
        Self(Arc::new(Mutex::new(Reading { fixed: fixed.to_vec(), ..Reading::default() })))
    }

    pub(crate) fn dns_ms(&self) -> Option<f64> {
        self.read().dns_ms
    }

    pub(crate) fn connect_ms(&self) -> Option<f64> {
        self.read().connect_ms
    }

    /// Reports whether a connection was begun and is not there yet.
    pub(crate) fn is_connecting(&self) -> bool {
        let reading = self.read();
        reading.connecting && reading.connect_ms.is_none()
    }

    /// Waits for a request, and measures what its client does for it.
    pub(crate) async fn during<F: Future>(&self, request: F) -> F::Output {
        CURRENT.scope(self.clone(), request).await
    }

    fn current() -> Self {
        CURRENT.try_with(Self::clone).unwrap_or_default()
    }

    /// Reports whether name resolution is still in progress.
    pub(crate) fn is_resolving(&self) -> bool {
        self.read().resolving
    }

    fn read(&self) -> MutexGuard<'_, Reading> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Resolves the name with the resolver of the system, unless the addresses are fixed.
    pub(crate) async fn resolve(&self, name: &str, port: u16) -> Result<Vec<SocketAddr>, NotResolved> {
        let fixed: Vec<_> = self.read().fixed.iter().map(|address| SocketAddr::new(*address, port)).collect();
        if !fixed.is_empty() {
            return Ok(fixed);
        }
        let start = Instant::now();
        self.read().resolving = true;
        let found = tokio::net::lookup_host((name, port)).await.map_err(|error| NotResolved(Some(error)))?;
        let found: Vec<_> = found.collect();
        if found.is_empty() {
            return Err(NotResolved(None));
        }
        let mut reading = self.read();
        reading.resolving = false;
        reading.dns_ms = Some(ms(start));
        Ok(found)
    }

    /// Measures a connection, without name resolution.
    pub(crate) async fn connecting<T, E>(&self, connect: impl Future<Output = Result<T, E>>) -> Result<T, E> {
        let start = Instant::now();
        self.read().connecting = true;
        let connected = connect.await?;
        let mut reading = self.read();
        reading.connect_ms = Some((ms(start) - reading.dns_ms.unwrap_or(0.0)).max(0.0));
        Ok(connected)
    }
}

fn ms(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1000.0
}

/// Measures what a client does for the request in whose task it connects. Several requests share the client.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Timing;

impl Resolve for Timing {
    fn resolve(&self, name: Name) -> Resolving {
        let watch = Stopwatch::current();
        Box::pin(async move {
            let found = watch.resolve(name.as_str(), 0).await?;
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

impl<S> Layer<S> for Timing {
    type Service = Timed<S>;

    fn layer(&self, inner: S) -> Timed<S> {
        Timed(inner)
    }
}

/// A connector whose connections are measured.
#[derive(Debug, Clone)]
pub(crate) struct Timed<S>(S);

impl<S, R> Service<R> for Timed<S>
where
    S: Service<R>,
    S::Future: Send + 'static,
    S::Response: Send,
    S::Error: Send,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: R) -> Self::Future {
        let watch = Stopwatch::current();
        let connect = self.0.call(request);
        Box::pin(async move { watch.connecting(connect).await })
    }
}
