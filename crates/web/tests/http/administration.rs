//! Administration under a member's own authority, and what tokens say after it.

use latchkey_app::Error;
use latchkey_app::administration::invitation::{self, Invite};
use latchkey_app::administration::member::{self, Remark};
use latchkey_app::administration::{Question, explain};
use latchkey_testkit::actors::administrator::{member as by, operator};
use latchkey_testkit::actors::{Tokens, password_of};
use latchkey_testkit::on_both_databases;

const STAN: &str = "stan@acme.example";
const MARCO: &str = "marco@acme.example";
const OLIVIA: &str = "olivia@acme.example";

on_both_databases!(
    a_manager_changes_one_permission_and_the_next_refresh_says_so,
    installed,
    async |it| {
        let crm = it.crm();
        let tokens = crm.tokens_for(STAN, "openid permissions offline_access").await;
        let marco = by("acme", MARCO);
        let permissions =
            async |token: &str| Tokens(crm.refresh(token).await.expect(200).json()).permissions();
        member::grant(&it.app, &marco, STAN, "crm/deals:edit", &Remark::default())
            .await
            .unwrap();
        assert!(
            permissions(tokens.refresh())
                .await
                .contains(&"deals:edit".to_owned())
        );
        member::deny(
            &it.app,
            &marco,
            STAN,
            "crm/contacts:edit",
            &Remark {
                note: Some("left the pilot"),
                until: None,
            },
        )
        .await
        .unwrap();
        assert!(
            !permissions(tokens.refresh())
                .await
                .contains(&"contacts:edit".to_owned())
        );
        member::clear(&it.app, &marco, STAN, "crm/contacts:edit")
            .await
            .unwrap();
        assert!(
            permissions(tokens.refresh())
                .await
                .contains(&"contacts:edit".to_owned())
        );
        member::unassign(&it.app, &marco, STAN, "Sales desk")
            .await
            .unwrap();
        assert!(
            permissions(tokens.refresh())
                .await
                .contains(&"reports:view".to_owned()),
            "the role's defaults are back"
        );
        member::role(&it.app, &marco, STAN, "read_only").await.unwrap();
        assert_eq!(
            permissions(tokens.refresh()).await,
            ["contacts:view", "deals:view", "reports:view"]
        );
    }
);

on_both_databases!(nobody_gives_what_is_above_them, installed, async |it| {
    let before = it.digest().await;
    let plain = Remark::default();
    let app = &it.app;
    let refused = [
        member::grant(
            app,
            &by("acme", STAN),
            "rita@acme.example",
            "crm/contacts:edit",
            &plain,
        )
        .await
        .unwrap_err(),
        member::grant(app, &by("acme", MARCO), STAN, "crm/invoices:view", &plain)
            .await
            .unwrap_err(),
        member::grant(app, &by("acme", MARCO), MARCO, "crm/invoices:view", &plain)
            .await
            .unwrap_err(),
        member::deny(app, &by("acme", MARCO), MARCO, "crm/contacts:view", &plain)
            .await
            .unwrap_err(),
        member::role(app, &by("acme", MARCO), MARCO, "read_only")
            .await
            .unwrap_err(),
        member::role(app, &by("acme", MARCO), OLIVIA, "read_only")
            .await
            .unwrap_err(),
        member::role(app, &by("acme", MARCO), STAN, "owner")
            .await
            .unwrap_err(),
        member::deny(app, &by("acme", MARCO), OLIVIA, "crm/contacts:view", &plain)
            .await
            .unwrap_err(),
        member::hold(app, &by("acme", MARCO), OLIVIA, "because")
            .await
            .unwrap_err(),
        member::remove(app, &by("acme", MARCO), OLIVIA).await.unwrap_err(),
        member::remove(app, &operator("acme"), OLIVIA).await.unwrap_err(),
        member::role(app, &operator("acme"), OLIVIA, "manager")
            .await
            .unwrap_err(),
        member::assign(app, &by("acme", STAN), "rita@acme.example", "Sales desk", &plain)
            .await
            .unwrap_err(),
        member::mobile_access(app, &by("acme", STAN), STAN, true)
            .await
            .unwrap_err(),
        member::list(app, &by("acme", STAN), "").await.unwrap_err(),
    ];
    for error in refused {
        assert!(matches!(error, Error::Denied(_) | Error::Rule(_)), "{error:?}");
        assert!(error.to_string().len() > 10, "in words: {error}");
    }
    assert_eq!(before.difference(&it.digest().await), "");
});

on_both_databases!(
    what_the_role_cannot_hold_is_refused_even_to_the_owner,
    installed,
    async |it| {
        let before = it.digest().await;
        let owner = by("acme", OLIVIA);
        for (who, permission) in [
            ("rita@acme.example", "crm/contacts:edit"),
            (STAN, "crm/invoices:view"),
        ] {
            let refused = member::grant(&it.app, &owner, who, permission, &Remark::default())
                .await
                .unwrap_err();
            assert!(refused.to_string().contains("above"), "{refused}");
        }
        assert!(
            member::grant(&it.app, &owner, STAN, "crm/nothing:here", &Remark::default())
                .await
                .is_err()
        );
        assert!(
            member::grant(&it.app, &owner, STAN, "nonsense", &Remark::default())
                .await
                .is_err()
        );
        assert_eq!(before.difference(&it.digest().await), "");
    }
);

on_both_databases!(
    a_standard_member_who_may_invite_brings_nobody_above_themselves,
    installed,
    async |it| {
        let person = "iris@consult.example";
        member::grant(
            &it.app,
            &by("acme", OLIVIA),
            person,
            "latchkey/users:invite",
            &Remark::default(),
        )
        .await
        .unwrap();
        let wish = |role: &str, email: &str| Invite {
            given_name: "Nora".into(),
            family_name: "Vale".into(),
            email: email.into(),
            role: Some(role.into()),
            ..Invite::default()
        };
        let iris = by("acme", person);
        invitation::send(&it.app, &iris, &wish("manager", "a@acme.example"))
            .await
            .unwrap_err();
        invitation::send(&it.app, &iris, &wish("owner", "b@acme.example"))
            .await
            .unwrap_err();
        invitation::send(&it.app, &iris, &wish("read_only", "c@acme.example"))
            .await
            .unwrap();
        let already = invitation::send(&it.app, &iris, &wish("read_only", "rita@acme.example"))
            .await
            .unwrap_err();
        assert!(!already.to_string().is_empty());
        let elsewhere = invitation::send(
            &it.app,
            &by("acme", MARCO),
            &wish("standard", "gustav@globex.example"),
        )
        .await;
        assert!(elsewhere.is_ok(), "that he is a user elsewhere is never let on");
    }
);

on_both_databases!(another_accounts_members_are_nobody_here, installed, async |it| {
    let before = it.digest().await;
    let gustav = it.hr_of_globex().id_of("gustav@globex.example").await;
    for who in ["gustav@globex.example", gustav.as_str()] {
        let refused = member::deny(
            &it.app,
            &by("acme", OLIVIA),
            who,
            "crm/contacts:view",
            &Remark::default(),
        )
        .await;
        assert!(
            matches!(refused, Err(Error::Invalid { .. } | Error::NotFound)),
            "{refused:?}"
        );
        let refused = member::hold(&it.app, &by("acme", who), STAN, "because").await;
        assert!(
            matches!(refused, Err(Error::Invalid { .. } | Error::NotFound)),
            "{refused:?}"
        );
    }
    assert_eq!(before.difference(&it.digest().await), "");
});

on_both_databases!(
    a_hold_and_hrs_word_are_lifted_each_by_its_own_side,
    installed,
    async |it| {
        let id = it.hr().id_of(STAN).await;
        member::hold(&it.app, &by("acme", MARCO), STAN, "a lost phone")
            .await
            .unwrap();
        it.hr().set_active(&id, true).await.expect(200);
        let mut browser = it.browser();
        browser.authorize(&it.crm().authorization("openid"), STAN).await;
        browser.sees("Acme Ltd has suspended your access");
        it.hr().set_active(&id, false).await.expect(200);
        member::release(&it.app, &by("acme", MARCO), STAN).await.unwrap();
        browser.open(&it.crm().authorization("openid").path()).await;
        assert_eq!(browser.status(), 403, "HR has not lifted its own");
        it.hr().set_active(&id, true).await.expect(200);
        browser.open(&it.crm().authorization("openid").path()).await;
        assert!(!browser.returned().code().is_empty());
    }
);

on_both_databases!(
    reasons_are_told_for_what_is_there_and_what_is_not,
    installed,
    async |it| {
        let marco = by("acme", MARCO);
        let remark = Remark {
            note: Some("left the pilot"),
            until: None,
        };
        member::deny(&it.app, &marco, STAN, "crm/contacts:edit", &remark)
            .await
            .unwrap();
        let ask = |permission: &'static str| Question {
            member: STAN,
            permission: Some(permission),
            application: Some("crm"),
        };
        let because = async |permission: &'static str| {
            let mut all = explain(&it.app, &marco, &ask(permission)).await.unwrap();
            let one = all.remove(0);
            (one.allowed, serde_json::to_string(&one.because).unwrap())
        };
        let (allowed, why) = because("contacts:edit").await;
        assert!(
            !allowed && why.contains("Sales desk") && why.contains("left the pilot") && why.contains("Marco"),
            "{why}"
        );
        let (allowed, why) = because("reports:export").await;
        assert!(allowed && why.contains("grant"), "{why}");
        let (allowed, _) = because("invoices:view").await;
        assert!(!allowed);
        explain(&it.app, &by("acme", "rita@acme.example"), &ask("contacts:edit"))
            .await
            .unwrap_err();
        explain(&it.app, &by("acme", STAN), &ask("contacts:edit"))
            .await
            .unwrap();
    }
);

on_both_databases!(an_override_ends_by_its_date, installed, async |it| {
    let until = Some(it.app.now().plus(std::time::Duration::from_secs(3_600)));
    let remark = Remark { note: None, until };
    member::grant(&it.app, &by("acme", MARCO), STAN, "crm/contacts:delete", &remark)
        .await
        .unwrap();
    let tokens = it.crm().tokens_for(STAN, "openid permissions").await;
    assert!(tokens.permissions().contains(&"contacts:delete".to_owned()));
    it.pass(std::time::Duration::from_secs(3_601));
    let later = Tokens(it.crm().refresh(tokens.refresh()).await.expect(200).json());
    assert!(!later.permissions().contains(&"contacts:delete".to_owned()));
});

on_both_databases!(
    an_invitation_deleted_takes_its_member_along,
    installed,
    async |it| {
        let wish = Invite {
            given_name: "Nora".into(),
            family_name: "Vale".into(),
            email: "nora@acme.example".into(),
            ..Invite::default()
        };
        invitation::send(&it.app, &by("acme", MARCO), &wish)
            .await
            .unwrap();
        let link = it.link_to("nora@acme.example").await;
        assert_eq!(
            invitation::list(&it.app, &by("acme", OLIVIA))
                .await
                .unwrap()
                .len(),
            1
        );
        invitation::revoke(&it.app, &by("acme", MARCO), "nora@acme.example")
            .await
            .unwrap();
        let mut browser = it.browser();
        browser.open(&link).await.sees("This invitation was taken back");
        assert_eq!(
            it.hr().find("userName eq \"nora@acme.example\"").await.json()["totalResults"],
            0
        );
        invitation::send(&it.app, &by("acme", MARCO), &wish)
            .await
            .unwrap();
        let mut rita = it.browser();
        rita.sign_in("rita@acme.example", password_of("rita@")).await;
    }
);
