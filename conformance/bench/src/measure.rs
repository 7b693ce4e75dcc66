//! One database: an installation and the reference side by side, and the rows in their order.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::failure::{Failure, Outcome};
use crate::installation::Installation;
use crate::load::{Load, Placed, Seen, Work, drive, median};
use crate::process::{Server, free_address};
use crate::reference;
use crate::report::{Kind, Row, Side};
use crate::rows;
use crate::wire::{Ask, Wire};

/// What `measure` is told.
#[derive(Clone, Deserialize)]
pub struct Settings {
    /// The built `latchkey`.
    pub binary: PathBuf,
    /// A fresh folder.
    pub folder: PathBuf,
    /// `SQLite` or `PostgreSQL`.
    pub name: String,
    /// Two empty databases: the installation's and the reference's.
    pub database: String,
    pub reference_database: String,
    /// Where the rows go.
    pub report: PathBuf,
    /// Ids of the rows to measure; all of them where it is empty.
    #[serde(default)]
    pub only: Vec<String>,
    /// Seconds of each round.
    pub seconds: f64,
    pub rounds: usize,
    /// Members of the large account.
    pub members: i64,
    /// Accounts with fifty members each.
    pub accounts: usize,
}

/// What is written at the end.
#[derive(Serialize)]
struct Report<'a> {
    database: &'a str,
    cores: usize,
    rows: &'a [Row],
}

/// What the rows work with.
pub struct Bench {
    pub settings: Settings,
    pub installation: Installation,
    pub node: Server,
    pub reference: Server,
    /// Resident memory of the node when it had answered once and nothing more, in MiB.
    pub idle_memory: f64,
    pub rows: Vec<Row>,
}

/// Measures and writes the report.
pub async fn run(settings: &Settings) -> Outcome {
    let mut bench = Bench::prepare(settings).await?;
    rows::all(&mut bench).await;
    let report = Report {
        database: &settings.name,
        cores: cores(),
        rows: &bench.rows,
    };
    std::fs::write(&settings.report, serde_json::to_string_pretty(&report)?)?;
    Ok(())
}

/// How many cores everything shares.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get)
}

impl Bench {
    async fn prepare(settings: &Settings) -> Outcome<Self> {
        std::fs::create_dir_all(&settings.folder)?;
        let settings = settings.clone();
        let installation = Installation::prepare(&settings.binary, &settings.folder, &settings.database)?;
        rows::fill(&installation, &settings).await?;
        let node = installation.serve().await?;
        tokio::time::sleep(Duration::from_secs(2)).await;
        let idle_memory = node.memory()?;
        let discovery = document(&node, rows::documents::DISCOVERY).await?;
        let jwks = document(&node, rows::documents::JWKS).await?;
        let reference = start_reference(&settings, &discovery, &jwks).await?;
        Ok(Self {
            settings,
            installation,
            node,
            reference,
            idle_memory,
            rows: Vec::new(),
        })
    }

    /// Whether a row is asked for.
    pub fn wants(&self, id: &str) -> bool {
        self.settings.only.is_empty() || self.settings.only.iter().any(|only| only == id)
    }

    /// How long each side is loaded in each round.
    pub fn load(&self) -> Load {
        let time = Duration::from_secs_f64(self.settings.seconds);
        Load {
            warm_up: time.div_f64(5.0),
            time,
        }
    }

    /// Keeps a row, or why there is none.
    pub fn keep(&mut self, kind: Kind, outcome: Outcome<Row>) {
        let row = outcome.unwrap_or_else(|failure| Row::failed(kind, failure.to_string()));
        eprintln!(
            "  {:<24} {:>10.3} {} {:?} {}",
            row.id, row.value, row.unit, row.verdict, row.note
        );
        self.rows.push(row);
    }

    /// Loads the installation and the reference in turn and compares their answers a second.
    pub async fn compare<M: Work, R: Work>(
        &self,
        kind: Kind,
        mut measured: Vec<Placed<M>>,
        (name, mut bare): (&str, Vec<Placed<R>>),
    ) -> Outcome<Row> {
        let (mut ours, mut theirs, mut rounds) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..self.settings.rounds.max(3) {
            let (seen, again) = drive(self.load(), measured).await?;
            measured = again;
            let (beside, again) = drive(self.load(), bare).await?;
            bare = again;
            rounds.push(seen.per_second / beside.per_second);
            ours.push(seen);
            theirs.push(beside);
        }
        let sides = vec![
            Side {
                name: "latchkey".to_owned(),
                seen: middle(&ours),
                memory_mib: self.node.memory()?,
            },
            Side {
                name: name.to_owned(),
                seen: middle(&theirs),
                memory_mib: self.reference.memory()?,
            },
        ];
        Ok(Row::new(kind, median(&rounds)).sides(sides).rounds(rounds))
    }

    /// The same request on so many connections to the node.
    pub fn at_node<W>(&self, connections: usize, work: impl Fn() -> W) -> Vec<Placed<W>> {
        (0..connections).map(|_| (self.node.address, work())).collect()
    }

    /// The same request on so many connections to the reference.
    pub fn at_reference(&self, connections: usize, ask: &Ask) -> Vec<Placed<Same>> {
        (0..connections)
            .map(|_| (self.reference.address, Same(ask.clone())))
            .collect()
    }

    /// Starts the node again, so that its memory is that of a fresh process.
    pub async fn restart(&mut self) -> Outcome {
        let address = self.node.address;
        self.node.stop();
        self.node = self.installation.serve().await?;
        if self.node.address == address {
            Ok(())
        } else {
            Err(Failure::new("the node came back elsewhere"))
        }
    }
}

/// The same request again and again, always answered 200.
#[derive(Clone)]
pub struct Same(pub Ask);

impl Work for Same {
    async fn turn(&mut self, wire: &mut Wire) -> Outcome {
        wire.send(&self.0).await?.expect(http::StatusCode::OK).map(drop)
    }
}

/// The round with the median rate.
pub fn middle(rounds: &[Seen]) -> Seen {
    let mut sorted = rounds.to_vec();
    sorted.sort_by(|a, b| a.per_second.total_cmp(&b.per_second));
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

async fn document(node: &Server, path: &str) -> Outcome<bytes::Bytes> {
    let answer = Wire::connect(node.address).await?.send(&Ask::get(path)).await?;
    Ok(answer.expect(http::StatusCode::OK)?.body)
}

async fn start_reference(settings: &Settings, discovery: &[u8], jwks: &[u8]) -> Outcome<Server> {
    let keep = |name: &str, bytes: &[u8]| {
        let path = settings.folder.join(name);
        std::fs::write(&path, bytes).map(|()| path)
    };
    let told = reference::Settings {
        listen: free_address()?,
        database: settings.reference_database.clone(),
        discovery: keep("discovery.json", discovery)?,
        jwks: keep("jwks.json", jwks)?,
    };
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("reference").arg(told.as_argument()?);
    Server::start(
        &mut command,
        told.listen,
        "/discovery",
        &settings.folder.join("reference.log"),
    )
    .await
    .map_err(|failure| Failure::new(format!("the reference: {failure}")))
}
