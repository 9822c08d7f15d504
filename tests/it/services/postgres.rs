//! PostgreSQL 15 as Debian packages it, one cluster in a temporary folder.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::{Service, Stop, accepts, free_port, service_folder, tool};

/// A running PostgreSQL.
pub(crate) struct Postgres {
    programs: PathBuf,
    port: u16,
    _service: Service,
    _folder: TempDir,
}

impl Postgres {
    /// Starts one where `tests/run.sh` has found the programs.
    pub(crate) fn start(test: &str) -> Option<Self> {
        let programs = tool("TRIALOGUE_TEST_POSTGRES", test)?;
        let folder = service_folder();
        let cluster = folder.path().join("cluster");
        let port = free_port();
        std::fs::create_dir(&cluster).unwrap();
        if is_root() {
            done(Command::new("chown").arg("postgres").arg(&cluster));
        }
        done(as_postgres(&programs.join("initdb"), folder.path()).arg("-D").arg(&cluster).args([
            "-A",
            "trust",
            "-U",
            "postgres",
            "--no-sync",
            "--locale=C",
            "-E",
            "UTF8",
        ]));
        let mut server = as_postgres(&programs.join("postgres"), folder.path());
        server.arg("-D").arg(&cluster).args(["-p", &port.to_string()]);
        // The data is thrown away with the folder, and a socket's path has to be short: neither is wanted.
        for setting in ["listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off"] {
            server.args(["-c", setting]);
        }
        let log = folder.path().join("postgres.log");
        let service = Service::start("PostgreSQL", &server, Stop::Quit, &log, || accepts(port));
        Some(Self { programs, port, _service: service, _folder: folder })
    }

    /// Makes an empty database and gives its address as MLflow reads it.
    pub(crate) fn database(&self, name: &str) -> String {
        let port = self.port.to_string();
        done(Command::new(self.programs.join("createdb")).args(["-h", "127.0.0.1", "-p", &port, "-U", "postgres", name]));
        format!("postgresql+psycopg2://postgres@127.0.0.1:{port}/{name}")
    }
}

/// PostgreSQL refuses to run as root.
fn as_postgres(program: &Path, folder: &Path) -> Command {
    let mut command = if is_root() { Command::new("runuser") } else { Command::new(program) };
    if is_root() {
        command.args(["-u", "postgres", "--"]).arg(program);
    }
    command.current_dir(folder);
    command
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output().unwrap();
    output.stdout.trim_ascii() == b"0"
}

fn done(command: &mut Command) {
    // A server that is accepting connections may still be starting up.
    for attempt in 0..50 {
        let output = command.output().unwrap();
        if output.status.success() {
            return;
        }
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(complaint.contains("starting up") && attempt < 49, "{command:?}: {complaint}");
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
}
