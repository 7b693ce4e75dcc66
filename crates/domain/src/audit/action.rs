//! What can be recorded, by dotted names: the noun, then what happened to it.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! actions {
    ($($(#[$meta:meta])* $name:ident = $text:literal;)*) => {
        /// What happened.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Action {
            $($(#[$meta])* #[serde(rename = $text)] $name,)*
        }

        impl Action {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The dotted name, such as `member.created`.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

actions! {
    /// An account was created.
    AccountCreated = "account.created";
    /// An account's name, slug or settings changed.
    AccountChanged = "account.changed";
    /// An account was closed.
    AccountClosed = "account.closed";
    /// An account was given an application.
    AccountApplicationAdded = "account.application_added";
    /// An application was taken from an account.
    AccountApplicationRemoved = "account.application_removed";
    /// A transfer of ownership was started.
    OwnershipTransferStarted = "ownership.transfer_started";
    /// A transfer was accepted: the account has another owner.
    OwnershipTransferred = "ownership.transferred";
    /// A transfer was taken back or declined.
    OwnershipTransferCancelled = "ownership.transfer_cancelled";
    /// The operator set about replacing a lost owner.
    OwnershipRecoveryStarted = "ownership.recovery_started";
    /// The operator corrected the address of an owner who had not accepted.
    OwnershipAddressCorrected = "ownership.address_corrected";
    /// A member was created.
    MemberCreated = "member.created";
    /// A member's directory profile changed.
    MemberProfileChanged = "member.profile_changed";
    /// A member accepted the invitation.
    MemberAccepted = "member.accepted";
    /// A member's role changed.
    MemberRoleChanged = "member.role_changed";
    /// A permission set was assigned to a member.
    MemberSetAssigned = "member.set_assigned";
    /// A permission set was taken from a member.
    MemberSetRemoved = "member.set_removed";
    /// A permission was granted to a member.
    MemberGranted = "member.granted";
    /// A permission was denied to a member.
    MemberDenied = "member.denied";
    /// A member's override was cleared.
    MemberOverrideCleared = "member.override_cleared";
    /// A grant cut by a change of role was confirmed.
    MemberOverrideConfirmed = "member.override_confirmed";
    /// The HR system suspended a member.
    MemberDeactivated = "member.deactivated";
    /// The HR system lifted its suspension.
    MemberReactivated = "member.reactivated";
    /// An administrator put a member on hold.
    MemberHeld = "member.held";
    /// An administrator lifted a hold.
    MemberReleased = "member.released";
    /// A member's Mobile Access changed.
    MemberMobileAccessChanged = "member.mobile_access_changed";
    /// A member's Email Reminders changed.
    MemberEmailRemindersChanged = "member.email_reminders_changed";
    /// A member was removed.
    MemberRemoved = "member.removed";
    /// An invitation was made and handed to the mail.
    InvitationSent = "invitation.sent";
    /// An invitation was sent again with a new link.
    InvitationResent = "invitation.resent";
    /// An invitation was accepted.
    InvitationAccepted = "invitation.accepted";
    /// An acceptance was refused: late, revoked, replaced or used.
    InvitationRefused = "invitation.refused";
    /// An invitation was taken back.
    InvitationRevoked = "invitation.revoked";
    /// An invitation was not accepted in time.
    InvitationExpired = "invitation.expired";
    /// The invited asked for a new invitation in the place of one that is over.
    InvitationAsked = "invitation.asked";
    /// An invitation whose inviter lost the right was confirmed by another administrator.
    InvitationConfirmed = "invitation.confirmed";
    /// A role was created.
    RoleCreated = "role.created";
    /// A role, or a built-in role's defaults, changed.
    RoleChanged = "role.changed";
    /// A role was deleted.
    RoleDeleted = "role.deleted";
    /// A permission set was created.
    PermissionSetCreated = "permission_set.created";
    /// A permission set changed.
    PermissionSetChanged = "permission_set.changed";
    /// A permission set was deleted.
    PermissionSetDeleted = "permission_set.deleted";
    /// A group was created.
    GroupCreated = "group.created";
    /// A group's name, members or sets changed.
    GroupChanged = "group.changed";
    /// A group was deleted.
    GroupDeleted = "group.deleted";
    /// An application was registered.
    ApplicationCreated = "application.created";
    /// An application's name or resources changed.
    ApplicationChanged = "application.changed";
    /// An application's permission catalogue changed.
    CatalogueChanged = "catalogue.changed";
    /// A client was registered.
    ClientCreated = "client.created";
    /// A client's metadata changed.
    ClientChanged = "client.changed";
    /// A client got a new secret.
    ClientSecretAdded = "client.secret_added";
    /// A client was deleted.
    ClientDeleted = "client.deleted";
    /// A SCIM token was made.
    ScimTokenCreated = "scim_token.created";
    /// What a SCIM token may give changed.
    ScimTokenChanged = "scim_token.changed";
    /// A SCIM token was revoked.
    ScimTokenRevoked = "scim_token.revoked";
    /// A person became a user.
    UserCreated = "user.created";
    /// A person's own name or language changed.
    UserChanged = "user.changed";
    /// An address was verified.
    UserEmailVerified = "user.email_verified";
    /// A person set or changed the password.
    PasswordChanged = "password.changed";
    /// A link for a new password was asked for.
    PasswordResetRequested = "password.reset_requested";
    /// A new password was set through a link.
    PasswordReset = "password.reset";
    /// Someone signed in.
    SignInSucceeded = "sign_in.succeeded";
    /// Someone failed to sign in.
    SignInFailed = "sign_in.failed";
    /// Someone with a correct credential was refused: suspended, no account, no Mobile Access.
    SignInRefused = "sign_in.refused";
    /// Someone signed out.
    SignedOut = "session.signed_out";
    /// A session was ended otherwise.
    SessionEnded = "session.ended";
    /// A client was given a grant.
    GrantIssued = "grant.issued";
    /// A grant was revoked.
    GrantRevoked = "grant.revoked";
    /// A refresh token was used a second time and its family ended.
    GrantReuseDetected = "grant.reuse_detected";
    /// Terms of use were published.
    TermsPublished = "terms.published";
    /// Terms of use were accepted.
    TermsAccepted = "terms.accepted";
    /// A signing key was made.
    KeyCreated = "key.created";
    /// Signing keys were rotated.
    KeyRotated = "key.rotated";
    /// The audit trail was exported.
    AuditExported = "audit.exported";
    /// Personal values of audit records were erased.
    AuditErased = "audit.erased";
    /// Declared state was applied.
    StateApplied = "state.applied";
    /// The installation was set up.
    InstallationSetUp = "installation.set_up";
}

impl Action {
    /// Reads the dotted name.
    pub fn from_key(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.as_str() == name)
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
