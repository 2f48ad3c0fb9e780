#!/bin/sh
# For another machine's cron, every minute:  * * * * * watchdog.sh https://dashboard.example.gov 'command that alarms'
# Alarms when the dashboard has not said "all is well" for two minutes, or says nothing at all.
# 部署在另一台机器上：系统两分钟没有报平安，或完全不应答，即执行报警命令。
address=$1
alarm=$2
if [ -z "$address" ] || [ -z "$alarm" ]; then
  echo "usage: watchdog.sh ADDRESS COMMAND" >&2
  exit 2
fi
if ! said=$(curl --silent --fail --max-time 10 "$address/heartbeat"); then
  sh -c "$alarm"
  echo "silent: $address ${said:-does not answer}" >&2
  exit 1
fi
