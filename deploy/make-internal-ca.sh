#!/usr/bin/env bash
# Make a certificate for an intranet host name that no public authority will sign, in deploy/tls/:
#
#   deploy/make-internal-ca.sh dashboard.example.gov 10.0.0.8
#
#   ca.crt       to be installed as a trusted authority on every PC and phone (see deploy/README.md)
#   ca.key       signs new certificates: move it off this machine, to a drive in a safe
#   server.crt   what the proxy shows; server.key belongs to it
#
# Run again to renew: the authority stays, the server's certificate is new. TLS is not a luxury here: without a
# *trusted* certificate browsers refuse position and microphone, and people learn to click warnings away.
# The authority can sign for the names given at its making and for nothing else, so a stolen ca.key is of little use.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/tls"

if (($# == 0)); then
    echo "usage: deploy/make-internal-ca.sh HOST-NAME [MORE-NAMES-OR-IPV4-ADDRESSES…]" >&2
    exit 2
fi
command -v openssl >/dev/null || { echo "openssl is not installed, so no certificate was made: apt install openssl" >&2; exit 1; }

CA_DAYS=3650
# Not longer: phones and browsers refuse server certificates of more than 398 days.
SERVER_DAYS=397

is_address() { [[ $1 =~ ^[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+$ ]]; }

names=() permitted=() has_address=false
for name in "$@"; do
    if is_address "$name"; then
        has_address=true
        names+=("IP:$name")
        permitted+=("permitted;IP:$name/255.255.255.255")
    else
        names+=("DNS:$name")
        permitted+=("permitted;DNS:$name")
    fi
done
# A list without addresses would leave all addresses permitted.
$has_address || permitted+=("excluded;IP:0.0.0.0/0.0.0.0")
permitted+=("excluded;IP:0:0:0:0:0:0:0:0/0:0:0:0:0:0:0:0")

join() { local IFS=,; echo "$*"; }

umask 077
if [[ ! -f ca.crt ]]; then
    openssl ecparam -name prime256v1 -genkey -noout -out ca.key
    openssl req -x509 -new -key ca.key -sha256 -days "$CA_DAYS" -out ca.crt -config /dev/stdin <<CONF
[req]
prompt = no
distinguished_name = name
x509_extensions = extensions
[name]
CN = $1 internal authority
[extensions]
basicConstraints = critical, CA:true, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
nameConstraints = critical, $(join "${permitted[@]}")
CONF
    echo "Made the authority deploy/tls/ca.crt"
elif [[ ! -f ca.key ]]; then
    echo "deploy/tls/ca.key is not here, so nothing was signed: bring it back from its safe, then run this again." >&2
    exit 1
fi

openssl ecparam -name prime256v1 -genkey -noout -out server.key.new
openssl req -new -key server.key.new -subj "/CN=$1" -out server.csr
openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -sha256 -days "$SERVER_DAYS" \
    -out server.crt.new -extfile /dev/stdin 2>/dev/null <<CONF
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = $(join "${names[@]}")
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
CONF
rm -f server.csr
if ! openssl verify -CAfile ca.crt server.crt.new >/dev/null; then
    rm -f server.crt.new server.key.new
    echo "The authority in deploy/tls may not sign for $*, so nothing was changed: move deploy/tls/ca.* away to make a new one." >&2
    exit 1
fi
mv server.key.new server.key
mv server.crt.new server.crt
chmod 0644 ca.crt server.crt
echo "Made deploy/tls/server.crt for $*, valid for $SERVER_DAYS days. Put renewal in the calendar."
