//! The pages around signing in and joining.

use super::*;

impl Gallery<'_> {
    pub(super) fn terms(&mut self) {
        let terms = &self.terms_text();
        let changes = TermsHtml::in_section("* What we keep is now listed.\n* You may stop at any time.");
        let mut page = TermsChanged {
            frame: self.frame,
            hidden: HIDDEN,
            terms,
            last_accepted: Some(self.day()),
            changes: Some(&changes),
        };
        self.add("terms-changed", &page, &["accept_terms", "proceed", "sign-out"]);
        (page.last_accepted, page.changes) = (None, None);
        self.add("terms-first", &page, &["accept_terms", "proceed", "sign-out"]);
        self.add(
            "terms-reading",
            &TermsReading {
                frame: self.frame,
                terms,
            },
            &[],
        );
    }

    pub(super) fn password(&mut self) {
        let (frame, hidden, username) = (self.frame, HIDDEN, "ada@northwind.example");
        let sign_in_path = "/sign-in";
        let page = Forgot {
            frame,
            hidden,
            username: "",
            sign_in_path,
        };
        self.add("forgot", &page, &["username", "send-link"]);
        let page = ForgotSent {
            frame,
            hidden,
            username,
            wait_seconds: 60,
            sign_in_path,
        };
        self.add("forgot-sent", &page, &["send-link", "back-to-sign-in"]);
        let page = Reset {
            frame,
            hidden,
            username,
            minimum: 15,
        };
        self.add(
            "reset",
            &page,
            &["password", "password_confirmation", "set-password"],
        );
        self.add(
            "reset-ended",
            &ResetEnded {
                frame,
                forgot_path: "/password/forgot",
            },
            &["forgot-password"],
        );
        self.add(
            "password-changed",
            &PasswordChanged { frame, sign_in_path },
            &["sign-in"],
        );
    }

    pub(super) fn sign_out(&mut self) {
        let frame = Frame {
            application: None,
            ..self.frame
        };
        let page = SignOutConfirm {
            frame,
            hidden: HIDDEN,
            address: "ada@northwind.example",
        };
        self.add("sign-out", &page, &["sign-out-confirm"]);
        let back = Some(("Harbor CRM", "https://crm.example/"));
        let page = SignedOut {
            frame,
            applications: &["Harbor CRM", "Reports"],
            back,
            sign_in_path: "/sign-in",
        };
        self.add("signed-out", &page, &["back-to-application"]);
        let page = SignedOut {
            applications: &[],
            back: None,
            ..page
        };
        self.add("signed-out-plain", &page, &["sign-in"]);
        let frame = self.frame;
        let fields = &[("code", "abc"), ("state", "\"<Ada>")];
        self.add(
            "form-post",
            &FormPost {
                frame,
                action: "https://crm.example/cb",
                fields,
            },
            &["continue"],
        );
    }

    pub(super) fn account(&mut self) {
        let memberships = &[
            Membership {
                account: "Northwind Traders",
                role: "Standard user",
                suspended: false,
                applications: &[("Harbor CRM", Some("https://crm.example/login")), ("Batch", None)],
            },
            Membership {
                account: "Eastern Light",
                role: "Read only",
                suspended: true,
                applications: &[],
            },
        ];
        let session = |id, device, place, current, minutes| Session {
            id,
            device,
            place,
            started: self.minute(minutes + 90),
            last_active: self.minute(minutes),
            current,
        };
        let sessions = &[
            session("s1", "Firefox on Linux", "192.0.2.7", true, 0),
            session("s2", "Chrome on Android", "198.51.100.20", false, 3000),
        ];
        let mut page = Account {
            frame: Frame {
                application: None,
                ..self.frame
            },
            hidden: HIDDEN,
            name: "Ada Lovelace",
            address: "ada@northwind.example",
            memberships,
            sessions,
            sessions_path: Some("/account/sessions"),
        };
        self.add("account", &page, &["sign-out", "end-session-s2", "end-others"]);
        (page.memberships, page.sessions_path) = (&[], None);
        self.add("account-bare", &page, &["sign-out"]);
    }

    pub(super) fn consent(&mut self) {
        let requester = Requester {
            name: "Tide Reports",
            homepage: Some("https://tide.example/"),
            return_host: "app.tide.example",
            verified: false,
            terms_url: Some("https://tide.example/terms"),
            policy_url: Some("https://tide.example/privacy"),
        };
        let scopes = [
            "openid",
            "profile",
            "email",
            "account",
            "roles",
            "permissions",
            "groups",
            "offline_access",
            "tide:read",
        ];
        let requested = scopes.map(|scope| Requested {
            scope,
            new: scope == "groups",
        });
        let page = Consent {
            frame: self.frame,
            hidden: HIDDEN,
            requester: &requester,
            address: "ada@northwind.example",
            not_you_path: "/sign-in?prompt=login",
            requested: &requested,
        };
        self.add("consent", &page, &["consent-allow", "consent-deny"]);
    }

    pub(super) fn mobile(&mut self) {
        let device = Refusal::Device {
            app_version: Some("3.2"),
            platform: Some("Android 14"),
        };
        for (name, refusal) in [
            ("account", Refusal::Account),
            ("member", Refusal::Member),
            ("device", device),
        ] {
            let frame = Frame {
                application: Some("Harbor Mobile"),
                ..self.branded()
            };
            let return_url = "com.example.harbor:/callback?error=access_denied";
            let page = MobileRefused {
                frame,
                account: "Northwind Traders",
                refusal,
                return_url,
            };
            self.add(&format!("mobile-{name}"), &page, &["return-to-app"]);
        }
    }

    pub(super) fn errors(&mut self) {
        for (trouble, name) in [
            (Trouble::NotFound, "not-found"),
            (Trouble::Denied, "denied"),
            (Trouble::Expired, "expired"),
            (Trouble::ForeignForm, "foreign-form"),
            (Trouble::UnknownClient, "unknown-client"),
            (Trouble::UnknownRedirect, "unknown-redirect"),
            (Trouble::BadRequest, "bad-request"),
            (Trouble::TooLarge, "too-large"),
            (Trouble::TooMany(30), "too-many"),
            (Trouble::Conflict, "conflict"),
            (Trouble::Unavailable, "unavailable"),
            (Trouble::Internal, "internal"),
        ] {
            let technical =
                (trouble == Trouble::UnknownRedirect).then_some("invalid_request: redirect_uri <Ada>");
            let page = ErrorPage {
                frame: self.frame,
                trouble,
                technical,
            };
            self.add(&format!("error-{name}"), &page, &["request-id"]);
        }
    }

    pub(super) fn faults(&mut self) {
        let problems = &[
            Fault::UsernameMissing,
            Fault::UsernameInvalid,
            Fault::PasswordMissing,
            Fault::CredentialsWrong,
            Fault::NewPasswordMissing,
            Fault::PasswordTooShort(15),
            Fault::PasswordTooLong(1024),
            Fault::PasswordKnown,
            Fault::PasswordGuessable,
            Fault::PasswordControl,
            Fault::PasswordOwnWords,
            Fault::PasswordsDiffer,
            Fault::GivenNameMissing,
            Fault::GivenNameInvalid,
            Fault::FamilyNameMissing,
            Fault::FamilyNameInvalid,
            Fault::TermsUnaccepted,
            Fault::FormExpired("username"),
        ];
        let page = SignIn {
            frame: Frame {
                problems,
                ..self.frame
            },
            ..self.plain_sign_in()
        };
        self.add("all-faults", &page, &["error-summary"]);
        // A gallery spans one day: the other months are said here.
        for month in 0..12 {
            When::day(self.frame.texts, month * 31 * 86_400_000);
        }
    }

    pub(super) fn dev_mail(&mut self) {
        let mail = Mail {
            id: "m1",
            to: "ada@northwind.example",
            subject: "Ana Lima invites you to Northwind Traders",
            sent: self.minute(5),
        };
        let frame = Frame {
            application: None,
            ..self.frame
        };
        self.add(
            "dev-mail",
            &MailBox {
                frame,
                mails: &[mail.clone(), mail.clone()],
            },
            &[],
        );
        self.add("dev-mail-empty", &MailBox { frame, mails: &[] }, &[]);
        let page = MailMessage {
            frame,
            mail: &mail,
            from: "Latchkey <no-reply@latchkey.example>",
            text: "Hello <Ada>,\n\nopen this link:\nhttp://127.0.0.1:8080/invitation/abc\n\nAna",
            html: Some("<p>Hello <Ada></p>"),
        };
        self.add("dev-mail-message", &page, &["back-to-mail"]);
    }
}
