# The service under systemd. Sourced by live-test.sh.
set -euo pipefail

property() { guest "systemctl show --value --property $1 kiemke-agent"; }
is_property() { same "$2" "$(property "$1")"; }
agent_status() { guest 'kiemke-agent status --json' | jq -r "$1"; }
has_stored() { [ "$(agent_status .last_stored_at 2>/dev/null)" != null ] && [ "$(reports)" -gt 0 ]; }
# Of the service's main process, from /proc.
main_process() { guest "cat /proc/\$(systemctl show --value -p MainPID kiemke-agent)/$1"; }
is_found() { collector search kiemke-live --json | jq -e '.hits | any(.device != null and .title == "kiemke-live")'; }
# journal TEXT: whether systemd or the agent wrote it since the last call of remember_journal.
remember_journal() { guest 'journalctl -n 0 --show-cursor | sed -n "s/^-- cursor: //p" >/run/live-test-cursor'; }
journal() { guest "journalctl --no-pager --after-cursor=\"\$(cat /run/live-test-cursor)\" -u kiemke-agent" | grep -F "$1"; }

install_agent() {
    guest "env KIEMKE_COLLECTOR=https://$gateway:$http KIEMKE_TOKEN=$token KIEMKE_UNIT=$unit \
        dpkg -i --force-depends /root/packages/kiemke-agent_$1_amd64.deb"
}

# Every slice needs it.
show_installation() {
    check "the package installs with collector and token in the environment" install_agent 0.0.1
    check "systemd has heard that the service is ready" within 30 is_property ActiveState active
    check "it enrols by itself and its report is stored" within 120 has_stored
    check "the computer is found on the collector" within 30 is_found
}

show_service() {
    show_sandbox
    show_watchdog
    show_stop_and_crash
    show_clock
    show_reboot
}

show_sandbox() {
    check "it runs with the unit's niceness" same 10 "$(main_process stat | awk '{print $19}')"
    check "it reads disks only when nobody else does" same idle "$(guest 'ionice -p $(systemctl show --value -p MainPID kiemke-agent)')"
    check "it may gain no rights" same 1 "$(main_process status | awk '/^NoNewPrivs/ {print $2}')"
    check "its system calls are filtered" same 2 "$(main_process status | awk '/^Seccomp:/ {print $2}')"
    check "it cannot write to the system" not guest \
        'nsenter -t $(systemctl show --value -p MainPID kiemke-agent) -m touch /usr/bin/x'
    check "systemctl status tells that it runs" guest 'systemctl status kiemke-agent | grep -F "active (running)"'
    check "kiemke-agent status tells that nothing waits" same 0 "$(agent_status .spooled)"
    check "disks tell their health to the service" told storage \
        '.value.disks | map(select(.bus == "nvme" or .bus == "sata").health) == ["good", "good"]'
    for name in operating-system hardware storage antivirus software peripheral network; do
        check "section $name is no worse inside the sandbox than outside" no_worse_inside $name
    done
}

# What root sees outside of the sandbox, without what changes between two looks. Rules of the firewall take rights that
# no service should have: see show_firewalls.
no_worse_inside() {
    local steady='walk(if type == "object" then del(.last_seen_at, .used_bytes) else . end)
        | del(.value.firewall[]? | select(.profile == "nftables"))
        | del(.problems[]? | select(.source == "/usr/sbin/nft list ruleset"))
        | if .problems == [] then del(.problems) else . end'
    guest 'kiemke-agent inventory' | jq -S ".sections[\"$1\"] | $steady" >"$work/outside"
    section "$1" | jq -S "$steady" >"$work/inside"
    diff "$work/outside" "$work/inside"
}

show_watchdog() {
    guest 'mkdir -p /run/systemd/system/kiemke-agent.service.d
    printf "[Service]\nWatchdogSec=15\nRestartSec=2\n" >/run/systemd/system/kiemke-agent.service.d/zz.conf
    systemctl daemon-reload; systemctl restart kiemke-agent; sleep 40'
    check "a watchdog that an administrator shortened is fed" is_property NRestarts 0
    remember_journal
    guest 'kill -STOP $(systemctl show --value -p MainPID kiemke-agent)'
    check "systemd ends a frozen service" within 90 journal "Watchdog timeout"
    check "and starts it anew" within 60 eval 'is_property NRestarts 1 && is_property ActiveState active'
    check "which reports" look_again
}

show_stop_and_crash() {
    remember_journal
    check "it stops when it is told" guest 'time systemctl stop kiemke-agent'
    printf '     it took %s\n' "$(awk '/^real/ {print $2}' "$work/output")"
    check "cleanly" same "success 0" "$(property Result) $(property ExecMainStatus)"
    check "by its own will" not journal "Killing process"
    guest 'systemctl start kiemke-agent; kill -9 $(systemctl show --value -p MainPID kiemke-agent)'
    check "killed, it is started anew" within 60 eval 'is_property NRestarts 1 && is_property ActiveState active'
    check "and reports" look_again
    check "nothing waits and nothing was refused" same "0 0" "$(agent_status '"\(.spooled) \(.quarantine | length)"')"
}

clock_jumped() { store 'SELECT event FROM observation' | grep -E "clock-jumped.*$1"; }
show_clock() {
    guest 'date -s "+1 day"'
    check "a clock that was set a day forward is an event" within 150 clock_jumped '[^-]8[0-9]{4}'
    check "the computer still reports" look_again
    check "the collector says how far its clock is off" eval '[ "$(device clock_skew_seconds)" -gt 86000 ]'
    guest 'date -s "-2 days"'
    check "set two days back, too" within 150 clock_jumped '-17[0-9]{4}'
    check "and reports on" look_again
    guest 'systemctl restart kiemke-agent'
    check "also when it is started with a clock a day behind" look_again
    guest "date -s @$(date +%s)"
}

show_reboot() {
    local boot id
    boot=$(device boot) id=$(device device)
    check "the machine boots again" restart_machine
    check "the service comes with it" within 60 is_property ActiveState active
    check "as the same computer" same "$id" "$(agent_status .device)"
    check "under a new number" within 90 eval "[ \"\$(device boot)\" -gt $boot ]"
    check "and reports" look_again
}
