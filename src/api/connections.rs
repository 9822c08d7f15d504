//! Connections: accepted up to a cap, each with deadlines for headers and for a reader that does not read, drained at the end.

use std::future::Future;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use rustix::process::{Resource, getrlimit, setrlimit};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{Instant, Sleep, sleep, timeout};

use super::metrics::Metrics;

/// How long the headers of a request may take, and how long a connection may rest between two.
const HEADER_DEADLINE: Duration = Duration::from_secs(10);

/// The most bytes that the headers of a request may have, and the most headers.
const HEADER_BYTES: usize = 32 * 1024;
const HEADERS_AT_MOST: usize = 64;

/// How many bytes a client must take in how long while it is written to.
const LEAST_READ: usize = 8 * 1024;
const READ_SPAN: Duration = Duration::from_secs(10);

/// How long connections are still taken after the end was called: balancers and clients with an open connection learn of it by
/// `Connection: close` on an answer, not by a request that is lost.
const LAST_CALLS: Duration = Duration::from_secs(1);

/// How long a connection that was just taken may be silent before the end.
const FIRST_WORDS: Duration = Duration::from_millis(300);

/// How long to rest where the system has no room for another connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Descriptors kept for files and the store.
const DESCRIPTORS_KEPT: u64 = 128;

const FULL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nRetry-After: 1\r\nConnection: close\r\n\r\n";

/// How many connections the system allows, at most `wanted`; asks it for more where that is possible.
#[must_use]
pub(super) fn allowed_connections(wanted: usize) -> usize {
    let mut limit = getrlimit(Resource::Nofile);
    let needed = u64::try_from(wanted).unwrap_or(u64::MAX).saturating_add(DESCRIPTORS_KEPT);
    if limit.current.is_some_and(|current| current < needed) {
        let raised = limit.maximum.map_or(needed, |maximum| maximum.min(needed));
        let asked = rustix::process::Rlimit { current: Some(raised), ..limit };
        if setrlimit(Resource::Nofile, asked).is_ok() {
            limit = asked;
        }
    }
    let room = limit.current.unwrap_or(u64::MAX).saturating_sub(DESCRIPTORS_KEPT);
    wanted.min(usize::try_from(room).unwrap_or(usize::MAX)).max(1)
}

/// Serves until `end` comes, then lets what is under way end for at most `drain`. Tells whether all of it did.
pub(super) async fn serve(
    listener: TcpListener,
    router: Router,
    connections: usize,
    metrics: Arc<Metrics>,
    end: impl Future<Output = ()>,
    drain: Duration,
) -> bool {
    let graceful = GracefulShutdown::new();
    let room = Arc::new(Semaphore::new(connections));
    let take = |stream: TcpStream| {
        let Ok(place) = Arc::clone(&room).try_acquire_owned() else {
            metrics.refuse_connection();
            tokio::spawn(turn_away(stream));
            return;
        };
        let counted = metrics.connect();
        // A small answer is not held back for a larger packet.
        let _ = stream.set_nodelay(true);
        let service = TowerToHyperService::new(router.clone());
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEADER_DEADLINE)
            .max_buf_size(HEADER_BYTES)
            .max_headers(HEADERS_AT_MOST)
            .serve_connection(TokioIo::new(Paced::new(stream)), service);
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            // A connection that breaks is the client's business; what it asked is logged with the request.
            let _ = connection.await;
            drop((place, counted));
        });
    };
    take_until(&listener, end, &take).await;
    if room.available_permits() < connections {
        take_until(&listener, sleep(LAST_CALLS), &take).await;
    }
    // Who has connected already is still answered.
    while let Ok(Ok((stream, _))) = timeout(Duration::ZERO, listener.accept()).await {
        take(stream);
    }
    drop(listener);
    if room.available_permits() < connections {
        // The first request of a connection that was just taken may still be on its way, and the end closes whom it finds silent.
        sleep(FIRST_WORDS).await;
    }
    timeout(drain, graceful.shutdown()).await.is_ok()
}

async fn take_until(listener: &TcpListener, end: impl Future<Output = ()>, take: impl Fn(TcpStream)) {
    let mut end = pin!(end);
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => take(stream),
                Err(error) => {
                    tracing::warn!(%error, "no connection could be accepted");
                    sleep(ACCEPT_PAUSE).await;
                }
            },
            () = &mut end => return,
        }
    }
}

async fn turn_away(mut stream: TcpStream) {
    let _ = timeout(Duration::from_secs(1), async {
        stream.write_all(FULL).await?;
        stream.shutdown().await
    })
    .await;
}

/// A connection whose other end must take what is written to it at some pace.
struct Paced {
    stream: TcpStream,
    /// While a write is held up: until when [`LEAST_READ`] bytes must have gone, and how many have.
    held_up: Option<(Pin<Box<Sleep>>, usize)>,
}

impl Paced {
    fn new(stream: TcpStream) -> Self {
        Self { stream, held_up: None }
    }

    fn pace(&mut self, context: &mut Context<'_>, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match (&written, &mut self.held_up) {
            (Poll::Ready(Ok(bytes)), Some((_, gone))) => {
                *gone += bytes;
                if *gone >= LEAST_READ {
                    self.held_up = None;
                }
            }
            (Poll::Ready(_), _) => {}
            (Poll::Pending, held_up) => {
                let (deadline, _) = held_up.get_or_insert_with(|| (Box::pin(sleep(READ_SPAN)), 0));
                if deadline.as_mut().poll(context).is_ready() {
                    deadline.as_mut().reset(Instant::now() + READ_SPAN);
                    return Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the client does not read")));
                }
            }
        }
        written
    }
}

impl AsyncRead for Paced {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Paced {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.pace(context, written)
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, context: &mut Context<'_>, parts: &[io::IoSlice<'_>]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        self.pace(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        // Flushed is asked for when all is written: nothing is held up any more.
        self.held_up = None;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
