#!/usr/bin/env bash
# Installs the programs that fivewhys is compared with into $PEERS: hurl from crates.io, and nginx, jq and what hurl needs to
# be built from Debian. What is there already stays.
set -euo pipefail

needed=(nginx jq openssl python3 libxml2-dev libcurl4-openssl-dev libclang-dev pkg-config)
missing=()
for package in "${needed[@]}"; do
  dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
done
if [ "${#missing[@]}" -gt 0 ]; then
  [ "$(id -u)" = 0 ] || { echo "run: sudo apt-get install -y ${missing[*]}" >&2; exit 2; }
  apt-get install -y "${missing[@]}" >&2
fi
[ -x "$PEERS/bin/hurl" ] || cargo install hurl --version 8.0.1 --locked --root "$PEERS" >&2
