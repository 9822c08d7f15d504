//! `keys`: the API keys of the service, in a file that holds their hashes.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};

use super::{Answered, Ended, Failure, render};
use crate::api::auth::Role;
use crate::api::auth::keys::{self, KeyRecord, KeysError, NewKey};

/// What to do with the keys.
#[derive(Debug, Subcommand)]
pub(super) enum KeysCommand {
    /// Make a key and print it; it cannot be shown again
    Add {
        /// What its owner calls it
        name: String,
        /// The owner sees the experiments of all tenants, not only those of `--tenant`
        #[arg(long)]
        all_tenants: bool,
        /// What its owner may do
        #[arg(long, value_enum, default_value_t = RoleChoice::Reader)]
        role: RoleChoice,
        /// After so many days the key ends; never unless given
        #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u16).range(1..))]
        days: Option<u16>,
        #[command(flatten)]
        file: KeyFile,
    },
    /// List the keys, without the keys themselves
    List {
        #[command(flatten)]
        file: KeyFile,
    },
    /// Revoke a key; a running service notices within two seconds
    Revoke {
        /// The key's id, as `list` shows it
        id: String,
        #[command(flatten)]
        file: KeyFile,
    },
}

#[derive(Debug, clap::Args)]
pub(super) struct KeyFile {
    /// The file of keys (overrides `TRIALOGUE_KEYS`)
    #[arg(long, value_name = "FILE")]
    keys: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum RoleChoice {
    /// Reads
    Reader,
    /// Reads and creates experiments
    Writer,
}

/// Does it.
pub(super) fn keys(command: &KeysCommand, tenant: Option<&str>, environment: impl Fn(&str) -> Option<String>) -> Ended {
    let path = |file: &KeyFile| {
        let path = file.keys.clone().or_else(|| environment("TRIALOGUE_KEYS").filter(|path| !path.trim().is_empty()).map(PathBuf::from));
        path.ok_or_else(|| Failure::Usage("name the file of keys with --keys FILE or in TRIALOGUE_KEYS".to_owned()))
    };
    let now = jiff::Timestamp::now();
    match command {
        KeysCommand::Add { name, all_tenants, role, days, file } => {
            let tenant = match (tenant, all_tenants) {
                (Some(tenant), false) if !tenant.trim().is_empty() => Some(tenant.to_owned()),
                (None, true) => None,
                _ => return Err(Failure::Usage("say whose the key is: either --tenant TENANT or --all-tenants".to_owned())),
            };
            let role = match role {
                RoleChoice::Reader => Role::Reader,
                RoleChoice::Writer => Role::Writer,
            };
            let expires_at = days.and_then(|days| now.checked_add(jiff::SignedDuration::from_hours(24 * i64::from(days))).ok());
            let new = NewKey { name: name.clone(), tenant, role, expires_at };
            let path = path(file)?;
            let (record, key) = keys::add(&path, new, now)?;
            render::complain(&format!("the key `{}` was added to {}; this is the only time it is shown:", record.id, path.display()));
            render::print_line(&key);
        }
        KeysCommand::List { file } => {
            let records = keys::list(&path(file)?)?;
            let columns = ["id", "name", "tenant", "role", "made", "state"].map(str::to_owned).to_vec();
            let rows = records.iter().map(|record| row(record, now)).collect();
            render::print_line(&render::table_text(&crate::tools::view::Table { columns, rows }));
        }
        KeysCommand::Revoke { id, file } => {
            let record = keys::revoke(&path(file)?, id, now)?;
            render::print_line(&format!("The key {} ({}) is revoked.", record.id, record.name));
        }
    }
    Ok(Answered::Yes)
}

fn row(record: &KeyRecord, now: jiff::Timestamp) -> Vec<String> {
    let day = |moment: jiff::Timestamp| moment.to_string().chars().take(10).collect::<String>();
    let state = match (record.revoked_at, record.expires_at) {
        (Some(at), _) => format!("revoked {}", day(at)),
        (None, Some(end)) if end <= now => format!("expired {}", day(end)),
        (None, Some(end)) => format!("until {}", day(end)),
        (None, None) => "in use".to_owned(),
    };
    let role = match record.role {
        Role::Reader => "reader",
        Role::Writer => "writer",
    };
    let tenant = record.tenant.clone().unwrap_or_else(|| "(all)".to_owned());
    vec![record.id.clone(), record.name.clone(), tenant, role.to_owned(), day(record.created_at), state]
}

impl From<KeysError> for Failure {
    fn from(error: KeysError) -> Self {
        match error {
            KeysError::NoSuchKey(_) => Self::Usage(error.to_string()),
            KeysError::File(..) | KeysError::Random(_) => Self::File(error.to_string()),
        }
    }
}
