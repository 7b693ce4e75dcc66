//! Log lines on their way out: gathered in memory and written by a thread of their own, many at once,
//! so that a line costs whoever logs it neither a system call nor another thread's waking up.

use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use tracing_subscriber::fmt::MakeWriter;

/// How long the first line of many waits for more.
const PAUSE: Duration = Duration::from_millis(10);
/// With so many bytes there is no waiting for more.
const ENOUGH: usize = 64 * 1024;
/// While so many bytes wait to be written, whoever logs more waits too, so that no line is lost.
const MOST: usize = 1024 * 1024;

/// Where lines gather. Copies share the place.
#[derive(Clone, Default)]
pub(super) struct Lines(Arc<Place>);

#[derive(Default)]
struct Place {
    waiting: Mutex<Waiting>,
    /// Told when there is something to write, enough of it, or no more to come.
    filled: Condvar,
    /// Told when there is room again, and at the end.
    emptied: Condvar,
}

#[derive(Default)]
struct Waiting {
    bytes: Vec<u8>,
    is_over: bool,
    is_done: bool,
}

impl Lines {
    /// Starts the thread that writes to `out`.
    ///
    /// # Errors
    /// Where the system has no thread to give.
    pub(super) fn write_to(&self, mut out: impl Write + Send + 'static) -> io::Result<()> {
        let place = Arc::clone(&self.0);
        let work = move || {
            let mut batch = Vec::new();
            while place.next(&mut batch) {
                // There is nobody to tell.
                let _ = out.write_all(&batch).and_then(|()| out.flush());
                batch.clear();
                batch.shrink_to(ENOUGH);
            }
            place.lock().is_done = true;
            place.emptied.notify_all();
        };
        thread::Builder::new()
            .name("log".to_owned())
            .spawn(work)
            .map(drop)
    }

    /// Waits until everything is written, but no longer than this; what comes later is lost.
    pub(super) fn finish(&self, within: Duration) {
        let mut waiting = self.0.lock();
        waiting.is_over = true;
        self.0.filled.notify_all();
        drop(
            self.0
                .emptied
                .wait_timeout_while(waiting, within, |it| !it.is_done),
        );
    }
}

impl Place {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, bytes: &[u8]) {
        let mut waiting = self.lock();
        while waiting.bytes.len() >= MOST && !waiting.is_over {
            waiting = self.emptied.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
        if waiting.is_over {
            return;
        }
        let before = waiting.bytes.len();
        waiting.bytes.extend_from_slice(bytes);
        let is_first = before == 0;
        let is_enough = before < ENOUGH && waiting.bytes.len() >= ENOUGH;
        drop(waiting);
        if is_first || is_enough {
            self.filled.notify_one();
        }
    }

    /// Waits for lines and takes all that there are; whether there were any.
    fn next(&self, batch: &mut Vec<u8>) -> bool {
        let guard = self
            .filled
            .wait_while(self.lock(), |it| it.bytes.is_empty() && !it.is_over);
        let guard = guard.unwrap_or_else(PoisonError::into_inner);
        let more = self
            .filled
            .wait_timeout_while(guard, PAUSE, |it| it.bytes.len() < ENOUGH && !it.is_over);
        let (mut waiting, _) = more.unwrap_or_else(PoisonError::into_inner);
        std::mem::swap(&mut waiting.bytes, batch);
        drop(waiting);
        self.emptied.notify_all();
        !batch.is_empty()
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Line<'a> {
        Line(&self.0)
    }
}

/// Takes lines to where they gather.
pub(super) struct Line<'a>(&'a Place);

impl Write for Line<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.add(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, Sender, channel};

    use super::*;

    /// Passes on what is written, each writing once it is allowed.
    struct Slow {
        allowed: Receiver<()>,
        written: Sender<Vec<u8>>,
    }

    impl Write for Slow {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.allowed.recv().map_err(io::Error::other)?;
            self.written.send(bytes.to_vec()).map_err(io::Error::other)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn slow() -> (Lines, Sender<()>, Receiver<Vec<u8>>) {
        let lines = Lines::default();
        let (allow, allowed) = channel();
        let (written, read) = channel();
        lines.write_to(Slow { allowed, written }).unwrap();
        (lines, allow, read)
    }

    #[test]
    fn lines_come_out_in_their_order_and_the_last_before_the_end() {
        let (lines, allow, read) = slow();
        for number in 0..1000 {
            writeln!(lines.make_writer(), "line {number}").unwrap();
            allow.send(()).unwrap();
        }
        lines.finish(Duration::from_secs(60));
        let all: Vec<u8> = read.try_iter().flatten().collect();
        let expected: String = (0..1000).map(|number| format!("line {number}\n")).collect();
        assert_eq!(String::from_utf8(all).unwrap(), expected);
    }

    #[test]
    fn whoever_logs_more_than_can_be_written_waits_and_loses_nothing() {
        let (lines, allow, read) = slow();
        let logging = {
            let lines = lines.clone();
            thread::spawn(move || {
                for _ in 0..48 {
                    lines.make_writer().write_all(&[b'x'; ENOUGH]).unwrap();
                }
            })
        };
        let mut seen = 0;
        while seen < 48 * ENOUGH {
            assert!(lines.0.lock().bytes.len() < MOST + ENOUGH);
            allow.send(()).unwrap();
            seen += read.recv().unwrap().len();
        }
        logging.join().unwrap();
        assert_eq!(seen, 48 * ENOUGH);
    }

    #[test]
    fn a_reader_that_never_reads_does_not_keep_the_process() {
        let (lines, allow, _read) = slow();
        lines.make_writer().write_all(b"nobody reads this\n").unwrap();
        lines.finish(PAUSE);
        assert!(!lines.0.lock().is_done);
        drop(allow);
    }
}
