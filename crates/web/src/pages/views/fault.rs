use super::Say;

/// What can be wrong with a form, each tied to its field and its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// No address was given.
    UsernameMissing,
    /// What was given is no email address.
    UsernameInvalid,
    /// No password was given.
    PasswordMissing,
    /// The address or the password is wrong; which of them is never said.
    CredentialsWrong,
    /// No new password was given.
    NewPasswordMissing,
    /// The new password has fewer characters than this.
    PasswordTooShort(u32),
    /// The new password has more characters than this.
    PasswordTooLong(u32),
    /// The new password has a control character.
    PasswordControl,
    /// The new password is on the list of known ones.
    PasswordKnown,
    /// The new password is easy to guess.
    PasswordGuessable,
    /// The new password is made of the person's or the service's own words.
    PasswordOwnWords,
    /// The two passwords differ.
    PasswordsDiffer,
    /// No first name was given.
    GivenNameMissing,
    /// The first name has characters or a length that no name may have.
    GivenNameInvalid,
    /// No last name was given.
    FamilyNameMissing,
    /// The last name has characters or a length that no name may have.
    FamilyNameInvalid,
    /// The terms were not accepted.
    TermsUnaccepted,
    /// The form had expired and is shown again; `field` is where to go on.
    FormExpired(&'static str),
}

impl Fault {
    /// The id and name of the field it is tied to.
    pub fn field(self) -> &'static str {
        match self {
            Self::UsernameMissing | Self::UsernameInvalid => "username",
            Self::PasswordMissing
            | Self::CredentialsWrong
            | Self::NewPasswordMissing
            | Self::PasswordTooShort(_)
            | Self::PasswordTooLong(_)
            | Self::PasswordControl
            | Self::PasswordKnown
            | Self::PasswordGuessable
            | Self::PasswordOwnWords => "password",
            Self::PasswordsDiffer => "password_confirmation",
            Self::GivenNameMissing | Self::GivenNameInvalid => "given_name",
            Self::FamilyNameMissing | Self::FamilyNameInvalid => "family_name",
            Self::TermsUnaccepted => "accept_terms",
            Self::FormExpired(field) => field,
        }
    }

    /// What to tell the person.
    pub fn text(self, texts: &dyn Say) -> String {
        let number = |key: &str, count: u32| texts.say_with(key, &[("count", &count.to_string())]);
        match self {
            Self::UsernameMissing => texts.say("fault-username-missing"),
            Self::UsernameInvalid => texts.say("fault-username-invalid"),
            Self::PasswordMissing => texts.say("fault-password-missing"),
            Self::CredentialsWrong => texts.say("fault-credentials-wrong"),
            Self::NewPasswordMissing => texts.say("fault-new-password-missing"),
            Self::PasswordTooShort(least) => number("fault-password-too-short", least),
            Self::PasswordTooLong(most) => number("fault-password-too-long", most),
            Self::PasswordControl => texts.say("fault-password-control"),
            Self::PasswordKnown => texts.say("fault-password-known"),
            Self::PasswordGuessable => texts.say("fault-password-guessable"),
            Self::PasswordOwnWords => texts.say("fault-password-own-words"),
            Self::PasswordsDiffer => texts.say("fault-passwords-differ"),
            Self::GivenNameMissing => texts.say("fault-given-name-missing"),
            Self::GivenNameInvalid => texts.say("fault-given-name-invalid"),
            Self::FamilyNameMissing => texts.say("fault-family-name-missing"),
            Self::FamilyNameInvalid => texts.say("fault-family-name-invalid"),
            Self::TermsUnaccepted => texts.say("fault-terms-unaccepted"),
            Self::FormExpired(_) => texts.say("fault-form-expired"),
        }
    }
}
