//! Very many accounts with a few people each, against one account.

use std::time::Instant;

use http::StatusCode;
use tokio::task::JoinSet;

use crate::browser::{Browser, Request, code_of};
use crate::declared::WEB;
use crate::failure::{Failure, Outcome};
use crate::load::{Placed, Work, drive, median};
use crate::measure::{Bench, cores, middle};
use crate::report::{Kind, Row, Side};
use crate::rows::PEOPLE;
use crate::rows::flows::{SCOPE, redeem};
use crate::seed;
use crate::wire::{Ask, Wire};

pub const MEMORY: Kind = Kind::most(
    "accounts-memory",
    "memory for 10,000 accounts × 50 members, each used, more than for one",
    64.0,
    "MiB more",
);
pub const SIGN_IN: Kind = Kind::most(
    "accounts-sign-in",
    "sign-in p50 over 10,000 accounts × 50 members against one",
    1.2,
    "× the time",
);
/// Connections that use every account once.
const VISITORS: usize = 16;
/// People a round of sign-ins goes through, each in another account.
const FORMS: usize = 256;
const VERIFIER: &str = "a-verifier-of-at-least-forty-three-characters-and-more";

/// Whether the accounts have to be made for the rows that are asked for.
pub fn wants_tenants(only: &[String]) -> bool {
    only.is_empty() || only.iter().any(|id| id == MEMORY.id || id == SIGN_IN.id)
}

pub async fn rows(bench: &mut Bench) {
    if bench.wants(MEMORY.id) {
        let row = memory(bench).await;
        bench.keep(MEMORY, row);
    }
    if bench.wants(SIGN_IN.id) {
        let row = sign_ins(bench).await;
        bench.keep(SIGN_IN, row);
    }
}

/// As many sign-ins to the application, once by people of one account and once by one of each.
async fn memory(bench: &mut Bench) -> Outcome<Row> {
    let tenants = bench.settings.accounts;
    let in_one: Vec<usize> = (1..=PEOPLE).collect();
    let in_many: Vec<usize> = (1..=tenants)
        .map(|tenant| seed::tenant_person(tenant, 7))
        .collect();
    bench.node.stop();
    let db = bench.installation.open().await?;
    let of_one = seed::sessions(&db, "bench", &in_one).await?;
    let of_many = seed::sessions(&db, "bench", &in_many).await?;
    db.close().await;
    bench.restart().await?;
    let again_and_again = of_one.iter().cycle().take(tenants).cloned().collect();
    visit(bench, again_and_again).await?;
    let one = bench.node.memory()?;
    bench.restart().await?;
    visit(bench, of_many).await?;
    let many = bench.node.memory()?;
    let note =
        format!("{one:.1} MiB after {tenants} sign-ins to one account, {many:.1} MiB to as many accounts");
    Ok(Row::new(MEMORY, many - one).noted(note))
}

/// Each session is used once, at an application.
async fn visit(bench: &Bench, cookies: Vec<String>) -> Outcome {
    let address = bench.node.address;
    let mut slices: Vec<Vec<String>> = vec![Vec::new(); VISITORS];
    for (place, cookie) in cookies.into_iter().enumerate() {
        if let Some(slice) = slices.get_mut(place % VISITORS) {
            slice.push(cookie);
        }
    }
    let mut running = JoinSet::new();
    for slice in slices {
        running.spawn(async move {
            let mut wire = Wire::connect(address).await?;
            for cookie in slice {
                redeem(&mut wire, &request(), &cookie).await?;
            }
            Ok::<_, Failure>(())
        });
    }
    while let Some(joined) = running.join_next().await {
        joined??;
    }
    Ok(())
}

async fn sign_ins(bench: &Bench) -> Outcome<Row> {
    let step = (bench.settings.accounts / FORMS).max(1);
    let in_many =
        (0..FORMS.min(bench.settings.accounts)).map(|place| seed::tenant_person(place * step + 1, 9));
    let mut many = arriving(bench, in_many.collect()).await?;
    let mut one = arriving(bench, (1..=FORMS).collect()).await?;
    let (mut slow, mut fast, mut rounds) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..bench.settings.rounds.max(3) {
        let (over_many, again) = drive(bench.load(), many).await?;
        many = again;
        let (over_one, again) = drive(bench.load(), one).await?;
        one = again;
        rounds.push(f64::from(over_many.p50_us) / f64::from(over_one.p50_us.max(1)));
        slow.push(over_many);
        fast.push(over_one);
    }
    let memory_mib = bench.node.memory()?;
    let side = |name: String, seen| Side {
        name,
        seen: middle(seen),
        memory_mib,
    };
    let sides = vec![
        side(format!("{} accounts", bench.settings.accounts), &slow),
        side("one account".to_owned(), &fast),
    ];
    Ok(Row::new(SIGN_IN, median(&rounds)).sides(sides).rounds(rounds))
}

/// As many connections as cores, which share these people's forms.
async fn arriving(bench: &Bench, people: Vec<usize>) -> Outcome<Vec<Placed<Arrive>>> {
    let mut wire = Wire::connect(bench.node.address).await?;
    let mut works: Vec<Arrive> = (0..cores()).map(|_| Arrive::default()).collect();
    for (place, person) in people.into_iter().enumerate() {
        let mut browser = Browser::default();
        let email = seed::address(person);
        let form = browser.sign_in_form(&mut wire, &request(), &email).await?;
        if let Some(work) = works.get_mut(place % cores()) {
            work.forms.push((browser, form.0));
        }
    }
    let at = bench.node.address;
    Ok(works.into_iter().map(|work| (at, work)).collect())
}

fn request() -> Request<'static> {
    Request {
        client: WEB,
        scope: SCOPE,
        verifier: VERIFIER,
    }
}

/// One person after the other signs in; what is timed is the whole way back to the application.
#[derive(Default)]
struct Arrive {
    forms: Vec<(Browser, Ask)>,
    turn: usize,
}

impl Work for Arrive {
    async fn turn(&mut self, wire: &mut Wire) -> Outcome {
        let place = self.turn % self.forms.len().max(1);
        self.turn += 1;
        let Some((browser, form)) = self.forms.get(place) else {
            return Err(Failure::new("nobody is there to sign in"));
        };
        let timings = wire.timings.take();
        let began = Instant::now();
        let answer = browser.clone().follow(wire, form.clone()).await?;
        let taken = began.elapsed();
        wire.timings = timings;
        wire.timed(taken);
        if answer.status == StatusCode::OK {
            return Err(Failure::new("a page came instead of the application"));
        }
        code_of(&answer, WEB).map(drop)
    }
}
