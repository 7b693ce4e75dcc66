//! A transaction, as a repository function is handed it.

use super::{Columns, DbError, Row, Statement, postgres, sqlite};

/// An open transaction: four calls, for both databases.
///
/// Any error of the database leaves it dead: later calls are refused with [`DbError::Dead`], and
/// whatever the use case returns, its writes are undone. So both databases behave alike:
/// PostgreSQL refuses to go on after an error, `SQLite` would.
pub struct Tx {
    session: Session,
    writes: bool,
    written: bool,
    failure: Option<DbError>,
    notices: Vec<String>,
    plans: Option<Vec<Plan>>,
}

/// How the database would run a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The statement's text.
    pub statement: String,
    /// The database's own words, a line a step.
    pub steps: Vec<String>,
}

impl Plan {
    /// The steps that read a whole table, which no list, search or filter may do.
    #[must_use]
    pub fn full_scans(&self) -> Vec<&str> {
        let bare = |step: &'_ str| step.trim_start_matches([' ', '-', '>']).to_owned();
        // The rows that a statement brings itself.
        let own = |name: &str| {
            let made = ["CO-ROUTINE ", "MATERIALIZE "];
            let is_own = |step: &String| made.iter().any(|it| bare(step).strip_prefix(it) == Some(name));
            self.steps.iter().any(is_own)
        };
        let is_scan = |step: &&str| {
            let step = bare(step);
            let sqlite = step
                .strip_prefix("SCAN ")
                .is_some_and(|of| !of.contains(" USING ") && !of.contains("CONSTANT ROW") && !own(of));
            step.starts_with("Seq Scan on ") || sqlite
        };
        self.steps.iter().map(String::as_str).filter(is_scan).collect()
    }
}

/// One line of what EXPLAIN says.
struct Step(String);

impl Row for Step {
    fn read(columns: &Columns<'_>) -> Result<Self, DbError> {
        // SQLite: id, parent, notused, detail. PostgreSQL: one column of text.
        columns.at(3).or_else(|_| columns.at(0)).map(Self)
    }
}

/// What a transaction runs on.
pub(crate) enum Session {
    Sqlite(sqlite::Lease),
    Postgres(Box<postgres::Session>),
}

/// How a use case's result is to be taken.
pub(crate) enum Settled {
    /// It stands, and these notices are to be told.
    Stands(Vec<String>),
    /// It does not; this error is the answer, or the reason to try again.
    Failed(DbError),
}

impl Tx {
    pub(crate) fn new(session: Session, writes: bool) -> Self {
        Self {
            session,
            writes,
            written: false,
            failure: None,
            notices: Vec::new(),
            plans: None,
        }
    }

    /// From now on, every statement is explained before it is run.
    pub(crate) fn explain(&mut self) {
        self.plans = Some(Vec::new());
    }

    /// How the statements run since [`Tx::explain`] are run.
    pub(crate) fn plans(&mut self) -> Vec<Plan> {
        self.plans.take().unwrap_or_default()
    }

    /// Runs a statement and says how many rows it wrote.
    ///
    /// # Errors
    ///
    /// Any [`DbError`] but `NotFound`.
    pub async fn execute(&mut self, statement: Statement) -> Result<u64, DbError> {
        self.check(&statement).await?;
        self.written = true;
        let outcome = match &mut self.session {
            _ if !self.writes => Err(DbError::ReadOnly),
            Session::Sqlite(lease) => lease.execute(&statement),
            Session::Postgres(session) => session.execute(statement).await,
        };
        self.note(outcome)
    }

    /// The first row.
    ///
    /// # Errors
    ///
    /// [`DbError::NotFound`] when there is none (which does not end the transaction), or any
    /// other [`DbError`].
    pub async fn one<R: Row>(&mut self, statement: Statement) -> Result<R, DbError> {
        self.optional(statement).await?.ok_or(DbError::NotFound)
    }

    /// The first row, if there is one.
    ///
    /// # Errors
    ///
    /// Any [`DbError`] but `NotFound`.
    pub async fn optional<R: Row>(&mut self, statement: Statement) -> Result<Option<R>, DbError> {
        self.check(&statement).await?;
        let outcome = match &mut self.session {
            Session::Sqlite(lease) => lease.optional(&statement),
            Session::Postgres(session) => session.optional(statement).await,
        };
        self.note(outcome)
    }

    /// All rows. Lists are bounded by a LIMIT in their statement.
    ///
    /// # Errors
    ///
    /// Any [`DbError`] but `NotFound`.
    pub async fn all<R: Row>(&mut self, statement: Statement) -> Result<Vec<R>, DbError> {
        self.check(&statement).await?;
        let outcome = match &mut self.session {
            Session::Sqlite(lease) => lease.all(&statement),
            Session::Postgres(session) => session.all(statement).await,
        };
        self.note(outcome)
    }

    /// Whether this transaction has written. What it reads from then on may never come to be, so
    /// it is not to be remembered.
    #[must_use]
    pub fn has_written(&self) -> bool {
        self.written
    }

    /// Whether nobody else can write until this transaction ends: `SQLite`'s one writer at a time.
    /// What such a transaction has read stays so without being locked.
    #[must_use]
    pub fn writes_alone(&self) -> bool {
        self.writes && matches!(self.session, Session::Sqlite(_))
    }

    /// Tells every node, once this transaction is durable, that `subject` has changed (see
    /// [`Db::listen`](crate::db::Db::listen)). At most 8000 bytes; for changes of configuration
    /// and access only, because notices put all commits of PostgreSQL in one line.
    ///
    /// # Errors
    ///
    /// [`DbError::ReadOnly`] in a reading transaction, or what the database answers.
    pub async fn notify(&mut self, subject: &str) -> Result<(), DbError> {
        if !self.writes {
            return self.note(Err(DbError::ReadOnly));
        }
        if let Session::Postgres(_) = self.session {
            self.optional::<Option<String>>(postgres::notify(subject)).await?;
        }
        self.notices.push(subject.to_owned());
        Ok(())
    }

    /// Ends a writing transaction: keeps its writes when the use case agreed and no statement
    /// failed, and waits until they (or, on `SQLite`, those of its whole group) are durable.
    pub(crate) async fn settle(self, agreed: bool) -> Settled {
        let keep = agreed && self.failure.is_none();
        let notices = if keep { self.notices } else { Vec::new() };
        let ended = match self.session {
            Session::Sqlite(lease) => lease.settle(keep).await,
            Session::Postgres(session) => session.settle(keep).await,
        };
        match (ended, self.failure) {
            (Err(error), _) => Settled::Failed(error),
            // The use case's own error may hide this one, and it asks for another attempt.
            (Ok(()), Some(DbError::Serialization)) => Settled::Failed(DbError::Serialization),
            (Ok(()), Some(error)) if agreed => Settled::Failed(error),
            (Ok(()), _) => Settled::Stands(notices),
        }
    }

    /// The first error of the database in this transaction.
    pub(crate) fn failure(&self) -> Option<&DbError> {
        self.failure.as_ref()
    }

    async fn check(&mut self, statement: &Statement) -> Result<(), DbError> {
        if self.failure.is_some() {
            return Err(DbError::Dead);
        }
        let mut outcome = statement.check();
        if let (Some(plans), Ok(())) = (&mut self.plans, &outcome) {
            let steps = match &mut self.session {
                Session::Sqlite(lease) => lease.all::<Step>(&sqlite::explain(statement)),
                Session::Postgres(session) => session.all(postgres::explain(statement)).await,
            };
            outcome = steps.map(|steps| {
                plans.push(Plan {
                    statement: statement.text().to_owned(),
                    steps: steps.into_iter().map(|Step(text)| text).collect(),
                });
            });
        }
        self.note(outcome)
    }

    fn note<T>(&mut self, outcome: Result<T, DbError>) -> Result<T, DbError> {
        if let Err(error) = &outcome {
            self.failure.get_or_insert_with(|| error.clone());
        }
        outcome
    }
}
