//! Terms of use: versioned documents and their acceptance. Docs: "Terms of use".

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::{AccountId, TermsId, UserId};
use crate::time::Timestamp;

/// One version of the terms of the installation or of one account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// Its id.
    pub id: TermsId,
    /// The account whose own terms these are; `None` for the installation's.
    pub account: Option<AccountId>,
    /// The version as people know it, such as `2026-11`.
    pub version: String,
    /// Whether nobody goes on without accepting it.
    pub required: bool,
    /// From when on it is in force.
    pub effective_at: Timestamp,
    /// The text (Markdown) per language (BCP 47).
    pub texts: BTreeMap<String, String>,
}

/// That a user accepted one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acceptance {
    /// Who.
    pub user: UserId,
    /// Which version.
    pub terms: TermsId,
    /// In which language it was shown.
    pub language: String,
    /// The digest of the very text shown.
    pub digest: String,
    /// When.
    pub accepted_at: Timestamp,
    /// From which network address.
    pub address: Option<String>,
}
