"""What a row of `speed.py` runs by turns: zoo, its peers, whole commands. Each has a name, `ready()`, `turn(seconds)`, which
answers with the seconds of each run, `close()`, and after a failure its reason."""
import json
import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))


class Peer:
    """A process that is prepared once or, when `alone`, in each of its turns."""

    def __init__(self, name, row, options, alone):
        model, work, precision, batch = row.split()
        self.name, self.alone, self.process, self.failure = name, alone, None, None
        self.log = os.path.join(options.cache, "logs", f"{row} {name}.log".replace(" ", "-"))
        self.command = [sys.executable, os.path.join(HERE, "peer.py"), "--peer", name, "--model", model,
                        "--work", work, "--precision", precision, "--batch", batch, "--threads", str(options.threads),
                        "--cache", options.cache]

    def start(self):
        os.makedirs(os.path.dirname(self.log), exist_ok=True)
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True)
        return self.answer() == "ready"

    def answer(self):
        """The next line that is one of ours; None when the process has ended."""
        for line in self.process.stdout:
            if line.startswith(("ready", "[")):
                return line.strip()
        status = self.process.wait()
        with open(self.log) as log:
            lines = [line.strip() for line in log if line.strip()]
        self.failure = f"status {status}: {lines[-1][:200] if lines else ''}"
        return None

    def ready(self):
        return self.alone or self.start()

    def turn(self, seconds):
        if self.failure or (self.process is None and not self.start()):
            return []
        try:
            self.process.stdin.write(f"go {seconds}\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass
        line = self.answer()
        if self.alone:
            self.close()
        return json.loads(line) if line else []

    def close(self):
        if self.process:
            try:
                self.process.stdin.close()
            except BrokenPipeError:
                pass
            self.process.wait()
            self.process.stdout.close()
            self.process = None


class Zoo:
    name = "zoo"

    def __init__(self, row, options):
        model, work, precision, batch = row.split()
        self.command = [options.zoo, "bench", archive(model, options), "--batch", batch, "--precision", precision,
                        "--threads", str(options.threads), "--peak", "--json"] + (
                            ["--train", "--recompute", options.recompute] if work == "train" else [])
        self.run_time, self.share, self.failure = None, {}, None

    def run(self, repeats):
        process = subprocess.run(self.command + ["--repeats", str(repeats)], capture_output=True, text=True)
        if process.returncode != 0:
            self.failure = f"status {process.returncode}: {process.stderr.strip()[-200:]}"
            return []
        result = json.loads(process.stdout)
        if self.run_time is None or min(result["seconds"]) < self.run_time:
            self.run_time = min(result["seconds"])
            self.share = {"flops": result["flops"], "share_of_peak": result.get("share_of_peak")}
        return result["seconds"]

    def ready(self):
        # Brings the archive into the page cache and tells how long a run takes.
        return bool(self.run(1))

    def turn(self, seconds):
        return self.run(max(1, round(seconds / self.run_time)))

    def close(self):
        pass


class Once:
    """A whole process from start to end."""

    def __init__(self, name, command, environment=None):
        self.name, self.command, self.environment, self.failure = name, command, environment, None

    def run(self):
        start = time.perf_counter()
        process = subprocess.run(self.command, capture_output=True, text=True, env=self.environment)
        if process.returncode != 0:
            self.failure = f"status {process.returncode}: {process.stderr.strip()[-200:]}"
            return None
        return time.perf_counter() - start

    def ready(self):
        return self.run() is not None

    def turn(self, seconds):
        times, end = [], time.perf_counter() + seconds
        while not self.failure and (not times or time.perf_counter() < end):
            times.append(self.run())
        return [value for value in times if value is not None]

    def close(self):
        pass


def archive(model, options):
    path = os.path.join(options.cache, model + ".tar")
    if not os.path.exists(path):
        subprocess.run([options.zoo, "create", "--architecture", model, "--seed", "0",
                        "--no-golden", "-o", path], check=True, stdout=subprocess.DEVNULL)
    return path
