//! Signing in with a password: the hash is the cost, memory has an end, and nobody else waits.

use std::time::{Duration, Instant};

use http::StatusCode;

use crate::browser::{Browser, Request};
use crate::declared::WEB;
use crate::failure::{Failure, Outcome};
use crate::load::{Placed, Work, drive, median};
use crate::measure::{Bench, Same, cores, middle};
use crate::report::{Kind, Row, Side};
use crate::rows::documents::DISCOVERY;
use crate::rows::flows::SCOPE;
use crate::seed;
use crate::wire::{Ask, Wire};

const SIGN_IN: Kind = Kind::ratio("sign-in", "password sign-in", 0.9);
const UNDER_FLOOD: Kind = Kind::most(
    "discovery-in-flood",
    "p99 of discovery during a flood of sign-ins",
    5.0,
    "× unloaded",
);
/// Sign-ins at once where the pool is compared with the bare one.
const PARALLEL: usize = 16;
/// Sign-ins at once in the flood.
pub const FLOOD: usize = 320;
/// Connections of somebody who looks at discovery now and then, and how often each.
const LOOKERS: usize = 8;
const EVERY: Duration = Duration::from_millis(20);

pub async fn rows(bench: &mut Bench) {
    if bench.wants(SIGN_IN.id) {
        let row = sign_in(bench).await;
        bench.keep(SIGN_IN, row);
    }
    let memory = Kind::most(
        "sign-in-memory",
        "most memory in a flood of sign-ins",
        60.0 + 20.0 * f64::from(u16::try_from(cores()).unwrap_or(u16::MAX)),
        "MiB",
    );
    if bench.wants(UNDER_FLOOD.id) || bench.wants(memory.id) {
        match flood(bench).await {
            Ok((looking, most)) => {
                bench.keep(UNDER_FLOOD, Ok(looking));
                bench.keep(memory, Ok(Row::new(memory, most)));
            }
            Err(failure) => {
                bench.keep(memory, Err(Failure::new(failure.to_string())));
                bench.keep(UNDER_FLOOD, Err(failure));
            }
        }
    }
}

async fn sign_in(bench: &Bench) -> Outcome<Row> {
    let forms = forms(bench, PARALLEL).await?;
    let measured = forms
        .into_iter()
        .map(|form| (bench.node.address, SignIn(form)))
        .collect();
    let reference = bench.at_reference(PARALLEL, &Ask::get("/hash"));
    bench
        .compare(SIGN_IN, measured, ("one argon2id verification", reference))
        .await
}

/// So many filled sign-in forms, each of another person in another browser: tries of one person at
/// the same time are throttled. A form can be sent again, and makes a session each time.
async fn forms(bench: &Bench, count: usize) -> Outcome<Vec<Ask>> {
    let request = Request {
        client: WEB,
        scope: SCOPE,
        verifier: "a-verifier-of-at-least-forty-three-characters-and-more",
    };
    let mut wire = Wire::connect(bench.node.address).await?;
    let mut forms = Vec::with_capacity(count);
    for number in 1..=count {
        let mut browser = Browser::default();
        let email = seed::address(number);
        forms.push(browser.sign_in_form(&mut wire, &request, &email).await?.0);
    }
    Ok(forms)
}

/// Looks at discovery alone and while people sign in, in turn: the row, and the most memory.
async fn flood(bench: &mut Bench) -> Outcome<(Row, f64)> {
    bench.restart().await?;
    let forms = forms(bench, FLOOD).await?;
    let (mut calm, mut loaded, mut rounds) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..bench.settings.rounds.max(3) {
        let (alone, _) = drive(bench.load(), lookers(bench)).await?;
        let at = bench.node.address;
        let people: Vec<Placed<Flooding>> = forms.iter().map(|form| (at, Flooding(form.clone()))).collect();
        let (seen, beside) = tokio::join!(drive(bench.load(), lookers(bench)), drive(bench.load(), people));
        let (seen, _) = seen?;
        beside?;
        rounds.push(f64::from(seen.p99_us) / f64::from(alone.p99_us.max(1)));
        calm.push(alone);
        loaded.push(seen);
    }
    let memory_mib = bench.node.memory()?;
    let side = |name: &str, seen| Side {
        name: name.to_owned(),
        seen: middle(seen),
        memory_mib,
    };
    let sides = vec![
        side("discovery, in the flood", &loaded),
        side("discovery, alone", &calm),
    ];
    let row = Row::new(UNDER_FLOOD, median(&rounds))
        .sides(sides)
        .rounds(rounds)
        .noted(format!("{FLOOD} sign-ins at once"));
    Ok((row, bench.node.most_memory()?))
}

fn lookers(bench: &Bench) -> Vec<Placed<Looking>> {
    bench.at_node(LOOKERS, || Looking {
        next: Instant::now(),
        same: Same(Ask::get(DISCOVERY)),
    })
}

/// A sign-in that must succeed.
struct SignIn(Ask);

impl Work for SignIn {
    async fn turn(&mut self, wire: &mut Wire) -> Outcome {
        wire.send(&self.0).await?.expect(StatusCode::SEE_OTHER).map(drop)
    }
}

/// A sign-in that may be asked to come again.
struct Flooding(Ask);

impl Work for Flooding {
    async fn turn(&mut self, wire: &mut Wire) -> Outcome {
        let answer = wire.send(&self.0).await?;
        match answer.status {
            StatusCode::SEE_OTHER => Ok(()),
            StatusCode::SERVICE_UNAVAILABLE => {
                // Whoever is told to come again does so a little later.
                tokio::time::sleep(Duration::from_millis(100)).await;
                Ok(())
            }
            _ => answer.expect(StatusCode::SEE_OTHER).map(drop),
        }
    }
}

/// Somebody who looks at discovery at a steady pace.
struct Looking {
    next: Instant,
    same: Same,
}

impl Work for Looking {
    async fn turn(&mut self, wire: &mut Wire) -> Outcome {
        tokio::time::sleep_until(self.next.into()).await;
        self.next = (self.next + EVERY).max(Instant::now());
        self.same.turn(wire).await
    }
}
