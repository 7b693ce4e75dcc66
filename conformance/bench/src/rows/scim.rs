//! SCIM: finding one member among very many, and making new ones.

use http::StatusCode;
use latchkey_store::db::Db;

use crate::declared::{SCIM_BENCH, SCIM_LARGE, SCIM_SMALL};
use crate::failure::{Failure, Outcome};
use crate::load::{Placed, Work, drive, median};
use crate::measure::{Bench, middle};
use crate::report::{Kind, Row, Side};
use crate::seed;
use crate::wire::{Ask, Wire, encoded};

const FILTER: Kind = Kind::most(
    "scim-filter",
    "SCIM eq filter, the large account against 1,000 members",
    1.5,
    "× the time",
);
const CREATE: Kind = Kind::ratio("scim-create", "SCIM create (send: false), 16 connections", 0.5);
const SMALL: i64 = 1_000;
/// Few, so that the time of an answer is seen and not that of a queue.
const SEARCHERS: usize = 2;
const CREATORS: usize = 16;

/// Whether the accounts have to be filled for the rows that are asked for.
pub fn wants_members(only: &[String]) -> bool {
    only.is_empty() || only.iter().any(|id| id == FILTER.id)
}

/// Fills the two accounts.
pub async fn fill(db: &Db, large: i64) -> Outcome {
    seed::members(db, "small", SMALL).await?;
    seed::members(db, "large", large).await
}

pub async fn rows(bench: &mut Bench) {
    if bench.wants(FILTER.id) {
        let row = filter(bench).await;
        bench.keep(FILTER, row);
    }
    if bench.wants(CREATE.id) {
        let row = create(bench).await;
        bench.keep(CREATE, row);
    }
}

async fn filter(bench: &Bench) -> Outcome<Row> {
    let most = bench.settings.members;
    let mut large = searchers(bench, SCIM_LARGE, most);
    let mut small = searchers(bench, SCIM_SMALL, SMALL);
    let (mut slow, mut fast, mut rounds) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..bench.settings.rounds.max(3) {
        let (among_many, again) = drive(bench.load(), large).await?;
        large = again;
        let (among_few, again) = drive(bench.load(), small).await?;
        small = again;
        rounds.push(among_few.per_second / among_many.per_second);
        slow.push(among_many);
        fast.push(among_few);
    }
    let memory_mib = bench.node.memory()?;
    let side = |name: String, seen| Side {
        name,
        seen: middle(seen),
        memory_mib,
    };
    let sides = vec![
        side(format!("{most} members"), &slow),
        side(format!("{SMALL} members"), &fast),
    ];
    Ok(Row::new(FILTER, median(&rounds))
        .sides(sides)
        .rounds(rounds)
        .noted(format!("{most} members in the large account")))
}

fn searchers(bench: &Bench, token: &'static str, most: i64) -> Vec<Placed<Search>> {
    (0..SEARCHERS)
        .map(|_| {
            let search = Search {
                token,
                most,
                number: 1,
            };
            (bench.node.address, search)
        })
        .collect()
}

/// Looks for one member after another, far apart.
struct Search {
    token: &'static str,
    most: i64,
    number: i64,
}

impl Work for Search {
    async fn turn(&mut self, wire: &mut Wire) -> Outcome {
        self.number = (self.number + 7_919) % self.most;
        let name = seed::user_name(self.number + 1);
        let query = encoded(&[("filter", &format!("userName eq \"{name}\""))]);
        let ask =
            Ask::get(format!("/scim/v2/Users?{query}")).authorized(&format!("Bearer {}", self.token))?;
        let answer = wire.send(&ask).await?.expect(StatusCode::OK)?;
        if String::from_utf8_lossy(&answer.body).contains(&name) {
            return Ok(());
        }
        Err(Failure::new(format!("{name} was not found")))
    }
}

async fn create(bench: &Bench) -> Outcome<Row> {
    let measured = (0..CREATORS)
        .map(|creator| (bench.node.address, Create { creator, number: 0 }))
        .collect();
    let reference = bench.at_reference(CREATORS, &Ask::get("/member"));
    bench
        .compare(CREATE, measured, ("the same rows", reference))
        .await
}

/// An HR system that hires.
struct Create {
    creator: usize,
    number: u64,
}

impl Work for Create {
    async fn turn(&mut self, wire: &mut Wire) -> Outcome {
        self.number += 1;
        let name = format!("hired-{}-{}", self.creator, self.number);
        let user = serde_json::json!({
            "schemas": [
                "urn:ietf:params:scim:schemas:core:2.0:User",
                "urn:latchkey:params:scim:schemas:extension:invitation:1.0:User",
            ],
            "userName": format!("{name}@bench.example"),
            "externalId": name,
            "name": {"givenName": "Hanna", "familyName": format!("Hired {}", self.number)},
            "emails": [{"value": format!("{name}@bench.example"), "type": "work", "primary": true}],
            "title": "Clerk",
            "roles": [{"value": "standard"}],
            "urn:latchkey:params:scim:schemas:extension:invitation:1.0:User": {"send": false},
        });
        let ask = Ask::post("/scim/v2/Users", "application/scim+json", user.to_string())
            .authorized(&format!("Bearer {SCIM_BENCH}"))?;
        wire.send(&ask).await?.expect(StatusCode::CREATED).map(drop)
    }
}
