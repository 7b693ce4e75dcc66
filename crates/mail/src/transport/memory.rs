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
