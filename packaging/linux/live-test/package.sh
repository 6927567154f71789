# The package's life while systemd runs. Sourced by live-test.sh.
set -euo pipefail

show_package() {
    local id
    id=$(device device)
    guest 'echo "spool_max_days = 7" >>/etc/kiemke/agent.toml'
    check "an upgrade installs" guest 'dpkg -i --force-confdef /root/packages/kiemke-agent_0.0.2_amd64.deb'
    check "it restarts the service" within 30 is_property ActiveState active
    look_again
    check "the computer is the same one" same "$id" "$(device device)"
    check "its settings stay" guest 'grep -qx "spool_max_days = 7" /etc/kiemke/agent.toml'
    check "removal stops the service" guest 'dpkg --remove kiemke-agent && ! pgrep -x kiemke-agent'
    check "systemd knows no such unit" guest '! systemctl cat kiemke-agent.service'
    check "identity and settings stay" guest 'test -s /var/lib/kiemke-agent/identity.json -a -s /etc/kiemke/agent.toml'
    check "installed again, it goes on as the same computer" install_agent 0.0.2
    check "and reports" look_again
    check "there is one computer" same 1 "$(collector device list --json | jq length)"
    check "purge" guest 'dpkg --purge kiemke-agent'
    check "nothing of it runs or is left" guest '! pgrep -x kiemke-agent && ! systemctl cat kiemke-agent.service &&
        [ -z "$(find / -xdev -path /root -prune -o -path /proc -prune -o -name "*kiemke-agent*" -print | grep -v /var/log)" ]'
    check "systemd has no failed unit" same "" "$(guest 'systemctl --failed --no-legend')"
}
