//! Links out of mails: used, altered, cut short, expired, replaced, taken back, invented.

use std::time::Duration;

use latchkey_testkit::actors::user;
use latchkey_testkit::{Browser, TestApp, on_both_databases};

use crate::table::{Table, long};

const GOOD: &str = "seven grey owls by a lake";
const DAY: Duration = Duration::from_secs(86_400);

async fn invited(it: &TestApp, address: &str) -> String {
    it.hr()
        .post("/Users", &user(address, "Nora", "Vale"))
        .await
        .expect(201);
    it.link_to(address).await
}

async fn open<'a>(table: &mut Table<'a>, it: &'a TestApp, name: &str, link: &str) {
    let mut browser = it.browser();
    table
        .refuse_in(name, &mut browser, async |browser| {
            browser.open(link).await;
        })
        .await;
}

async fn proceed(browser: &mut Browser<'_>) {
    browser
        .fill("Password", GOOD)
        .fill("Password again", GOOD)
        .press("proceed")
        .await;
}

on_both_databases!(invitations, installed, async |it| {
    let mut table = Table::new(it);
    let link = invited(it, "nora@acme.example").await;
    let token = link.rsplit('/').next().unwrap();
    let swapped: String = token
        .chars()
        .map(|c| {
            if c == 'a' {
                'b'
            } else if c == 'b' {
                'a'
            } else {
                c
            }
        })
        .rev()
        .collect();
    for (name, text) in [
        ("an invitation of one letter", "x".to_owned()),
        ("an invitation cut short", token[..20].to_owned()),
        ("an invitation with a letter more", format!("{token}x")),
        ("an invitation with a letter changed", swapped),
        ("an invitation in upper case", token.to_uppercase()),
        ("an invitation like SQL", "'%20OR%20'1'='1".to_owned()),
        ("an invitation with a NUL", "a%00b".to_owned()),
        ("an invitation of no text", "%FF".to_owned()),
        ("an invitation that is very long", long(3_000)),
        ("an invitation that climbs", "..%2f..%2fetc%2fpasswd".to_owned()),
        (
            "a SCIM token as an invitation",
            "lk_scim_acme-Tq4mZ8rVw1Yc6Kd3Nf9Bj2Hs7Lx5Pg0Qa".to_owned(),
        ),
    ] {
        open(&mut table, it, name, &format!("/invitation/{text}")).await;
    }
    open(&mut table, it, "an invitation without its step", "/invitation").await;
    open(
        &mut table,
        it,
        "an invitation of an invented step",
        "/invitation?request=nonsense",
    )
    .await;
    open(&mut table, it, "a new user without a step", "/invitation/create").await;
    let mut first = it.browser();
    first.open(&link).await;
    let carried = first.url().to_string();
    open(&mut table, it, "an invitation handed on with its step", &carried).await;
    first.follow("create-user").await;
    proceed(&mut first).await;
    open(&mut table, it, "a used invitation", &link).await;
    let replaced = invited(it, "two@acme.example").await;
    let id = it.hr().id_of("two@acme.example").await;
    let resend = "urn:latchkey:params:scim:schemas:extension:invitation:1.0:User:resend";
    it.pass(Duration::from_secs(3_600));
    let again = serde_json::json!([{ "op": "replace", "path": resend, "value": true }]);
    it.hr().patch(&format!("/Users/{id}"), &again).await.expect(200);
    open(&mut table, it, "a replaced invitation", &replaced).await;
    let mut waiting = it.browser();
    waiting
        .open(&it.link_to("two@acme.example").await)
        .await
        .follow("create-user")
        .await;
    it.hr().delete(&format!("/Users/{id}")).await.expect(204);
    table
        .refuse_in(
            "an invitation taken back while its form was open",
            &mut waiting,
            async |it| proceed(it).await,
        )
        .await;
    open(
        &mut table,
        it,
        "an invitation taken back",
        &it.link_to("two@acme.example").await,
    )
    .await;
    let suspended = invited(it, "three@acme.example").await;
    let id = it.hr().id_of("three@acme.example").await;
    it.hr().set_active(&id, false).await.expect(200);
    open(
        &mut table,
        it,
        "an invitation of somebody suspended since",
        &suspended,
    )
    .await;
    let old = invited(it, "four@acme.example").await;
    let mut late = it.browser();
    it.pass(7 * DAY - Duration::from_secs(60));
    late.open(&old).await.follow("create-user").await;
    it.pass(Duration::from_secs(61));
    table
        .refuse_in(
            "an invitation that expired while its form was open",
            &mut late,
            async |it| proceed(it).await,
        )
        .await;
    open(&mut table, it, "an expired invitation", &old).await;
    table.review("links_invitations");
});

on_both_databases!(links_for_a_new_password, installed, async |it| {
    let mut table = Table::new(it);
    let ask = async || {
        let mut browser = it.browser();
        browser.open("/password/forgot").await;
        browser
            .fill("Email address", "stan@acme.example")
            .press("send-link")
            .await;
        it.link_to("stan@acme.example").await
    };
    let link = ask().await;
    let token = link.rsplit('/').next().unwrap();
    for (name, text) in [
        ("a reset of one letter", "x".to_owned()),
        ("a reset cut short", token[..20].to_owned()),
        ("a reset with a letter more", format!("{token}x")),
        ("a reset that is invented", "A".repeat(43)),
        ("a reset like SQL", "'%20OR%20'1'='1".to_owned()),
        ("a reset of no text", "%FF".to_owned()),
        ("a reset that is very long", long(3_000)),
    ] {
        open(&mut table, it, name, &format!("/password/reset/{text}")).await;
    }
    open(&mut table, it, "a reset without its step", "/password/reset").await;
    open(
        &mut table,
        it,
        "a reset of an invented step",
        "/password/reset?request=nonsense",
    )
    .await;
    let mut first = it.browser();
    first.open(&link).await;
    let carried = first.url().to_string();
    open(&mut table, it, "a reset handed on with its step", &carried).await;
    for (name, password, again) in [
        ("a new password that is short", "short", "short"),
        (
            "a new password that is known",
            "passwordpassword",
            "passwordpassword",
        ),
        (
            "a new password of one's own name",
            "stan at acme stan",
            "stan at acme stan",
        ),
        ("new passwords that differ", GOOD, "seven grey owls"),
        ("no new password", "", ""),
    ] {
        table
            .refuse_in(name, &mut first, async |it| {
                it.fill("New password", password)
                    .fill("New password again", again)
                    .press("set-password")
                    .await;
            })
            .await;
    }
    let mut second = it.browser();
    second.open(&link).await;
    second
        .fill("New password", GOOD)
        .fill("New password again", GOOD)
        .press("set-password")
        .await;
    assert_eq!(second.path(), "/password/changed");
    table
        .refuse_in("a reset used in another window", &mut first, async |it| {
            it.fill("New password", GOOD)
                .fill("New password again", GOOD)
                .press("set-password")
                .await;
        })
        .await;
    open(&mut table, it, "a used reset", &link).await;
    it.pass(DAY);
    let link = ask().await;
    it.pass(Duration::from_secs(3_601));
    open(&mut table, it, "an expired reset", &link).await;
    table.review("links_passwords");
});
