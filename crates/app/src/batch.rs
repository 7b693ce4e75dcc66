//! Use cases of one kind that wait at the same time share one transaction: its statements carry
//! the rows of all of them, and its commit is waited for once.
//!
//! Nobody waits for company: whoever comes first begins, and whoever comes while a transaction is
//! under way is part of the next one. Each use case has an outcome of its own; a refusal of one
//! changes nothing for the others.

use std::collections::{HashSet, VecDeque};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use latchkey_store::sql::Tx;
use tokio::sync::oneshot;

use crate::{App, Error, Result};

/// Use cases in one transaction at most.
const MOST: usize = 32;
/// Transactions of one kind at the same time: one can work while another waits for its commit.
const AT_ONCE: usize = 2;

/// What several of a kind come to, in their order.
pub(crate) type Outcomes<'a, O> = Pin<Box<dyn Future<Output = Result<Vec<O>>> + Send + 'a>>;

/// A use case that can share its transaction with others of its kind.
pub(crate) trait UseCase: Send + Sync + Sized + 'static {
    /// What it comes to.
    type Outcome: Send + 'static;

    /// Two with the same key never share a transaction: the second sees what the first wrote.
    fn key(&self) -> &str;

    /// Carries out several of different keys; an error undoes all of them.
    fn settle<'a>(app: &'a App, tx: &'a mut Tx, all: &'a [Arc<Self>]) -> Outcomes<'a, Self::Outcome>;
}

/// The use cases of one kind that wait.
pub(crate) struct Batch<U: UseCase>(Arc<Queue<U>>);

struct Queue<U: UseCase>(Mutex<State<U>>);

struct State<U: UseCase> {
    waiting: VecDeque<Waiting<U>>,
    leaders: usize,
}

struct Waiting<U: UseCase> {
    use_case: Arc<U>,
    answer: oneshot::Sender<Result<U::Outcome>>,
}

impl<U: UseCase> Default for Batch<U> {
    fn default() -> Self {
        Self(Arc::new(Queue(Mutex::new(State {
            waiting: VecDeque::new(),
            leaders: 0,
        }))))
    }
}

impl<U: UseCase> Batch<U> {
    /// Carries a use case out, with others that wait. It is carried out even if whoever asked has
    /// gone meanwhile.
    ///
    /// # Errors
    /// What the use case answers; [`Error::Unavailable`] without the database.
    pub(crate) async fn run(&self, app: &Arc<App>, use_case: Arc<U>) -> Result<U::Outcome> {
        let (answer, answered) = oneshot::channel();
        if let Some(leader) = self.join(Waiting { use_case, answer }) {
            lead(leader, Arc::clone(app));
        }
        answered.await.unwrap_or(Err(Error::Unavailable))
    }

    fn join(&self, waiting: Waiting<U>) -> Option<Leader<U>> {
        let mut state = self.0.lock();
        state.waiting.push_back(waiting);
        if state.leaders == AT_ONCE {
            return None;
        }
        state.leaders += 1;
        Some(Leader(Some(Arc::clone(&self.0))))
    }
}

impl<U: UseCase> Queue<U> {
    fn lock(&self) -> std::sync::MutexGuard<'_, State<U>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whoever carries out what waits. It counts as one until nothing waits, or it panics.
struct Leader<U: UseCase>(Option<Arc<Queue<U>>>);

impl<U: UseCase> Leader<U> {
    /// The next to be carried out together; nothing once nobody waits: then it leads no more.
    fn next(&mut self) -> Option<Vec<Waiting<U>>> {
        let queue = Arc::clone(self.0.as_ref()?);
        let mut state = queue.lock();
        if state.waiting.is_empty() {
            state.leaders -= 1;
            self.0 = None;
            return None;
        }
        let mut some: Vec<Waiting<U>> = Vec::new();
        let mut later = VecDeque::new();
        let mut keys = HashSet::new();
        while let Some(it) = state.waiting.pop_front() {
            if some.len() == MOST {
                later.push_back(it);
                break;
            }
            if keys.insert(it.use_case.key().to_owned()) {
                some.push(it);
            } else {
                later.push_back(it);
            }
        }
        later.append(&mut state.waiting);
        state.waiting = later;
        // In one order everywhere: two transactions with the same two must not wait for each other.
        some.sort_by(|one, other| one.use_case.key().cmp(other.use_case.key()));
        Some(some)
    }
}

impl<U: UseCase> Drop for Leader<U> {
    fn drop(&mut self) {
        if let Some(queue) = self.0.take() {
            queue.lock().leaders -= 1;
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "it ends once nobody waits, and whoever waits is waited for at the end of the process"
)]
fn lead<U: UseCase>(mut leader: Leader<U>, app: Arc<App>) {
    tokio::spawn(async move {
        while let Some(some) = leader.next() {
            carry_out(&app, some).await;
        }
    });
}

async fn carry_out<U: UseCase>(app: &App, some: Vec<Waiting<U>>) {
    let (all, answers): (Vec<_>, Vec<_>) = some.into_iter().map(|it| (it.use_case, it.answer)).unzip();
    match together(app, &all).await {
        Ok(outcomes) => {
            for (answer, outcome) in answers.into_iter().zip(outcomes) {
                // Whoever asked may have gone.
                drop(answer.send(Ok(outcome)));
            }
        }
        Err(Error::Unavailable) => {
            for answer in answers {
                drop(answer.send(Err(Error::Unavailable)));
            }
        }
        // One of them fails: each for itself, so that it is that one alone.
        Err(fault) if all.len() > 1 => {
            tracing::warn!(%fault, "use cases that failed together are carried out one by one");
            for (one, answer) in all.iter().zip(answers) {
                let outcome = together(app, std::slice::from_ref(one)).await;
                let outcome = outcome.and_then(|mut it| it.pop().ok_or_else(|| Error::bug("no outcome")));
                drop(answer.send(outcome));
            }
        }
        Err(fault) => {
            if let Some(answer) = answers.into_iter().next() {
                drop(answer.send(Err(fault)));
            }
        }
    }
}

async fn together<U: UseCase>(app: &App, all: &[Arc<U>]) -> Result<Vec<U::Outcome>> {
    let outcomes = app
        .db
        .write_settled(async |tx| U::settle(app, tx, all).await)
        .await?;
    if outcomes.len() == all.len() {
        Ok(outcomes)
    } else {
        Err(Error::bug("not every use case has an outcome"))
    }
}
