#!/usr/bin/env bash
# Prints a row for each bar of docs/maintainers/speed.md: run.sh [ROW …]. A row is the name of a file in rows/.
#   FIVEWHYS=path   the program [default: target/release/fivewhys, which is built if it is missing]
#   PEERS=folder    where the other programs are installed [default: target/bench/peers]
#   RUNS=N          counted runs of each command [default: 7]
# The ports 21001 to 21012 of loopback must be free.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
export PEERS=${PEERS:-$root/target/bench/peers} RUNS=${RUNS:-7}
"$here/peers.sh"
if [ -z "${FIVEWHYS:-}" ]; then
  FIVEWHYS=$root/target/release/fivewhys
  [ -x "$FIVEWHYS" ] || cargo build --release --bin fivewhys --manifest-path "$root/Cargo.toml" >&2
fi
HURL=${HURL:-$PEERS/bin/hurl}
work=$(mktemp -d)
started=()
trap 'kill "${started[@]}" 2>/dev/null || true; rm -rf "$work"' EXIT
export BENCH_SECRET=0123456789012345678901234567890123456789
cd "$work"

# Starts a server and waits until it listens: serve PORT COMMAND …
serve() {
  local port=$1
  shift
  "$@" 2>>servers.log &
  started+=($!)
  for _ in $(seq 100); do
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && return
    sleep 0.1
  done
  echo "nothing listens on port $port:" >&2
  cat servers.log >&2
  exit 1
}

# Starts nginx on the ports 21001 and 21004, once.
fast() {
  [ -d nginx ] && return
  mkdir -p nginx/tmp
  cp "$here/nginx.conf" nginx/
  printf '[req]\ndistinguished_name = name\n[name]\n' >nginx/openssl.cnf
  openssl req -x509 -config nginx/openssl.cnf -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
    -subj /CN=localhost -addext subjectAltName=DNS:localhost -addext basicConstraints=critical,CA:FALSE \
    -keyout nginx/server.key -out nginx/server.pem 2>>servers.log
  serve 21001 nginx -p "$work/nginx" -c "$work/nginx/nginx.conf"
}

# Puts the ports of nginx 100 ms away, once: 21011 and 21012.
far() {
  [ -e far ] && return
  touch far
  fast
  serve 21012 python3 "$here/far.py" --rtt-ms 100 21011:21001 21012:21004
}

generate() { python3 "$here/generate.py" "$@"; }
# pair WHAT BAR MEASURE RUNS 'COMMAND A' ['COMMAND B']
pair() { python3 "$here/pairs.py" "$@"; }
smoke() { echo "$FIVEWHYS smoke -q --config $1/target.toml --scenarios $1/scenarios"; }
hurl() { echo "$HURL --test --jobs 1 $1/hurl"; }

if [ $# -eq 0 ]; then
  set -- "$here"/rows/*.sh
fi
echo "| work | measure | fivewhys | peer | ratio | bar |"
echo "|---|---|---|---|---|---|"
for row in "$@"; do
  row=$(basename "$row" .sh)
  # shellcheck source=/dev/null
  . "$here/rows/$row.sh"
done
