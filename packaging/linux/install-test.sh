#!/usr/bin/env bash
# Installs, upgrades, removes and purges the packages in a fresh Debian folder of its own; nothing of this machine is
# touched. Root only; without what it needs it prints SKIPPED.
#   packaging/linux/install-test.sh       KIEMKE_PROFILE as in build.sh
set -euo pipefail
cd "$(dirname "$0")/../.."
. packaging/prerequisites.sh

[ "$(id -u)" -eq 0 ] || { skipped "install tests of the packages: they need root"; exit 0; }
apt_packages debootstrap || { skipped "install tests of the packages: install debootstrap"; exit 0; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for version in 0.0.1 0.0.2; do KIEMKE_VERSION=$version packaging/linux/build.sh --out "$work/packages"; done
[ -d "$work/packages" ] || exit 0 # build.sh has said why

say "a fresh Debian in $work/debian"
# The mirror that this machine uses, where it is a Debian.
mirror=$(grep -rhoE 'https?://[^ ]+/debian/?( |$)' /etc/apt/sources.list /etc/apt/sources.list.d 2>/dev/null | grep -v snapshot | head -n 1 || true)
mirror=${mirror% }
if ! debootstrap --variant=minbase --include=systemd bookworm "$work/debian" "${mirror:-http://deb.debian.org/debian}" \
    >"$work/debootstrap.log" 2>&1; then
    tail -n 3 "$work/debootstrap.log"
    skipped "install tests of the packages: debootstrap failed (see above)"
    exit 0
fi
cp "$work"/packages/*.deb "$work/debian/root/"

done=0
check() { # WHAT COMMAND…
    local what=$1
    shift
    "$@" >"$work/output" 2>&1 || { cat "$work/output"; die "install test: $what"; }
    done=$((done + 1))
    printf 'ok   %s\n' "$what"
}
inside() { chroot "$work/debian" "$@"; }
at() { printf '%s%s' "$work/debian" "$1"; }
not() { ! "$@"; }
same() { [ "$1" = "$2" ]; }
unit=/usr/lib/systemd/system/kiemke-agent.service
wants=/etc/systemd/system/multi-user.target.wants/kiemke-agent.service
pending=/var/lib/kiemke-agent/pending-enrolment.json

say ".deb"
check "0.0.1 installs and keeps collector and token" inside env KIEMKE_COLLECTOR=https://kiemke.example.vn:8443 \
    "KIEMKE_TOKEN=secret.$(printf 'a%.0s' $(seq 64))" KIEMKE_UNIT=26740 dpkg -i /root/kiemke-agent_0.0.1_amd64.deb
check "the agent runs there" inside kiemke-agent --version
check "the pending enrolment names the unit" grep -q '"unit":"26740"' "$(at $pending)"
check "the pending enrolment is root's alone" same 600 "$(stat -c %a "$(at $pending)")"
check "its folder is root's alone" same 700 "$(stat -c %a "$(at /var/lib/kiemke-agent)")"
check "the service is enabled" test -L "$(at $wants)"
check "systemd takes the unit" inside systemd-analyze verify "$unit"
check "systemd calls the sandbox good" inside systemd-analyze security --offline=yes --threshold=45 "$unit"
inside systemd-analyze security --offline=yes "$unit" | tail -n 1
echo 'spool_max_days = 7' >>"$(at /etc/kiemke/agent.toml)"
inside systemctl --no-reload disable kiemke-agent.service >/dev/null 2>&1
check "0.0.2 upgrades" inside dpkg -i --force-confdef /root/kiemke-agent_0.0.2_amd64.deb
check "the upgrade keeps edited settings" grep -qx 'spool_max_days = 7' "$(at /etc/kiemke/agent.toml)"
check "the upgrade keeps the state" test -f "$(at $pending)"
check "a service disabled by hand stays so" not test -e "$(at $wants)"
check "remove the disabled one" inside dpkg --remove kiemke-agent
check "installed again" inside dpkg -i --force-confdef /root/kiemke-agent_0.0.2_amd64.deb
check "it is still disabled" not test -e "$(at $wants)"
inside systemctl --no-reload enable kiemke-agent.service >/dev/null 2>&1
check "removed while it is enabled" inside dpkg --remove kiemke-agent
check "installed again, it is enabled" inside dpkg -i --force-confdef /root/kiemke-agent_0.0.2_amd64.deb
check "as it was" test -L "$(at $wants)"
check "remove" inside dpkg --remove kiemke-agent
check "the program is gone" not test -e "$(at /usr/bin/kiemke-agent)"
check "the unit is gone" not test -e "$(at $unit)"
check "state and settings stay" test -f "$(at $pending)" -a -f "$(at /etc/kiemke/agent.toml)"
check "purge" inside dpkg --purge kiemke-agent
check "nothing is left" same "" "$(find "$work/debian" -path "$work/debian/root" -prune -o -name '*kiemke*' -print)"

if command -v rpm >/dev/null && ls "$work"/packages/*.rpm >/dev/null 2>&1; then
    say ".rpm"
    package() { rpm --root "$work/debian" --nodeps --force-debian "$@"; }
    check "0.0.1 installs" package -i "$work"/packages/kiemke-agent-0.0.1-1.x86_64.rpm
    check "the agent runs there" inside kiemke-agent --version
    check "the service is enabled" test -L "$(at $wants)"
    echo 'spool_max_days = 7' >>"$(at /etc/kiemke/agent.toml)"
    check "0.0.2 upgrades" package -U "$work"/packages/kiemke-agent-0.0.2-1.x86_64.rpm
    check "the upgrade keeps edited settings" grep -qx 'spool_max_days = 7' "$(at /etc/kiemke/agent.toml)"
    check "the service stays enabled" test -L "$(at $wants)"
    check "erase" package -e kiemke-agent
    check "program, unit and link are gone" not test -e "$(at /usr/bin/kiemke-agent)" -o -e "$(at $unit)" -o -L "$(at $wants)"
fi
printf 'install tests: %s checks, all ok\n' "$done"
