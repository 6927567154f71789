# Print queues, ClamAV, firewalls, encryption and RAID as their own daemons keep them. Sourced by live-test.sh.
set -euo pipefail

clamav_is() { told antivirus ".value.products | any(.name == \"ClamAV\" and .state == \"$1\" and .signatures.updated_at != null)"; }
firewall_is() { told antivirus ".value.firewall | any(.profile == \"$1\" and .enabled == $2)"; }
# signatures DAYS: what clamd loads, as if it had been made so many days ago.
signatures() {
    guest "set -e
    rm -rf /tmp/signatures; mkdir /tmp/signatures; cd /tmp/signatures
    cp /usr/share/common-licenses/GPL-2 COPYING
    echo 44d88612fea8a8f36de82e1278abb02f:68:Kiemke.Test >daily.hdb
    date -s '$1 days ago'
    SIGNDUSER=test sigtool --build=daily.cud --unsigned --cvd-version=27000 </dev/null
    date -s @$(date +%s)
    install -o clamav -m 644 daily.cud /var/lib/clamav/"
}
start_clamav() {
    # Debian's unit waits for signed databases, which come from the Internet alone.
    guest 'set -e
    mkdir -p /run/systemd/system/clamav-daemon.service.d
    printf "[Unit]\nConditionPathExistsGlob=\n" >/run/systemd/system/clamav-daemon.service.d/zz.conf
    systemctl daemon-reload
    systemctl restart clamav-daemon.service
    for attempt in $(seq 60); do [ -S /run/clamav/clamd.ctl ] && break; sleep 1; done
    perl -MIO::Socket::UNIX -e "\$s = IO::Socket::UNIX->new(q(/run/clamav/clamd.ctl)) or die; print \$s qq(nVERSION\n); print <\$s>"'
}

show_daemons() {
    show_clamav
    show_firewalls
    show_queues
    show_volumes
}

show_clamav() {
    local old
    old=$(date -u -d '30 days ago' +%Y-%m-%d)
    look_again
    check "ClamAV without its daemon is off" told antivirus '.value.products | any(.name == "ClamAV" and .state == "off")'
    check "sigtool makes signatures of 30 days ago" signatures 30
    check "clamd loads them" start_clamav
    look_again
    check "ClamAV is on" clamav_is on
    check "its signatures are of that day" told antivirus ".value.products[0].signatures.updated_at | startswith(\"$old\")"
    check "the collector raises the flag endpoint.signatures-old" within 30 flagged endpoint.signatures-old
    check "clamd loads signatures of today" eval 'signatures 0 && start_clamav'
    look_again
    check "the flag is closed" within 30 not flagged endpoint.signatures-old
    guest 'systemctl stop clamav-daemon.socket clamav-daemon.service'
    look_again
    check "stopped, ClamAV is off" clamav_is off
    check "the collector raises the flag endpoint.protection-off" within 30 flagged endpoint.protection-off
}
flagged() { collector flags --json | jq -e "any(.rule == \"$1\")"; }

show_firewalls() {
    check "ufw is off" firewall_is ufw false
    # Its first rules know nothing of the connection that is there: what the collector says on it would come late.
    check "ufw can be enabled" guest 'ufw --force enable && systemctl restart kiemke-agent'
    look_again
    check "ufw is on" firewall_is ufw true
    guest 'ufw --force disable; cat >/etc/nftables.conf <<X
flush ruleset
table inet filter {
	chain input {
		type filter hook input priority filter; policy drop;
		ct state established accept
		iif lo accept
		icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept
	}
}
X
    systemctl start nftables.service'
    look_again
    check "rules that nftables.service loaded are on, seen from inside the sandbox" firewall_is nftables true
    check "and seen by root" same true "$(guest 'kiemke-agent inventory' | jq '.sections.antivirus.value.firewall[] | select(.profile == "nftables").enabled')"
    guest 'systemctl stop nftables.service; nft flush ruleset'
    look_again
    check "without rules nothing is claimed from inside" firewall_is nftables null
    check "and root knows that there are none" same false "$(guest 'kiemke-agent inventory' | jq '.sections.antivirus.value.firewall[] | select(.profile == "nftables").enabled')"
}

queue_is() { told peripheral ".value.devices | any(.bus_path == \"queue:$1\" and $2)"; }
show_queues() {
    check "cupsd takes queues" guest 'set -e
    systemctl start cups.service
    lpadmin -p Network -E -v socket://10.20.30.40:9100 -m raw -D "Phong mot cua"
    lpadmin -p Shared -E -v ipp://print-01/printers/LBP2900 -m raw
    lpadmin -p Off -E -v "usb://Canon/LBP6030?serial=0000A1B2C3" -m raw
    lpadmin -p Twice -E -v "usb://Brother/MFC-L2701DW?serial=E78098A5N123456" -m raw
    systemctl stop cups.service'
    guest 'lsusb | grep -q fffe:0002 || gadget plug again fffe:0002 "Brother" "MFC-L2701DW" E78098A5N123456 07/01/02 ff/ff/ff; sleep 3'
    look_again
    check "a queue of a network printer" queue_is Network '.connection == "network" and .address == "10.20.30.40"'
    check "a queue of a print server" queue_is Shared '.connection == "shared" and .server == "print-01"'
    check "a queue of a USB printer that is off" queue_is Off '.serial == "0000A1B2C3" and (.present | not)'
    check "a queue of a printer that is plugged in is that printer" told peripheral \
        '.value.devices | map(select(.serial == "E78098A5N123456")) | length == 1'
}

show_volumes() {
    check "LUKS and RAID volumes are made and mounted" guest 'set -e
    echo secret | cryptsetup luksFormat -q --pbkdf pbkdf2 --pbkdf-force-iterations 1000 --key-file=- /dev/nvme0n1
    echo secret | cryptsetup open --key-file=- /dev/nvme0n1 vault
    mkfs.ext4 -q /dev/mapper/vault; mkdir -p /srv/vault /srv/raid; mount /dev/mapper/vault /srv/vault
    mdadm --create /dev/md0 --run --force --level=1 --raid-devices=1 /dev/sda
    mkfs.ext4 -q /dev/md0; mount /dev/md0 /srv/raid'
    look_again
    check "the file system on LUKS is encrypted" told storage \
        '.value.file_systems | any(.mount_point == "/srv/vault" and .encrypted and .fixed)'
    check "the one on RAID is not" told storage \
        '.value.file_systems | any(.mount_point == "/srv/raid" and .encrypted == false and .fixed)'
    check "mapped devices are no disks" told storage '.value.disks | map(.name) == ["nvme0n1", "sda", "sdb", "vda"]'
}
