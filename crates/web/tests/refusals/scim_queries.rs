//! Filters, lists, ids and paths of `/scim/v2`.

use latchkey_testkit::actors::user;
use latchkey_testkit::on_both_databases;
use serde_json::json;

use crate::table::{Table, long};

on_both_databases!(filters, installed, async |it| {
    let mut table = Table::new(it);
    let deep = format!("{}userName pr{}", "(".repeat(60), ")".repeat(60));
    let negated = format!("{}userName pr{}", "not (".repeat(60), ")".repeat(60));
    let wide = vec!["userName eq \"x\""; 400].join(" or ");
    for (name, filter) in [
        ("filter: a word", "userName".to_owned()),
        ("filter: without a value", "userName eq".to_owned()),
        ("filter: without quotes", "userName eq stan".to_owned()),
        ("filter: single quotes", "userName eq 'stan'".to_owned()),
        ("filter: an open quote", "userName eq \"stan".to_owned()),
        ("filter: an unknown operator", "userName is \"stan\"".to_owned()),
        (
            "filter: SQL behind it",
            "userName eq \"x\"; DROP TABLE member".to_owned(),
        ),
        ("filter: SQL as its path", "1=1 OR userName eq \"x\"".to_owned()),
        ("filter: a comment", "userName eq \"x\" --".to_owned()),
        ("filter: an open bracket", "(userName eq \"x\"".to_owned()),
        ("filter: a bracket too many", "userName eq \"x\")".to_owned()),
        ("filter: an open value path", "emails[type eq \"work\"".to_owned()),
        ("filter: an empty value path", "emails[]".to_owned()),
        ("filter: nested too deep", deep),
        ("filter: negated too deep", negated),
        ("filter: too long", wide),
        ("filter: a boolean compared by size", "active gt true".to_owned()),
        (
            "filter: a boolean that begins with something",
            "active sw \"t\"".to_owned(),
        ),
        ("filter: a NUL", "userName eq \"a\0b\"".to_owned()),
        ("filter: a bad escape", "userName eq \"\\q\"".to_owned()),
        ("filter: half a surrogate", "userName eq \"\\ud800\"".to_owned()),
        ("filter: and without a right side", "userName pr and".to_owned()),
        (
            "filter: a number beyond all bounds",
            "meta.created gt 99999999999999999999999999".to_owned(),
        ),
    ] {
        table.refuse(name, it.hr().find(&filter)).await;
    }
    table.review("scim_filters");
});

on_both_databases!(lists, installed, async |it| {
    let mut table = Table::new(it);
    for (name, query) in [
        ("list: a startIndex that is a word", "startIndex=first".to_owned()),
        ("list: a count that is a word", "count=all".to_owned()),
        ("list: a startIndex twice", "startIndex=1&startIndex=2".to_owned()),
        (
            "list: an unknown order",
            "sortBy=userName&sortOrder=sideways".to_owned(),
        ),
        (
            "list: a sortBy that is malformed",
            "sortBy=user%20name".to_owned(),
        ),
        ("list: a cursor", "cursor=abc".to_owned()),
        (
            "list: attributes that are malformed",
            "attributes=a%20b".to_owned(),
        ),
        (
            "list: too many attributes",
            format!("attributes={}", vec!["userName"; 300].join(",")),
        ),
    ] {
        table.refuse(name, it.hr().get(&format!("/Users?{query}"))).await;
    }
    table
        .refuse(
            "search: of nothing",
            it.hr()
                .send_raw("POST", "/Users/.search", ("application/scim+json", "[]".into())),
        )
        .await;
    let search =
        json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "filter": "((" });
    table
        .refuse(
            "search: a filter that is malformed",
            it.hr().post("/Users/.search", &search),
        )
        .await;
    let search =
        json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "count": "many" });
    table
        .refuse(
            "search: a count that is a word",
            it.hr().post("/Users/.search", &search),
        )
        .await;
    table.review("scim_lists");
});

on_both_databases!(ids_and_paths, installed, async |it| {
    let mut table = Table::new(it);
    let hr = it.hr();
    let foreign = it.hr_of_globex().id_of("gustav@globex.example").await;
    let stan = hr.id_of("stan@acme.example").await;
    let patch = json!([{ "op": "replace", "path": "title", "value": "x" }]);
    for (name, id) in [
        ("id: nobody's", "0198c0de-0000-7000-8000-000000000000".to_owned()),
        ("id: another account's", foreign),
        ("id: like SQL", "'%20OR%20'1'='1".to_owned()),
        ("id: with a NUL", "a%00b".to_owned()),
        ("id: no text", "%FF".to_owned()),
        ("id: very long", long(5_000)),
        ("id: a path that climbs", "..%2f..%2fetc%2fpasswd".to_owned()),
        ("id: in upper case", stan.to_uppercase()),
    ] {
        let path = format!("/Users/{id}");
        table.refuse(&format!("GET {name}"), hr.get(&path)).await;
        table
            .refuse(
                &format!("PUT {name}"),
                hr.put(&path, &user("stan@acme.example", "Stan", "Dard")),
            )
            .await;
        table
            .refuse(&format!("PATCH {name}"), hr.patch(&path, &patch))
            .await;
        table.refuse(&format!("DELETE {name}"), hr.delete(&path)).await;
    }
    for (name, method, path) in [
        ("users deleted altogether", "DELETE", "/Users"),
        ("users put altogether", "PUT", "/Users"),
        ("a user posted", "POST", "/Users/1"),
        ("groups, which are not served yet", "GET", "/Groups"),
        ("bulk, which is not served", "POST", "/Bulk"),
        ("me, which is not served", "GET", "/Me"),
        ("a path where nothing is", "GET", "/Nothing"),
        ("a schema that there is not", "GET", "/Schemas/urn:nothing"),
        (
            "a resource type that there is not",
            "GET",
            "/ResourceTypes/Nothing",
        ),
        ("schemas filtered", "GET", "/Schemas?filter=id%20pr"),
        ("schemas posted", "POST", "/Schemas"),
    ] {
        table.refuse(name, hr.send(method, path, None)).await;
    }
    table.review("scim_paths");
});
