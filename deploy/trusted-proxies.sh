#!/bin/sh
# Write /etc/nginx/trusted-proxies.conf (or the file named) from TRUSTED_PROXIES: addresses or networks, with commas, of
# load balancers and WAFs that stand in front of this proxy and write the visitor's address into X-Forwarded-For.
#
#   TRUSTED_PROXIES=10.1.2.3,10.1.2.4 deploy/trusted-proxies.sh
#
# The proxy's container runs it at each start. 由 TRUSTED_PROXIES 生成 nginx 的可信代理配置。
set -eu
file=${1:-/etc/nginx/trusted-proxies.conf}

for proxy in $(printf '%s' "${TRUSTED_PROXIES:-}" | tr ', ' '\n\n'); do
    case $proxy in
    *[!0-9a-fA-F.:/]* | 0.0.0.0/* | ::/*)
        echo "TRUSTED_PROXIES: $proxy is no address or network, or trusts everybody. Nothing was written." >&2
        exit 1
        ;;
    esac
done
{
    for proxy in $(printf '%s' "${TRUSTED_PROXIES:-}" | tr ', ' '\n\n'); do
        echo "set_real_ip_from $proxy;"
    done
    echo "real_ip_header X-Forwarded-For;"
    echo "real_ip_recursive on;"
} >"$file"
