//! Administration without the console: members, invitations, explanations.

use clap::{Args, Subcommand};
use latchkey_domain::time::Timestamp;

/// In which account, and under whose authority.
#[derive(Debug, Clone, Args)]
pub struct Place {
    /// The account's slug or id
    #[arg(long, value_name = "SLUG")]
    pub account: String,
    /// Under this member's own authority (an address or id) instead of the operator's
    #[arg(long = "as", value_name = "EMAIL")]
    pub by: Option<String>,
}

/// `latchkey explain`.
#[derive(Debug, Args)]
pub struct Explain {
    /// The member, by address or id
    pub member: String,
    /// One permission, `area:action` or `application/area:action`
    pub permission: Option<String>,
    /// One application
    #[arg(long, value_name = "APP")]
    pub application: Option<String>,
    /// Where, and under whose authority
    #[command(flatten)]
    pub place: Place,
}

/// `latchkey member`.
#[derive(Debug, Args)]
pub struct Member {
    /// What to do
    #[command(subcommand)]
    pub verb: MemberVerb,
    /// Where, and under whose authority
    #[command(flatten)]
    pub place: GlobalPlace,
    /// Why, for the people who read it later
    #[arg(long, global = true, value_name = "TEXT")]
    pub note: Option<String>,
    /// Until when it counts: a date, or an RFC 3339 date and time
    #[arg(long, global = true, value_name = "DATE", value_parser = Timestamp::parse)]
    pub until: Option<Timestamp>,
}

/// A [`Place`] that may stand before or after the verb.
#[derive(Debug, Clone, Args)]
pub struct GlobalPlace {
    /// The account's slug or id
    #[arg(long, global = true, value_name = "SLUG")]
    pub account: Option<String>,
    /// Under this member's own authority (an address or id) instead of the operator's
    #[arg(long = "as", global = true, value_name = "EMAIL")]
    pub by: Option<String>,
}

/// What can be done with members.
#[derive(Debug, Subcommand)]
pub enum MemberVerb {
    /// Show one member
    Show {
        /// Address or id
        member: String,
    },
    /// List the members of the account
    List,
    /// Give a role
    Role {
        /// Address or id
        member: String,
        /// The role's key
        role: String,
    },
    /// Assign a permission set
    Assign {
        /// Address or id
        member: String,
        /// The set's name or id
        set: String,
    },
    /// Take a permission set away
    Unassign {
        /// Address or id
        member: String,
        /// The set's name or id
        set: String,
    },
    /// Grant one permission
    Grant {
        /// Address or id
        member: String,
        /// `application/area:action`
        permission: String,
    },
    /// Deny one permission
    Deny {
        /// Address or id
        member: String,
        /// `application/area:action`
        permission: String,
    },
    /// Remove a grant or denial
    Clear {
        /// Address or id
        member: String,
        /// `application/area:action`
        permission: String,
    },
    /// Let a grant count again that a change of role has cut
    Confirm {
        /// Address or id
        member: String,
        /// `application/area:action`
        permission: String,
    },
    /// Suspend, with a reason (--note)
    Hold {
        /// Address or id
        member: String,
    },
    /// Lift an administrator's hold
    Release {
        /// Address or id
        member: String,
    },
    /// Turn Mobile Access on or off
    Mobile {
        /// Address or id
        member: String,
        /// on or off
        switch: Switch,
    },
    /// Turn Email Reminders on or off
    Reminders {
        /// Address or id
        member: String,
        /// on or off
        switch: Switch,
    },
    /// Remove from the account
    Remove {
        /// Address or id
        member: String,
    },
}

/// A toggle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Switch {
    /// On
    On,
    /// Off
    Off,
}

/// `latchkey invitation`.
#[derive(Debug, Args)]
pub struct Invitation {
    /// What to do
    #[command(subcommand)]
    pub verb: InvitationVerb,
    /// Where, and under whose authority
    #[command(flatten)]
    pub place: GlobalPlace,
}

/// What can be done with invitations.
#[derive(Debug, Subcommand)]
pub enum InvitationVerb {
    /// List the invitations that wait for an answer
    List,
    /// Invite somebody
    Send(Invite),
    /// Send a new link; the old one ends
    Resend {
        /// The invited member's address or id
        member: String,
    },
    /// Confirm one whose inviter has lost the right to it
    Confirm {
        /// The invited member's address or id
        member: String,
    },
    /// Take the invitation back and remove the invited member
    Delete {
        /// The invited member's address or id
        member: String,
    },
}

/// Whom to invite.
#[derive(Debug, Args)]
pub struct Invite {
    /// The address
    pub email: String,
    /// First name
    #[arg(long)]
    pub given_name: String,
    /// Last name
    #[arg(long)]
    pub family_name: String,
    /// The role's key; the account's default role where it is left out
    #[arg(long)]
    pub role: Option<String>,
    /// A permission set, by name; may be repeated
    #[arg(long = "permission-set", value_name = "NAME")]
    pub permission_sets: Vec<String>,
    /// With Mobile Access
    #[arg(long)]
    pub mobile_access: bool,
    /// With Email Reminders
    #[arg(long)]
    pub email_reminders: bool,
    /// A personal message
    #[arg(long)]
    pub message: Option<String>,
    /// The language of the mail
    #[arg(long)]
    pub language: Option<String>,
    /// The application to land in
    #[arg(long)]
    pub application: Option<String>,
}
