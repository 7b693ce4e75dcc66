//! Sending to a real SMTP server, over real TLS.

#[cfg(test)]
mod smtp {
    use latchkey_mail::compose::{Composer, Envelope, Invitation, Mail, Role};
    use latchkey_mail::transport::{SendError, Transport};
    use latchkey_mail::{Message, Secret, Settings, Tls};
    use serde_json::json;

    use latchkey_testkit::smtp::{PASSWORD, Server, USER};

    const LINK: &str =
        "https://login.example/invitation/tok-En_0123456789abcdefghijklmnopqrstuvwxyz-0123456789";

    fn invitation(to: &str) -> Message {
        let envelope = Envelope {
            to: to.into(),
            languages: vec!["de".into()],
            message_id: Message::id_for("0190-1", "login.example"),
            now: 1_795_529_100_000,
            reply_to: Some("Ana Lima <ana@acme.example>".into()),
        };
        let mail = Invitation {
            given_name: "Zoë".into(),
            inviter: Some("Ana Lima".into()),
            account: "Müller & Söhne".into(),
            role: Role::Standard,
            application: "Acme CRM".into(),
            link: LINK.into(),
            expires_at: 1_796_133_900_000,
            personal_message: Some("Willkommen!\n.\nBis Montag.".into()),
        };
        let composer = Composer::new().unwrap();
        composer.compose(&envelope, &Mail::Invitation(mail)).unwrap()
    }

    async fn send(settings: &Settings, to: &str) -> Result<(), SendError> {
        Transport::smtp(settings).unwrap().send(&invitation(to)).await
    }

    fn header<'a>(received: &'a serde_json::Value, name: &str) -> Vec<&'a str> {
        let headers = received["headers"].as_array().unwrap();
        let named = headers.iter().filter(|header| header[0] == name);
        named.map(|header| header[1].as_str().unwrap()).collect()
    }

    #[tokio::test]
    async fn an_invitation_arrives_over_starttls_and_authentication() {
        let mut server = Server::start();
        send(&server.settings(), "zoe@acme.example").await.unwrap();
        let received = server.received();
        let sent = invitation("zoe@acme.example");
        assert_eq!(received["encrypted"], true);
        assert_eq!(received["login"], USER);
        assert_eq!(received["mail_from"], "no-reply@login.example");
        assert_eq!(received["rcpt_tos"], json!(["zoe@acme.example"]));
        assert_eq!(received["from"], json!(["Jäger CRM", "no-reply@login.example"]));
        assert_eq!(
            header(&received, "Subject"),
            ["Ana Lima hat Sie zu Müller & Söhne eingeladen"]
        );
        assert_eq!(header(&received, "To"), ["zoe@acme.example"]);
        assert_eq!(header(&received, "Message-ID"), ["<0190-1@login.example>"]);
        assert_eq!(header(&received, "Date"), ["Tue, 24 Nov 2026 14:05:00 +0000"]);
        assert_eq!(header(&received, "Auto-Submitted"), ["auto-generated"]);
        assert_eq!(header(&received, "Content-Language"), ["de"]);
        assert_eq!(header(&received, "Reply-To"), ["Ana Lima <ana@acme.example>"]);
        assert_eq!(received["content_type"], "multipart/alternative");
        let text = received["parts"]["text/plain"].as_str().unwrap();
        let html = received["parts"]["text/html"].as_str().unwrap();
        assert_eq!(text.replace("\r\n", "\n"), sent.text);
        assert_eq!(html.replace("\r\n", "\n"), sent.html);
        assert!(text.lines().any(|line| line == LINK), "{text}");
        assert!(text.contains("Zoë") && html.contains("Zoë"));
    }

    #[tokio::test]
    async fn messages_sent_one_after_another_share_a_connection() {
        let mut server = Server::start();
        let transport = Transport::smtp(&server.settings()).unwrap();
        transport.probe().await.unwrap();
        transport.send(&invitation("one@acme.example")).await.unwrap();
        transport.send(&invitation("two@acme.example")).await.unwrap();
        let (one, two) = (server.received(), server.received());
        assert_eq!(one["peer"], two["peer"]);
        assert_eq!(two["rcpt_tos"], json!(["two@acme.example"]));
    }

    #[tokio::test]
    async fn a_wrong_password_is_told_in_the_servers_words_without_the_password() {
        let server = Server::start();
        let settings = Settings {
            password: Some(Secret::new("wrong-horse-43")),
            ..server.settings()
        };
        let error = send(&settings, "zoe@acme.example").await.unwrap_err();
        assert!(!error.permanent, "the operator can put it right");
        assert_eq!(error.server_said, "535 5.7.8 latchkey may not enter with '***'");
        assert!(!format!("{error:?}{settings:?}").contains("wrong-horse-43"));
    }

    #[tokio::test]
    async fn a_refused_recipient_is_permanent_and_a_busy_server_is_not() {
        let mut server = Server::start();
        let transport = Transport::smtp(&server.settings()).unwrap();
        let refused = transport.send(&invitation("refused@acme.example")).await;
        let refused = refused.unwrap_err();
        assert!(refused.permanent);
        assert_eq!(refused.server_said, "550 5.1.1 Nobody here by that name");
        let later = transport.send(&invitation("later@acme.example")).await;
        let later = later.unwrap_err();
        assert!(!later.permanent);
        assert_eq!(later.server_said, "451 4.3.0 Come back later");
        let spam = transport.send(&invitation("spam@acme.example")).await;
        assert!(spam.unwrap_err().permanent);
        transport.send(&invitation("zoe@acme.example")).await.unwrap();
        assert_eq!(server.received()["rcpt_tos"], json!(["zoe@acme.example"]));
    }

    #[tokio::test]
    async fn a_server_that_never_answers_is_given_up_and_its_connection_with_it() {
        let mut server = Server::start();
        let settings = Settings {
            timeout: 1,
            ..server.settings()
        };
        let transport = Transport::smtp(&settings).unwrap();
        transport.send(&invitation("first@acme.example")).await.unwrap();
        let error = transport.send(&invitation("silent@acme.example")).await;
        let error = error.unwrap_err();
        assert!(!error.permanent);
        assert_eq!(error.server_said, "no answer within 1s");
        transport.send(&invitation("last@acme.example")).await.unwrap();
        let (first, last) = (server.received(), server.received());
        assert_eq!(last["rcpt_tos"], json!(["last@acme.example"]));
        assert_ne!(first["peer"], last["peer"]);
    }

    #[tokio::test]
    async fn a_certificate_of_an_unknown_authority_is_refused() {
        let server = Server::start();
        let other = Server::start();
        for ca_file in [None, Some(other.ca_file())] {
            let settings = Settings {
                ca_file,
                ..server.settings()
            };
            let error = send(&settings, "zoe@acme.example").await.unwrap_err();
            assert!(!error.permanent);
            assert!(error.server_said.contains("certificate"), "{error}");
        }
    }

    #[tokio::test]
    async fn a_server_without_starttls_gets_neither_password_nor_message() {
        let server = Server::start_with(&["--hide-starttls"]);
        let error = send(&server.settings(), "zoe@acme.example").await.unwrap_err();
        assert!(!error.permanent);
        assert!(error.server_said.contains("STARTTLS is not supported"), "{error}");
    }

    #[tokio::test]
    async fn tls_from_the_first_byte_and_none_on_loopback_work_too() {
        let options = ["--user", USER, "--password", PASSWORD, "--tls"];
        for (name, tls) in [("tls", Tls::Tls), ("none", Tls::None)] {
            let mut server = Server::start_with(&[&options[..], &[name]].concat());
            let settings = Settings {
                tls,
                ..server.settings()
            };
            send(&settings, "zoe@acme.example").await.unwrap();
            let received = server.received();
            assert_eq!(received["encrypted"], tls == Tls::Tls);
            assert_eq!(received["login"], USER);
        }
    }

    #[tokio::test]
    async fn a_server_that_is_not_there_is_a_temporary_failure() {
        let settings = Settings {
            host: "127.0.0.1".into(),
            port: Some(1),
            ..Settings::default()
        };
        let error = send(&settings, "zoe@acme.example").await.unwrap_err();
        assert!(!error.permanent);
        assert!(error.server_said.contains("onnection"), "{error}");
    }

    #[tokio::test]
    async fn a_malformed_message_fails_for_good_before_anything_is_sent() {
        let server = Server::start();
        let message = Message {
            subject: "x\r\nBcc: eve@evil.example".into(),
            ..invitation("zoe@acme.example")
        };
        let transport = Transport::smtp(&server.settings()).unwrap();
        assert!(transport.send(&message).await.unwrap_err().permanent);
    }
}
