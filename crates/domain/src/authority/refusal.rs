//! Why someone may not do something to someone.

use serde::Serialize;

use crate::catalogue::QualifiedPermission;

/// Why authority is not enough.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Refusal {
    /// A permission of `latchkey` is missing.
    #[error("this needs the permission latchkey/{needed}")]
    Missing {
        /// Which one.
        needed: &'static str,
    },
    /// The target is the owner.
    #[error("the owner can't be changed by anyone; ownership has to be transferred first")]
    Owner,
    /// The owner's role is given by transfer only.
    #[error("nobody becomes owner but by a transfer of ownership")]
    OwnerByTransferOnly,
    /// The target is whoever asks.
    #[error("nobody changes their own role, permission sets, overrides or status")]
    Oneself,
    /// The target has a higher role than whoever asks.
    #[error("this user has a higher role than yours")]
    Outranked,
    /// The target was removed.
    #[error("this user was removed")]
    Removed,
    /// The role is above the highest that may be given.
    #[error("the role {role} is above your own")]
    RoleAboveOwn {
        /// The role's name.
        role: String,
    },
    /// A permission is above the own effective access.
    #[error("{permission} is above what you may do yourself, so you can't give it")]
    AboveOwn {
        /// Which one.
        permission: QualifiedPermission,
    },
    /// A grant is above what the target's role may hold.
    #[error("{permission} is above what {role} may hold")]
    AboveCeiling {
        /// Which one.
        permission: QualifiedPermission,
        /// The role's name.
        role: String,
    },
    /// No catalogue has the permission.
    #[error("there is no permission {permission}")]
    UnknownPermission {
        /// As it was written.
        permission: QualifiedPermission,
    },
    /// The account makes a permission set obligatory.
    #[error("in this account every user but the owner needs a permission set")]
    SetRequired,
}
