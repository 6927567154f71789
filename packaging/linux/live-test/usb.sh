# USB devices that a kernel really sees: QEMU's, and the guest kernel's own gadgets. Sourced by live-test.sh.
set -euo pipefail

# has_device KIND CLASSIFIED-BY NAME [SERIAL]: whether the collector holds it as plugged in.
has_device() {
    told peripheral ".value.devices | any(.kind == \"$1\" and .classified_by == \"$2\" and .name == \"$3\"
        and .present and (.serial // \"\") == \"${4:-}\")"
}
lacks_device() { told peripheral ".value.devices | all(.name | contains(\"$1\") | not)"; }
is_in_history() { told peripheral ".value.devices | any(.name == \"$1\" and (.present | not) and .last_seen_at != null)"; }
observed() { store 'SELECT event FROM observation' | grep -F "$1"; }
hits() { collector search "$1" --json | jq .total; }
finds() { same "$1" "$(hits "$2")"; }

plug_all() {
    guest 'set -e
    gadget plug printer 03f0:2b17 "Hewlett-Packard" "HP LaserJet 1020" FN0X5PQ printer
    gadget plug both fffe:0002 "Brother" "MFC-L2701DW" E78098A5N123456 07/01/02 ff/ff/ff
    gadget plug scanner 04a9:190f "Canon" "CanoScan" "" ff/00/ff
    gadget plug token 096e:0807 "FS" "USB Token" "" 0b/00/00
    gadget plug iccd fffe:0003 "Thing" "Thing 1" "" 0b/00/02
    gadget plug reader 072f:90cc "ACS" "CCID USB Reader" "" 0b/00/00
    gadget plug webcam 046d:0825 "Logitech" "C270" 5A3F2B10 0e/01/00 0e/02/00
    gadget plug barcode fffe:0005 "Symbol" "Bar Code Scanner" "" 03/00/00
    for id in 03f0:2b17 fffe:0002 04a9:190f 096e:0807 fffe:0003 072f:90cc 046d:0825 fffe:0005; do
        until lsusb | grep -q "$id"; do sleep 1; done
    done'
}

show_usb() {
    check "the kernel sees eight devices of dummy_hcd" plug_all
    check "plugging in is reported without being asked" within 150 has_device token usb-table "FS USB Token"
    check "a printer of g_printer, with its serial" has_device printer usb-table "HP LaserJet 1020" FN0X5PQ
    check "a multifunction device by its name and interfaces" has_device multifunction name-pattern "Brother MFC-L2701DW" E78098A5N123456
    check "a scanner by VID:PID" has_device scanner usb-table "Canon CanoScan"
    check "a token by its interface (ICCD)" has_device token interface-class "Thing 1"
    check "a card reader of a desk" has_device card-reader usb-table "ACS CCID USB Reader"
    check "a webcam" has_device webcam usb-table "Logitech C270" 5A3F2B10
    check "QEMU's CCID reader" told peripheral '.value.devices | any(.kind == "card-reader" and .usb_vendor == "08e6")'
    check "a bar-code scanner, a tablet and a stick are none" told peripheral \
        '.value.devices | (length == 8) and all(.usb_vendor != "0627" and .usb_vendor != "46f4" and (.name | contains("Bar") | not))'
    check "the printer is found on the collector by its serial" within 30 finds 1 "kind:printer FN0X5PQ"
    check "the two tokens are counted" within 30 finds 2 kind:token
    show_unplugging
    show_virtual_reader
}

show_unplugging() {
    guest 'gadget pull token'
    monitor device_del reader
    check "a token that was pulled stays in the history" within 150 is_in_history "FS USB Token"
    check "so does a reader that QEMU unplugged" within 150 is_in_history "QEMU USB CCID"
    check "pulling is an event" observed peripheral-detached
    check "it still belongs to the computer" finds 2 kind:token
    guest 'gadget pull printer'
    check "a printer that is off stays too" within 150 is_in_history "HP LaserJet 1020"
}

show_virtual_reader() {
    check "pcscd shows a virtual reader" guest 'systemctl start pcscd.socket && timeout 20 pcsc_scan -r | grep -F "Virtual PCD"'
    look_again
    check "which is left out" lacks_device Virtual
    guest 'systemctl stop pcscd.socket pcscd.service'
}
