//! The bytes that digests are made of: every field with its length before it, so that no two
//! different records ever give the same bytes.

use crate::time::Timestamp;

/// Names the layout, so that a later one is never taken for this.
const LAYOUT: &str = "latchkey audit record 1";
const VALUE_LAYOUT: &str = "latchkey audit value 1";
const LINK_LAYOUT: &str = "latchkey audit link 1";

/// What of a record is chained, as it is stored: verification passes what the database has, not
/// what it means, so that any changed byte shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chained<'a> {
    /// The record's id.
    pub id: &'a str,
    /// The chain it belongs to.
    pub chain: &'a str,
    /// When.
    pub at: Timestamp,
    /// The kind of actor.
    pub actor_kind: &'a str,
    /// The actor's id.
    pub actor_id: Option<&'a str>,
    /// The dotted name of the action.
    pub action: &'a str,
    /// The kind of target.
    pub target: Option<&'a str>,
    /// The target's id.
    pub target_id: Option<&'a str>,
    /// The salt of its values' digests.
    pub salt: &'a str,
    /// Name and digest of each value.
    pub values: &'a [(String, String)],
}

impl Chained<'_> {
    /// The bytes whose digest is chained; the order of the values does not matter.
    pub fn canonical(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(512);
        text(&mut bytes, LAYOUT);
        text(&mut bytes, self.id);
        text(&mut bytes, self.chain);
        bytes.extend_from_slice(&self.at.millis().to_be_bytes());
        text(&mut bytes, self.actor_kind);
        optional(&mut bytes, self.actor_id);
        text(&mut bytes, self.action);
        optional(&mut bytes, self.target);
        optional(&mut bytes, self.target_id);
        text(&mut bytes, self.salt);
        let mut values: Vec<&(String, String)> = self.values.iter().collect();
        values.sort();
        length(&mut bytes, values.len());
        for (name, digest) in values {
            text(&mut bytes, name);
            text(&mut bytes, digest);
        }
        bytes
    }
}

/// The bytes whose digest stands for one value: bound to its record, its name and the salt, so
/// that equal values of two records have different digests.
pub fn canonical_value(record: &str, salt: &str, name: &str, value: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(value.len() + 128);
    for field in [VALUE_LAYOUT, record, salt, name, value] {
        text(&mut bytes, field);
    }
    bytes
}

/// The bytes whose digest links a record to the one before: the chain's name, the position
/// (from 1), the link before (empty for the first) and the record's digest.
pub fn canonical_link(chain: &str, position: i64, previous: &str, digest: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(256);
    text(&mut bytes, LINK_LAYOUT);
    text(&mut bytes, chain);
    bytes.extend_from_slice(&position.to_be_bytes());
    text(&mut bytes, previous);
    text(&mut bytes, digest);
    bytes
}

fn text(bytes: &mut Vec<u8>, field: &str) {
    length(bytes, field.len());
    bytes.extend_from_slice(field.as_bytes());
}

fn optional(bytes: &mut Vec<u8>, field: Option<&str>) {
    match field {
        None => bytes.push(0),
        Some(field) => {
            bytes.push(1);
            text(bytes, field);
        }
    }
}

fn length(bytes: &mut Vec<u8>, length: usize) {
    // usize has at most 64 bits on every platform Rust knows.
    let length = u64::try_from(length).unwrap_or(u64::MAX);
    bytes.extend_from_slice(&length.to_be_bytes());
}
