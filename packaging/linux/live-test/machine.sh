# The virtual machine and how the test talks to it. Sourced by live-test.sh.
set -euo pipefail

# Where the machine finds the collector: QEMU hands connections to it on to this machine's loopback.
gateway=10.0.2.100
longest_run=2400

# Some machines have a /dev/kvm in which no kernel starts: emulation is slower but starts everywhere.
accelerator() {
    timeout 15 qemu-system-x86_64 -machine q35,accel=kvm -cpu max -m 1024 -nodefaults -display none -no-reboot \
        -serial "file:$work/kvm.log" -kernel "$kernel" -append "console=ttyS0 panic=1" >/dev/null 2>&1 || true
    if grep -q 'Linux version' "$work/kvm.log" 2>/dev/null; then echo kvm; else echo tcg; fi
}

boot() {
    local kernel initrd accelerator network=user,id=net,restrict=on port
    kernel=$(echo "$debian"/boot/vmlinuz-*) initrd=$(echo "$debian"/boot/initrd.img-*)
    accelerator=${KIEMKE_LIVE_ACCEL:-$(accelerator)}
    say "booting a machine ($accelerator)"
    for port in $http $mqtt; do
        network+=",guestfwd=tcp:$gateway:$port-cmd:socat STDIO TCP4:127.0.0.1:$port"
    done
    mkfifo "$work"/{port,monitor}.{in,out}
    truncate -s 64M "$work"/{nvme,sata,stick}.img
    timeout --kill-after=10 $longest_run qemu-system-x86_64 -name kiemke-live -machine "q35,accel=$accelerator" -cpu max \
        -smp 2 -m 2048 -nodefaults -display none -serial "file:$work/console.log" \
        -kernel "$kernel" -initrd "$initrd" -append "root=/dev/vda rw console=ttyS0 quiet" \
        -drive "file=$work/disk.img,if=virtio,format=raw,cache=unsafe" \
        -drive "file=$work/nvme.img,if=none,id=nvme,format=raw" -device nvme,drive=nvme,serial=S4EVNF0M123456 \
        -drive "file=$work/sata.img,if=none,id=sata,format=raw" -device ide-hd,drive=sata,bus=ide.0,serial=WD-WCC4N1234567 \
        -device qemu-xhci,id=usb -device usb-tablet,bus=usb.0 -device usb-ccid,id=reader,bus=usb.0 \
        -drive "file=$work/stick.img,if=none,id=stick,format=raw" -device usb-storage,id=stick,drive=stick,bus=usb.0 \
        -smbios "type=1,manufacturer=Dell Inc.,product=OptiPlex 3080,serial=7ZK4W93,uuid=4c4c4544-005a-4b10-8034-b7c04f573933" \
        -smbios "type=2,manufacturer=Dell Inc.,product=0M5DCD,serial=/7ZK4W93/CNPE10011A00AB/" \
        -smbios "type=3,manufacturer=Dell Inc.,serial=7ZK4W93" \
        -netdev "$network" -device virtio-net-pci,netdev=net \
        -device virtio-serial -chardev "pipe,id=port,path=$work/port" \
        -device virtserialport,chardev=port,name=live-test \
        -chardev "pipe,id=monitor,path=$work/monitor" -mon chardev=monitor,mode=readline \
        >"$work/qemu.log" 2>&1 &
    machine=$!
    processes+=("$machine")
    exec 3<>"$work/port.in" 4<>"$work/port.out" 5<>"$work/monitor.in"
    started || { tail -n 5 "$work/qemu.log" "$work/console.log"; die "the machine did not start"; }
    say "$(guest '. /etc/os-release; echo "$PRETTY_NAME, Linux $(uname -r), $(systemctl --version | head -n 1), $(systemd-detect-virt)"')"
}

# Waits until the machine takes orders.
started() {
    local line
    while kill -0 "$machine" 2>/dev/null && read -r -t 240 -u 4 line; do
        [ "$line" != ready ] || return 0
    done
    return 1
}

# guest SCRIPT: what it prints and its exit code, as root in the machine.
guest() {
    local code text
    printf '%s\n' "$(printf %s "$1" | base64 -w 0)" >&3
    read -r -t 170 -u 4 code text || { echo "the machine does not answer to: $1"; return 1; }
    base64 -d <<<"${text:-}"
    return "$code"
}

restart_machine() {
    guest 'systemctl reboot' >/dev/null
    started
}

# An order to QEMU itself: pulls and plugs devices.
monitor() { printf '%s\n' "$*" >&5; }
