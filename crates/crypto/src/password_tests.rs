use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use super::*;

const SMALL: Cost = Cost {
    memory_kib: 64,
    passes: 1,
    lanes: 1,
};

fn settings(threads: usize, queue: usize) -> PoolSettings {
    PoolSettings {
        threads,
        queue,
        cost: SMALL,
    }
}

#[tokio::test]
async fn the_right_password_is_told_from_a_wrong_one() {
    let pool = PasswordPool::new(PoolSettings {
        threads: 1,
        queue: 4,
        cost: Cost::default(),
    })
    .unwrap();
    let stored = pool.hash("correct horse".into(), [1; 16]).await.unwrap();
    assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    assert_eq!(pool.verify("correct horse".into(), &stored).await, Ok(true));
    assert_eq!(pool.verify("Correct horse".into(), &stored).await, Ok(false));
    assert!(!pool.needs_rehash(&stored));
}

#[tokio::test]
async fn argon2s_own_verifier_takes_what_the_pool_writes() {
    use argon2::password_hash::PasswordVerifier;
    let pool = PasswordPool::new(settings(1, 4)).unwrap();
    let stored = pool.hash("correct horse".into(), [1; 16]).await.unwrap();
    assert!(
        Argon2::default()
            .verify_password(b"correct horse", stored.as_str())
            .is_ok()
    );
}

#[tokio::test]
async fn equal_passwords_with_other_salts_have_other_hashes() {
    let pool = PasswordPool::new(settings(1, 4)).unwrap();
    let one = pool.hash("same".into(), [1; 16]).await.unwrap();
    let two = pool.hash("same".into(), [2; 16]).await.unwrap();
    assert_ne!(one, two);
}

#[tokio::test]
async fn a_hash_of_a_lower_cost_is_verified_and_asks_to_be_made_anew() {
    let weak = PasswordPool::new(settings(1, 4)).unwrap();
    let stored = weak.hash("old".into(), [1; 16]).await.unwrap();
    let pool = PasswordPool::new(PoolSettings {
        cost: Cost {
            memory_kib: 128,
            ..SMALL
        },
        ..settings(1, 4)
    })
    .unwrap();
    assert_eq!(pool.verify("old".into(), &stored).await, Ok(true));
    assert!(pool.needs_rehash(&stored));
    assert!(pool.needs_rehash("not a hash"));
}

#[tokio::test]
async fn an_unknown_person_costs_the_same_work_and_is_never_let_in() {
    let pool = PasswordPool::new(settings(1, 4)).unwrap();
    assert_eq!(pool.verify_nobody("".into()).await, Ok(false));
    assert_eq!(pool.allocations(), 1, "one hash was made");
    let stored = pool.hash("x".into(), [1; 16]).await.unwrap();
    let known = Stored::parse(&stored).unwrap();
    assert_eq!(known.params.m_cost(), pool.params.m_cost());
    assert_eq!(known.params.t_cost(), pool.params.t_cost());
    assert_eq!(known.salt.len(), 16);
}

#[tokio::test]
async fn a_stored_hash_beyond_the_bounds_is_refused_before_any_work() {
    let pool = PasswordPool::new(settings(1, 4)).unwrap();
    let greedy =
        "$argon2id$v=19$m=4194304,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    assert_eq!(pool.verify("x".into(), greedy).await, Err(PoolError::Malformed));
    assert_eq!(pool.allocations(), 0);
}

#[tokio::test]
async fn thirty_two_verifications_at_once_share_the_threads_memory() {
    let pool = Arc::new(PasswordPool::new(settings(2, 64)).unwrap());
    let stored = pool.hash("shared".into(), [1; 16]).await.unwrap();
    let mut running = tokio::task::JoinSet::new();
    for number in 0..32 {
        let (pool, stored) = (Arc::clone(&pool), stored.clone());
        let password = if number % 2 == 0 { "shared" } else { "other" };
        running.spawn(async move { (number, pool.verify(password.into(), &stored).await) });
    }
    while let Some(done) = running.join_next().await {
        let (number, verified) = done.unwrap();
        assert_eq!(verified, Ok(number % 2 == 0));
    }
    assert!(
        (1..=2).contains(&pool.allocations()),
        "two threads ask for memory once each, not {} times",
        pool.allocations()
    );
}

#[tokio::test]
async fn memory_for_a_greater_stored_cost_is_given_back() {
    let (pool, waiting) = PasswordPool::without_threads(settings(1, 4)).unwrap();
    let mut worker = Worker {
        waiting: Arc::new(Mutex::new(waiting)),
        blocks: Vec::new(),
        keep: pool.params.block_count(),
        allocations: Arc::clone(&pool.allocations),
    };
    let (reply, _answer) = oneshot::channel();
    let job = Job {
        password: "x".into(),
        salt: vec![1; 16],
        hasher: Argon2::from(Params::new(1024, 1, 1, Some(32)).unwrap()),
        reply,
    };
    worker.hash(&job).unwrap();
    assert_eq!(worker.blocks.len(), pool.params.block_count());
    assert_eq!(worker.blocks.capacity(), pool.params.block_count());
}

fn poll_once<F: Future>(future: std::pin::Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn a_full_queue_answers_busy_at_once() {
    let (pool, _waiting) = PasswordPool::without_threads(settings(1, 1)).unwrap();
    let mut first = pin!(pool.verify_nobody("a".into()));
    assert!(poll_once(first.as_mut()).is_pending());
    let mut second = pin!(pool.verify_nobody("b".into()));
    assert_eq!(poll_once(second.as_mut()), Poll::Ready(Err(PoolError::Busy)));
}

#[test]
fn a_stopped_pool_says_so() {
    let (pool, waiting) = PasswordPool::without_threads(settings(1, 1)).unwrap();
    let mut first = pin!(pool.verify_nobody("a".into()));
    assert!(poll_once(first.as_mut()).is_pending());
    drop(waiting);
    assert_eq!(
        poll_once(first.as_mut()),
        Poll::Ready(Err(PoolError::Closed)),
        "what waited"
    );
    let mut second = pin!(pool.verify_nobody("b".into()));
    assert_eq!(
        poll_once(second.as_mut()),
        Poll::Ready(Err(PoolError::Closed)),
        "what comes later"
    );
}

#[test]
fn an_impossible_cost_is_refused_at_the_start() {
    let cost = Cost {
        memory_kib: 0,
        ..SMALL
    };
    let refused = PasswordPool::new(PoolSettings {
        cost,
        ..settings(1, 1)
    });
    assert!(matches!(refused, Err(PoolError::Refused)));
}
