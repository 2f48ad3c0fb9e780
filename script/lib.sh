# shellcheck shell=bash
# What script/server and script/test share: find a Python, make .venv, install a lock. Sourced, not run.
# The working directory is the top of the repository.

# The newest first: the image runs 3.13, and 3.11 is the oldest line we test.
PYTHONS="python3.13 python3.12 python3.11 python3"
SUPPORTED='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))'

say() { printf '%s\n' "$*" >&2; }

# stop CHINESE ENGLISH: end with one sentence in both languages.
stop() {
    say "$1"
    say "$2"
    exit 1
}

is_supported() { "$1" -c "$SUPPORTED" >/dev/null 2>&1; }

# PYTHON names one. Else a distribution's comes before another of its line: it was built with a profile of what it does,
# and one that was compiled on this machine mostly was not, and takes up to twice the time for everything.
pythons() {
    local name
    if [[ -n ${PYTHON:-} ]]; then
        echo "$PYTHON"
        return
    fi
    for name in $PYTHONS; do echo "/usr/bin/$name $name"; done
}

find_python() {
    local name
    for name in $(pythons); do
        # Asking it, not just finding it: a version manager's shim may stand for a Python that is not there.
        if is_supported "$name"; then
            command -v "$name"
            return
        fi
    done
    stop "未启动：找不到 Python 3.11、3.12 或 3.13；请先安装其中之一（Debian 12、Ubuntu 24.04 及以上：apt install python3 python3-venv）。" \
        "Not started: no Python 3.11, 3.12 or 3.13 was found; install one first (Debian 12, Ubuntu 24.04 or newer: apt install python3 python3-venv)."
}

has_pip() { .venv/bin/python -m pip --version >/dev/null 2>&1; }

# Debian splits ensurepip out of python3: then pip comes from the system's own pip, or straight from the index.
fetch_pip() {
    .venv/bin/python script/fetch_pip.py .venv || "$1" -m pip --python .venv/bin/python install --quiet pip
}

make_venv() {
    if [[ -x .venv/bin/python ]] && is_supported .venv/bin/python && has_pip; then
        return
    fi
    local python
    python=$(find_python)
    say "Making .venv with $("$python" --version)"
    rm -rf .venv
    if ! "$python" -m venv .venv >/dev/null 2>&1; then
        rm -rf .venv
        if "$python" -m venv --without-pip .venv; then
            fetch_pip "$python" || true
        fi
    fi
    if ! has_pip; then
        rm -rf .venv
        stop "未启动：此 Python 缺少 venv/pip，也无法从软件包索引取得；请安装（apt install python3-venv）后重试。" \
            "Not started: this Python has no venv/pip and none could be fetched from the package index; install it (apt install python3-venv) and try again."
    fi
}

# The lock's fingerprint together with the Python it was installed for.
lock_stamp() { { sha256sum <"$1"; .venv/bin/python --version; } | tr '\n' ' '; }

is_installed() { [[ -f .venv/installed-$1 && $(<".venv/installed-$1") == "$(lock_stamp "$1")" ]]; }

mark_installed() { lock_stamp "$1" >".venv/installed-$1"; }

# install_lock LOCK: install it unless it is installed already. Ctrl-C and SIGTERM end pip too.
install_lock() {
    is_installed "$1" && return
    say "Installing $1 (once; about a minute)"
    .venv/bin/python -m pip install --quiet --quiet --disable-pip-version-check --no-input --retries 2 \
        --only-binary :all: --require-hashes --requirement "$1" &
    local pip=$!
    trap 'kill "$pip" 2>/dev/null; exit 143' INT TERM
    wait "$pip" || stop \
        "未启动：$1 未能安装（原因见上面 pip 的输出）；请检查网络，或用 PIP_INDEX_URL 指向可用的镜像后重试。" \
        "Not started: $1 could not be installed (pip says why above); check the network, or point PIP_INDEX_URL at a mirror, and try again."
    trap - INT TERM
    mark_installed "$1"
}
