"""Stands for `docker` (and `git`) when the deployment guide is run where there is no Docker.

It reads docker-compose.yml and .env and runs, on this machine, what the named service would run: with that service's
environment, its folders and the tables' owner or not. MAPPED says what each command of the guide becomes.

    python docker_stand_in.py docker compose run --rm web python manage.py check
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

TOP = Path(__file__).resolve().parent.parent
#: The machine that the guide is followed on: a copy of deploy/, .env, and what the containers would keep.
HERE = Path.cwd()
COMPOSE = yaml.safe_load((TOP / "docker-compose.yml").read_text())["services"]


def interpolated(text: str, values: dict[str, str]) -> str:
    """${NAME}, ${NAME:-default} and ${NAME:?reason}, as Compose reads them."""

    def value(found):
        name, sign, more = found.groups()
        if not values.get(name) and sign == ":?":
            sys.exit(f"{name} {more}")
        return values.get(name) or (more if sign == ":-" else "")

    return re.sub(r"\$\{(\w+)(?:(:[-?])([^}]*))?\}", value, text)


def environment(service: str) -> dict[str, str]:
    lines = (HERE / ".env").read_text().splitlines()
    written = dict(line.split("=", 1) for line in lines if re.match(r"[A-Z_]+=", line))
    named = {
        name: interpolated(str(value), written) for name, value in COMPOSE[service]["environment"].items()
    }
    here = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "LANG": "C.UTF-8"}
    found = {
        **written,
        **named,
        **here,
        "STATIC_STORAGE": "django.contrib.staticfiles.storage.StaticFilesStorage",
    }
    # Nobody listens there, as the commands of the guide have to bear.
    found["REDIS_URL"] = "redis://127.0.0.1:1/0"
    database = f"@{os.environ['GUIDE_DATABASE']}/"
    return {name: placed(value.replace("@db:5432/", database)) for name, value in found.items()}


#: Path in the container → path here, of the service in hand.
PLACES: dict[str, Path] = {}


def mount(service: str) -> None:
    """What the service mounts: a named volume is a folder of this machine, a file of the product is its copy, and what
    belongs to the machine itself lies below its folder too."""
    for volume in COMPOSE[service].get("volumes", []):
        here, there = volume.removesuffix(":ro").split(":")
        PLACES.setdefault(there, HERE / here.removeprefix("/"))
        if "/" not in here:
            (HERE / here).mkdir(exist_ok=True)


def placed(text: str) -> str:
    for there, here in sorted(PLACES.items(), reverse=True):
        if text == there or text.startswith(f"{there}/"):
            return f"{here}{text.removeprefix(there)}"
    return text


def run(service: str, command: list[str]) -> None:
    """In the service's environment; `python` is the tests' own."""
    mount(service)
    words = [placed(word) for word in command]
    script = " ".join(words[2:]) if words[0] == "sh" else shlex.join(words)
    script = re.sub(r"^python\b|(?<=; )python\b", sys.executable, script)
    done = subprocess.run(["bash", "-ec", script], cwd=TOP, env=environment(service), check=False)
    if done.returncode:
        sys.exit(done.returncode)


# --- what the commands become ----------------------------------------------------------------------------------


def nothing(*_rest: str) -> None:
    """There is no image here: the code is that of this folder."""


def only_named(*services: str) -> None:
    """Nothing runs that could be stopped; but the names have to be right."""
    if unknown := set(services) - set(COMPOSE):
        sys.exit(f"no such service: {unknown}")


def up(*arguments: str) -> None:
    """The database makes its accounts when its volume is empty; then `migrate` does what it does at each start."""
    subprocess.run(["bash", TOP / "deploy" / "postgres-role.sh"], env=database_environment(), check=False,
                   capture_output=True)  # fmt: skip
    if not set(arguments) - {"--detach", "--wait"}:
        run("migrate", COMPOSE["migrate"]["command"])


def database_environment() -> dict[str, str]:
    host, port = os.environ["GUIDE_DATABASE"].split(":")
    named = COMPOSE["db"]["environment"]
    lines = (HERE / ".env").read_text().splitlines()
    written = dict(line.split("=", 1) for line in lines if re.match(r"[A-Z_]+=", line))
    given = {name: interpolated(str(value), written) for name, value in named.items()}
    return {**os.environ, **given, "PGHOST": host, "PGPORT": port, "POSTGRES_USER": "postgres"}


def run_once(*arguments: str) -> None:
    rest = list(arguments)
    while rest[0].startswith("-"):
        if rest.pop(0) == "--volume":
            here, there = rest.pop(0).removesuffix(":ro").split(":")
            PLACES[there] = Path(here)
    run(rest[0], rest[1:])


def copy(source: str, target: str) -> None:
    service, path = source.split(":")
    only_named(service)
    mount(service)
    shutil.copytree(placed(path.removesuffix("/.")), target, dirs_exist_ok=True)


MAPPED = {
    "docker compose build": nothing,
    "docker compose up": up,
    "docker compose stop": only_named,
    "docker compose restart": only_named,
    "docker compose run": run_once,
    "docker compose exec": run_once,
    "docker compose cp": copy,
    "git pull": nothing,
    "git checkout": nothing,
}


def main(words: list[str]) -> None:
    for name, do in MAPPED.items():
        length = len(name.split())
        if words[:length] == name.split():
            do(*words[length:])
            return
    sys.exit(f"the guide's test does not know: {shlex.join(words)}")


if __name__ == "__main__":
    main(sys.argv[1:])
