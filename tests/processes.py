"""The product as real processes: web servers, engines, workers, and private PostgreSQL and Redis to hurt.

    with Postgres(folder) as postgres, Redis(folder) as redis:
        env = environment(folder, DATABASE_URL=postgres.url, REDIS_URL=redis.url)
        migrate(env)
        with Server(env=env, name="web-1") as one, Server(env=env, name="web-2") as two: ...

Everything listens on free ports of 127.0.0.1, writes below `folder`, and is ended with all its children.
`kill` is SIGKILL, as a power cut of that process; `freeze` is SIGSTOP, as a hanging disk.
"""

import contextlib
import glob
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from tests import prepared

ROOT = Path(__file__).resolve().parent.parent
#: Seconds a process may take to come up on a busy machine, and to end in good order.
START_SECONDS = 60
STOP_SECONDS = 20
#: And a command; on a machine that does much else, a whole migration takes minutes.
COMMAND_SECONDS = 900


def free_port() -> int:
    """A port nobody listens on now. Two tests that ask at once may get the same: start again then."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(folder: Path, **more: str) -> dict[str, str]:
    """The environment of one installation of the product whose data lies in `folder`; nothing else leaks in."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return {
        **kept,
        "DATA_DIR": str(folder),
        "SECRET_KEY": "tests-only-" + "x" * 40,
        "SIGNING_KEY": "5e" * 32,
        "STATIC_STORAGE": "django.contrib.staticfiles.storage.StaticFilesStorage",
        "PYTHONUNBUFFERED": "1",
        "DEMO": "0",
        **more,
    }


def migrate(env: dict[str, str]) -> None:
    """Bring the new, empty database of this installation to today's schema."""
    url = (
        env.get("MIGRATE_DATABASE_URL")
        or env.get("DATABASE_URL")
        or f"sqlite:///{Path(env['DATA_DIR']) / 'dashboard.sqlite3'}"
    )
    was_kept = prepared.lay(url)
    manage("migrate", "--verbosity", "0", env=env)
    if not was_kept:
        prepared.keep(url)


def manage(*arguments: str, env: dict[str, str], check: bool = True) -> str:
    """Run a management command and return what it printed."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=COMMAND_SECONDS,
    )
    if check and done.returncode:
        raise AssertionError(f"manage.py {' '.join(arguments)} failed:\n{done.stdout}\n{done.stderr}")
    return done.stdout


def python(code: str, *, env: dict[str, str]) -> str:
    """Run lines of Python with Django set up, against the database that `env` names."""
    setup = (
        "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'config.settings'; import django; django.setup()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", setup + code],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=COMMAND_SECONDS,
    )
    if done.returncode:
        raise AssertionError(f"failed:\n{code}\n{done.stdout}\n{done.stderr}")
    return done.stdout


def eventually(condition: Callable[[], object], *, seconds: float = START_SECONDS, what: str = "") -> object:
    """Wait until `condition` gives something true, and return that."""
    end = time.monotonic() + seconds
    while True:
        with contextlib.suppress(OSError):
            if answer := condition():
                return answer
        if time.monotonic() > end:
            raise TimeoutError(f"not within {seconds:g} s: {what or condition}")
        time.sleep(0.02)


class Process:
    """One program of ours: started, hurt and ended by a test. A context manager starts and stops it."""

    name = "process"

    def __init__(self, *, env: dict[str, str], folder: Path | None = None, name: str = ""):
        self.env = dict(env)
        self.folder = Path(folder or env["DATA_DIR"])
        self.name = name or type(self).name
        self.log = self.folder / f"{self.name}.log"
        self._process: subprocess.Popen | None = None
        self._is_frozen = False

    # What a kind of process says of itself.

    def command(self) -> list[str]:
        raise NotImplementedError

    def is_ready(self) -> bool:
        """Whether it does its work now. Asked until true after each start."""
        return self.is_alive

    def options(self) -> dict:
        """Further arguments for Popen."""
        return {}

    # What a test does with it.

    def start(self):
        self.spawn()
        return self.wait_ready()

    def wait_ready(self):
        try:
            eventually(self._ready_or_dead, what=f"{self.name} is ready")
        except BaseException:
            self.kill()
            raise
        return self

    def spawn(self) -> None:
        """Start without waiting."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command(), cwd=ROOT, env=self.env, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True, **self.options(),
            )  # fmt: skip
        self._is_frozen = False

    def stop(self, *, seconds: float = STOP_SECONDS) -> int | None:
        """End in good order (SIGTERM); the exit code. Killed, and an error, if that takes too long."""
        if not self.is_alive:
            return self._end()
        self.thaw()
        self.signal(self.polite_signal)
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"{self.name} did not end within {seconds} s\n{self.tail()}") from None
        return self._end()

    polite_signal = signal.SIGTERM

    def kill(self) -> None:
        """SIGKILL to it and all its children."""
        if self._process is not None and self._process.returncode is None:
            self._signal_all(signal.SIGKILL)
            self._process.wait()
        self._end()

    def freeze(self) -> None:
        """SIGSTOP: it keeps its connections and says nothing."""
        self._signal_all(signal.SIGSTOP)
        self._is_frozen = True

    def thaw(self) -> None:
        if self._is_frozen:
            self._signal_all(signal.SIGCONT)
            self._is_frozen = False

    def restart(self, **env: str) -> "Process":
        """Stop and start again, with these variables changed."""
        self.stop()
        self.env |= env
        return self.start()

    def wait(self, seconds: float = START_SECONDS) -> int:
        """Wait for it to end by itself (a crash point); the exit code."""
        code = self._process.wait(seconds)
        self._end()
        return code

    def signal(self, number: int) -> None:
        os.kill(self._process.pid, number)

    # What a test asks it.

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def tail(self, lines: int = 40) -> str:
        """The end of its log."""
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def memory(self) -> int:
        """Resident bytes of this one process."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def cpu_seconds(self) -> float:
        """Processor time used so far by this one process."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def threads(self) -> int:
        return len(list(Path(f"/proc/{self.pid}/task").iterdir()))

    def __enter__(self):
        return self.start()

    def __exit__(self, *error):
        try:
            self.stop()
        finally:
            self.kill()

    def _ready_or_dead(self) -> bool:
        if not self.is_alive:
            raise AssertionError(f"{self.name} ended with {self._process.returncode}\n{self.tail()}")
        return self.is_ready()

    def _signal_all(self, number: int) -> None:
        """To the process and everything below it: PostgreSQL's children are no longer of its process group."""
        for pid in [self._process.pid, *descendants(self._process.pid)]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def _end(self) -> int | None:
        self._is_frozen = False
        return self._process.returncode if self._process else None


def descendants(pid: int) -> list[int]:
    """Children, and theirs, of a process that is still there."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    found = [pid]
    for parent in found:
        found += [child for child, above in parents.items() if above == parent]
    return found[1:]


@contextlib.contextmanager
def together(*processes: Process):
    """These side by side, because each takes a second or two to come up; killed at the end, whatever happens."""
    try:
        for process in processes:
            process.spawn()
        for process in processes:
            process.wait_ready()
        yield processes
    finally:
        for process in processes:
            process.kill()


def accepts(port: int) -> bool:
    with socket.create_connection(("127.0.0.1", port), timeout=1):
        return True


# --- the product -------------------------------------------------------------------------------------------------


class Server(Process):
    """A web process as `manage.py serve` runs it: pages, API, sockets; in the embedded profile the engine too.

    `application` wraps the product in more (a test's own addresses). `send_buffer` makes the kernel hold less
    for each client, so that a slow one shows sooner. Either is served by uvicorn alone, with the same options.
    """

    name = "web"

    def __init__(self, *, application: str = "", send_buffer: int = 0, ping_seconds: float = 20.0, lifespan: str = "on",
                 **more):  # fmt: skip
        super().__init__(**more)
        self._application = application
        self._lifespan = lifespan
        self._send_buffer = send_buffer
        self._ping = str(ping_seconds)
        self._listening: socket.socket | None = None
        self.port = int(self.env.get("PORT") or free_port())
        self.env |= {"HOST": "127.0.0.1", "PORT": str(self.port)}
        self.env.setdefault("ALLOWED_HOSTS", "127.0.0.1,localhost")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def live_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/ws/live/"

    def command(self) -> list[str]:
        if not self._application and not self._send_buffer:
            return [sys.executable, "manage.py", "serve", "--no-migrate", "--no-demo"]
        where = ["--host", "127.0.0.1", "--port", str(self.port)]
        if self._send_buffer:
            where = ["--fd", str(self._listen())]
        application = self._application or "config.asgi:application"
        return [
            sys.executable, "-m", "uvicorn", application, *where, "--ws", "engine.server.websocket:PreframedProtocol", "--lifespan", self._lifespan,
            "--ws-ping-interval", self._ping, "--ws-ping-timeout", self._ping,
            "--ws-per-message-deflate", "false", "--ws-max-size", "65536", "--backlog", "4096",
            "--timeout-graceful-shutdown", "10", "--log-level", "warning", "--no-access-log",
        ]  # fmt: skip

    def options(self) -> dict:
        return {"pass_fds": [self._listening.fileno()]} if self._listening else {}

    def is_ready(self) -> bool:
        return self.status("/healthz") < 500

    def status(self, path: str, timeout: float = 5) -> int:
        """The status of a GET."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=timeout) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code

    def _listen(self) -> int:
        """Accepted sockets take the buffer size of the one they came through."""
        if self._listening is None:
            self._listening = socket.socket()
            self._listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, self._send_buffer)
            self._listening.bind(("127.0.0.1", self.port))
            self._listening.set_inheritable(True)
        return self._listening.fileno()

    def __exit__(self, *error):
        super().__exit__(*error)
        if self._listening is not None:
            self._listening.close()


class Engine(Process):
    """`manage.py run_engine`: numbers the journal, sweeps clocks, sends notices."""

    name = "engine"

    def command(self) -> list[str]:
        return [sys.executable, "manage.py", "run_engine"]


class Worker(Process):
    """A Celery worker."""

    name = "worker"

    def command(self) -> list[str]:
        return [
            sys.executable,
            "-m",
            "celery",
            "-A",
            "config",
            "worker",
            "--concurrency",
            "1",
            "--loglevel",
            "WARNING",
        ]


class Beat(Process):
    """Celery beat: the second trigger."""

    name = "beat"

    def command(self) -> list[str]:
        schedule = str(self.folder / f"{self.name}-schedule")
        return [
            sys.executable,
            "-m",
            "celery",
            "-A",
            "config",
            "beat",
            "--schedule",
            schedule,
            "--loglevel",
            "WARNING",
        ]


# --- what it stands on -------------------------------------------------------------------------------------------


def postgres_bin() -> Path | None:
    """Where initdb is: PG_BIN, Debian's folders, or the PATH."""
    found = [f"{os.environ['PG_BIN']}/initdb"] if os.environ.get("PG_BIN") else []
    found += sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"), reverse=True)
    found += [shutil.which("initdb") or ""]
    return next((Path(path).parent for path in found if path and Path(path).exists()), None)


def redis_server() -> str | None:
    return shutil.which("redis-server") or shutil.which("valkey-server")


class Postgres(Process):
    """A private PostgreSQL. Data survives `kill`; fsync is off, because only processes die here, not machines.

    `durable` turns fsync on, for measuring.
    """

    name = "postgres"
    polite_signal = signal.SIGINT  # "fast": roll back what is open and end

    def __init__(self, folder: Path, *, durable: bool = False):
        super().__init__(env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}, folder=folder)
        self._fsync = "on" if durable else "off"
        self.port = free_port()
        self._bin = postgres_bin()
        # Not below `folder`: pytest closes its own folders to other accounts again whenever it starts.
        self._room = tempfile.TemporaryDirectory(prefix="tests-postgres-", ignore_cleanup_errors=True)
        self._cluster = Path(self._room.name) / "cluster"
        self._account = unprivileged() if os.geteuid() == 0 else None

    @property
    def url(self) -> str:
        return self.url_of("postgres")

    def url_of(self, database: str, account: str = "postgres") -> str:
        """Its address for an account; "postgres" is the superuser."""
        return f"postgres://{account}@127.0.0.1:{self.port}/{database}"

    def make_accounts(self) -> None:
        """The two accounts and the database "dashboard", by what is delivered for it."""
        script = Path(__file__).resolve().parent.parent / "deploy" / "postgres-role.sh"
        env = {
            "PATH": f"{self._bin}:{self.env['PATH']}",
            "POSTGRES_USER": "postgres",
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self.port),
            "DATABASE_PASSWORD": "application",
            "DATABASE_OWNER_PASSWORD": "owner",
        }
        subprocess.run(["bash", script], env=env, capture_output=True, check=True, timeout=60)

    def create(self, database: str, *, template: str = "template1") -> str:
        """A new database, a copy of `template`; its address."""
        where = ("--host", "127.0.0.1", "--port", str(self.port), "--username", "postgres")
        self._run("createdb", *where, "--template", template, database)
        return self.url_of(database)

    def drop(self, database: str) -> None:
        where = ("--host", "127.0.0.1", "--port", str(self.port), "--username", "postgres")
        self._run("dropdb", *where, "--force", database, check=False)

    def command(self) -> list[str]:
        return [
            str(self._bin / "postgres"), "-D", str(self._cluster), "-p", str(self.port), "-c", "listen_addresses=127.0.0.1",
            "-c", f"unix_socket_directories={self._cluster}", "-c", f"fsync={self._fsync}", "-c", f"full_page_writes={self._fsync}",
            "-c", "max_connections=200", "-c", "timezone=UTC",
        ]  # fmt: skip

    def options(self) -> dict:
        if self._account is None:
            return {}
        return {"user": self._account.pw_uid, "group": self._account.pw_gid, "extra_groups": []}

    def spawn(self) -> None:
        if not self._cluster.exists():
            self._make_cluster()
        super().spawn()

    def is_ready(self) -> bool:
        done = self._run("pg_isready", "--host", "127.0.0.1", "--port", str(self.port), check=False)
        return done.returncode == 0

    def _make_cluster(self) -> None:
        self._cluster.mkdir(parents=True)
        if self._account is not None:
            os.chown(self._cluster, self._account.pw_uid, self._account.pw_gid)
            self._cluster.parent.chmod(0o711)
        self._run(
            "initdb", "--pgdata", str(self._cluster), "--username", "postgres", "--auth", "trust",
            "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync",
        )  # fmt: skip

    def _run(self, program: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess:
        return subprocess.run(
            [str(self._bin / program), *arguments], cwd=self._cluster, env=self.env, capture_output=True, check=check,
            timeout=60, **self.options(),
        )  # fmt: skip


class Redis(Process):
    """A private Redis. `persistent=False`: it comes back empty, as after a lost disk."""

    name = "redis"

    def __init__(self, folder: Path, *, persistent: bool = True):
        super().__init__(env={"PATH": os.environ["PATH"]}, folder=folder)
        self.port = free_port()
        self._persistent = persistent
        self._password = secrets.token_hex(8)

    @property
    def url(self) -> str:
        return f"redis://default:{self._password}@127.0.0.1:{self.port}/0"

    def command(self) -> list[str]:
        return [
            redis_server(), "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder), "--save", "",
            "--appendonly", "yes" if self._persistent else "no", "--requirepass", self._password,
            "--maxmemory-policy", "noeviction",
        ]  # fmt: skip

    def is_ready(self) -> bool:
        with socket.create_connection(("127.0.0.1", self.port), timeout=1) as asked:
            asked.sendall(f"AUTH {self._password}\r\nPING\r\n".encode())
            return b"PONG" in asked.recv(100)


def unprivileged() -> pwd.struct_passwd:
    """PostgreSQL refuses to run as root: take the account its package made, or nobody."""
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise RuntimeError("no account to run PostgreSQL under")
