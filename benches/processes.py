"""Programs under measurement: started here, watched through /proc, and ended by their own ids only."""

import os
import re
import signal
import subprocess
import tempfile
import time
from pathlib import Path

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


class Server:
    """A server and all processes that it started, listening on a port that the system gave it."""

    def __init__(self, command, folder, environment, announces):
        """Starts `command` and waits until its output matches `announces`, whose first group is the port."""
        self.log = Path(tempfile.mkstemp(prefix=f"{Path(command[0]).name}.", suffix=".log", dir=folder)[1])
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                command, cwd=folder, env=os.environ | environment, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
            )
        self.port = self._wait_for_port(re.compile(announces))

    def _wait_for_port(self, announces, seconds=120):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if found := announces.search(self.log.read_text()):
                return int(found[1])
            if self.process.poll() is not None:
                break
            time.sleep(0.005)
        self.stop()
        raise RuntimeError(f"`{' '.join(self.process.args)}` did not start:\n{self.log.read_text()[-2000:]}")

    def wait_until(self, reached, seconds=60):
        """Calls `reached` until it raises no OSError."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                return reached()
            except OSError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    self.stop()
                    raise
                time.sleep(0.01)

    def cpu_seconds(self):
        """Processor time of the whole tree so far, of children that ended too; counted in hundredths of a second."""
        # Fields 14 to 17 of proc(5): own user and system time, then that of children that were waited for.
        return sum(sum(map(int, _stat(process)[11:15])) for process in self.tree()) / TICKS_PER_SECOND

    def memory_mib(self):
        """Resident memory of the whole tree; memory that its processes share counts once."""
        return sum(_pss_kib(process) for process in self.tree()) / 1024

    def tree(self):
        """The ids of the server and of everything under it."""
        parents = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and (stat := _stat(int(entry.name))):
                parents[int(entry.name)] = int(stat[1])
        tree = [self.process.pid]
        for process in tree:
            tree += [child for child, parent in parents.items() if parent == process]
        return tree

    def stop(self):
        processes = self.tree() if self.process.poll() is None else []
        for sign in (signal.SIGTERM, signal.SIGKILL):
            for process in processes:
                try:
                    os.kill(process, sign)
                except ProcessLookupError:
                    continue
            try:
                self.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                continue
            # The root ended in order, its children with it or on the first signal.
            return

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def run_once(command, environment):
    """Runs a program to its end; gives its output, wall seconds, processor seconds and greatest resident MiB."""
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as complaint:
        started = time.perf_counter()
        process = subprocess.Popen(
            command, env=os.environ | environment, stdin=subprocess.DEVNULL, stdout=output, stderr=complaint, text=True
        )
        # Not `process.wait`: only wait4 tells what this child used.
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        complaint.seek(0)
        if process.returncode != 0:
            raise RuntimeError(f"`{' '.join(command)}` ended with {process.returncode}:\n{complaint.read()[-2000:]}")
        return output.read(), wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def _stat(process):
    """The fields of /proc/PID/stat from the third on; the second, the name, may hold anything. Nothing if it ended."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def _pss_kib(process):
    try:
        rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return int(re.search(r"^Pss:\s+(\d+)", rollup, re.MULTILINE)[1])
