//! The load generator: so many connections for so long, one piece of work on each.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use serde::Serialize;
use tokio::task::JoinSet;

use crate::failure::{Failure, Outcome};
use crate::wire::Wire;

/// No work on one connection sends more than this in one go.
const MOST_TURNS: u64 = 1_000_000;
/// How much longer than asked a round may take before it is given up.
const PATIENCE: Duration = Duration::from_secs(30);

/// What is done on one connection, over and over.
pub trait Work: Send + 'static {
    /// One turn: one request or a few that belong together.
    fn turn(&mut self, wire: &mut Wire) -> impl Future<Output = Outcome> + Send;
}

/// Where and what.
pub type Placed<W> = (SocketAddr, W);

/// How long.
#[derive(Clone, Copy)]
pub struct Load {
    /// At first nothing is counted.
    pub warm_up: Duration,
    /// Then this long everything is.
    pub time: Duration,
}

/// What was seen.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Seen {
    pub requests: u64,
    pub per_second: f64,
    pub p50_us: u32,
    pub p99_us: u32,
}

/// Drives all the work at once and answers what was seen, and the work for another round.
pub async fn drive<W: Work>(load: Load, works: Vec<Placed<W>>) -> Outcome<(Seen, Vec<Placed<W>>)> {
    let mut wires = Vec::with_capacity(works.len());
    for (address, work) in works {
        wires.push((address, work, Wire::connect(address).await?));
    }
    let begin = Instant::now() + load.warm_up;
    let end = begin + load.time;
    let mut running = JoinSet::new();
    for (address, work, wire) in wires {
        running.spawn(one(address, work, wire, begin, end));
    }
    let finished = tokio::time::timeout(load.warm_up + load.time + PATIENCE, async {
        let mut all = Vec::new();
        while let Some(joined) = running.join_next().await {
            all.push(joined??);
        }
        Ok::<_, Failure>(all)
    });
    let finished = finished
        .await
        .map_err(|_| Failure::new("answers stopped coming"))??;
    let mut timings = Vec::new();
    let mut works = Vec::with_capacity(finished.len());
    for (placed, mine) in finished {
        timings.extend(mine);
        works.push(placed);
    }
    Ok((summary(timings, load.time), works))
}

async fn one<W: Work>(
    address: SocketAddr,
    mut work: W,
    mut wire: Wire,
    begin: Instant,
    end: Instant,
) -> Outcome<(Placed<W>, Vec<u32>)> {
    for _ in 0..MOST_TURNS {
        let now = Instant::now();
        if now >= end {
            break;
        }
        if now >= begin && wire.timings.is_none() {
            wire.timings = Some(Vec::with_capacity(65_536));
        }
        work.turn(&mut wire).await?;
    }
    Ok(((address, work), wire.timings.unwrap_or_default()))
}

fn summary(mut timings: Vec<u32>, time: Duration) -> Seen {
    timings.sort_unstable();
    let requests = u64::try_from(timings.len()).unwrap_or(u64::MAX);
    Seen {
        requests,
        per_second: float(requests) / time.as_secs_f64(),
        p50_us: percentile(&timings, 50),
        p99_us: percentile(&timings, 99),
    }
}

/// The value that so many percent do not exceed.
fn percentile(sorted: &[u32], percent: usize) -> u32 {
    let place = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    sorted.get(place).copied().unwrap_or(0)
}

/// Counts here are far below where a float becomes inexact.
pub fn float(count: u64) -> f64 {
    u32::try_from(count).map_or(f64::from(u32::MAX), f64::from)
}

/// The value in the middle.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_were_seen() {
        let sorted: Vec<u32> = (1..=200).collect();
        assert_eq!(percentile(&sorted, 50), 100);
        assert_eq!(percentile(&sorted, 99), 198);
        assert_eq!(percentile(&[7], 99), 7);
        assert_eq!(percentile(&[], 99), 0);
    }

    #[test]
    fn the_median_of_three_rounds_is_the_middle_one() {
        assert!((median(&[0.9, 0.2, 0.7]) - 0.7).abs() < f64::EPSILON);
    }
}
