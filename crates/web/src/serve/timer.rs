//! One alarm for all that a connection waits for, one after another.
//!
//! hyper asks for a new timer at every request; each would be entered into the runtime's clock, under a
//! lock of all connections, and taken out again when the request's head is there. Here the alarm of
//! before stays set, and is set anew only when it rings too early: once in a while instead of at
//! every request. Nothing ends later than it should, because no alarm is ever set later than the
//! moment that is waited for.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use hyper::rt::{Sleep, Timer};

/// The alarm of one connection, once it was needed.
type Alarm = Arc<Mutex<Option<Pin<Box<tokio::time::Sleep>>>>>;

/// Makes the timers of one connection.
#[derive(Default)]
pub(super) struct OneAlarm(Alarm);

impl Timer for OneAlarm {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Sleep>> {
        self.sleep_until(self.now() + duration)
    }

    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn Sleep>> {
        Box::pin(Until {
            deadline: deadline.into(),
            alarm: Arc::clone(&self.0),
        })
    }

    fn now(&self) -> Instant {
        tokio::time::Instant::now().into()
    }
}

/// Waits for a moment.
struct Until {
    deadline: tokio::time::Instant,
    alarm: Alarm,
}

impl Sleep for Until {}

impl Future for Until {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let deadline = self.deadline;
        let mut alarm = self.alarm.lock().unwrap_or_else(PoisonError::into_inner);
        let alarm = alarm.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(deadline)));
        if alarm.deadline() > deadline {
            alarm.as_mut().reset(deadline);
        }
        while alarm.as_mut().poll(context).is_ready() {
            if alarm.deadline() >= deadline {
                return Poll::Ready(());
            }
            alarm.as_mut().reset(deadline);
        }
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::timeout;

    use super::*;

    const SOON: Duration = Duration::from_millis(20);
    const LONG: Duration = Duration::from_secs(3600);

    async fn given_up(mut wait: Pin<Box<dyn Sleep>>) {
        assert!(timeout(Duration::ZERO, &mut wait).await.is_err());
    }

    #[tokio::test]
    async fn a_wait_does_not_end_with_the_alarm_of_an_earlier_one() {
        let timer = OneAlarm::default();
        given_up(timer.sleep(SOON)).await;
        let began = Instant::now();
        timer.sleep(SOON * 3).await;
        assert!(began.elapsed() >= SOON * 3);
    }

    #[tokio::test]
    async fn a_wait_does_not_last_until_the_alarm_of_a_later_one() {
        let timer = OneAlarm::default();
        given_up(timer.sleep(LONG)).await;
        assert!(timeout(LONG / 60, timer.sleep(SOON)).await.is_ok());
        assert!(timeout(LONG / 60, timer.sleep(SOON)).await.is_ok());
    }
}
