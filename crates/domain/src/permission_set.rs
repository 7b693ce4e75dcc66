//! Permission sets: an account's own named selections of permissions. Docs: "Words".

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::catalogue::QualifiedPermission;
use crate::id::{AccountId, PermissionSetId};

/// A named selection of permissions of one account; it exists before anyone is assigned to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PermissionSet {
    /// The account it belongs to.
    pub account: AccountId,
    /// Its id, unique in the account.
    pub id: PermissionSetId,
    /// Its name, unique in the account without regard to case.
    pub name: String,
    /// What it is for, in the account's words.
    pub description: String,
    /// What it gives, of any application.
    pub permissions: BTreeSet<QualifiedPermission>,
    /// Counts its changes.
    pub version: i64,
}
