#!/usr/bin/env bash
# Shows the agent where recordings end: a virtual Debian 12 (QEMU) with a live systemd, the kernel's own USB devices,
# CUPS, ClamAV and firewalls. Its network leads to a collector on this machine's loopback and nowhere else.
#   packaging/linux/live-test.sh [service|usb|daemons|update|package]…     default: all of them, in this order
#   KIEMKE_PROFILE=agent|dev      as in build.sh; the collector is a debug build
#   KIEMKE_LIVE_ACCEL=kvm|tcg     default: kvm where a kernel starts in it
#   KIEMKE_LIVE_CACHE=DIR         where the Debian folder is kept between runs; default: $CARGO_TARGET_DIR/live
# Root only. Each check prints a line that starts with "ok" or "FAIL"; the exit code is 1 where one failed. Without
# what it needs it prints SKIPPED.
set -euo pipefail
cd "$(dirname "$0")/../.."
. packaging/prerequisites.sh
parts=packaging/linux/live-test
. $parts/image.sh
. $parts/machine.sh
. $parts/collector.sh
. $parts/service.sh
. $parts/usb.sh
. $parts/daemons.sh
. $parts/update.sh
. $parts/package.sh

skip() { skipped "live tests of the agent: $*"; exit 0; }
[ "$(id -u)" -eq 0 ] || skip "they need root"
apt_packages qemu-system-x86 mmdebstrap e2fsprogs socat sqlite3 zstd jq ||
    skip "install qemu-system-x86, mmdebstrap, e2fsprogs, socat, sqlite3, zstd and jq"

slices=("$@")
[ ${#slices[@]} -gt 0 ] || slices=(service usb daemons update package)
for slice in "${slices[@]}"; do
    case $slice in
        service | usb | daemons | update | package) ;;
        *) die "unknown slice $slice; live-test.sh knows service, usb, daemons, update and package" ;;
    esac
done

work=$(mktemp -d)
processes=()
finish() {
    local status=$?
    trap - EXIT INT TERM
    [ ${#processes[@]} -eq 0 ] || kill "${processes[@]}" 2>/dev/null || true
    wait 2>/dev/null || true
    if [ $status -ne 0 ] && [ -n "${KIEMKE_LIVE_KEEP:-}" ]; then echo "logs: $work" >&2; else rm -rf "$work"; fi
    exit $status
}
trap finish EXIT
trap 'exit 130' INT TERM

passed=0 failed=0
# check WHAT COMMAND…: one line of the result; what the command printed is shown where it failed.
check() {
    local what=$1
    shift
    if "$@" >"$work/output" 2>&1; then
        passed=$((passed + 1))
        printf 'ok   %s\n' "$what"
    else
        failed=$((failed + 1))
        printf 'FAIL %s\n' "$what"
        tail -n 20 "$work/output" | tail -c 2000 | sed 's/^/       /'
    fi
}
same() { [ "$1" = "$2" ] || { printf 'expected %s\ngot      %s\n' "$1" "$2"; return 1; }; }
not() { ! "$@"; }
# within SECONDS COMMAND…: the command's success, tried again until then.
within() {
    local until=$((SECONDS + $1))
    shift
    until "$@"; do
        [ $SECONDS -lt $until ] || return 1
        sleep 1
    done
}

for version in 0.0.1 0.0.2; do KIEMKE_VERSION=$version packaging/linux/build.sh --out "$work/packages"; done
packed_agent=${CARGO_TARGET_DIR:-target}/x86_64-unknown-linux-musl/$([ "${KIEMKE_PROFILE:-agent}" = dev ] && echo debug || echo agent)/kiemke-agent
ls "$work"/packages/*.deb >/dev/null 2>&1 || exit 0 # build.sh has said why
cargo build --locked -p kiemke-collector --bin kiemke-collector
debian_folder || skip "mmdebstrap failed (see above)"
disk
start_collector
boot
say "installation"
show_installation
for slice in "${slices[@]}"; do
    say "$slice"
    "show_$slice"
done
printf 'live tests: %s checks, %s failed\n' $((passed + failed)) "$failed"
[ "$failed" -eq 0 ]
