//! What can be asked at the command line.

mod administration;

pub use administration::{
    Explain, GlobalPlace, Invitation, InvitationVerb, Invite, Member, MemberVerb, Place, Switch,
};

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Identity for business applications: sign-in, authorization, provisioning.
#[derive(Debug, Parser)]
#[command(name = "latchkey", version, propagate_version = true)]
pub struct Cli {
    /// The configuration file
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Answer in JSON
    #[arg(long, global = true)]
    pub json: bool,
    /// The command
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Try Latchkey: the provider, a sample CRM, sample people and a mail box
    Demo(Demo),
    /// Run the service
    Serve,
    /// Make the installation match declared state
    Apply(Apply),
    /// Bring the database schema up to date
    Migrate,
    /// Look at the configuration
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Say what a member may do, and why
    Explain(Explain),
    /// Members: look at them, change what they may do
    Member(Member),
    /// Invitations
    Invitation(Invitation),
    /// Signing keys
    #[command(subcommand)]
    Keys(KeysCommand),
    /// The audit trail
    #[command(subcommand)]
    Audit(AuditCommand),
}

/// `latchkey demo`.
#[derive(Debug, Args)]
pub struct Demo {
    /// Where the provider listens; the sample CRM takes the next port
    #[arg(long, default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Keep the installation in this folder
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Use this database (`sqlite:…` or `postgres://…`)
    #[arg(long, value_name = "URL")]
    pub database: Option<String>,
    /// Play the main job by itself and check every step
    #[arg(long)]
    pub check: bool,
    /// With --check: spread the requests over so many nodes
    #[arg(long, default_value_t = 1, requires = "check", value_parser = clap::value_parser!(u32).range(1..=8))]
    pub nodes: u32,
    /// With --check: kill the serving process after each acknowledged step, and go on
    #[arg(long, requires = "check")]
    pub kill_at_every_step: bool,
    /// With --check: write every request and answer as JSON lines
    #[arg(long, value_name = "FILE", requires = "check")]
    pub transcript: Option<PathBuf>,
}

/// `latchkey apply`.
#[derive(Debug, Args)]
pub struct Apply {
    /// Files of declared state, TOML or JSON
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Say what would change, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Take the declared passwords of people who are new
    #[arg(long)]
    pub allow_passwords: bool,
}

/// `latchkey config`.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Read the configuration and show the settings in force, secrets masked
    Check,
}

/// `latchkey keys`.
#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// List the signing keys
    List,
    /// Make each next key current
    Rotate {
        /// Even where relying parties may not know the next key yet
        #[arg(long)]
        now: bool,
    },
}

/// `latchkey audit`.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Prove order, completeness and content of the trail
    Verify {
        /// The JSON answer of an earlier verification: proves that no tail was cut off since
        #[arg(long, value_name = "FILE")]
        since: Option<PathBuf>,
    },
    /// Take the trail out, one record a line
    Export {
        /// The account's slug; the installation's own trail where it is left out
        #[arg(long, value_name = "SLUG")]
        account: Option<String>,
    },
}
