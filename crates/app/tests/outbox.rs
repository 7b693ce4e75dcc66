//! Mail leaves after its commit, over a real SMTP server, once, however many nodes send.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::sync::Arc;
use std::time::Duration;

use latchkey_app::crypto::password::{Cost, PoolSettings};
use latchkey_app::crypto::seal::MasterKey;
use latchkey_app::domain::time::Timestamp;
use latchkey_app::outbox::{Posting, post_mail, send_due};
use latchkey_app::{App, Clock, Error, Mailbox, Parts, Rng, Settings};
use latchkey_mail::compose::{Mail, PasswordReset};
use latchkey_mail::transport::{Memory, SendError, Transport};
use latchkey_store::outbox as kept;
use latchkey_testkit::database::Database;
use latchkey_testkit::on_both_databases;
use latchkey_testkit::smtp::Server;

const START: Timestamp = Timestamp(1_793_577_600_000);
const LINK: &str = "https://id.example/password/reset/0123456789";

async fn node(database: &Database, number: u8, transport: Transport, clock: &Clock) -> Arc<App> {
    let cost = Cost {
        memory_kib: 64,
        passes: 1,
        lanes: 1,
    };
    let parts = Parts {
        db: database.db(),
        clock: clock.clone(),
        rng: Rng::seeded([number; 32]),
        master_key: MasterKey::from_bytes(&[1; 32]),
        older_keys: Vec::new(),
        mailbox: Mailbox::Transport(transport),
        passwords: PoolSettings {
            threads: 1,
            queue: 4,
            cost,
        },
    };
    App::new(Settings::default(), parts).await.unwrap()
}

/// Posts the same mail, in a transaction that keeps or undoes it.
async fn post(app: &App, keep: bool) -> Result<(), Error> {
    let mail = Mail::PasswordReset(PasswordReset {
        given_name: "Zoë".to_owned(),
        link: LINK.to_owned(),
        expires_at: START.millis(),
    });
    app.db
        .write(async |tx| {
            let posting = Posting {
                account: None,
                subject_id: Some("zoe"),
                dedup_key: "reset zoe".to_owned(),
                to: "zoe@acme.example",
                languages: vec!["en".to_owned()],
            };
            post_mail(app, tx, posting, &mail).await?;
            if keep { Ok(()) } else { Err(Error::Stale) }
        })
        .await
}

async fn parcel(app: &App) -> kept::Parcel {
    let found = app
        .db
        .read(async |tx| kept::about(tx, "zoe").await)
        .await
        .unwrap();
    assert_eq!(found.len(), 1, "the same mail is posted once");
    found[0].clone()
}

on_both_databases!(a_posted_mail_leaves_over_smtp_and_only_once, async |database| {
    let mut server = Server::start();
    let transport = Transport::smtp(&server.settings()).unwrap();
    let app = node(database, 1, transport, &Clock::fixed(START)).await;
    post(&app, true).await.unwrap();
    post(&app, true).await.unwrap();
    assert_eq!(send_due(&app).await.unwrap(), 1);
    let received = server.received();
    assert_eq!(received["rcpt_tos"][0], "zoe@acme.example");
    assert_eq!(received["encrypted"], true);
    assert!(parcel(&app).await.done_at.is_some());
    assert_eq!(send_due(&app).await.unwrap(), 0);
});

on_both_databases!(a_parcel_that_cannot_be_read_holds_up_no_other, async |database| {
    let memory = Memory::default();
    let clock = Clock::fixed(START);
    let app = node(database, 1, Transport::Memory(memory.clone()), &clock).await;
    for kind in ["mail", "reset asked"] {
        let broken = kept::Parcel {
            id: format!("0 {kind}"),
            kind: kind.to_owned(),
            account_id: None,
            subject_id: Some("zoe".to_owned()),
            dedup_key: kind.to_owned(),
            payload_sealed: "nothing that was sealed".to_owned(),
            not_before: START,
            created_at: START,
            attempts: 0,
            last_error: None,
            done_at: None,
            failed_at: None,
        };
        app.db
            .write(async |tx| kept::post(tx, &broken).await)
            .await
            .unwrap();
    }
    post(&app, true).await.unwrap();
    assert_eq!(send_due(&app).await.unwrap(), 1);
    assert_eq!(memory.sent().len(), 1);
    let about = async || {
        app.db
            .read(async |tx| kept::about(tx, "zoe").await)
            .await
            .unwrap()
    };
    for broken in about().await.iter().filter(|it| it.id.starts_with('0')) {
        assert_eq!(
            (broken.attempts, broken.failed_at),
            (1, None),
            "tried again later"
        );
    }
    for _ in 0..12 {
        clock.advance(Duration::from_secs(5 * 3_600));
        assert_eq!(send_due(&app).await.unwrap(), 0);
    }
    let given_up = about().await.iter().filter(|it| it.failed_at.is_some()).count();
    assert_eq!(given_up, 2);
});

on_both_databases!(what_was_not_committed_never_leaves, async |database| {
    let memory = Memory::default();
    let app = node(
        database,
        1,
        Transport::Memory(memory.clone()),
        &Clock::fixed(START),
    )
    .await;
    assert!(post(&app, false).await.is_err());
    assert_eq!(send_due(&app).await.unwrap(), 0);
    assert!(memory.sent().is_empty());
});

on_both_databases!(
    a_mail_the_server_puts_off_is_tried_again_later,
    async |database| {
        let (memory, clock) = (Memory::default(), Clock::fixed(START));
        let app = node(database, 1, Transport::Memory(memory.clone()), &clock).await;
        post(&app, true).await.unwrap();
        let words = "451 try later".to_owned();
        memory.refuse_next(SendError {
            permanent: false,
            server_said: words.clone(),
        });
        assert_eq!(send_due(&app).await.unwrap(), 0);
        assert_eq!(parcel(&app).await.last_error, Some(words));
        assert_eq!(send_due(&app).await.unwrap(), 0, "not before its time");
        clock.advance(Duration::from_secs(16));
        assert_eq!(send_due(&app).await.unwrap(), 1);
        assert_eq!(memory.sent().len(), 1);
    }
);

on_both_databases!(
    a_mail_the_server_refuses_is_given_up_with_its_words,
    async |database| {
        let (memory, clock) = (Memory::default(), Clock::fixed(START));
        let app = node(database, 1, Transport::Memory(memory.clone()), &clock).await;
        post(&app, true).await.unwrap();
        let words = "550 no such mailbox".to_owned();
        memory.refuse_next(SendError {
            permanent: true,
            server_said: words.clone(),
        });
        assert_eq!(send_due(&app).await.unwrap(), 0);
        let refused = parcel(&app).await;
        assert!(refused.failed_at.is_some());
        assert_eq!(refused.last_error, Some(words));
        clock.advance(Duration::from_secs(86_400));
        assert_eq!(send_due(&app).await.unwrap(), 0);
    }
);

on_both_databases!(a_mail_is_sent_by_one_of_several_nodes, async |database| {
    let (memory, clock) = (Memory::default(), Clock::fixed(START));
    let transport = || Transport::Memory(memory.clone());
    let one = node(database, 1, transport(), &clock).await;
    let other = node(database, 2, transport(), &clock).await;
    post(&one, true).await.unwrap();
    let (a, b) = tokio::join!(send_due(&one), send_due(&other));
    assert_eq!(a.unwrap() + b.unwrap(), 1);
    assert_eq!(memory.sent().len(), 1);
});

on_both_databases!(
    the_secret_of_a_link_is_not_readable_in_the_outbox,
    async |database| {
        let app = node(
            database,
            1,
            Transport::Memory(Memory::default()),
            &Clock::fixed(START),
        )
        .await;
        post(&app, true).await.unwrap();
        let parcel = parcel(&app).await;
        assert!(!format!("{parcel:?}").contains("0123456789"));
    }
);
