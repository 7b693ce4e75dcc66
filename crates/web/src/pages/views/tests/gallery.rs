//! Every page in every state that has words of its own.

use super::super::*;

pub struct Page {
    pub name: String,
    pub html: String,
    /// The ids that must be on it.
    pub ids: &'static [&'static str],
}

struct Gallery<'a> {
    frame: Frame<'a>,
    pages: Vec<Page>,
}

const HIDDEN: Hidden<'static> = Hidden {
    csrf: "the-csrf-token",
    request: Some("the-sealed-step"),
};
const NORTHWIND: Brand<'static> = Brand {
    name: "Northwind Traders",
    logo_path: None,
    style_path: None,
};
const TERMS: &str = "# 1. Using the service\n\nYou may use the service for the work of the account that invited you. \
    Keep your password to yourself.\n\n# 2. What we keep\n\nWe keep what is needed to let you in and to show what \
    was changed, by whom and when:\n\n* your name and email address\n* when and from where you signed in\n* what you \
    changed\n\n# 3. Ending\n\nYou may stop at any time. See the [law](https://example.com/law).";

pub fn gallery(texts: &dyn Say, lang: &str) -> Vec<Page> {
    let frame = Frame {
        texts,
        lang,
        service: "Latchkey",
        application: Some("Harbor CRM"),
        account: None,
        request_id: "7f3k-29ab",
        problems: &[],
    };
    let mut gallery = Gallery {
        frame,
        pages: Vec::new(),
    };
    gallery.sign_in();
    gallery.choose_account();
    gallery.invitation();
    gallery.create_user();
    gallery.ended();
    gallery.terms();
    gallery.password();
    gallery.sign_out();
    gallery.account();
    gallery.consent();
    gallery.mobile();
    gallery.errors();
    gallery.faults();
    gallery.dev_mail();
    for page in &mut gallery.pages {
        page.name = format!("{lang}-{}", page.name);
    }
    gallery.pages
}

impl<'a> Gallery<'a> {
    fn add(&mut self, name: &str, page: &impl Template, ids: &'static [&'static str]) {
        self.pages.push(Page {
            name: name.to_owned(),
            html: page.render().unwrap(),
            ids,
        });
    }

    fn branded(&self) -> Frame<'a> {
        Frame {
            account: Some(NORTHWIND),
            ..self.frame
        }
    }

    fn day(&self) -> When {
        When::day(self.frame.texts, 1_795_500_000_000)
    }

    fn minute(&self, before: i64) -> When {
        When::minute(self.frame.texts, 1_795_500_000_000 - before * 60_000)
    }

    fn plain_sign_in(&self) -> SignIn<'a> {
        SignIn {
            frame: self.frame,
            hidden: HIDDEN,
            username: "",
            known: None,
            stop: None,
            joining: None,
            forgot_path: "/password/forgot",
            cancel: true,
        }
    }

    fn sign_in(&mut self) {
        let ids = &[
            "username",
            "password",
            "sign-in",
            "forgot-password",
            "cancel",
        ];
        let plain = self.plain_sign_in();
        self.add("sign-in", &plain, ids);
        let problems = &[Fault::CredentialsWrong];
        let page = SignIn {
            frame: Frame {
                problems,
                ..self.branded()
            },
            username: "ada@northwind.example",
            ..self.plain_sign_in()
        };
        self.add(
            "sign-in-wrong",
            &page,
            &["error-summary", "password-error", "sign-in"],
        );
        let page = SignIn {
            username: "<Ada>@x",
            stop: Some(Stop::Throttled { seconds: 300 }),
            ..self.plain_sign_in()
        };
        self.add("sign-in-throttled", &page, ids);
        let known = Some(Known {
            name: "Ada Lovelace",
            address: "ada@northwind.example",
        });
        let page = SignIn {
            known,
            ..self.plain_sign_in()
        };
        self.add("sign-in-continue", &page, &["continue-as", "use-another"]);
        let stop = Some(Stop::Suspended {
            account: "Northwind Traders",
        });
        let page = SignIn {
            known,
            stop,
            frame: self.branded(),
            ..self.plain_sign_in()
        };
        self.add(
            "sign-in-suspended",
            &page,
            &["stopped", "use-another", "cancel"],
        );
        let page = SignIn {
            stop: Some(Stop::NoAccess),
            ..self.plain_sign_in()
        };
        self.add("sign-in-no-access", &page, &["stopped", "use-another"]);
        let page = SignIn {
            joining: Some("Northwind Traders"),
            cancel: false,
            ..self.plain_sign_in()
        };
        self.add("sign-in-joining", &page, &["sign-in"]);
    }

    fn choose_account(&mut self) {
        let role = |key: &str| role_name(self.frame.texts, key, None);
        let (owner, manager, standard, read_only) = (
            role("owner"),
            role("manager"),
            role("standard"),
            role("read_only"),
        );
        let choice = |slug, name, role, suspended| Choice {
            slug,
            name,
            role,
            suspended,
        };
        let choices = &[
            choice("northwind", "Northwind Traders", &*standard, false),
            choice(
                "southbay",
                "Southbay Logistics and Warehousing",
                &*manager,
                false,
            ),
            choice("eastern", "Eastern Light", &*read_only, true),
            choice("own", "Ada’s Own", &*owner, false),
        ];
        let page = ChooseAccount {
            frame: self.frame,
            hidden: HIDDEN,
            address: "ada@northwind.example",
            choices,
            cancel: true,
        };
        self.add(
            "choose-account",
            &page,
            &[
                "account-northwind",
                "account-southbay",
                "use-another",
                "cancel",
            ],
        );
    }

    fn invited(&self, inviter: Option<&'static str>) -> Invited<'static> {
        Invited {
            inviter,
            account: "Northwind Traders",
            application: Some("Harbor CRM"),
            role: "Standard user",
            permission_sets: &["Sales desk", "EMEA reports"],
            address: "ada@northwind.example",
            expires: self.day(),
            message: inviter.map(|_| "Hello Ada, see you on Monday!\n<Ada> Ana"),
        }
    }

    fn invitation(&mut self) {
        let (frame, hidden) = (self.branded(), HIDDEN);
        let invited = &self.invited(Some("Ana Lima"));
        let offer = Offer::CreateUser {
            path: "/invitation/create",
        };
        self.add(
            "welcome-create",
            &Welcome {
                frame,
                hidden,
                invited,
                offer,
            },
            &["create-user"],
        );
        let by_hr = &self.invited(None);
        let offer = Offer::SignIn { path: "/sign-in" };
        self.add(
            "welcome-sign-in",
            &Welcome {
                frame,
                hidden,
                invited: by_hr,
                offer,
            },
            &["sign-in-to-accept"],
        );
        let offer = Offer::Accept {
            name: "Ada Lovelace",
        };
        self.add(
            "welcome-accept",
            &Welcome {
                frame,
                hidden,
                invited,
                offer,
            },
            &["proceed"],
        );
        let signed_in = "charles@southbay.example";
        let page = WrongPerson {
            frame,
            hidden,
            invited,
            signed_in,
        };
        self.add("wrong-person", &page, &["sign-out-and-continue", "stay"]);
    }

    fn terms_text(&self) -> TermsText<'static> {
        TermsText {
            title: "Terms of Use",
            version: "2026-2",
            effective: self.day(),
            body: TermsHtml::from_markdown(TERMS),
            path: "/terms/2026-2",
        }
    }

    fn create_user(&mut self) {
        let (invited, terms) = (self.invited(Some("Ana Lima")), self.terms_text());
        let page = |frame| CreateUser {
            frame,
            hidden: HIDDEN,
            invited: &invited,
            given_name: "Ada",
            family_name: "Lovelace",
            minimum: 15,
            terms: Some(&terms),
            accepted: false,
        };
        let ids = &[
            "given_name",
            "family_name",
            "password",
            "password_confirmation",
            "accept_terms",
            "proceed",
        ];
        self.add("create-user", &page(self.branded()), ids);
        let problems = &[
            Fault::PasswordTooShort(15),
            Fault::PasswordsDiffer,
            Fault::TermsUnaccepted,
        ];
        self.add(
            "create-user-errors",
            &page(Frame {
                problems,
                ..self.branded()
            }),
            ids,
        );
        let accepted = CreateUser {
            accepted: true,
            given_name: "<Ada>",
            ..page(self.branded())
        };
        self.add("create-user-accepted", &accepted, ids);
    }

    fn ended(&mut self) {
        let account = "Northwind Traders";
        let inviter = Some("Ana Lima");
        let all: [(&str, Ended<'_>, &'static [&'static str]); 6] = [
            (
                "used",
                Ended::Used {
                    sign_in_path: "/sign-in",
                },
                &["sign-in"],
            ),
            (
                "expired",
                Ended::Expired {
                    inviter,
                    account,
                    asked: false,
                },
                &["ask-again"],
            ),
            (
                "asked",
                Ended::Expired {
                    inviter: None,
                    account,
                    asked: true,
                },
                &[],
            ),
            ("revoked", Ended::Revoked { inviter, account }, &[]),
            ("replaced", Ended::Replaced, &[]),
            ("unknown", Ended::Unknown, &[]),
        ];
        for (name, how, ids) in all {
            let page = InvitationEnded {
                frame: self.frame,
                hidden: HIDDEN,
                how,
            };
            self.add(&format!("invitation-{name}"), &page, ids);
        }
    }

    fn terms(&mut self) {
        let terms = &self.terms_text();
        let changes =
            TermsHtml::from_markdown("* What we keep is now listed.\n* You may stop at any time.");
        let mut page = TermsChanged {
            frame: self.frame,
            hidden: HIDDEN,
            terms,
            last_accepted: Some(self.day()),
            changes: Some(&changes),
        };
        self.add(
            "terms-changed",
            &page,
            &["accept_terms", "proceed", "sign-out"],
        );
        (page.last_accepted, page.changes) = (None, None);
        self.add(
            "terms-first",
            &page,
            &["accept_terms", "proceed", "sign-out"],
        );
        self.add(
            "terms-reading",
            &TermsReading {
                frame: self.frame,
                terms,
            },
            &[],
        );
    }

    fn password(&mut self) {
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
            &PasswordChanged {
                frame,
                sign_in_path,
            },
            &["sign-in"],
        );
    }

    fn sign_out(&mut self) {
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

    fn account(&mut self) {
        let memberships = &[
            Membership {
                account: "Northwind Traders",
                role: "Standard user",
                suspended: false,
                applications: &[
                    ("Harbor CRM", Some("https://crm.example/login")),
                    ("Batch", None),
                ],
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
        self.add(
            "account",
            &page,
            &["sign-out", "end-session-s2", "end-others"],
        );
        (page.memberships, page.sessions_path) = (&[], None);
        self.add("account-bare", &page, &["sign-out"]);
    }

    fn consent(&mut self) {
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

    fn mobile(&mut self) {
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

    fn errors(&mut self) {
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
            let technical = (trouble == Trouble::UnknownRedirect)
                .then_some("invalid_request: redirect_uri <Ada>");
            let way_out = (trouble == Trouble::NotFound).then_some(("/account", "Latchkey"));
            let page = ErrorPage {
                frame: self.frame,
                trouble,
                technical,
                way_out,
            };
            self.add(&format!("error-{name}"), &page, &["request-id"]);
        }
    }

    fn faults(&mut self) {
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

    fn dev_mail(&mut self) {
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
