//! Two accounts on one installation: nothing of one is seen in the other.

use latchkey_testkit::actors::EVERYTHING;
use latchkey_testkit::on_both_databases;

on_both_databases!(
    no_answer_for_one_account_mentions_the_other,
    installed,
    async |it| {
        let crm = it.crm();
        let person = "iris@consult.example";
        let tokens = crm
            .tokens_by(&crm.authorization(EVERYTHING).with("account", "acme"), person)
            .await;
        let user_info = crm.user_info(tokens.access()).await.expect(200);
        let introspection = crm.introspect(tokens.access()).await.expect(200);
        let users = it.hr().get("/Users").await.expect(200);
        let claims = [tokens.id_claims().to_string(), tokens.access_claims().to_string()];
        let bodies = [
            user_info.text(),
            introspection.text(),
            users.text(),
            &claims[0],
            &claims[1],
        ];
        for body in bodies {
            assert!(!body.contains("globex") && !body.contains("Globex"), "{body}");
            assert!(
                !body.contains("Night shift") && !body.contains("Gustav"),
                "{body}"
            );
        }
    }
);

on_both_databases!(removing_somebody_here_leaves_them_there, installed, async |it| {
    let id = it.hr().id_of("iris@consult.example").await;
    it.hr().delete(&format!("/Users/{id}")).await.expect(204);
    let mut browser = it.signed_in("iris@consult.example").await;
    browser.sees("Globex").sees_no("Acme Ltd");
    browser.open(&it.crm().authorization("openid").path()).await;
    assert!(!browser.returned().code().is_empty());
});

on_both_databases!(
    a_token_of_one_application_opens_nothing_of_another,
    installed,
    async |it| {
        let tokens = it.desk().tokens_for("gustav@globex.example", EVERYTHING).await;
        assert_eq!(tokens.permissions(), Vec::<String>::new());
        assert_eq!(
            it.crm().introspect(tokens.access()).await.expect(200).json()["active"],
            false
        );
    }
);

on_both_databases!(
    the_same_names_in_both_accounts_do_not_meet,
    installed,
    async |it| {
        let new = latchkey_testkit::actors::user("nora@both.example", "Nora", "Vale");
        let here = it.hr().post("/Users", &new).await.expect(201).json_text("/id");
        let there = it
            .hr_of_globex()
            .post("/Users", &new)
            .await
            .expect(201)
            .json_text("/id");
        assert_ne!(here, there);
        it.hr().delete(&format!("/Users/{here}")).await.expect(204);
        it.hr_of_globex()
            .get(&format!("/Users/{there}"))
            .await
            .expect(200);
    }
);
