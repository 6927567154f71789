# Installs what is missing to build Kiemke. Sourced by packaging/try.sh and tests/run.sh (bash), which set -euo
# pipefail; works as root on Debian 12 and Ubuntu 24.04, elsewhere it says in one line what to install.
set -euo pipefail

RUST_NEEDED=1.95
NODE_NEEDED=20

say() { printf '\033[1m== %s\033[0m\n' "$*"; }
# KIEMKE_SKIPPED names a file that gathers what was not done.
skipped() {
    printf 'SKIPPED: %s\n' "$*"
    [ -z "${KIEMKE_SKIPPED:-}" ] || printf '%s\n' "$*" >>"$KIEMKE_SKIPPED"
}
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

# apt_packages PACKAGE…: those that are not installed; false where that cannot be done.
apt_packages() {
    local missing=() package
    command -v dpkg-query >/dev/null || return 1
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return 0
    [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null || return 1
    say "apt-get install ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    if [ -z "${APT_UPDATED:-}" ]; then
        apt-get update -qq || true
        APT_UPDATED=1
    fi
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# apt_peers PACKAGE…: daemons of which the tests start their own; those of the packages are not started.
apt_peers() {
    local policy=/usr/sbin/policy-rc.d made='' status=0
    if [ "$(id -u)" -eq 0 ] && [ ! -e $policy ]; then
        printf '#!/bin/sh\nexit 101\n' >$policy
        chmod 755 $policy
        made=yes
    fi
    apt_packages "$@" || status=1
    [ -z "$made" ] || rm -f $policy
    return $status
}

# at_least WANTED FOUND: compares dotted versions.
at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]; }

rust_version() { rustc --version 2>/dev/null | awk '{print $2}'; }

need_rust() {
    [ -d "$HOME/.cargo/bin" ] && export PATH="$HOME/.cargo/bin:$PATH"
    if at_least "$RUST_NEEDED" "$(rust_version || echo 0)" && command -v cargo >/dev/null; then return 0; fi
    if ! command -v rustup >/dev/null; then
        apt_packages curl ca-certificates || true
        if command -v curl >/dev/null && curl -sSf --max-time 60 https://sh.rustup.rs -o /tmp/rustup-init.$$; then
            say "installing rustup"
            sh /tmp/rustup-init.$$ -y -q --profile minimal --default-toolchain none
            rm -f /tmp/rustup-init.$$
            export PATH="$HOME/.cargo/bin:$PATH"
        else
            apt_packages rustup || true
        fi
    fi
    command -v rustup >/dev/null ||
        die "Rust $RUST_NEEDED or newer is missing: install rustup from https://rustup.rs and run this again"
    say "rustup: Rust $RUST_NEEDED"
    rustup toolchain install --profile minimal --component clippy,rustfmt "$RUST_NEEDED"
    export RUSTUP_TOOLCHAIN="$RUST_NEEDED"
    at_least "$RUST_NEEDED" "$(rust_version || echo 0)" || die "rustup did not bring Rust $RUST_NEEDED"
}

# A toolchain of somebody's own may lack them.
need_rust_checks() {
    cargo fmt --version >/dev/null 2>&1 && cargo clippy --version >/dev/null 2>&1 && return 0
    command -v rustup >/dev/null && rustup component add clippy rustfmt ||
        die "rustfmt and clippy are missing: rustup component add clippy rustfmt, and run this again"
}

node_version() { node --version 2>/dev/null | tr -d v; }

# The pages' assets come from npm at build time. Debian 12 has an older Node: a newer one comes from npm itself.
need_node() {
    if at_least "$NODE_NEEDED" "$(node_version || echo 0)" && command -v npm >/dev/null; then return 0; fi
    command -v npm >/dev/null || apt_packages nodejs npm ||
        die "Node $NODE_NEEDED or newer with npm is missing: install it from https://nodejs.org and run this again"
    if ! at_least "$NODE_NEEDED" "$(node_version || echo 0)"; then
        local folder="${XDG_CACHE_HOME:-$HOME/.cache}/kiemke/node"
        say "npm: Node $NODE_NEEDED in $folder"
        mkdir -p "$folder"
        npm install --silent --no-fund --no-audit --prefix "$folder" "node@$NODE_NEEDED" >/dev/null
        export PATH="$folder/node_modules/node/bin:$PATH"
    fi
    at_least "$NODE_NEEDED" "$(node_version || echo 0)" ||
        die "Node $NODE_NEEDED or newer is missing: install it from https://nodejs.org and run this again"
}

need_build_tools() {
    if ! command -v cc >/dev/null || ! command -v make >/dev/null || ! command -v git >/dev/null; then
        apt_packages build-essential git ca-certificates ||
            die "a C compiler, make and git are missing: install build-essential and git and run this again"
    fi
    need_rust
    need_node
}
