//! Password hashing on a fixed pool: as many threads as cores, each keeping its Argon2 memory,
//! behind a queue with an end. More sign-ins at once make people wait or be asked to come again,
//! never more memory (RFC 9106, NIST SP 800-63B-4 §3.1.1.2).

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex};

use argon2::{Argon2, Block, Params};
use tokio::sync::oneshot;
use zeroize::Zeroizing;

use crate::encoding::equal;
use crate::phc::{self, Stored};
use crate::secret::Secret;

/// Argon2id's cost (RFC 9106 §3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
    /// Lanes; they run one after another here.
    pub lanes: u32,
}

impl Default for Cost {
    /// 19 MiB, 2 passes, 1 lane.
    fn default() -> Self {
        Self {
            memory_kib: 19_456,
            passes: 2,
            lanes: 1,
        }
    }
}

/// The size of a [`PasswordPool`].
#[derive(Clone, Copy, Debug)]
pub struct PoolSettings {
    /// Threads that hash; each keeps the cost's memory.
    pub threads: usize,
    /// How many may wait; the next is told [`PoolError::Busy`].
    pub queue: usize,
    /// What new hashes cost.
    pub cost: Cost,
}

impl Default for PoolSettings {
    /// One thread a core, 32 waiting for each of them.
    fn default() -> Self {
        let threads = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        Self {
            threads,
            queue: threads * 32,
            cost: Cost::default(),
        }
    }
}

/// Why the pool gave no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PoolError {
    /// The queue is full: answer 503 with `Retry-After`.
    #[error("too many passwords are being checked")]
    Busy,
    /// The pool's threads are gone.
    #[error("the password pool has stopped")]
    Closed,
    /// The stored hash is not an Argon2 PHC string, or asks for more than is allowed.
    #[error("the stored password hash can't be used")]
    Malformed,
    /// Argon2 refuses the cost, the salt or the password.
    #[error("argon2 refuses its input")]
    Refused,
    /// A thread could not be started.
    #[error("a thread of the password pool could not be started")]
    NoThread,
}

/// The pool. Dropping it lets its threads finish what waits and end.
#[derive(Debug)]
pub struct PasswordPool {
    jobs: SyncSender<Job>,
    params: Params,
    allocations: Arc<AtomicU64>,
    hashes: AtomicU64,
}

struct Job {
    password: Secret,
    salt: Vec<u8>,
    hasher: Argon2<'static>,
    reply: oneshot::Sender<Result<Output, PoolError>>,
}

type Output = Zeroizing<Vec<u8>>;

impl PasswordPool {
    /// Starts the threads.
    ///
    /// # Errors
    /// [`PoolError::Refused`] for a cost that Argon2 doesn't take, [`PoolError::NoThread`].
    pub fn new(settings: PoolSettings) -> Result<Self, PoolError> {
        let (pool, waiting) = Self::without_threads(settings)?;
        let waiting = Arc::new(Mutex::new(waiting));
        for number in 0..settings.threads.max(1) {
            let worker = Worker {
                waiting: Arc::clone(&waiting),
                blocks: Vec::new(),
                keep: pool.params.block_count(),
                allocations: Arc::clone(&pool.allocations),
            };
            std::thread::Builder::new()
                .name(format!("password-{number}"))
                .spawn(move || {
                    give_way();
                    worker.run();
                })
                .map_err(|_| PoolError::NoThread)?;
        }
        Ok(pool)
    }

    fn without_threads(settings: PoolSettings) -> Result<(Self, Receiver<Job>), PoolError> {
        let Cost {
            memory_kib,
            passes,
            lanes,
        } = settings.cost;
        let length = Some(Params::DEFAULT_OUTPUT_LEN);
        let params = Params::new(memory_kib, passes, lanes, length).map_err(|_| PoolError::Refused)?;
        let (jobs, waiting) = sync_channel(settings.queue);
        let pool = Self {
            jobs,
            params,
            allocations: Arc::default(),
            hashes: AtomicU64::new(0),
        };
        Ok((pool, waiting))
    }

    /// Hashes a new password with 16 random bytes of salt; answers the PHC string to store. The
    /// password is taken byte for byte: normalise before.
    ///
    /// # Errors
    /// See [`PoolError`].
    pub async fn hash(&self, password: Secret, salt: [u8; 16]) -> Result<String, PoolError> {
        let hasher = Argon2::from(&self.params);
        let output = self.run(password, salt.to_vec(), hasher).await?;
        phc::write(&self.params, &salt, &output).ok_or(PoolError::Refused)
    }

    /// Whether this is the password behind the stored PHC string.
    ///
    /// # Errors
    /// See [`PoolError`].
    pub async fn verify(&self, password: Secret, stored: &str) -> Result<bool, PoolError> {
        let stored = Stored::parse(stored).ok_or(PoolError::Malformed)?;
        let hasher = stored.hasher();
        let output = self.run(password, stored.salt, hasher).await?;
        Ok(equal(output.as_slice(), &stored.output))
    }

    /// The same work as [`Self::verify`] where there is nobody to compare with, so that the time
    /// doesn't tell whether an address exists. Always `false`.
    ///
    /// # Errors
    /// See [`PoolError`].
    pub async fn verify_nobody(&self, password: Secret) -> Result<bool, PoolError> {
        let hasher = Argon2::from(&self.params);
        let output = self.run(password, vec![0; 16], hasher).await?;
        Ok(equal(output.as_slice(), []))
    }

    /// Whether a stored hash should be made anew at the next correct password, because it is
    /// weaker than the pool's cost or of an older kind.
    pub fn needs_rehash(&self, stored: &str) -> bool {
        Stored::parse(stored).is_none_or(|stored| stored.is_outdated(&self.params))
    }

    /// How often a thread has asked for Argon2 memory: once for each thread, and once for each
    /// stored hash that needs more than the pool's cost.
    pub fn allocations(&self) -> u64 {
        self.allocations.load(Ordering::Relaxed)
    }

    /// How many passwords were hashed or verified: equal work for whoever exists and who does not
    /// is counted with this.
    pub fn hashes(&self) -> u64 {
        self.hashes.load(Ordering::Relaxed)
    }

    async fn run(
        &self,
        password: Secret,
        salt: Vec<u8>,
        hasher: Argon2<'static>,
    ) -> Result<Output, PoolError> {
        self.hashes.fetch_add(1, Ordering::Relaxed);
        let (reply, answer) = oneshot::channel();
        let job = Job {
            password,
            salt,
            hasher,
            reply,
        };
        match self.jobs.try_send(job) {
            Ok(()) => answer.await.unwrap_or(Err(PoolError::Closed)),
            Err(TrySendError::Full(_)) => Err(PoolError::Busy),
            Err(TrySendError::Disconnected(_)) => Err(PoolError::Closed),
        }
    }
}

/// Has this thread run when nothing else wants to: a hash takes as long as thousands of other
/// answers, which must not wait for a flood of sign-ins.
fn give_way() {
    // Where it may not, it hashes all the same.
    #[cfg(target_os = "linux")]
    rustix::process::setpriority_process(Some(rustix::thread::gettid()), NICE).unwrap_or_default();
}

/// The niceness of the threads that hash (setpriority(2)).
#[cfg(target_os = "linux")]
const NICE: i32 = 10;

struct Worker {
    waiting: Arc<Mutex<Receiver<Job>>>,
    blocks: Vec<Block>,
    /// How many blocks stay with the thread.
    keep: usize,
    allocations: Arc<AtomicU64>,
}

impl Worker {
    fn run(mut self) {
        while let Some(job) = self.next() {
            // Whoever asked has gone: spare the work.
            if !job.reply.is_closed() {
                let output = self.hash(&job);
                // Going away in the meantime is no error.
                job.reply.send(output).ok();
            }
        }
    }

    fn next(&self) -> Option<Job> {
        self.waiting.lock().ok()?.recv().ok()
    }

    fn hash(&mut self, job: &Job) -> Result<Output, PoolError> {
        let params = job.hasher.params();
        let needed = params.block_count();
        let length = params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
        let mut output = Zeroizing::new(vec![0; length]);
        if needed > self.blocks.len() {
            self.allocations.fetch_add(1, Ordering::Relaxed);
            self.blocks = vec![Block::new(); needed.max(self.keep)];
        }
        let refused = job
            .hasher
            .hash_password_into_with_memory(
                job.password.expose_secret().as_bytes(),
                &job.salt,
                &mut output,
                &mut self.blocks,
            )
            .is_err();
        if self.blocks.len() > self.keep {
            self.blocks.truncate(self.keep);
            self.blocks.shrink_to_fit();
        }
        if refused {
            return Err(PoolError::Refused);
        }
        Ok(output)
    }
}

#[cfg(test)]
#[path = "password_tests.rs"]
mod tests;
