# A signed release, from the collector into the sandbox. Sourced by live-test.sh.
set -euo pipefail

progress() { collector release progress "$1" --json | jq -e ".[0].$2"; }

# The same program under another version of the same length. Optimised code holds short texts in pieces of four bytes.
make_release() {
    local own=${1%.*}. other=$2
    LC_ALL=C sed "s/${own//./\\.}/${other%.*}./g" "$packed_agent" >"$work/$other"
    collector release sign --key "$work/release.key" --version "$other" --target x86_64-unknown-linux-musl \
        "$work/$other" --out "$work/$other.manifest"
    collector release add "$work/$other" "$work/$other.manifest"
}

show_update() {
    local own other
    own=$(agent_status .version)
    other=9.${own#*.}
    process=$(property MainPID)
    check "a release is signed and added" make_release "$own" "$other"
    check "it is rolled out" collector release roll-out "$other" --unit $unit --spread 0
    check "the agent runs it and it is kept" within 240 progress "$other" 'updated == 1'
    check "the collector sees the new version" within 60 same "\"$other\"" "\"$(device agent_version)\""
    check "the service is the same process" same "$process" "$(property MainPID)"
    check "the release runs as that process" same "/var/lib/kiemke-agent/releases/$other/kiemke-agent" "$(guest "readlink /proc/$process/exe")"
    check "its sandbox is closed" same 1 "$(main_process status | awk '/^NoNewPrivs/ {print $2}')"
    remember_journal
    guest 'systemctl restart kiemke-agent'
    check "after a restart the release goes on" within 60 journal "going over to the release that is kept"
    check "and is ready for systemd" within 30 is_property ActiveState active
    look_again
    check "its reports are stored" same "$other" "$(device agent_version)"
    check "nothing was killed by the sandbox" not eval "guest 'journalctl -k --no-pager' | grep -E 'audit.*SECCOMP|segfault'"
}
