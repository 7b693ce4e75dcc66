//! Administration of members, by the operator and under members' own authority.

use std::time::Duration;

use latchkey_app::Error;
use latchkey_app::administration::member::{self, Remark};
use latchkey_app::administration::{Question, explain, invitation};
use latchkey_testkit::on_both_databases;

use super::{GUEST, by, greta, operator};

const STAN: &str = "stan@acme.example";
const RITA: &str = "rita@acme.example";
const MARCO: &str = "marco@acme.example";
const OLIVIA: &str = "olivia@acme.example";

fn denied<T: std::fmt::Debug>(outcome: Result<T, Error>) -> String {
    match outcome {
        Err(Error::Denied(why) | Error::Rule(why)) => why,
        other => panic!("{other:?}"),
    }
}

async fn allows(it: &latchkey_testkit::TestApp, who: &str, permission: &str) -> bool {
    let question = Question {
        member: who,
        permission: Some(permission),
        application: None,
    };
    let answer = explain(&it.app, &operator(), &question).await.unwrap();
    assert_eq!(answer.len(), 1);
    answer[0].allowed
}

on_both_databases!(the_owner_is_out_of_everybodys_reach, installed, async |it| {
    let before = it.digest().await;
    let remark = Remark::default();
    for at in [operator(), by(MARCO)] {
        for why in [
            denied(member::role(&it.app, &at, OLIVIA, "standard").await),
            denied(member::hold(&it.app, &at, OLIVIA, "why not").await),
            denied(member::remove(&it.app, &at, OLIVIA).await),
            denied(member::deny(&it.app, &at, OLIVIA, "crm/contacts:view", &remark).await),
            denied(member::assign(&it.app, &at, OLIVIA, "Sales desk", &remark).await),
            denied(member::mobile_access(&it.app, &at, OLIVIA, false).await),
        ] {
            assert!(why.contains("owner"), "{why}");
        }
        assert!(denied(member::role(&it.app, &at, STAN, "owner").await).contains("transfer"));
    }
    assert_eq!(it.digest().await, before, "nothing of it was applied");
});

on_both_databases!(
    nobody_changes_themselves_or_gives_what_is_above_them,
    installed,
    async |it| {
        let remark = Remark::default();
        denied(member::role(&it.app, &by(MARCO), MARCO, "read_only").await);
        denied(member::grant(&it.app, &by(MARCO), STAN, "latchkey/billing:view", &remark).await);
        denied(member::role(&it.app, &by(STAN), RITA, "standard").await);
        member::grant(&it.app, &by(OLIVIA), STAN, "latchkey/users:invite", &remark)
            .await
            .unwrap();
        let mut manager = greta();
        manager.role = Some("manager".to_owned());
        denied(invitation::send(&it.app, &by(STAN), &manager).await);
    }
);

on_both_databases!(
    a_change_of_role_cuts_grants_until_they_are_confirmed,
    installed,
    async |it| {
        let remark = Remark {
            note: Some("the audit"),
            until: None,
        };
        member::grant(&it.app, &by(MARCO), STAN, "latchkey/audit:view", &remark)
            .await
            .unwrap();
        assert!(allows(it, STAN, "latchkey/audit:view").await);
        let cut = member::role(&it.app, &by(MARCO), STAN, "read_only")
            .await
            .unwrap();
        let of = |view: &latchkey_app::administration::MemberView| {
            view.overrides
                .iter()
                .find(|it| it.permission == "latchkey/audit:view")
                .unwrap()
                .dormant
        };
        assert!(of(&cut));
        let back = member::role(&it.app, &by(MARCO), STAN, "standard").await.unwrap();
        assert!(of(&back), "it does not come back by itself");
        assert!(!allows(it, STAN, "latchkey/audit:view").await);
        let confirmed = member::confirm(&it.app, &by(MARCO), STAN, "latchkey/audit:view")
            .await
            .unwrap();
        assert!(!of(&confirmed));
        assert!(allows(it, STAN, "latchkey/audit:view").await);
    }
);

on_both_databases!(overrides_are_explained_with_who_and_why, installed, async |it| {
    let remark = Remark {
        note: Some("left the pilot"),
        until: None,
    };
    member::deny(&it.app, &by(MARCO), STAN, "crm/contacts:edit", &remark)
        .await
        .unwrap();
    let question = Question {
        member: STAN,
        permission: Some("contacts:edit"),
        application: Some("crm"),
    };
    let answer = explain(&it.app, &by(MARCO), &question).await.unwrap();
    assert!(!answer[0].allowed);
    let json = serde_json::to_value(&answer).unwrap();
    let text = json.to_string();
    assert!(
        text.contains("removed for this member by Marco Silva on 2026-01-05: 'left the pilot'"),
        "{text}"
    );
    assert_eq!(json[0]["permission"], "contacts:edit");
    member::clear(&it.app, &by(MARCO), STAN, "crm/contacts:edit")
        .await
        .unwrap();
    assert!(allows(it, STAN, "crm/contacts:edit").await);
});

on_both_databases!(an_override_ends_by_its_date, installed, async |it| {
    let until = it.app.now().plus(Duration::from_secs(3_600));
    let remark = Remark {
        note: None,
        until: Some(until),
    };
    member::deny(&it.app, &by(MARCO), STAN, "crm/contacts:view", &remark)
        .await
        .unwrap();
    assert!(!allows(it, STAN, "crm/contacts:view").await);
    it.pass(Duration::from_secs(3_601));
    assert!(allows(it, STAN, "crm/contacts:view").await);
    let past = Remark {
        note: None,
        until: Some(until),
    };
    assert!(
        member::grant(&it.app, &by(MARCO), STAN, "crm/contacts:view", &past)
            .await
            .is_err()
    );
});

on_both_databases!(
    a_set_gives_and_taking_the_last_brings_the_defaults_back,
    installed,
    async |it| {
        assert!(
            !allows(it, STAN, "crm/deals:edit").await,
            "the set takes the place of the defaults"
        );
        member::unassign(&it.app, &by(MARCO), STAN, "sales DESK")
            .await
            .unwrap();
        assert!(allows(it, STAN, "crm/deals:edit").await);
        member::assign(&it.app, &by(MARCO), STAN, "Sales desk", &Remark::default())
            .await
            .unwrap();
        assert!(!allows(it, STAN, "crm/deals:edit").await);
    }
);

on_both_databases!(
    a_hold_ends_access_at_once_and_only_release_lifts_it,
    installed,
    async |it| {
        let held = member::hold(&it.app, &by(MARCO), STAN, "lost the laptop")
            .await
            .unwrap();
        assert_eq!(held.status, "suspended");
        assert_eq!(held.hold.unwrap().by, "Marco Silva");
        assert!(!allows(it, STAN, "crm/contacts:view").await);
        denied(member::hold(&it.app, &by(MARCO), STAN, "again").await);
        let released = member::release(&it.app, &by(MARCO), STAN).await.unwrap();
        assert_eq!(released.status, "active");
    }
);

on_both_databases!(
    a_removed_member_is_gone_here_and_stays_elsewhere,
    installed,
    async |it| {
        let iris = "iris@consult.example";
        let removed = member::remove(&it.app, &by(MARCO), iris).await.unwrap();
        assert_eq!(removed.status, "removed");
        denied(member::release(&it.app, &by(MARCO), &removed.id).await);
        let mut browser = it.signed_in(iris).await;
        browser.open("/account").await.sees("Globex").sees_no("Acme Ltd");
    }
);

on_both_databases!(
    somebody_without_the_right_sees_nobody_but_themselves,
    installed,
    async |it| {
        assert_eq!(
            member::show(&it.app, &by(RITA), RITA).await.unwrap().name,
            "Rita Lind"
        );
        denied(member::show(&it.app, &by(RITA), STAN).await);
        denied(member::list(&it.app, &by(RITA), "").await);
        denied(invitation::list(&it.app, &by(RITA)).await);
        assert!(
            member::show(&it.app, &by("gustav@globex.example"), STAN)
                .await
                .is_err(),
            "no member of this account"
        );
    }
);

on_both_databases!(
    a_suspended_administrator_has_no_authority,
    installed,
    async |it| {
        member::hold(&it.app, &operator(), MARCO, "on leave")
            .await
            .unwrap();
        denied(member::role(&it.app, &by(MARCO), STAN, "read_only").await);
    }
);

on_both_databases!(
    a_second_invitation_of_an_address_is_pointed_out,
    installed,
    async |it| {
        invitation::send(&it.app, &by(MARCO), &greta()).await.unwrap();
        assert!(denied(invitation::send(&it.app, &by(MARCO), &greta()).await).contains("invited already"));
        let too_soon = invitation::resend(&it.app, &by(MARCO), GUEST).await;
        assert!(matches!(too_soon, Err(Error::RateLimited { .. })), "{too_soon:?}");
        let mut rita = greta();
        rita.email = RITA.to_owned();
        assert!(denied(invitation::send(&it.app, &by(MARCO), &rita).await).contains("already"));
        let mut evil = greta();
        evil.message = Some("look at https://evil.example".to_owned());
        evil.email = "other@guest.example".to_owned();
        assert!(matches!(
            invitation::send(&it.app, &by(MARCO), &evil).await,
            Err(Error::Invalid { .. })
        ));
        let list = invitation::list(&it.app, &by(MARCO)).await.unwrap();
        assert_eq!(list.len(), 1);
        it.deliver().await;
        let list = invitation::list(&it.app, &by(MARCO)).await.unwrap();
        assert_eq!(
            serde_json::to_value(&list).unwrap()[0]["deliveries"][0]["state"],
            "sent"
        );
    }
);
