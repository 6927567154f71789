#!/usr/bin/env bash
# All checks and tests, from a fresh clone on. Installs what is missing where it can (root, apt-get); what cannot
# be had is skipped with a line that starts with SKIPPED; the last lines of the run name all of them again.
#   KIEMKE_KILLS=N   kill -9's of the collector and of agents (default 12; the full run is 50 or more)
#   KIEMKE_FIXTURES  directory with recorded devices for the parsers' tests
#   SNMPSIM_VENV     Python environment with snmpsim and pysmi, to poll the recorded routers over the wire
set -euo pipefail
cd "$(dirname "$0")/.."
. packaging/prerequisites.sh

target=${CARGO_TARGET_DIR:-target}
mkdir -p "$target"
# Tests add to it too: what a test prints is not shown when it passes.
KIEMKE_SKIPPED=$(cd "$target" && pwd)/skipped
export KIEMKE_SKIPPED
: >"$KIEMKE_SKIPPED"
summary() {
    [ -s "$KIEMKE_SKIPPED" ] || { say "nothing was skipped"; return; }
    say "NOT CHECKED in this run"
    sort -u "$KIEMKE_SKIPPED" | sed 's/^/SKIPPED: /'
}
trap summary EXIT

need_build_tools
need_rust_checks
apt_peers snmpd iproute2 || skipped "snmpd and iproute2: no router is polled, no network is made for a test"
apt_peers clamav clamav-daemon faketime util-linux ||
    skipped "clamav, clamav-daemon and faketime: the agent is not shown beside a real ClamAV"
apt_peers cups-daemon cups-client util-linux ||
    skipped "cups-daemon and cups-client: the agent is not shown a real print queue"
apt_packages mosquitto-clients || command -v mosquitto_pub >/dev/null ||
    skipped "mosquitto-clients: the broker is not attacked with mosquitto_pub and mosquitto_sub"
if ! command -v chromedriver >/dev/null || ! { command -v chromium || command -v google-chrome; } >/dev/null; then
    apt_packages chromium chromium-driver || skipped "chromium and chromedriver: no browser test"
fi

venv=$target/python
if [ ! -x "$venv/bin/python" ]; then
    command -v python3 >/dev/null && python3 -c 'import ensurepip, venv' 2>/dev/null ||
        apt_packages python3 python3-venv || true
    python3 -m venv "$venv" 2>/dev/null || rm -rf "$venv"
fi
if [ -x "$venv/bin/python" ] && "$venv/bin/python" -m pip install -q --disable-pip-version-check \
    -r tests/python/requirements.txt; then
    KIEMKE_PYTHON=$(cd "$venv/bin" && pwd)/python
    export KIEMKE_PYTHON
else
    skipped "python3 with venv: no report from another language, no look into the spreadsheets with openpyxl"
fi

say "cargo fmt"
cargo fmt --all -- --check
cargo fmt --manifest-path schemas/fuzz/Cargo.toml -- --check
say "cargo clippy"
cargo clippy --workspace --all-targets --locked -- -D warnings
# Their own workspace; a stable compiler can check what a nightly one runs.
cargo clippy --manifest-path schemas/fuzz/Cargo.toml --locked -- -D warnings
tools=$(cd "$target" && pwd)/tools
export PATH="$tools/bin:$PATH"
if command -v cargo-deny >/dev/null || cargo install --quiet --locked --root "$tools" cargo-deny; then
    say "cargo deny"
    cargo deny --locked check bans licenses sources
    cargo deny --locked check advisories || skipped "advisories: the database could not be had, or see above"
else
    skipped "cargo-deny cannot be installed: bans, licences and sources of dependencies are not checked"
fi

# End-to-end tests start the real binaries.
say "binaries for the end-to-end tests"
cargo build --workspace --bins --locked
say "the agent for Windows"
apt_packages wine wine64 wixl msitools osslsigncode openssl || command -v wine >/dev/null ||
    skipped "wine: the agent for Windows is not run"
# In a folder of its own: building the standard library along would have the rest built anew.
windows=$(cd "$target" && pwd)/windows
# As it is shipped: only that build shows whether Windows 7 can load it.
CARGO_TARGET_DIR=$windows packaging/windows/build.sh --lint --msi x86_64-win7-windows-gnu
export KIEMKE_WINDOWS=$windows/x86_64-win7-windows-gnu/agent
say "the agent for 32-bit Windows"
packaging/windows/i386-test.sh
say "packages for Linux: build, install, upgrade, remove, purge"
packaging/linux/install-test.sh
say "tests"
if command -v cargo-nextest >/dev/null; then
    cargo test --workspace --locked --doc --quiet
    cargo nextest run --workspace --locked --no-fail-fast
else
    cargo test --workspace --locked --no-fail-fast
fi
