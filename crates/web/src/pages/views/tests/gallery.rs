//! Every page in every state that has words of its own.

mod others;

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
        let ids = &["username", "password", "sign-in", "forgot-password", "cancel"];
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
        self.add("sign-in-suspended", &page, &["stopped", "use-another", "cancel"]);
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
            choice("southbay", "Southbay Logistics and Warehousing", &*manager, false),
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
            &["account-northwind", "account-southbay", "use-another", "cancel"],
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
        let offer = Offer::Accept { name: "Ada Lovelace" };
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
        let all: [(&str, Ended<'_>, &'static [&'static str]); 7] = [
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
            ("awaiting", Ended::Awaiting { account }, &[]),
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
}
