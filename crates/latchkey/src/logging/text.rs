//! Log lines for people, word for word as `tracing_subscriber` writes them by default, but with a
//! fifth of the work: every request has a line, and most requests do little else.

use std::cell::Cell;
use std::fmt::{self, Debug, Write as _};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use latchkey_domain::time::Timestamp;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::field::RecordFields;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, FormattedFields};
use tracing_subscriber::registry::LookupSpan;

/// Formats lines and the fields of spans.
pub(super) struct Text;

impl<S, N> FormatEvent<S, N> for Text
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        at_once(writer, |line| {
            push_time(line, now());
            let metadata = event.metadata();
            line.push_str(level(*metadata.level()));
            if let Some(scope) = context.event_scope() {
                for span in scope.from_root() {
                    line.push_str(span.name());
                    let extensions = span.extensions();
                    let fields = extensions.get::<FormattedFields<N>>();
                    if let Some(fields) = fields.filter(|it| !it.is_empty()) {
                        line.push('{');
                        line.push_str(fields);
                        line.push('}');
                    }
                    line.push(':');
                }
                line.push(' ');
            }
            line.push_str(metadata.target());
            line.push_str(": ");
            event.record(&mut Fields { line, is_first: true });
            line.push('\n');
        })
    }
}

impl<'writer> FormatFields<'writer> for Text {
    fn format_fields<R: RecordFields>(&self, writer: Writer<'writer>, fields: R) -> fmt::Result {
        at_once(writer, |line| fields.record(&mut Fields { line, is_first: true }))
    }
}

/// Puts a text together in memory that is used again and again, and writes it at once.
fn at_once(mut writer: Writer<'_>, put_together: impl FnOnce(&mut String)) -> fmt::Result {
    thread_local! {
        static TEXT: Cell<String> = const { Cell::new(String::new()) };
    }
    // Taken, not borrowed: a value may log while it is formatted.
    let mut text = TEXT.take();
    text.clear();
    put_together(&mut text);
    let written = writer.write_str(&text);
    TEXT.set(text);
    written
}

fn level(level: Level) -> &'static str {
    match level {
        Level::ERROR => " ERROR ",
        Level::WARN => "  WARN ",
        Level::INFO => "  INFO ",
        Level::DEBUG => " DEBUG ",
        Level::TRACE => " TRACE ",
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "no rule depends on it: it tells when a line was written, finer than the clock of rules does"
)]
fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// The time in UTC to the microsecond; all but the fraction is made once a second.
fn push_time(line: &mut String, since_epoch: Duration) {
    thread_local! {
        static SECOND: Cell<(u64, String)> = const { Cell::new((u64::MAX, String::new())) };
    }
    let seconds = since_epoch.as_secs();
    let (mut known, mut text) = SECOND.take();
    if known != seconds || text.is_empty() {
        let millis = i64::try_from(seconds.saturating_mul(1000)).unwrap_or(i64::MAX);
        text = Timestamp::from_millis(millis).rfc3339();
        text.truncate(text.trim_end_matches('Z').len());
        known = seconds;
    }
    line.push_str(&text);
    SECOND.set((known, text));
    line.push('.');
    let micros = since_epoch.subsec_micros();
    for unit in [100_000, 10_000, 1000, 100, 10, 1] {
        line.push(digit(u64::from(micros / unit)));
    }
    line.push('Z');
}

/// The last digit of a number.
fn digit(number: u64) -> char {
    char::from(b'0' + u8::try_from(number % 10).unwrap_or_default())
}

/// Writes `name=value`, one after another; the message without its name.
struct Fields<'a> {
    line: &'a mut String,
    is_first: bool,
}

impl Fields<'_> {
    /// Writes a name; whether it is the message's, which has none.
    fn begin(&mut self, field: &Field) -> bool {
        if !std::mem::take(&mut self.is_first) {
            self.line.push(' ');
        }
        let name = field.name();
        let is_message = name == "message";
        if !is_message {
            self.line.push_str(name.strip_prefix("r#").unwrap_or(name));
            self.line.push('=');
        }
        is_message
    }
}

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.begin(field);
        let begins = self.line.len();
        // A String takes everything; what a value refuses to say is left out.
        let _ = write!(self.line, "{value:?}");
        escape(self.line, begins);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        let is_message = self.begin(field);
        let is_plain = |byte: u8| matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\';
        if is_message {
            let begins = self.line.len();
            self.line.push_str(value);
            escape(self.line, begins);
        } else if value.bytes().all(is_plain) {
            self.line.push('"');
            self.line.push_str(value);
            self.line.push('"');
        } else {
            let _ = write!(self.line, "{value:?}");
        }
    }

    fn record_u64(&mut self, field: &Field, mut value: u64) {
        self.begin(field);
        let mut digits = ['0'; 20];
        let mut used = 0;
        for place in &mut digits {
            *place = digit(value);
            value /= 10;
            used += 1;
            if value == 0 {
                break;
            }
        }
        self.line.extend(digits.iter().take(used).rev());
    }
}

/// Makes harmless what a terminal would take for a command, from there to the end.
fn escape(line: &mut String, begins: usize) {
    let is_command = |it: char| matches!(it, '\x07' | '\x08' | '\x0c' | '\x1b' | '\x7f'..='\u{9f}');
    let Some(written) = line.get(begins..).filter(|it| it.contains(is_command)) else {
        return;
    };
    let mut harmless = String::with_capacity(written.len() + 16);
    for it in written.chars() {
        if !is_command(it) {
            harmless.push(it);
        } else if it.is_ascii() {
            let _ = write!(harmless, "\\x{:02x}", u32::from(it));
        } else {
            let _ = write!(harmless, "\\u{{{:x}}}", u32::from(it));
        }
    }
    line.truncate(begins);
    line.push_str(&harmless);
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use tracing::{Dispatch, dispatcher};
    use tracing_subscriber::fmt::MakeWriter;
    use tracing_subscriber::layer::SubscriberExt as _;

    use super::*;

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl MakeWriter<'_> for Kept {
        type Writer = Self;

        fn make_writer(&self) -> Self {
            self.clone()
        }
    }

    impl Kept {
        /// Without the times, which differ.
        fn lines(&self) -> Vec<String> {
            let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
            text.lines()
                .map(|it| it.split_once(' ').unwrap().1.to_owned())
                .collect()
        }
    }

    fn log_all_sorts() {
        let (number, negative, truth) = (0_u64, -7_i64, true);
        let outer = tracing::info_span!("outer");
        let span = tracing::info_span!(parent: &outer, "request", id = %"0198", by = "a \"b\"", number);
        span.in_scope(|| tracing::info!(address = "203.0.113.5", "somebody signed in"));
        tracing::info!(id = %"0198", method = %"GET", route = "/x", status = 200_u16, micros = u64::MAX, "answered");
        outer.in_scope(|| tracing::error!(?number, negative, truth, half = 0.5, "it {} failed", "surely"));
        tracing::warn!(fault = %"a line\u{2028}", r#type = "ä\n\u{1b}[31m");
        tracing::info!("\u{1b}[31mred\u{9b}m\u{7f}\u{7}\u{8}\u{c}");
        tracing::debug!("");
        tracing::trace!(name: "named", target: "elsewhere", tenth = 10);
    }

    #[test]
    fn lines_are_those_that_everybody_knows() {
        let (ours, theirs) = (Kept::default(), Kept::default());
        let layer = || tracing_subscriber::fmt::layer().with_ansi(false);
        let made = layer()
            .event_format(Text)
            .fmt_fields(Text)
            .with_writer(ours.clone());
        let known = layer().with_writer(theirs.clone());
        for dispatch in [
            Dispatch::new(tracing_subscriber::registry().with(made)),
            Dispatch::new(tracing_subscriber::registry().with(known)),
        ] {
            dispatcher::with_default(&dispatch, log_all_sorts);
        }
        assert_eq!(ours.lines(), theirs.lines());
        assert_eq!(ours.lines().len(), 7);
    }

    #[test]
    fn a_time_is_told_to_the_microsecond() {
        let told = |seconds, micros: u32| {
            let mut line = String::new();
            push_time(&mut line, Duration::new(seconds, micros * 1000));
            line
        };
        assert_eq!(told(0, 0), "1970-01-01T00:00:00.000000Z");
        assert_eq!(told(1_796_001_547, 90_120), "2026-11-30T01:19:07.090120Z");
        assert_eq!(told(1_796_001_547, 999_999), "2026-11-30T01:19:07.999999Z");
        assert_eq!(told(1_796_001_548, 1), "2026-11-30T01:19:08.000001Z");
    }

    #[test]
    fn what_a_terminal_would_obey_is_escaped_in_every_value() {
        let kept = Kept::default();
        let layer = tracing_subscriber::fmt::layer().with_ansi(false);
        let made = layer
            .event_format(Text)
            .fmt_fields(Text)
            .with_writer(kept.clone());
        dispatcher::with_default(&Dispatch::new(tracing_subscriber::registry().with(made)), || {
            tracing::info!(fault = %"\u{1b}[2J\u{9b}", "seen");
        });
        assert!(kept.lines()[0].ends_with("seen fault=\\x1b[2J\\u{9b}"));
    }
}
