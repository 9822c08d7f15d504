//! An S3 server: `SeaweedFS` in one process, with one bucket.

use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;
use trialogue::config::{S3Settings, Secret};

use super::{Service, Stop, free_port, service_folder, tool};
use crate::support::{python, run_python};

/// Whose requests the server takes. It listens on loopback and is gone with the test.
const KEYS: [&str; 2] = ["a-test-key", "a-test-secret"];

/// The one bucket.
const BUCKET: &str = "mlflow";

/// A running S3 server.
pub(crate) struct S3 {
    port: u16,
    /// Those of all its parts.
    ports: Vec<u16>,
    _service: Service,
    _folder: TempDir,
}

impl S3 {
    /// Starts one where `tests/run.sh` has installed it.
    pub(crate) fn start(test: &str) -> Option<Self> {
        let (weed, python) = (tool("TRIALOGUE_TEST_WEED", test)?, python(test)?);
        let folder = service_folder();
        let data = folder.path().join("data");
        std::fs::create_dir(&data).unwrap();
        let identities = folder.path().join("identities.json");
        let [key, secret] = KEYS;
        let allowed = serde_json::json!({ "identities": [{
            "name": "test",
            "credentials": [{ "accessKey": key, "secretKey": secret }],
            "actions": ["Admin", "Read", "Write", "List", "Tagging"],
        }] });
        std::fs::write(&identities, allowed.to_string()).unwrap();
        let port = free_port();
        let mut server = Command::new(weed);
        server.current_dir(folder.path()).arg("server").arg(named("dir", &data)).arg(named("s3.config", &identities));
        server.args(["-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-filer", "-s3", "-volume.max=100", "-master.telemetry=false"]);
        server.args(["-s3.port.iceberg=0", "-s3.port.lance=0"]).arg(format!("-s3.port={port}"));
        // Left to itself, it takes nothing once a hundredth of the disk is all that is free, however much that is.
        server.arg("-volume.minFreeSpace=64MiB");
        // Left to itself, a part listens for its peers 10,000 above its own port, where somebody else may be.
        let parts = ["s3.port.grpc", "master.port", "master.port.grpc", "volume.port", "volume.port.grpc", "filer.port", "filer.port.grpc"];
        let part_ports = parts.map(|_| free_port());
        server.args(parts.iter().zip(part_ports).map(|(part, port)| format!("-{part}={port}")));
        server.env("TMPDIR", folder.path());
        let log = folder.path().join("weed.log");
        let service = Service::start("SeaweedFS", &server, Stop::Kill, &log, || super::accepts(port));
        let ports = part_ports.into_iter().chain([port]).collect();
        let s3 = Self { port, ports, _service: service, _folder: folder };
        s3.make_bucket(&python);
        Some(s3)
    }

    /// Where the artifacts of an MLflow server go.
    pub(crate) fn destination(&self, name: &str) -> String {
        format!("s3://{BUCKET}/{name}")
    }

    /// What the program needs to know to read the bucket itself.
    pub(crate) fn settings(&self) -> S3Settings {
        let [key, secret] = KEYS.map(str::to_owned);
        S3Settings {
            credentials: Some((key, Secret(secret))),
            endpoint: Some(format!("http://127.0.0.1:{}", self.port)),
            ..S3Settings::default()
        }
    }

    /// What an MLflow server needs to know to get there.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        let [key, secret] = KEYS.map(str::to_owned);
        vec![
            ("MLFLOW_S3_ENDPOINT_URL", format!("http://127.0.0.1:{}", self.port)),
            ("AWS_ACCESS_KEY_ID", key),
            ("AWS_SECRET_ACCESS_KEY", secret),
            ("AWS_DEFAULT_REGION", "us-east-1".to_owned()),
        ]
    }

    /// The server answers before its storage is ready, so the first wishes are refused.
    fn make_bucket(&self, python: &std::path::Path) {
        let [key, secret] = KEYS;
        let code = format!(
            r#"
import time, boto3, botocore
config = botocore.config.Config(retries={{"max_attempts": 0}}, connect_timeout=2, read_timeout=5)
s3 = boto3.client("s3", endpoint_url="http://127.0.0.1:{}", aws_access_key_id="{key}", aws_secret_access_key="{secret}", region_name="us-east-1", config=config)
deadline = time.monotonic() + 60
while True:
    try:
        try:
            s3.create_bucket(Bucket="{BUCKET}")
        except s3.exceptions.BucketAlreadyOwnedByYou:
            pass
        s3.put_object(Bucket="{BUCKET}", Key="first", Body=b"a")
        break
    except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError):
        if time.monotonic() > deadline:
            raise
        time.sleep(0.2)
"#,
            self.port
        );
        run_python(python, &code, self._folder.path());
    }
}

impl Drop for S3 {
    fn drop(&mut self) {
        // Killed, it leaves its sockets behind, in a folder that is fixed in the program.
        let sockets = std::fs::read_dir("/tmp").into_iter().flatten().flatten().map(|entry| entry.path());
        for socket in sockets.filter(|path| path.to_string_lossy().starts_with("/tmp/seaweedfs-")) {
            if self.ports.iter().any(|port| socket.to_string_lossy().ends_with(&format!("-{port}.sock"))) {
                drop(std::fs::remove_file(socket));
            }
        }
    }
}

fn named(flag: &str, path: &std::path::Path) -> PathBuf {
    PathBuf::from(format!("-{flag}={}", path.display()))
}
