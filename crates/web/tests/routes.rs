//! Which routes there are and behind which guard each stands: a reviewed list, so that none is
//! added unseen.

use latchkey_testkit::database::{Kind, run};
use latchkey_testkit::TestApp;

#[test]
fn every_route_stands_behind_a_reviewed_guard() {
    run(Kind::Sqlite, async |db| {
        let it = TestApp::start(db.db()).await;
        let table = latchkey_web::routes::table(&it.web);
        let lines: Vec<String> = table
            .iter()
            .map(|route| format!("{:<40} {:<20} {:?}", route.path, route.methods, route.guard))
            .collect();
        insta::assert_snapshot!(lines.join("\n"));
    });
}
