use latchkey_testkit::database::Kind;
use latchkey_testkit::TestApp;
use latchkey_testkit::actors::user;
use latchkey_testkit::installation::run;
use serde_json::{json, Value};

const ACCESS: &str = "urn:latchkey:params:scim:schemas:extension:access:1.0:User";
const INV: &str = "urn:latchkey:params:scim:schemas:extension:invitation:1.0:User";

fn both(body: impl AsyncFnOnce(&TestApp) + Copy) {
    run(Kind::Sqlite, body);
    run(Kind::Postgres, body);
}

#[test]
fn life() {
    both(async |it: &TestApp| {
        let hr = it.hr();
        let mut body = user("ana@acme.example", "Ana", "Lima");
        body["externalId"] = json!("e-1");
        body[ACCESS] = json!({"mobileAccess": true, "permissionSets": [{"value": "Sales desk"}]});
        body[INV] = json!({"message": "Welcome aboard", "application": "crm"});
        let made = hr.post("/Users", &body).await;
        println!("{} {}", made.header("location"), made.text());
        let made = made.expect(201);
        assert_eq!(made.header("etag"), "W/\"1\"");
        let id = made.json_text("/id");
        it.deliver().await;
        println!("{}", it.link_to("ana@acme.example").await);
        let read = hr.get(&format!("/Users/{id}/?attributes=userName,{ACCESS}:effectivePermissions")).await.expect(200);
        println!("{}", read.text());
        // duplicates
        let dup = hr.post("/Users", &user("ANA@acme.example", "B", "C")).await;
        println!("{}", dup.text());
        dup.expect(409);
        let mut other = user("bob@acme.example", "B", "C");
        other["externalId"] = json!("e-1");
        println!("{}", hr.post("/Users", &other).await.expect(409).text());
        // find
        for (f, n) in [("userName eq \"ANA@ACME.example\"", 1), ("externalId eq \"e-1\" and active eq true", 1),
            ("emails.value eq \"ana@acme.example\"", 1), ("name.familyName sw \"Li\"", 2), ("userName eq \"nobody\"", 0),
            ("roles.value eq \"owner\"", 1)] {
            let found = hr.find(f).await.expect(200);
            assert_eq!(found.json()["totalResults"], n, "{f} {}", found.text());
        }
        let page = hr.get("/Users?startIndex=2&count=2&sortBy=name.givenName").await.expect(200);
        println!("{}", page.text());
        // patch
        let after = hr.patch(&format!("/Users/{id}"), &json!([
            {"op": "Replace", "path": "emails[type eq \"work\"].value", "value": "ana2@acme.example"},
            {"op": "replace", "value": {"title": "Clerk", "roles": [{"value": "manager"}]}},
        ])).await;
        println!("{}", after.text());
        let after = after.expect(200);
        assert_eq!(after.header("etag"), "W/\"2\"");
        it.deliver().await;
        println!("{}", it.link_to("ana2@acme.example").await);
        // PUT back
        let whole: Value = hr.get(&format!("/Users/{id}")).await.expect(200).json();
        let put = hr.put(&format!("/Users/{id}"), &whole).await.expect(200);
        assert_eq!(put.header("etag"), "W/\"2\"", "{}", put.text());
        // deactivate
        let off = hr.set_active(&id, false).await.expect(200);
        println!("{}", off.json()[INV]);
        assert_eq!(off.json()[ACCESS]["status"], "suspended");
        let on = hr.set_active(&id, true).await.expect(200);
        assert_eq!(on.json()[ACCESS]["status"], "invited");
        assert_eq!(on.json()[INV]["status"], "pending");
        let resend = hr.patch(&format!("/Users/{id}"), &json!([{"op": "replace", "path": format!("{INV}:resend"), "value": true}])).await;
        println!("{}", resend.text());
        resend.expect(429);
        // role owner
        let owner = hr.patch(&format!("/Users/{id}"), &json!([{"op": "replace", "path": "roles", "value": [{"value": "owner"}]}])).await;
        println!("{}", owner.text());
        owner.expect(403);
        let olivia = hr.id_of("olivia@acme.example").await;
        for ops in [json!([{"op": "replace", "path": "active", "value": false}, {"op":"replace","path":"title","value":"x"}]), json!([{"op":"remove","path":"roles"}])] {
            let r = hr.patch(&format!("/Users/{olivia}"), &ops).await;
            println!("{}", r.text());
            r.expect(403);
        }
        hr.patch(&format!("/Users/{olivia}"), &json!([{"op":"replace","path":"title","value":"Boss"}])).await.expect(200);
        let r = hr.delete(&format!("/Users/{olivia}")).await;
        println!("{}", r.text());
        r.expect(403);
        // other account
        it.hr_of_globex().get(&format!("/Users/{id}")).await.expect(404);
        it.hr_of_globex().delete(&format!("/Users/{id}")).await.expect(404);
        hr.delete(&format!("/Users/{id}")).await.expect(204);
        hr.get(&format!("/Users/{id}")).await.expect(404);
        hr.delete(&format!("/Users/{id}")).await.expect(404);
        let again = hr.post("/Users", &body).await.expect(201);
        assert_ne!(again.json_text("/id"), id);
        let stan = hr.id_of("stan@acme.example").await;
        println!("{}", hr.get(&format!("/Users/{stan}")).await.text());
        let r = hr.patch(&format!("/Users/{stan}"), &json!([{"op":"replace","path":"active","value":"False"}])).await;
        println!("{}", r.text());
        r.expect(200);
    });
}

#[test]
fn edges() {
    both(async |it: &TestApp| {
        let hr = it.hr();
        for path in ["/scim/v2/Users", "/scim/v2/Users/x", "/scim/v2/Users/"] {
            let r = it.get(path).await.expect(401);
            println!("{} {}", r.header("www-authenticate"), r.text());
        }
        it.hr_with("nonsense").get("/Users").await.expect(401);
        for path in ["/ServiceProviderConfig", "/ResourceTypes", "/ResourceTypes/User/", "/Schemas", "/Schemas/urn:ietf:params:scim:schemas:core:2.0:User"] {
            let r = hr.get(path).await.expect(200);
            assert_eq!(r.header("content-type"), "application/scim+json");
            hr.get(&format!("{path}?filter=a")).await.expect(403);
            let r = hr.delete(path).await.expect(405);
            println!("{} {}", r.header("allow"), r.text());
        }
        for path in ["", "/", "/Groups", "/Groups/1"] {
            println!("{}", hr.get(path).await.expect(404).text());
        }
        hr.get("/Me").await.expect(501);
        hr.send_raw("POST", "/Users", ("text/plain", "{}".into())).await.expect(415);
        hr.send_raw("POST", "/Users", ("application/json; charset=utf-8", "{".into())).await.expect(400);
        hr.send_raw("POST", "/Users", ("application/json", "[]".into())).await.expect(400);
        hr.send_raw("POST", "/Users", ("application/json", format!("{{\"a\":\"{}\"}}", "x".repeat(2_000_000)))).await.expect(413);
        hr.send_raw("PUT", "/Users", ("application/json", "{}".into())).await.expect(405);
        hr.get("/Users?filter=userName").await.expect(400);
        hr.get("/Users?cursor=").await.expect(400);
        hr.get("/Users/%ff").await.expect(404);
        hr.get("/Users/%00").await.expect(404);
        let r = hr.get("/Users?count=0").await.expect(200);
        println!("{}", r.text());
        let r = hr.post("/Users/.search", &json!({"filter": "title pr", "count": 3})).await.expect(200);
        println!("{}", r.text());
        let r = it.get("/.well-known/scim").await;
        println!("{}", r.header("location"));
        let id = hr.id_of("rita@acme.example").await;
        let r = hr.get(&format!("/Users/{id}")).await;
        println!("{}", r.text());
        // no address, send false, inactive
        for (body, status) in [
            (json!({"userName": "noaddr"}), "not sent: the user has no email address"),
            (json!({"userName": "quiet@x.example", INV: {"send": false}}), "not sent: send is false"),
            (json!({"userName": "off@x.example", "active": false}), "not sent: the user is not active"),
        ] {
            let r = hr.post("/Users", &body).await.expect(201);
            assert_eq!(r.json()[INV]["status"], status, "{}", r.text());
            assert_eq!(r.json()["roles"][0]["value"], "standard");
        }
        let id = hr.id_of("noaddr").await;
        let r = hr.patch(&format!("/Users/{id}"), &json!([{"op":"add","path":"emails[type eq \"work\"].value","value":"new@x.example"}])).await.expect(200);
        assert_eq!(r.json()[INV]["status"], "pending");
        let id = hr.id_of("quiet@x.example").await;
        let r = hr.patch(&format!("/Users/{id}"), &json!([{"op":"replace","path":format!("{INV}:send"),"value":true}])).await.expect(200);
        assert_eq!(r.json()[INV]["status"], "pending", "{}", r.text());
        for body in [json!({}), json!({"userName":"x","roles":[{"value":"boss"}]}), json!({"userName":"x", ACCESS: {"permissionSets":[{"value":"Night shift"}]}}),
          json!({"userName":"x","roles":[{"value":"owner"}]}), json!({"userName":"x@x.example", INV: {"application": "desk"}}) ] {
            let r = hr.post("/Users", &body).await;
            println!("{} {}", r.status, r.text());
            assert!(matches!(u16::from(r.status), 400 | 403));
        }
    });
}

#[test]
fn tester() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(async {
        let database = latchkey_testkit::database::Database::declared(kind).await;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let settings = latchkey_app::Settings { issuer: issuer.clone(), ..Default::default() };
        let it = TestApp::start_with(database.db(), settings).await;
        let router = latchkey_web::router(&it.web);
        let (tx, rx) = tokio::sync::oneshot::channel::<()>();
        let server = tokio::task::spawn(latchkey_web::serve::serve(listener, router, async { let _ = rx.await; }));
        std::fs::write("/tmp/s4demo.json", json!({"scim": [{"url": format!("{issuer}/scim/v2"), "token": "lk_scim_acme-Tq4mZ8rVw1Yc6Kd3Nf9Bj2Hs7Lx5Pg0Qa"}]}).to_string()).unwrap();
        let out = tokio::task::spawn_blocking(|| std::process::Command::new("timeout").arg("120").arg("/work/main/target/venv/bin/python").arg("/work/main/conformance/scim/run.py").env("LATCHKEY_DEMO", "/tmp/s4demo.json").output().unwrap()).await.unwrap();
        println!("{}\n{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
        let _ = tx.send(());
        let _ = server.await;
    });
    }
}
