#!/usr/bin/env bash
# Runs the agent for 32-bit Windows under Wine in a 32-bit Debian folder of its own; nothing of this machine is touched.
# Its collector is on the loopback, which the folder shares: inventory, enrolment, reports, a release of its own.
# Root only, on a kernel that runs 32-bit programs; without what it needs it prints SKIPPED.
#   packaging/windows/i386-test.sh
#   KIEMKE_PROFILE as in build.sh; KIEMKE_BIN: the folder of a collector, instead of building one;
#   KIEMKE_PYTHON: a Python with jsonschema
set -euo pipefail
cd "$(dirname "$0")/../.."
. packaging/prerequisites.sh

what="the agent for 32-bit Windows"
[ "$(id -u)" -eq 0 ] || { skipped "$what is not run: that needs root"; exit 0; }
apt_packages debootstrap || { skipped "$what is not run: install debootstrap"; exit 0; }

target=${CARGO_TARGET_DIR:-target}
mkdir -p "$target"
target=$(cd "$target" && pwd)
folder=$([ "${KIEMKE_PROFILE:-agent}" = dev ] && echo debug || echo "${KIEMKE_PROFILE:-agent}")
# In a folder of its own, as in tests/run.sh.
CARGO_TARGET_DIR=$target/windows packaging/windows/build.sh i686-win7-windows-gnu
exe=$target/windows/i686-win7-windows-gnu/$folder/kiemke-agent.exe
[ -f "$exe" ] || exit 0 # build.sh has said why
bin=${KIEMKE_BIN:-$target/debug}
[ -n "${KIEMKE_BIN:-}" ] || cargo build -q -p kiemke-collector --locked

work=$(mktemp -d)
server=
finish() {
    local status=$?
    [ ! -d "$work/debian/root/prefix" ] || inside /usr/lib/wine/wineserver -k || true
    [ -z "$server" ] || { kill "$server" && wait "$server"; } 2>/dev/null || true
    rm -rf "$work"
    exit $status
}
trap finish EXIT
trap 'exit 130' INT TERM

# Each command sees its own /proc; nothing stays mounted.
inside() {
    unshare --mount sh -ec 'mount -t proc proc "$0/proc"; exec chroot "$0" "$@"' "$work/debian" \
        env -i PATH=/usr/sbin:/usr/bin HOME=/root WINEPREFIX=/root/prefix WINEARCH=win32 WINEDEBUG=-all \
        WINEDLLOVERRIDES=mscoree,mshtml= "$@"
}
wine() { inside /usr/bin/wine "$@"; }
agent() { wine 'Z:\root\kiemke-agent.exe' "$@"; }

say "a fresh 32-bit Debian with Wine in $work/debian"
# The mirror that this machine uses, where it is a Debian.
mirror=$(grep -rhoE 'https?://[^ ]+/debian/?( |$)' /etc/apt/sources.list /etc/apt/sources.list.d 2>/dev/null | grep -v snapshot | head -n 1 || true)
mirror=${mirror% }
if ! debootstrap --arch=i386 --variant=minbase --include=wine,wine32 bookworm "$work/debian" \
    "${mirror:-http://deb.debian.org/debian}" >"$work/debootstrap.log" 2>&1; then
    tail -n 3 "$work/debootstrap.log"
    skipped "$what is not run: debootstrap failed (see above), or the kernel runs no 32-bit programs"
    exit 0
fi
rm -f "$work"/debian/var/cache/apt/archives/*.deb
cp "$exe" "$work/debian/root/kiemke-agent.exe"

done=0
check() { # WHAT COMMAND…
    local what=$1
    shift
    "$@" >"$work/output" 2>&1 || { cat "$work/output"; die "32-bit test: $what"; }
    done=$((done + 1))
    printf 'ok   %s\n' "$what"
}
# within SECONDS COMMAND…: as soon as it succeeds.
within() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$end" ] || return 1
        sleep 1
    done
}
# JSON with or without spaces.
has() { tr -d ' \n' <"$1" | grep -qF -- "$2"; }

say "Wine"
check "a Windows of 32 bits is made" wine cmd /c exit
check "it has no 64-bit part" test ! -e "$work/debian/root/prefix/drive_c/windows/syswow64"

say "inventory"
# The agent's own complaints stand in its sections.
agent inventory >"$work/inventory.json" 2>"$work/output" || { cat "$work/output"; die "32-bit test: inventory"; }
check "it is of the 32-bit agent" has "$work/inventory.json" i686-win7-windows-gnu
check "it knows a 32-bit Windows" has "$work/inventory.json" '"architecture":"x86"'
python=${KIEMKE_PYTHON:-python3}
if "$python" -c 'import jsonschema' 2>/dev/null; then
    check "it is valid by schemas/json" "$python" tests/python/validate.py schemas/json "$work/inventory.json"
else
    skipped "$python has no package jsonschema; the 32-bit inventory is not held against schemas/json"
fi

say "enrolment and a report"
collector() { "$bin/kiemke-collector" "$@" --data "$work/data"; }
listening() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
free_port() { local port=$1; while listening "$port"; do port=$((port + 1)); done; echo "$port"; }
http=$(free_port 18443) mqtt=$(free_port 18883)
"$bin/kiemke-collector" serve --data "$work/data" --http "127.0.0.1:$http" --mqtt "127.0.0.1:$mqtt" \
    >"$work/collector.log" 2>&1 &
server=$!
until [ -s "$work/data/ca.pem" ] && listening "$http" && listening "$mqtt"; do
    kill -0 "$server" 2>/dev/null || { tail -n 3 "$work/collector.log"; die "the collector ended"; }
    sleep 0.3
done
collector units import collector/reference/units-2025h1.csv >/dev/null
key=$(collector release key create "$work/release.key")
collector release trust "$key" >/dev/null
token=$(collector token create --unit 26740 --uses 1)
cp "$work/data/ca.pem" "$work/debian/root/ca.pem"
check "enrol" agent enrol --collector "https://127.0.0.1:$http" --ca 'Z:\root\ca.pem' --token "$token"
reports() { [ "$(agent run --once)" = stored ]; }
check "a report is stored" reports
collector device list --json >"$work/devices.json"
check "the collector shows the device" has "$work/devices.json" '"unit":"26740"'
check "a second one too" reports
agent status --json >"$work/status.json"
check "nothing waits in the spool" has "$work/status.json" '"spooled":0'
say "a release"
own=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml)
next=9${own#?}
# As long as the former, so that the rest stays where it was.
LC_ALL=C sed "s/${own//./\\.}/$next/g" "$exe" >"$work/next.exe"
collector release sign --version "$next" --target i686-win7-windows-gnu --key "$work/release.key" \
    "$work/next.exe" --out "$work/next.manifest" >/dev/null
collector release add "$work/next.exe" "$work/next.manifest" >/dev/null
agent run >"$work/agent.log" 2>&1 &
told() { collector release roll-out "$next" --unit 26740 --spread 0 | grep -q ': 1 devices were told now'; }
progressed() { collector release progress "$next" --json >"$work/progress.json" && has "$work/progress.json" '"updated":1'; }
kept() { agent status --json >"$work/status.json" && has "$work/status.json" "\"kept\":{\"version\":\"$next\""; }
check "the agent is told of it" within 60 told
check "it reports as the new version" within 120 progressed
check "which is kept" within 30 kept
printf '32-bit tests: %s checks, all ok\n' "$done"
