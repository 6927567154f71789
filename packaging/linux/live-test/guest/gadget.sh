#!/bin/bash
# Plugs USB devices that the kernel itself plays (configfs on dummy_hcd) into this machine, and pulls them out.
#   gadget plug NAME VENDOR:PRODUCT MAKER MODEL SERIAL FUNCTION…     an empty SERIAL is none
#   gadget pull NAME
# FUNCTION: printer, or class/subclass/protocol of an interface in hexadecimal that nobody answers on.
set -euo pipefail
tree=/sys/kernel/config/usb_gadget

write() { printf '%s' "$2" >"$1"; }

free_controller() {
    local controller
    for controller in /sys/class/udc/*; do
        grep -qsx "${controller##*/}" $tree/*/UDC || { echo "${controller##*/}"; return; }
    done
    echo 'no free controller' >&2
    return 1
}

# Descriptors and strings for FunctionFS: one interface with two bulk end points, at full and at high speed.
descriptors() { # CLASS SUBCLASS PROTOCOL
    local interface='\x09\x04\x00\x00\x02'"\\x$1\\x$2\\x$3"'\x00' size all=''
    for size in '\x40\x00' '\x00\x02'; do
        all+=$interface'\x07\x05\x81\x02'$size'\x00\x07\x05\x02\x02'$size'\x00'
    done
    printf '\x03\0\0\0\x42\0\0\0\x03\0\0\0\x03\0\0\0\x03\0\0\0'"$all"
}
no_strings() { printf '\x02\0\0\0\x10\0\0\0\0\0\0\0\0\0\0\0'; }

bare_interface() { # NAME CLASS/SUBCLASS/PROTOCOL
    local at=/run/gadget/$1
    mkdir -p "functions/ffs.$1" "$at"
    mount -t functionfs "$1" "$at"
    # shellcheck disable=SC2086
    descriptors ${2//\// } >"$at.descriptors"
    no_strings >"$at.strings"
    setsid bash -c "exec 7<>$at/ep0; cat $at.descriptors >&7; cat $at.strings >&7; echo \$\$ >$at.holder; exec sleep infinity" \
        >/dev/null 2>&1 </dev/null &
    until [ -e "$at.holder" ]; do sleep 0.1; done
    ln -s "functions/ffs.$1" configs/c.1/
}

printer() { # NAME MAKER MODEL
    mkdir "functions/printer.$1"
    write "functions/printer.$1/pnp_string" "MFG:$2;MDL:$3;CLS:PRINTER;CMD:PCL,PJL;"
    ln -s "functions/printer.$1" configs/c.1/
}

plug() {
    local name=$1 ids=$2 maker=$3 model=$4 serial=$5 number=0 function
    shift 5
    modprobe -a libcomposite usb_f_fs
    [ -d /sys/class/udc/dummy_udc.0 ] || modprobe dummy_hcd num=8
    mkdir -p "$tree/$name/strings/0x409" "$tree/$name/configs/c.1" /run/gadget
    cd "$tree/$name"
    write idVendor "0x${ids%:*}"
    write idProduct "0x${ids#*:}"
    write strings/0x409/manufacturer "$maker"
    write strings/0x409/product "$model"
    [ -z "$serial" ] || write strings/0x409/serialnumber "$serial"
    for function in "$@"; do
        number=$((number + 1))
        case $function in
            printer) printer "$name$number" "$maker" "$model" ;;
            *) bare_interface "$name$number" "$function" ;;
        esac
    done
    write UDC "$(free_controller)"
}

pull() { echo >"$tree/$1/UDC"; }

case ${1:-} in
    plug | pull) "$@" ;;
    *) echo 'gadget plug or gadget pull' >&2; exit 2 ;;
esac
