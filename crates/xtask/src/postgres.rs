//! A throw-away PostgreSQL cluster on a free port of the loopback interface.
//!
//! The server is held by a shell that waits for its standard input to end. The system closes that
//! when the starting process dies, however it dies; then the shell stops the server and removes
//! its files.

use std::io::{self, BufRead as _, BufReader, ErrorKind};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::{env, fs};

/// How to get PostgreSQL on Debian.
pub const INSTALL: &str = "apt-get install --yes --no-install-recommends postgresql";

/// The server refuses to run as root, so it runs as this user then. The package creates it.
const USER: &str = "postgres";

/// What is needed of it.
const PROGRAMS: [&str; 5] = ["initdb", "postgres", "pg_ctl", "createdb", "dropdb"];

/// For tests: nothing is synced to the disk.
const VOLATILE: &str = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off \
                        -c max_wal_size=256MB -c autovacuum=off";

/// For measuring: as it is installed, but for room enough to not be busy with checkpoints alone.
const DURABLE: &str = "-c max_wal_size=2GB -c shared_buffers=512MB";

/// Starts the server given as `$1 initdb, $2 pg_ctl, $3 folder, $4 port, $5 options`, says
/// `ready`, waits for the end of its input, stops the server and removes the folder.
/// Signals of the terminal are for the starting process: this one ends with its input.
const HOLD: &str = r#"
trap '' INT HUP TERM
cd "$3" || exit 1
clean() { "$2" stop --pgdata="$3/data" --mode=immediate >/dev/null 2>&1; cd /; rm -rf "$3"; }
LC_ALL=C "$1" --pgdata="$3/data" --username=postgres --auth=trust --encoding=UTF8 --locale=C --no-sync >"$3/log" 2>&1 \
  && "$2" start --wait --timeout=60 --pgdata="$3/data" --log="$3/log" --options="-h 127.0.0.1 -p $4 -k $3 \
     -c max_connections=300 $5" >>"$3/log" 2>&1 </dev/null
if [ $? -ne 0 ]; then tail -n 5 "$3/log"; clean "$@"; exit 1; fi
echo ready
cat >/dev/null
clean "$@"
"#;

/// A running cluster. Dropping it stops the server and removes its files.
pub struct Cluster {
    holder: Child,
    input: Option<ChildStdin>,
    port: u16,
}

impl Cluster {
    /// Starts a cluster: a second or two. Nothing is synced to the disk, and everybody on this
    /// machine may connect to it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] with the line that installs PostgreSQL when it is not installed,
    /// or whatever kept it from starting.
    pub fn start() -> io::Result<Self> {
        Self::start_with(VOLATILE)
    }

    /// Starts a cluster that answers a commit when it is on the disk, as one in use does.
    ///
    /// # Errors
    ///
    /// As [`Cluster::start`].
    pub fn start_durable() -> io::Result<Self> {
        Self::start_with(DURABLE)
    }

    fn start_with(options: &str) -> io::Result<Self> {
        let programs = programs()?;
        // Another process may take the port before the server does. Then the next one is tried.
        let mut attempt = 1;
        loop {
            match start_on(&programs, free_port()?, options) {
                Err(error) if error.kind() == ErrorKind::Other && attempt < 5 => attempt += 1,
                other => return other,
            }
        }
    }

    /// The address of a database in it. `postgres` is there from the start.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.input.take());
        // It ends because its input has; there is nothing to do about a failure here.
        self.holder.wait().map(drop).unwrap_or_default();
    }
}

/// Starts a cluster on this port.
fn start_on(programs: &Path, port: u16, options: &str) -> io::Result<Cluster> {
    let folder = create_folder(port)?;
    let mut command = as_ordinary_user()?;
    command.args(["sh", "-c", HOLD, "latchkey-postgres"]);
    for program in ["initdb", "pg_ctl"] {
        command.arg(programs.join(program));
    }
    command.arg(&folder).arg(port.to_string()).arg(options);
    let mut holder = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let input = holder.stdin.take();
    let mut said = String::new();
    if let Some(output) = holder.stdout.take() {
        for line in BufReader::new(output).lines() {
            let line = line?;
            if line == "ready" {
                return Ok(Cluster { holder, input, port });
            }
            said.push_str(&line);
            said.push('\n');
        }
    }
    drop(input);
    holder.wait()?;
    Err(io::Error::other(format!("PostgreSQL did not start:\n{said}")))
}

/// Creates a database in the cluster at `address` (the URL of any database in it), as a copy of
/// `template` or empty.
///
/// # Errors
///
/// What `createdb` says.
pub fn create_database(address: &str, name: &str, template: Option<&str>) -> io::Result<()> {
    let mut command = Command::new(programs()?.join("createdb"));
    command.arg(format!("--maintenance-db={address}"));
    if let Some(template) = template {
        command.arg(format!("--template={template}"));
    }
    succeed(command.arg(name))
}

/// Removes a database from the cluster at `address`, whoever is connected to it.
///
/// # Errors
///
/// What `dropdb` says.
pub fn drop_database(address: &str, name: &str) -> io::Result<()> {
    let mut command = Command::new(programs()?.join("dropdb"));
    command.arg(format!("--maintenance-db={address}"));
    succeed(command.args(["--force", name]))
}

fn succeed(command: &mut Command) -> io::Result<()> {
    // Warnings about a folder it cannot enter are none of the caller's.
    let output = command.current_dir("/").output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(io::Error::other(
        String::from_utf8_lossy(&output.stderr).into_owned(),
    ))
}

/// The folder with the newest version's programs. Debian's stand outside of the search path.
fn programs() -> io::Result<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut installed: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok().map(|entry| entry.path().join("bin")))
        .collect();
    installed.sort_by_key(|bin| std::cmp::Reverse(version(bin)));
    installed
        .into_iter()
        .chain(env::split_paths(&path))
        .find(|folder| PROGRAMS.iter().all(|name| folder.join(name).is_file()))
        .ok_or_else(|| {
            io::Error::new(
                ErrorKind::NotFound,
                format!("PostgreSQL is not installed. Install it with\n\n    {INSTALL}\n"),
            )
        })
}

/// 17 for `/usr/lib/postgresql/17/bin`.
fn version(bin: &Path) -> u32 {
    bin.parent()
        .and_then(Path::file_name)
        .and_then(|name| name.to_str())
        .and_then(|name| name.parse().ok())
        .unwrap_or(0)
}

/// A port nobody listens on just now.
fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// A new folder that belongs to the user who runs the server.
fn create_folder(port: u16) -> io::Result<PathBuf> {
    let name = format!("latchkey-postgres-{}-{port}", std::process::id());
    let folder = env::temp_dir().join(name);
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(&folder)?;
    if is_root()? {
        let owned = Command::new("chown").arg(USER).arg(&folder).status()?;
        if !owned.success() {
            fs::remove_dir(&folder)?;
            return Err(io::Error::new(
                ErrorKind::NotFound,
                format!("there is no user {USER} to run PostgreSQL. Install it with\n\n    {INSTALL}\n"),
            ));
        }
    }
    Ok(folder)
}

/// The beginning of a command that does not run as root.
fn as_ordinary_user() -> io::Result<Command> {
    if !is_root()? {
        return Ok(Command::new("env"));
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid", USER, "--regid", USER, "--init-groups", "--"]);
    Ok(command)
}

fn is_root() -> io::Result<bool> {
    let id = Command::new("id").arg("-u").output()?;
    Ok(id.stdout.trim_ascii() == b"0")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpStream;

    #[test]
    fn a_cluster_answers_and_leaves_nothing_behind() {
        let cluster = Cluster::start().unwrap();
        let (port, pid) = (cluster.port, std::process::id());
        TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
        let folder = env::temp_dir().join(format!("latchkey-postgres-{pid}-{port}"));
        assert!(folder.is_dir());
        drop(cluster);
        assert!(!folder.exists());
        assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err());
    }

    #[test]
    fn versions_are_compared_as_numbers() {
        assert!(version(Path::new("/usr/lib/postgresql/17/bin")) > 9);
    }
}
