"""PostgreSQL 15 as Debian packages it, one cluster in a folder that is thrown away."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

from processes import Server

HERE = Path(__file__).resolve().parent


class Postgres:
    """A running PostgreSQL with one empty database, as MLflow reads its address in `uri`."""

    def __init__(self, programs, folder):
        self.programs, self.folder = Path(programs), Path(folder)
        cluster = self.folder / "cluster"
        cluster.mkdir()
        # It does not run as root.
        self.folder.chmod(0o755)
        self.become = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        if self.become:
            shutil.chown(cluster, "postgres")
        self._run("initdb", "-D", str(cluster), "-A", "trust", "-U", "postgres", "--no-sync", "--locale=C", "-E", "UTF8")
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = str(free.getsockname()[1])
        settings = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off", "shared_buffers=512MB"]
        command = [*self.become, str(self.programs / "postgres"), "-D", str(cluster), "-p", port]
        command += [part for setting in settings for part in ("-c", setting)]
        self.server = Server(command, folder, {}, r"listening on IPv4 address \"127\.0\.0\.1\", port (\d+)(?s:.*)ready to accept connections")
        self._run("createdb", "-h", "127.0.0.1", "-p", port, "-U", "postgres", "mlflow")
        self.uri = f"postgresql+psycopg2://postgres@127.0.0.1:{port}/mlflow"

    def fill(self, store):
        """Copies the SQLite file `store` into the database, and makes statistics, which PostgreSQL makes by itself in time."""
        copy = [sys.executable, str(HERE.parent / "tests/judges/copy_store.py"), str(store), self.uri]
        subprocess.run(copy, check=True, stdout=subprocess.DEVNULL, env=os.environ | {"MLFLOW_DISABLE_TELEMETRY": "true"})
        self._run("vacuumdb", "-h", "127.0.0.1", "-p", str(self.server.port), "-U", "postgres", "--analyze-only", "-q", "mlflow")

    def _run(self, program, *arguments):
        subprocess.run([*self.become, str(self.programs / program), *arguments], check=True, stdout=subprocess.DEVNULL, cwd=self.folder)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.stop()
