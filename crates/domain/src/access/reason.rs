//! A reason for or against one permission, and its sentence.

use serde::{Serialize, Serializer};

use crate::overrides::Override;
use crate::time::Timestamp;

/// Which rule speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// The account is closed.
    AccountClosed,
    /// The account does not have the application.
    NoApplication,
    /// The member has not accepted the invitation.
    NotAccepted,
    /// The HR system suspended the member.
    SuspendedByHr,
    /// An administrator put the member on hold.
    OnHold,
    /// The member was removed.
    Removed,
    /// The permission has effect in the system account alone.
    SystemAccountOnly,
    /// The member is the owner.
    Owner,
    /// The role gives it by default.
    RoleDefault,
    /// A permission set assigned directly gives it.
    PermissionSet,
    /// A permission set gave it until its assignment ended.
    PermissionSetEnded,
    /// A permission set carried by a group gives it.
    Group,
    /// The member's own grant gives it.
    Grant,
    /// The member's own grant has ended.
    GrantEnded,
    /// The member's own grant was cut by a change of role and waits to be confirmed.
    GrantDormant,
    /// The member's own deny takes it away.
    Deny,
    /// The member's own deny has ended.
    DenyEnded,
    /// It is above what the role may hold.
    Ceiling,
    /// The role does not give it by default, and nothing else does.
    NotARoleDefault,
    /// The sets that take the place of the role's defaults do not have it, and nothing else does.
    NotInPermissionSets,
}

impl Rule {
    /// The word in answers, such as `role_default`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AccountClosed => "account_closed",
            Self::NoApplication => "no_application",
            Self::NotAccepted => "not_accepted",
            Self::SuspendedByHr => "suspended_by_hr",
            Self::OnHold => "on_hold",
            Self::Removed => "removed",
            Self::SystemAccountOnly => "system_account_only",
            Self::Owner => "owner",
            Self::RoleDefault => "role_default",
            Self::PermissionSet => "permission_set",
            Self::PermissionSetEnded => "permission_set_ended",
            Self::Group => "group",
            Self::Grant => "grant",
            Self::GrantEnded => "grant_ended",
            Self::GrantDormant => "grant_dormant",
            Self::Deny => "deny",
            Self::DenyEnded => "deny_ended",
            Self::Ceiling => "ceiling",
            Self::NotARoleDefault => "not_a_role_default",
            Self::NotInPermissionSets => "not_in_permission_sets",
        }
    }
}

/// One link in the chain of reasons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Which rule speaks.
    pub rule: Rule,
    /// The name the rule speaks of: a set's, a role's, an application's.
    pub subject: Option<String>,
    /// The group that carries the set.
    pub group: Option<String>,
    /// Who did it.
    pub by: Option<String>,
    /// When they did it.
    pub at: Option<Timestamp>,
    /// Why they did it.
    pub note: Option<String>,
    /// When it ends or ended.
    pub until: Option<Timestamp>,
}

impl Reason {
    pub(super) fn new(rule: Rule) -> Self {
        Self {
            rule,
            subject: None,
            group: None,
            by: None,
            at: None,
            note: None,
            until: None,
        }
    }

    pub(super) fn of(rule: Rule, it: &Override) -> Self {
        Self::new(rule)
            .by(it.by.as_deref(), Some(it.at))
            .note(it.note.as_deref())
            .until(it.expires_at)
    }

    pub(super) fn subject(mut self, name: &(impl ToString + ?Sized)) -> Self {
        self.subject = Some(name.to_string());
        self
    }

    pub(super) fn group(mut self, name: &str) -> Self {
        self.group = Some(name.to_owned());
        self
    }

    pub(super) fn by(mut self, name: Option<&str>, at: Option<Timestamp>) -> Self {
        self.by = name.map(str::to_owned);
        self.at = at;
        self
    }

    pub(super) fn note(mut self, note: Option<&str>) -> Self {
        self.note = note.map(str::to_owned);
        self
    }

    pub(super) fn until(mut self, end: Option<Timestamp>) -> Self {
        self.until = end;
        self
    }

    /// The reason as an English sentence without its full stop.
    pub fn text(&self) -> String {
        let subject = self.subject.as_deref().unwrap_or_default();
        let group = self.group.as_deref().unwrap_or_default();
        match self.rule {
            Rule::AccountClosed => "the account is closed".to_owned(),
            Rule::NoApplication => format!("the account does not have the application '{subject}'"),
            Rule::NotAccepted => "the invitation has not been accepted".to_owned(),
            Rule::SuspendedByHr => "suspended by the HR system".to_owned(),
            Rule::OnHold => format!("put on hold{}", self.who_when_why()),
            Rule::Removed => format!("removed from the account{}", self.who_when_why()),
            Rule::SystemAccountOnly => "this has effect in the system account only".to_owned(),
            Rule::Owner => "the owner of the account has every permission".to_owned(),
            Rule::RoleDefault => format!("default of the role {subject}"),
            Rule::PermissionSet => format!("from permission set '{subject}'{}", self.ending()),
            Rule::PermissionSetEnded => {
                format!("permission set '{subject}' was assigned until {}", self.end())
            }
            Rule::Group => format!(
                "from permission set '{subject}', through group '{group}'{}",
                self.ending()
            ),
            Rule::Grant => {
                format!("granted to this member{}{}", self.who_when_why(), self.ending())
            }
            Rule::GrantEnded => format!(
                "was granted to this member{}, until {}",
                self.who_when_why(),
                self.end()
            ),
            Rule::GrantDormant => format!(
                "granted to this member{}, but cut when the role changed and not confirmed since",
                self.who_when_why()
            ),
            Rule::Deny => {
                format!("removed for this member{}{}", self.who_when_why(), self.ending())
            }
            Rule::DenyEnded => format!(
                "was removed for this member{}, until {}",
                self.who_when_why(),
                self.end()
            ),
            Rule::Ceiling => format!("above what {subject} may hold"),
            Rule::NotARoleDefault => format!("not a default of the role {subject}"),
            Rule::NotInPermissionSets if subject.contains("', '") => format!(
                "in none of the permission sets '{subject}', which take the place of the role's defaults"
            ),
            Rule::NotInPermissionSets => {
                format!("not in permission set '{subject}', which takes the place of the role's defaults")
            }
        }
    }

    /// Such as ` by Ana Lima on 2026-11-02: 'left the pilot'`.
    fn who_when_why(&self) -> String {
        let mut text = String::new();
        if let Some(by) = &self.by {
            text.push_str(" by ");
            text.push_str(by);
        }
        if let Some(at) = self.at {
            text.push_str(" on ");
            text.push_str(&at.date());
        }
        if let Some(note) = self.note.as_deref().filter(|it| !it.is_empty()) {
            text.push_str(": '");
            text.push_str(note);
            text.push('\'');
        }
        text
    }

    fn ending(&self) -> String {
        match self.until {
            Some(end) => format!(", until {}", end.date()),
            None => String::new(),
        }
    }

    fn end(&self) -> String {
        self.until.map(Timestamp::date).unwrap_or_default()
    }
}

/// As answers have it: `{rule, text, by, at}`, the time as RFC 3339 text.
impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Answer<'a> {
            rule: Rule,
            text: String,
            by: Option<&'a str>,
            at: Option<String>,
        }
        Answer {
            rule: self.rule,
            text: self.text(),
            by: self.by.as_deref(),
            at: self.at.map(Timestamp::rfc3339),
        }
        .serialize(serializer)
    }
}
