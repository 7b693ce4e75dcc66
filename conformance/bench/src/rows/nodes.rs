//! More than one node, and how soon every node sees a change.

use std::time::{Duration, Instant};

use http::StatusCode;
use latchkey_domain::id::ClientId;
use latchkey_store::db::Db;
use latchkey_store::member;

use crate::declared::BATCH;
use crate::failure::{Failure, Outcome};
use crate::installation::Installation;
use crate::load::{Placed, drive, median};
use crate::measure::{Bench, cores, middle};
use crate::process::Server;
use crate::report::{Kind, Row, Side};
use crate::rows::flows::{Flow, signed_in};
use crate::rows::tokens::{asks_credentials, claims_of};
use crate::wire::Wire;

const TWO: Kind = Kind::ratio(
    "two-nodes",
    "two nodes on one database against one, signing in",
    1.7,
);
const SEEN: Kind = Kind::most(
    "change-seen",
    "a change of access is seen by every node",
    1000.0,
    "ms",
);
/// Two nodes, the database and the load generator: with fewer cores, one node fills them.
const CORES: usize = 8;
const PATIENCE: Duration = Duration::from_secs(20);

pub async fn rows(bench: &mut Bench) {
    let on_postgresql = bench.settings.name == "PostgreSQL";
    let wants_two = on_postgresql && bench.wants(TWO.id);
    if !wants_two && !bench.wants(SEEN.id) {
        return;
    }
    let other = if on_postgresql {
        bench.installation.serve_another().await.map(Some)
    } else {
        Ok(None)
    };
    let other = match other {
        Ok(other) => other,
        Err(failure) => return bench.keep(TWO, Err(failure)),
    };
    if let Some(other) = other.as_ref().filter(|_| wants_two) {
        let row = two(bench, other).await;
        bench.keep(TWO, row);
    }
    if bench.wants(SEEN.id) {
        let row = seen(bench, other.as_ref()).await;
        bench.keep(SEEN, row);
    }
}

async fn two(bench: &Bench, other: &Server) -> Outcome<Row> {
    let mut works = signed_in(bench).await?;
    let (mut both, mut one, mut rounds) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..bench.settings.rounds.max(3) {
        let (spread, again) = drive(bench.load(), spread(works, bench, Some(other))).await?;
        let (alone, again) = drive(bench.load(), self::spread(again, bench, None)).await?;
        works = again;
        rounds.push(spread.per_second / alone.per_second);
        both.push(spread);
        one.push(alone);
    }
    let sides = vec![
        Side {
            name: "two nodes".to_owned(),
            seen: middle(&both),
            memory_mib: other.memory()?,
        },
        Side {
            name: "one node".to_owned(),
            seen: middle(&one),
            memory_mib: bench.node.memory()?,
        },
    ];
    let row = Row::new(TWO, median(&rounds)).sides(sides).rounds(rounds);
    if cores() >= CORES {
        return Ok(row);
    }
    let note = format!(
        "not judged on {} cores, which one node, the database and the load generator fill already",
        cores()
    );
    Ok(row.noted(note).not_judged())
}

/// Half of the work at the other node, where there is one.
fn spread(works: Vec<Placed<Flow>>, bench: &Bench, other: Option<&Server>) -> Vec<Placed<Flow>> {
    let first = bench.node.address;
    let second = other.map_or(first, |other| other.address);
    works
        .into_iter()
        .enumerate()
        .map(|(place, (_, work))| (if place % 2 == 0 { first } else { second }, work))
        .collect()
}

/// From the commit of a change to the first token of each node that says so.
async fn seen(bench: &Bench, other: Option<&Server>) -> Outcome<Row> {
    let db = bench.installation.open().await?;
    let mut rounds = Vec::new();
    let roles = ["manager", "read_only", "standard"];
    for round in 0..bench.settings.rounds.max(3) {
        let role = roles.get(round % roles.len()).copied().unwrap_or("standard");
        let state = Installation::state_with_role(role);
        let mut applying = bench.installation.applying(&state)?.spawn()?;
        let waited = until_committed(&db, role).await;
        let committed = Instant::now();
        let mut nodes = vec![bench.node.address];
        nodes.extend(other.map(|other| other.address));
        for node in nodes {
            until_issued(&mut Wire::connect(node).await?, role).await?;
        }
        rounds.push(committed.elapsed().as_secs_f64() * 1000.0);
        waited?;
        if !applying.wait()?.success() {
            return Err(Failure::new("latchkey apply failed"));
        }
    }
    db.close().await;
    let nodes = if other.is_some() { "two nodes" } else { "one node" };
    let slowest = rounds.iter().copied().fold(0.0, f64::max);
    let note = format!("{nodes}, changed by another process; the slowest round");
    Ok(Row::new(SEEN, slowest).rounds(rounds).noted(note))
}

async fn until_committed(db: &Db, role: &str) -> Outcome {
    let patience = Instant::now() + PATIENCE;
    let client = ClientId::new(BATCH.id);
    while Instant::now() < patience {
        let members = db.read(async |tx| member::of_client(tx, &client).await).await?;
        if members.iter().any(|member| member.role.as_str() == role) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    Err(Failure::new("latchkey apply changed nothing"))
}

async fn until_issued(wire: &mut Wire, role: &str) -> Outcome {
    let patience = Instant::now() + PATIENCE;
    let ask = asks_credentials()?;
    while Instant::now() < patience {
        let answer = wire.send(&ask).await?.expect(StatusCode::OK)?;
        if claims_of(&answer.member("access_token")?)?.contains(&format!("\"{role}\"")) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    Err(Failure::new(format!("a node never saw the role {role}")))
}
