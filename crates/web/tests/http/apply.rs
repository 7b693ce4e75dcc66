//! Declared state: what differs is made to match, and what contradicts itself is refused by name.

use std::time::Duration;

use latchkey_app::administration::member::{self, Remark};
use latchkey_app::apply::Report;
use latchkey_testkit::actors::administrator::operator;
use latchkey_testkit::on_both_databases;

const STAN: &str = "stan@acme.example";
const OLIVIA: &str = "olivia@acme.example";
const AN_HOUR: Duration = Duration::from_secs(3_600);

fn member_with(email: &str, more: &str) -> String {
    format!("[[member]]\naccount = \"acme\"\nemail = \"{email}\"\n{more}\n")
}

fn is_quiet(report: &Report) -> bool {
    report.changes.is_empty()
}

on_both_databases!(
    names_follow_what_is_declared_in_the_account_alone,
    installed,
    async |it| {
        for (email, name) in [(STAN, "Stanley Dard"), (OLIVIA, "Olivia Ortega")] {
            let (given, family) = name.split_once(' ').unwrap();
            let declared = member_with(
                email,
                &format!("given_name = \"{given}\"\nfamily_name = \"{family}\""),
            );
            assert!(!is_quiet(&it.declare(&declared).await));
            assert!(is_quiet(&it.declare(&declared).await), "once is enough");
            let shown = member::show(&it.app, &operator("acme"), email).await.unwrap();
            assert_eq!(shown.name, name);
        }
        let own = it.ask("SELECT family_name FROM users WHERE given_name = 'Olivia'");
        assert_eq!(own.await, "Owens", "the person's own name is theirs");
    }
);

on_both_databases!(what_ends_is_not_what_is_declared, installed, async |it| {
    let declared = member_with(
        STAN,
        "permission_sets = [\"Sales desk\"]\ngrant = [\"crm/reports:export\"]\ndeny = [\"crm/deals:view\"]",
    );
    it.declare(&declared).await;
    for passed in [Duration::ZERO, AN_HOUR * 2] {
        let soon = Remark {
            note: None,
            until: Some(it.app.now().plus(AN_HOUR)),
        };
        let (app, at) = (&it.app, operator("acme"));
        member::assign(app, &at, STAN, "Sales desk", &soon).await.unwrap();
        member::grant(app, &at, STAN, "crm/reports:export", &soon)
            .await
            .unwrap();
        member::deny(app, &at, STAN, "crm/deals:view", &soon)
            .await
            .unwrap();
        it.pass(passed);
        assert!(!is_quiet(&it.declare(&declared).await));
        assert!(is_quiet(&it.declare(&declared).await));
        let shown = member::show(app, &at, STAN).await.unwrap();
        assert!(shown.permission_sets.iter().all(|it| it.until.is_none()));
        assert_eq!(shown.overrides.len(), 2);
        assert!(shown.overrides.iter().all(|it| it.until.is_none()));
    }
});

on_both_databases!(
    what_an_owner_decides_is_not_declared_for_them,
    installed,
    async |it| {
        let before = it.digest().await;
        for (field, why) in [
            ("mobile_access = true", "mobile_access of an owner"),
            ("email_reminders = true", "email_reminders of an owner"),
            ("role = \"standard\"", "an owner has no role"),
        ] {
            let refused = it
                .try_declare(&member_with(OLIVIA, field))
                .await
                .unwrap_err()
                .to_string();
            let start = format!("member {OLIVIA} of 'acme': {why}");
            assert!(refused.starts_with(&start), "{refused}");
        }
        let as_it_is = member_with(OLIVIA, "mobile_access = false\nrole = \"owner\"");
        assert!(is_quiet(&it.declare(&as_it_is).await));
        assert_eq!(before.difference(&it.digest().await), "");
    }
);

on_both_databases!(a_refusal_names_the_entry, installed, async |it| {
    let before = it.digest().await;
    let taken = "[[scim_token]]\naccount = \"globex\"\nname = \"hr\"\n\
                 token = \"lk_scim_acme-Tq4mZ8rVw1Yc6Kd3Nf9Bj2Hs7Lx5Pg0Qa\"\n";
    for (text, start) in [
        (
            member_with(STAN, "role = \"boss\""),
            "role: member stan@acme.example of 'acme': there is no role 'boss'",
        ),
        (
            member_with(STAN, "deny = [\"crm/contact:view\"]"),
            "deny: member stan@acme.example of 'acme': there is no permission crm/contact:view",
        ),
        (
            member_with("nora@acme.example", "given_name = \"http://evil\""),
            "given_name: member nora@acme.example of 'acme': this must not have a link",
        ),
        (
            format!(
                "{}{}",
                member_with(STAN, ""),
                member_with("STAN@acme.example", "")
            ),
            "member STAN@acme.example of 'acme' is declared twice",
        ),
        (taken.to_owned(), "scim token 'hr' of 'globex': "),
    ] {
        let refused = it.try_declare(&text).await.unwrap_err().to_string();
        assert!(refused.starts_with(start), "{refused}");
    }
    assert_eq!(before.difference(&it.digest().await), "");
});
