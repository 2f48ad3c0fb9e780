#!/bin/sh
# Print how many web processes this machine runs for pages: WEB_PROCESSES, or one for each core, at least 2 (one may die)
# and at most 12 (each keeps up to 16 connections, and PostgreSQL has 300). 网页进程数：默认与 CPU 核数相同，2 至 12。
set -eu
wanted=${WEB_PROCESSES:-$(nproc)}
case $wanted in
"" | *[!0-9]*)
    echo "WEB_PROCESSES: $wanted is no number." >&2
    exit 1
    ;;
esac
# What somebody wrote is done; what was counted has limits.
if [ -z "${WEB_PROCESSES:-}" ]; then
    if [ "$wanted" -lt 2 ]; then wanted=2; fi
    if [ "$wanted" -gt 12 ]; then wanted=12; fi
elif [ "$wanted" -lt 1 ] || [ "$wanted" -gt 99 ]; then
    echo "WEB_PROCESSES: $wanted is not between 1 and 99." >&2
    exit 1
fi
echo "$wanted"
