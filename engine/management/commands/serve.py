import errno
import os
import signal
import socket

import uvicorn
from django.conf import settings
from django.core.management.base import BaseCommand

from engine.backup import destroyed_list
from engine.server import bootstrap, instance_lock
from engine.server.websocket import PreframedProtocol

#: Connections that wait while the process is busy.
BACKLOG = 4096
#: Bytes of one message from a browser; ours are shorter than a line.
LONGEST_MESSAGE = 65536
#: Seconds open requests get at the end.
PATIENCE = 10


class Command(BaseCommand):
    help = "Prepare what is missing and serve pages, API and live updates on HOST:PORT."
    # The schema may be what is about to be made.
    requires_migrations_checks = False

    def add_arguments(self, parser):
        parser.add_argument("--host", default=settings.HOST)
        parser.add_argument("--port", type=int, default=settings.PORT)
        parser.add_argument(
            "--no-migrate", action="store_true", help="schema and static files are prepared elsewhere"
        )
        parser.add_argument(
            "--no-demo", action="store_true", help="do not load the demo bureau, whatever DEMO says"
        )

    def handle(self, *, host, port, no_migrate, no_demo, **options):
        if not os.access(settings.DATA_DIR, os.W_OK):
            self._refuse(
                f"{settings.DATA_DIR} 不可写；请检查权限与磁盘，或用 DATA_DIR 换一个目录",
                f"{settings.DATA_DIR} cannot be written to; look at its rights and its disk, or set DATA_DIR to another folder",
            )
        listening = self._listen(host, port)
        lock = instance_lock.take() if settings.EMBEDDED else True
        if lock is None:
            self._refuse(
                f"另一个进程正在使用 {settings.DATA_DIR}；请先停止它，或用 DATA_DIR 换一个目录",
                f"another process serves from {settings.DATA_DIR}; stop it first, or set DATA_DIR to another folder",
            )
        if not no_migrate:
            bootstrap.migrate(self._say, is_wanted=destroyed_list.is_waiting())
            bootstrap.collect_static(self._say)
        if destroyed_list.is_waiting():
            self._refuse(
                "恢复的备份里有已证明销毁的个人信息；请先运行 manage.py migrate，由它再次销毁",
                "the restored backup holds personal data that was certified as destroyed; run manage.py migrate, which "
                "destroys it again",
            )
        if settings.DEMO and not no_demo:
            bootstrap.seed_demo(self._say)
        self._serve(listening, host, port)

    def _listen(self, host: str, port: int) -> socket.socket:
        """Take the port first: who connects while we prepare waits, and a second server is refused at once."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.socket(family, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, port))
            listening.listen(BACKLOG)
        except OSError as error:
            self._refuse_port(host, port, error)
        listening.set_inheritable(True)
        return listening

    def _refuse_port(self, host: str, port: int, error: OSError) -> None:
        if error.errno == errno.EADDRINUSE:
            self._refuse(
                f"{host} 的端口 {port} 已被占用；请停止占用它的程序，或设置 PORT 换一个端口",
                f"port {port} of {host} is taken; stop the program that uses it, or set PORT to another one",
            )
        self._refuse(
            f"无法监听 {host}:{port}（{error.strerror}）；请检查 HOST 与 PORT",
            f"cannot listen on {host}:{port} ({error.strerror}); check HOST and PORT",
        )

    def _serve(self, listening: socket.socket, host: str, port: int) -> None:
        config = uvicorn.Config(
            "config.asgi:application",
            host=host,
            port=port,
            ws=PreframedProtocol,
            ws_max_size=LONGEST_MESSAGE,
            ws_per_message_deflate=False,
            backlog=BACKLOG,
            lifespan="on",
            access_log=False,
            server_header=False,
            # Django's own logging; uvicorn's would write every line a second time.
            log_config=None,
            log_level="warning",
            timeout_graceful_shutdown=PATIENCE,
            forwarded_allow_ips=os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1"),
        )
        server = _Server(config, when_started=lambda: self._greet(host, port))
        # uvicorn raises the signal again once it has ended well; by then there is nothing left to end.
        signal.signal(signal.SIGTERM, lambda *_: None)
        signal.signal(signal.SIGINT, lambda *_: None)
        server.run(sockets=[listening])

    def _greet(self, host: str, port: int) -> None:
        name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
        self._say(f"Open 请打开  http://{name}:{port}/")
        if settings.DEMO and bootstrap.demo_accounts().exists():
            self._say(f"Demo accounts 演示账号  {bootstrap.demo_accounts()}")
        self._say("Ctrl-C ends it 按 Ctrl-C 停止")

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

    def _refuse(self, zh: str, en: str) -> None:
        self.stderr.write(f"未启动：{zh}。\nNot started: {en}.")
        raise SystemExit(1)


class _Server(uvicorn.Server):
    """Says where it is once it really answers."""

    def __init__(self, config, when_started):
        super().__init__(config)
        self._when_started = when_started

    async def startup(self, sockets=None):
        await super().startup(sockets=sockets)
        if self.started:
            self._when_started()
