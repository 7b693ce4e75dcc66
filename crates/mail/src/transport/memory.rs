//! A transport that keeps what it is given.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::SendError;
use crate::Message;

#[derive(Debug, Default)]
struct Kept {
    sent: Vec<Message>,
    refusals: VecDeque<SendError>,
}

/// Messages kept in memory, in the order in which they came; clones share one list.
#[derive(Debug, Clone, Default)]
pub struct Memory(Arc<Mutex<Kept>>);

impl Memory {
    /// All messages taken so far.
    #[must_use]
    pub fn sent(&self) -> Vec<Message> {
        self.kept().sent.clone()
    }

    /// Makes the next message not yet spoken for fail with this error.
    pub fn refuse_next(&self, error: SendError) {
        self.kept().refusals.push_back(error);
    }

    pub(super) fn send(&self, message: &Message) -> Result<(), SendError> {
        message.check().map_err(|error| SendError {
            permanent: true,
            server_said: error.to_string(),
        })?;
        let mut kept = self.kept();
        if let Some(error) = kept.refusals.pop_front() {
            return Err(error);
        }
        kept.sent.push(message.clone());
        Ok(())
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // A list is whole after every single change, so a panic elsewhere leaves it usable.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message() -> Message {
        Message {
            to: "ada@example.com".into(),
            subject: "Hello".into(),
            text: "Hello".into(),
            html: "<p>Hello</p>".into(),
            message_id: Message::id_for("1", "login.example"),
            date: 0,
            headers: Vec::new(),
        }
    }

    #[test]
    fn refusals_are_given_in_order_before_messages_are_kept() {
        let memory = Memory::default();
        let busy = SendError {
            permanent: false,
            server_said: "451 later".into(),
        };
        memory.refuse_next(busy.clone());
        assert_eq!(memory.clone().send(&message()), Err(busy));
        assert_eq!(memory.send(&message()), Ok(()));
        assert_eq!(memory.sent(), [message()]);
    }

    #[test]
    fn a_malformed_message_is_refused_as_a_server_would() {
        let memory = Memory::default();
        let message = Message {
            to: "nobody".into(),
            ..message()
        };
        assert!(memory.send(&message).unwrap_err().permanent);
        assert!(memory.sent().is_empty());
    }
}
