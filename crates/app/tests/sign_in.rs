//! Signing in and setting a new password, on both databases.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::sync::Arc;
use std::time::Duration;

use latchkey_app::crypto::password::{Cost, PoolSettings};
use latchkey_app::crypto::seal::MasterKey;
use latchkey_app::domain::address::EmailAddress;
use latchkey_app::domain::audit::Actor;
use latchkey_app::domain::id::UserId;
use latchkey_app::domain::time::Timestamp;
use latchkey_app::password::{self, Link, PasswordFault, ResetError};
use latchkey_app::session::{self, Browser};
use latchkey_app::sign_in::{SignIn, SignInError, Signed, sign_in};
use latchkey_app::{App, Caller, Clock, Error, Mailbox, Parts, Rng, Secret, Settings, dev_mail, outbox};
use latchkey_store::sql::sql;
use latchkey_store::user::{self, User, VerifiedAddress};
use latchkey_testkit::database::Database;
use latchkey_testkit::on_both_databases;

const PASSWORD: &str = "seven green lamps hum";
const START: Timestamp = Timestamp(1_793_577_600_000);

async fn installation(database: &Database) -> Arc<App> {
    let cost = Cost {
        memory_kib: 64,
        passes: 1,
        lanes: 1,
    };
    let parts = Parts {
        db: database.db(),
        clock: Clock::fixed(START),
        rng: Rng::seeded([7; 32]),
        master_key: MasterKey::from_bytes(&[1; 32]),
        older_keys: Vec::new(),
        mailbox: Mailbox::Development,
        passwords: PoolSettings {
            threads: 2,
            queue: 64,
            cost,
        },
    };
    let app = App::new(Settings::default(), parts).await.unwrap();
    person(&app, "ana", "ana@acme.example").await;
    app
}

async fn person(app: &App, id: &str, address: &str) {
    let now = app.now();
    let id = UserId::new(id);
    let phc = password::hash(app, &PASSWORD.into()).await.unwrap();
    app.db
        .write(async |tx| {
            let ana = User {
                id: id.clone(),
                given_name: "Ana".to_owned(),
                family_name: "Lima".to_owned(),
                language: None,
                time_zone: None,
                version: 1,
                created_at: now,
            };
            user::insert(tx, &ana).await?;
            let verified = VerifiedAddress {
                address: address.to_owned(),
                address_folded: address.to_owned(),
                is_primary: true,
                verified_at: now,
                method: "operator".to_owned(),
            };
            user::add_address(tx, &format!("address of {id}"), &id, &verified).await?;
            user::set_password_hash(tx, &id, &phc, now).await?;
            Ok::<_, Error>(())
        })
        .await
        .unwrap();
}

/// A try from a browser: the address, the password, the session and the device it has.
async fn attempt(
    app: &App,
    (address, password): (&str, &str),
    (session, device): (Option<&str>, Option<&str>),
) -> Result<Signed, SignInError> {
    let it = SignIn {
        address: &EmailAddress::parse(address).unwrap(),
        password: &password.into(),
        browser: &Browser {
            address: Some("203.0.113.9".to_owned()),
            user_agent: None,
        },
        session,
        device,
    };
    sign_in(app, &it).await
}

async fn right(app: &App) -> Signed {
    attempt(app, ("Ana@ACME.example", PASSWORD), (None, None))
        .await
        .unwrap()
}

async fn waiting(app: &App) -> i64 {
    app.db
        .read(async |tx| tx.one::<i64>(sql("SELECT COUNT(*) FROM outbox")).await)
        .await
        .unwrap()
}

async fn audited(app: &App, action: &str) -> i64 {
    let action = action.to_owned();
    app.db
        .read(async |tx| {
            tx.one::<i64>(
                sql("SELECT COUNT(*) AS n FROM audit_record WHERE action = $1").bind(action.as_str()),
            )
            .await
        })
        .await
        .unwrap()
}

fn wrong(outcome: Result<Signed, SignInError>) {
    match outcome {
        Err(SignInError::Wrong) => {}
        other => panic!("{other:?}"),
    }
}

fn waits(outcome: Result<Signed, SignInError>) -> Duration {
    match outcome {
        Err(SignInError::Throttled { retry_after }) => retry_after,
        other => panic!("{other:?}"),
    }
}

async fn a_right_password_opens_a_session_and_ends_the_browsers_former_one(database: &Database) {
    let app = installation(database).await;
    let first = right(&app).await;
    let found = session::find(&app, first.secret.text()).await.unwrap().unwrap();
    assert_eq!(
        (found.user.id.as_str(), found.address()),
        ("ana", "ana@acme.example")
    );
    let second = attempt(
        &app,
        ("ana@acme.example", PASSWORD),
        (Some(first.secret.text()), None),
    )
    .await
    .unwrap();
    assert_ne!(first.session.id, second.session.id);
    assert!(session::find(&app, first.secret.text()).await.unwrap().is_none());
    assert!(session::find(&app, second.secret.text()).await.unwrap().is_some());
    assert_eq!(audited(&app, "sign_in.succeeded").await, 2);
}

async fn an_unknown_address_is_answered_as_a_wrong_password_is(database: &Database) {
    let app = installation(database).await;
    wrong(attempt(&app, ("ana@acme.example", "not the password"), (None, None)).await);
    wrong(attempt(&app, ("nobody@acme.example", PASSWORD), (None, None)).await);
    // Only the failure of somebody known is worth a record.
    assert_eq!(audited(&app, "sign_in.failed").await, 1);
}

async fn failures_make_one_wait_and_waiting_is_enough(database: &Database) {
    let app = installation(database).await;
    for address in ["ana@acme.example", "nobody@acme.example"] {
        for _ in 0..6 {
            wrong(attempt(&app, (address, "not the password"), (None, None)).await);
        }
        assert_eq!(
            waits(attempt(&app, (address, PASSWORD), (None, None)).await),
            Duration::from_secs(1)
        );
    }
    app.clock.advance(Duration::from_secs(1));
    right(&app).await;
    wrong(attempt(&app, ("ana@acme.example", "not the password"), (None, None)).await);
    right(&app).await;
}

async fn tries_at_once_are_all_counted(database: &Database) {
    let app = installation(database).await;
    let mut tries = tokio::task::JoinSet::new();
    for _ in 0..40 {
        let app = Arc::clone(&app);
        tries.spawn(
            async move { attempt(&app, ("ana@acme.example", "not the password"), (None, None)).await },
        );
    }
    let outcomes = tries.join_all().await;
    let looked_at = outcomes
        .iter()
        .filter(|it| matches!(it, Err(SignInError::Wrong)))
        .count();
    assert_eq!(looked_at, 6);
}

async fn a_stranger_cannot_keep_a_person_from_their_own_device(database: &Database) {
    let app = installation(database).await;
    person(&app, "ben", "ben@acme.example").await;
    let device = right(&app).await.device;
    for _ in 0..6 {
        wrong(attempt(&app, ("ana@acme.example", "not the password"), (None, None)).await);
    }
    waits(attempt(&app, ("ana@acme.example", PASSWORD), (None, None)).await);
    attempt(&app, ("ana@acme.example", PASSWORD), (None, Some(&device)))
        .await
        .unwrap();
    // It is Ana's device, and nobody else's.
    for _ in 0..6 {
        wrong(attempt(&app, ("ben@acme.example", "not the password"), (None, None)).await);
    }
    waits(attempt(&app, ("ben@acme.example", PASSWORD), (None, Some(&device))).await);
}

/// The secret in the newest mail with a reset link.
async fn mailed_link(app: &App) -> Option<Link> {
    while outbox::send_due(app).await.unwrap() > 0 {}
    let mails = dev_mail::newest(app).await.unwrap();
    let text = &mails.first()?.body_text;
    let (_, rest) = text.split_once("/password/reset/")?;
    Some(Link::new(rest.split_whitespace().next()?))
}

fn stranger() -> Caller {
    Caller {
        actor: Actor::Anonymous,
        address: Some("203.0.113.9".to_owned()),
    }
}

async fn ask(app: &App, address: &str) -> latchkey_app::Result<()> {
    password::send_reset(app, &stranger(), &EmailAddress::parse(address).unwrap(), &[]).await
}

async fn set(app: &App, link: &Link, password: &str) -> Result<String, ResetError> {
    password::set_through_link(app, &stranger(), link, &Secret::new(password), &[]).await
}

async fn a_reset_link_sets_a_password_once_and_ends_every_session(database: &Database) {
    let app = installation(database).await;
    let signed = right(&app).await;
    ask(&app, "nobody@acme.example").await.unwrap();
    assert!(mailed_link(&app).await.is_none());
    assert_eq!(waiting(&app).await, 0, "nothing is kept of who asked");
    ask(&app, "ana@acme.example").await.unwrap();
    let link = mailed_link(&app).await.unwrap();
    // Looking uses nothing up, and a password that is not taken neither.
    assert!(password::find_reset(&app, &link).await.unwrap().is_some());
    match set(&app, &link, "too short").await {
        Err(ResetError::Password(PasswordFault::Rule(_))) => {}
        other => panic!("{other:?}"),
    }
    set(&app, &link, "violin-drawer-comet-eleven").await.unwrap();
    assert!(matches!(
        set(&app, &link, "violin-drawer-comet-twelve").await,
        Err(ResetError::Ended)
    ));
    assert!(session::find(&app, signed.secret.text()).await.unwrap().is_none());
    wrong(attempt(&app, ("ana@acme.example", PASSWORD), (None, None)).await);
    attempt(
        &app,
        ("ana@acme.example", "violin-drawer-comet-eleven"),
        (None, None),
    )
    .await
    .unwrap();
    while outbox::send_due(&app).await.unwrap() > 0 {}
    let mails = dev_mail::newest(&app).await.unwrap();
    assert_eq!(mails.len(), 2, "the link and the notice");
}

async fn a_reset_link_is_good_for_an_hour(database: &Database) {
    let app = installation(database).await;
    ask(&app, "ana@acme.example").await.unwrap();
    let link = mailed_link(&app).await.unwrap();
    app.clock.advance(Duration::from_secs(3_600));
    assert!(password::find_reset(&app, &link).await.unwrap().is_none());
    assert!(matches!(
        set(&app, &link, "violin-drawer-comet-eleven").await,
        Err(ResetError::Ended)
    ));
}

async fn whoever_asks_again_and_again_for_links_keeps_nobody_out(database: &Database) {
    let app = installation(database).await;
    for _ in 0..20 {
        ask(&app, "ana@acme.example").await.unwrap();
        ask(&app, "nobody@acme.example").await.unwrap();
    }
    let link = mailed_link(&app).await.unwrap();
    assert_eq!(
        dev_mail::newest(&app).await.unwrap().len(),
        6,
        "an address has its share"
    );
    set(&app, &link, "violin-drawer-comet-eleven").await.unwrap();
    app.clock.advance(Duration::from_secs(1));
    ask(&app, "ana@acme.example").await.unwrap();
    let link = mailed_link(&app).await.unwrap();
    assert!(password::find_reset(&app, &link).await.unwrap().is_some());
}

async fn one_network_asks_for_so_many_links_and_no_more(database: &Database) {
    let app = installation(database).await;
    for number in 0..51 {
        ask(&app, &format!("nobody{number}@acme.example")).await.unwrap();
    }
    let refused = ask(&app, "ana@acme.example").await;
    assert!(matches!(refused, Err(Error::RateLimited { .. })), "{refused:?}");
    assert!(mailed_link(&app).await.is_none());
}

async fn a_link_goes_to_the_address_that_was_proven_not_to_the_one_typed(database: &Database) {
    let app = installation(database).await;
    ask(&app, "ANA@acme.example").await.unwrap();
    assert!(mailed_link(&app).await.is_some());
    let mails = dev_mail::newest(&app).await.unwrap();
    let recipients: Vec<&str> = mails.iter().map(|it| it.recipient.as_str()).collect();
    assert_eq!(recipients, ["ana@acme.example"]);
}

async fn a_browser_that_set_a_password_through_a_link_is_a_known_device(database: &Database) {
    let app = installation(database).await;
    ask(&app, "ana@acme.example").await.unwrap();
    let link = mailed_link(&app).await.unwrap();
    let password = "violin-drawer-comet-eleven";
    let device = set(&app, &link, password).await.unwrap();
    for _ in 0..6 {
        wrong(attempt(&app, ("ana@acme.example", "not the password"), (None, None)).await);
    }
    waits(attempt(&app, ("ana@acme.example", password), (None, None)).await);
    let signed = attempt(&app, ("ana@acme.example", password), (None, Some(&device))).await;
    assert!(signed.is_ok());
}

on_both_databases!(
    a_right_password_opens_a_session_and_ends_the_browsers_former_one,
    a_right_password_opens_a_session_and_ends_the_browsers_former_one
);
on_both_databases!(
    an_unknown_address_is_answered_as_a_wrong_password_is,
    an_unknown_address_is_answered_as_a_wrong_password_is
);
on_both_databases!(
    failures_make_one_wait_and_waiting_is_enough,
    failures_make_one_wait_and_waiting_is_enough
);
on_both_databases!(tries_at_once_are_all_counted, tries_at_once_are_all_counted);
on_both_databases!(
    a_stranger_cannot_keep_a_person_from_their_own_device,
    a_stranger_cannot_keep_a_person_from_their_own_device
);
on_both_databases!(
    a_reset_link_sets_a_password_once_and_ends_every_session,
    a_reset_link_sets_a_password_once_and_ends_every_session
);
on_both_databases!(a_reset_link_is_good_for_an_hour, a_reset_link_is_good_for_an_hour);
on_both_databases!(
    whoever_asks_again_and_again_for_links_keeps_nobody_out,
    whoever_asks_again_and_again_for_links_keeps_nobody_out
);
on_both_databases!(
    one_network_asks_for_so_many_links_and_no_more,
    one_network_asks_for_so_many_links_and_no_more
);
on_both_databases!(
    a_link_goes_to_the_address_that_was_proven_not_to_the_one_typed,
    a_link_goes_to_the_address_that_was_proven_not_to_the_one_typed
);
on_both_databases!(
    a_browser_that_set_a_password_through_a_link_is_a_known_device,
    a_browser_that_set_a_password_through_a_link_is_a_known_device
);
