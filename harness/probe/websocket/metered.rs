//! The bytes of an open socket, with a limit on their number and on time. A server that sends without end keeps
//! tungstenite reading: it returns only after a whole message.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;

/// A connection that gives an error from a moment on, and after a number of bytes.
#[derive(Debug)]
pub(crate) struct Metered<S> {
    stream: S,
    /// From then on a read ends with `TimedOut`.
    pub(crate) until: Instant,
    /// The bytes that may still be read. Then a read ends with `QuotaExceeded`.
    left: usize,
}

impl<S> Metered<S> {
    pub(crate) const fn new(stream: S, until: Instant, limit: usize) -> Self {
        Self { stream, until, left: limit }
    }

    /// Allows so many more bytes, until another moment.
    pub(crate) const fn allow(&mut self, until: Instant, limit: usize) {
        (self.until, self.left) = (until, limit);
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Metered<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if Instant::now() >= self.until {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        if self.left == 0 {
            return Poll::Ready(Err(io::ErrorKind::QuotaExceeded.into()));
        }
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        self.left = self.left.saturating_sub(buffer.filled().len() - before);
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Metered<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::io::AsyncReadExt as _;

    use super::*;

    #[tokio::test]
    async fn an_endless_stream_ends_after_its_bytes() {
        let far = Instant::now() + Duration::from_secs(600);
        let mut endless = Metered::new(tokio::io::repeat(1), far, 10_000);
        let error = endless.read_to_end(&mut Vec::new()).await.expect_err("it is endless");
        assert_eq!(error.kind(), io::ErrorKind::QuotaExceeded);
    }

    #[tokio::test]
    async fn an_endless_stream_ends_at_its_time() {
        let mut endless = Metered::new(tokio::io::repeat(1), Instant::now(), usize::MAX);
        let error = endless.read_u8().await.expect_err("its time is over");
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }
}
