//! Every mail, in every language, as it will arrive.

#[cfg(test)]
mod mails {
    use std::path::Path;

    use latchkey_mail::compose::{
        AddressMailCode, ComposeError, Composer, Envelope, Invitation, InvitationAsked, LANGUAGES, Mail,
        PasswordChanged, PasswordReset, Role,
    };
    use latchkey_mail::texts::{missing_keys, sources_under};
    use latchkey_mail::{Message, MessageError};

    /// 2026-12-01 14:05 UTC.
    const SOON: i64 = 1_796_133_900_000;
    const LINK: &str = "https://login.example/invitation/tok-En_0123456789";

    fn envelope(language: &str) -> Envelope {
        Envelope {
            to: "ada@acme.example".into(),
            languages: vec![language.into()],
            message_id: Message::id_for("0190", "login.example"),
            now: SOON - 604_800_000,
            reply_to: None,
        }
    }

    fn invitation() -> Invitation {
        Invitation {
            given_name: "Ada".into(),
            inviter: Some("Ana Lima".into()),
            account: "Müller & Söhne".into(),
            role: Role::Standard,
            application: "Acme CRM".into(),
            link: LINK.into(),
            expires_at: SOON,
            personal_message: Some("Welcome!\r\nSee you <b>Monday</b>.".into()),
        }
    }

    fn compose(language: &str, mail: &Mail) -> Result<Message, ComposeError> {
        let composer = Composer::new().unwrap();
        composer.compose(&envelope(language), mail)
    }

    fn arriving(message: &Message) -> String {
        let mut shown = format!("To: {}\nSubject: {}\n", message.to, message.subject);
        shown.push_str(&format!("Message-ID: {}\n", message.message_id));
        for (name, value) in &message.headers {
            shown.push_str(&format!("{name}: {value}\n"));
        }
        format!("{shown}\n{}\n{}", message.text, message.html)
    }

    fn every_mail() -> Vec<(&'static str, Mail)> {
        let by_the_account = Invitation {
            given_name: String::new(),
            inviter: None,
            role: Role::Custom("Sales lead".into()),
            personal_message: None,
            ..invitation()
        };
        let asked = InvitationAsked {
            given_name: "Ana".into(),
            name: "Stan Dard".into(),
            address: "stan@acme.example".into(),
            account: "Acme".into(),
            expired_at: SOON - 691_200_000,
        };
        let reset = PasswordReset {
            given_name: "Ada".into(),
            link: "https://login.example/password/reset/tok".into(),
            expires_at: SOON,
        };
        let changed = PasswordChanged {
            given_name: "Ada".into(),
            changed_at: SOON,
            link: "https://login.example/password/forgot".into(),
        };
        let code = AddressMailCode {
            given_name: "Ada".into(),
            account: "Acme".into(),
            code: "483 920".into(),
            expires_at: SOON,
        };
        vec![
            ("invitation", Mail::Invitation(invitation())),
            ("invitation_by_account", Mail::Invitation(by_the_account)),
            ("invitation_asked", Mail::InvitationAsked(asked)),
            ("password_reset", Mail::PasswordReset(reset)),
            ("password_changed", Mail::PasswordChanged(changed)),
            ("address_mail_code", Mail::AddressMailCode(code)),
        ]
    }

    #[test]
    fn every_mail_arrives_as_reviewed() {
        for (name, mail) in every_mail() {
            for language in ["en", "de"] {
                let message = compose(language, &mail).unwrap();
                insta::assert_snapshot!(format!("{name}_{language}"), arriving(&message));
            }
        }
    }

    #[test]
    fn every_mail_has_at_most_one_link_and_the_same_one_in_both_parts() {
        for (name, mail) in every_mail() {
            let message = compose("en", &mail).unwrap();
            let hrefs = message.html.matches("href=").count();
            assert_eq!(hrefs, usize::from(message.text.contains("https://")), "{name}");
            assert!(message.text.matches("https://").count() <= 1, "{name}");
        }
    }

    #[test]
    fn what_a_person_wrote_is_no_markup() {
        let evil = "<script>alert(1)</script>\" onmouseover=\"x";
        let mail = Invitation {
            given_name: evil.into(),
            inviter: Some(evil.into()),
            account: evil.into(),
            application: evil.into(),
            role: Role::Custom(evil.into()),
            personal_message: Some(evil.into()),
            ..invitation()
        };
        let message = compose("en", &Mail::Invitation(mail)).unwrap();
        assert!(!message.html.contains("<script"), "{}", message.html);
        assert!(!message.html.contains("\" onmouseover"), "{}", message.html);
        assert!(message.text.contains("<script>"), "plain text stays plain");
    }

    #[test]
    fn a_line_break_in_a_name_is_refused() {
        let evil = "Ana\r\nBcc: eve@evil.example";
        let by = |change: fn(&mut Invitation, String)| {
            let mut mail = invitation();
            change(&mut mail, evil.into());
            compose("en", &Mail::Invitation(mail)).unwrap_err()
        };
        let refused = ComposeError::ControlCharacter;
        assert_eq!(by(|m, v| m.inviter = Some(v)), refused("inviter"));
        assert_eq!(by(|m, v| m.account = v), refused("account"));
        assert_eq!(by(|m, v| m.application = v), refused("application"));
        assert_eq!(by(|m, v| m.given_name = v), refused("given_name"));
        assert_eq!(by(|m, v| m.role = Role::Custom(v)), refused("role"));
        assert_eq!(by(|m, v| m.link = v), ComposeError::Link);
    }

    #[test]
    fn a_line_break_in_the_envelope_is_refused() {
        let composer = Composer::new().unwrap();
        let evil = "a@example.com\r\nBcc: eve@evil.example";
        let mail = Mail::Invitation(invitation());
        let to = Envelope {
            to: evil.into(),
            ..envelope("en")
        };
        let refused = composer.compose(&to, &mail).unwrap_err();
        assert_eq!(refused, ComposeError::Message(MessageError::Recipient));
        let reply_to = Envelope {
            reply_to: Some(evil.into()),
            ..envelope("en")
        };
        let refused = composer.compose(&reply_to, &mail).unwrap_err();
        let header = MessageError::Header("Reply-To".into());
        assert_eq!(refused, ComposeError::Message(header));
    }

    #[test]
    fn only_web_addresses_become_links() {
        for bad in [
            "javascript:alert(1)",
            "https://a b",
            "",
            "/invitation/x",
            "https://é",
        ] {
            let mail = Invitation {
                link: bad.into(),
                ..invitation()
            };
            let refused = compose("en", &Mail::Invitation(mail)).unwrap_err();
            assert_eq!(refused, ComposeError::Link, "{bad}");
        }
    }

    #[test]
    fn no_mail_prints_its_secret() {
        for (name, mail) in every_mail() {
            let printed = format!("{mail:?} {:?}", compose("en", &mail).unwrap());
            for secret in [invitation().link.as_str(), "/reset/tok", "483 920"] {
                assert!(!printed.contains(secret), "{name}: {printed}");
            }
        }
    }

    #[test]
    fn a_personal_message_of_nothing_is_left_out() {
        let mail = Invitation {
            personal_message: Some(" \r\n\0 ".into()),
            ..invitation()
        };
        let message = compose("en", &Mail::Invitation(mail)).unwrap();
        assert!(!message.html.contains("<blockquote"));
    }

    #[test]
    fn the_same_input_gives_the_same_message() {
        let mail = Mail::Invitation(invitation());
        assert_eq!(compose("de", &mail).unwrap(), compose("de-CH", &mail).unwrap());
    }

    #[test]
    fn mails_and_messages_survive_the_outbox() {
        for (name, mail) in every_mail() {
            let kept = serde_json::to_string(&mail).unwrap();
            assert_eq!(serde_json::from_str::<Mail>(&kept).unwrap(), mail, "{name}");
            let message = compose("de", &mail).unwrap();
            let kept = serde_json::to_string(&message).unwrap();
            assert_eq!(serde_json::from_str::<Message>(&kept).unwrap(), message);
        }
    }

    #[test]
    fn no_text_is_missing_or_unused_in_any_language() {
        let home = Path::new(env!("CARGO_MANIFEST_DIR"));
        let sources = sources_under(&[&home.join("src"), &home.join("templates")]).unwrap();
        assert!(sources.len() > 8, "{}", sources.len());
        assert_eq!(missing_keys(LANGUAGES, &sources), Vec::<String>::new());
    }
}
