# The virtual machine's disk. Sourced by live-test.sh.
set -euo pipefail

guest_packages=(systemd-sysv udev dbus kmod iproute2 linux-image-amd64 initramfs-tools zstd jq
    udisks2 smartmontools mdadm cryptsetup-bin dosfstools usbutils
    cups cups-client clamav clamav-daemon pcscd pcsc-tools libccid vsmartcard-vpcd ufw nftables)

# A Debian 12 with what the tests need; made once and kept.
debian_folder() {
    local cache=${KIEMKE_LIVE_CACHE:-${CARGO_TARGET_DIR:-target}/live}
    local key mirror
    key=$(printf '%s\n' "${guest_packages[@]}" | sha256sum | cut -c 1-12)
    mkdir -p "$cache"
    debian=$(realpath "$cache")/$key
    [ ! -d "$debian" ] || return 0
    say "a Debian 12 in $debian (the first time takes some minutes)"
    # The mirror that this machine uses, where it is a Debian.
    mirror=$(grep -rhoE 'https?://[^ ]+/debian/?( |$)' /etc/apt/sources.list /etc/apt/sources.list.d 2>/dev/null | grep -v snapshot | head -n 1 || true)
    mirror=${mirror% }
    rm -rf "$debian.new"
    mmdebstrap --quiet --variant=minbase --include="$(IFS=,; echo "${guest_packages[*]}")" bookworm \
        "$debian.new" "${mirror:-http://deb.debian.org/debian}" || return 1
    mv "$debian.new" "$debian"
}

# The folder, the packages of the agent and what runs in the machine, as one file system.
disk() {
    local root=$debian
    install -D -m 755 $parts/guest/commands.sh "$root/usr/local/sbin/live-test-commands"
    install -D -m 755 $parts/guest/gadget.sh "$root/usr/local/sbin/gadget"
    install -m 644 $parts/guest/commands.service "$root/etc/systemd/system/live-test-commands.service"
    install -m 644 $parts/guest/cable.network "$root/etc/systemd/network/cable.network"
    echo kiemke-live >"$root/etc/hostname"
    echo '127.0.1.1 kiemke-live' >>"$root/etc/hosts"
    echo '/dev/vda / ext4 defaults 0 1' >"$root/etc/fstab"
    chroot "$root" systemctl --quiet enable live-test-commands.service systemd-networkd.service
    # What would look for the Internet, and daemons that the tests start when they want them.
    chroot "$root" systemctl --quiet disable apt-daily.timer apt-daily-upgrade.timer clamav-freshclam.service \
        clamav-daemon.service cups.service cups.socket cups.path pcscd.socket ufw.service nftables.service 2>/dev/null
    rm -rf "$root/root/packages"
    install -D -t "$root/root/packages" "$work"/packages/*.deb
    truncate -s 3G "$work/disk.img"
    mke2fs -q -t ext4 -d "$root" "$work/disk.img"
}
