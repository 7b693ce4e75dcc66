//! One file a command.

mod apply;
mod audit;
mod demo;
mod explain;
mod invitation;
mod keys;
mod member;
mod migrate;
mod place;
mod serve;
mod settings;

use crate::cli::{Cli, Command};
use crate::config::Config;
use crate::output::Refusal;

/// Runs the command.
///
/// # Errors
/// [`Refusal`] says why it was not done.
pub async fn run(cli: Cli) -> Result<(), Refusal> {
    if let Command::Demo(demo) = cli.command {
        return demo::run(demo, cli.json).await;
    }
    let config = Config::read(cli.config.as_deref())?;
    match cli.command {
        Command::Demo(_) => Ok(()),
        Command::Serve => serve::run(&config).await,
        Command::Apply(wanted) => apply::run(&config, &wanted, cli.json).await,
        Command::Migrate => migrate::run(&config, cli.json).await,
        Command::Config(wanted) => settings::run(&config, &wanted, cli.json),
        Command::Explain(wanted) => explain::run(&config, &wanted, cli.json).await,
        Command::Member(wanted) => member::run(&config, &wanted, cli.json).await,
        Command::Invitation(wanted) => invitation::run(&config, &wanted, cli.json).await,
        Command::Keys(wanted) => keys::run(&config, &wanted, cli.json).await,
        Command::Audit(wanted) => audit::run(&config, &wanted, cli.json).await,
    }
}
