//! The beginning of a connection, which must come in time.
//!
//! Which version of HTTP it is shows in its first bytes (RFC 9113 section 3.3), and until then no
//! other timer runs: without this one a connection that says nothing stays for ever.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

/// So many bytes tell the versions apart: the preface of HTTP/2.
const PREFACE: usize = 24;

/// A connection whose first bytes must come in time.
pub(super) struct Opening<S> {
    stream: S,
    missing: usize,
    alarm: Option<Pin<Box<Sleep>>>,
}

impl<S> Opening<S> {
    /// Gives the first bytes so much time from now on.
    pub(super) fn new(stream: S, within: Duration) -> Self {
        Self {
            stream,
            missing: PREFACE,
            alarm: Some(Box::pin(sleep(within))),
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Opening<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let outcome = Pin::new(&mut self.stream).poll_read(context, buffer);
        let Some(alarm) = &mut self.alarm else {
            return outcome;
        };
        if outcome.is_pending() {
            return match alarm.as_mut().poll(context) {
                Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
                Poll::Pending => Poll::Pending,
            };
        }
        self.missing = self.missing.saturating_sub(buffer.filled().len() - before);
        if self.missing == 0 {
            self.alarm = None;
        }
        outcome
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Opening<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    const SOON: Duration = Duration::from_millis(20);

    #[tokio::test]
    async fn a_connection_that_says_too_little_is_given_up() {
        for beginning in ["", "PRI * HTTP/2.0"] {
            let (mut near, far) = tokio::io::duplex(64);
            near.write_all(beginning.as_bytes()).await.unwrap();
            let mut opening = Opening::new(far, SOON);
            let fault = opening.read_to_end(&mut Vec::new()).await.unwrap_err();
            assert_eq!(fault.kind(), io::ErrorKind::TimedOut);
        }
    }

    #[tokio::test]
    async fn a_connection_that_has_begun_may_be_silent() {
        let (mut near, far) = tokio::io::duplex(64);
        let mut opening = Opening::new(far, SOON);
        near.write_all(b"GET /healthz HTTP/1.1\r\n\r\n").await.unwrap();
        let mut beginning = [0; PREFACE];
        opening.read_exact(&mut beginning).await.unwrap();
        assert!(opening.alarm.is_none());
    }
}
