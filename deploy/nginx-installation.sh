#!/bin/sh
# Write what nginx must know of this installation alone into /etc/nginx/installation (or the folder named):
#
#   trusted-proxies.conf  from TRUSTED_PROXIES: addresses or networks, with commas, of load balancers and WAFs that stand
#                         in front of this proxy and write the visitor's address into X-Forwarded-For; may be empty
#   hosts.conf            from ALLOWED_HOSTS: the names under which visitors may come, with commas
#   web-processes.conf    from WEB_PROCESSES: that many from port 8001 up, for the systemd units; may be empty (2)
#
#   ALLOWED_HOSTS=dashboard.example.gov TRUSTED_PROXIES=10.1.2.3,10.1.2.4 WEB_PROCESSES=4 deploy/nginx-installation.sh
#
# The proxy's container runs it at each start. 由 TRUSTED_PROXIES、ALLOWED_HOSTS、WEB_PROCESSES
# 生成 nginx 的可信代理、主机名与网页进程配置。
set -euf
folder=${1:-/etc/nginx/installation}

refuse() {
    echo "$1 Nothing was written." >&2
    exit 1
}

proxies=$(printf '%s' "${TRUSTED_PROXIES:-}" | tr ', ' '\n\n')
hosts=$(printf '%s' "${ALLOWED_HOSTS:-}" | tr ', ' '\n\n')
[ -n "$hosts" ] || refuse "ALLOWED_HOSTS is empty."
processes=${WEB_PROCESSES:-2}
case $processes in
[1-9] | [1-9][0-9]) ;;
*) refuse "WEB_PROCESSES: $processes is not between 1 and 99." ;;
esac

for proxy in $proxies; do
    case $proxy in
    *[!0-9a-fA-F.:/]* | 0.0.0.0/* | ::/*)
        refuse "TRUSTED_PROXIES: $proxy is no address or network, or trusts everybody."
        ;;
    esac
done
for host in $hosts; do
    case $host in
    "*") ;;
    *[!]0-9a-zA-Z.:_[-]*) refuse "ALLOWED_HOSTS: $host is no host name." ;;
    esac
done

mkdir -p "$folder"
{
    for proxy in $proxies; do
        echo "set_real_ip_from $proxy;"
    done
    echo "real_ip_header X-Forwarded-For;"
    echo "real_ip_recursive on;"
} >"$folder/trusted-proxies.conf"
{
    printf 'server_name'
    for host in $hosts; do
        # "*": the product asks for no name, and so does the proxy.
        if [ "$host" = "*" ]; then printf ' ~.'; else printf ' %s' "$host"; fi
    done
    echo ";"
} >"$folder/hosts.conf"
for n in $(seq "$processes"); do
    echo "server 127.0.0.1:$((8000 + n)) max_fails=1 fail_timeout=2s;"
done >"$folder/web-processes.conf"
