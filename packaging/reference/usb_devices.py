#!/usr/bin/env python3
"""Makes agent/data/usb-devices.csv: which USB product is a printer, scanner, reader, token, ...

Sources, taken from the Debian archive with `apt-get download` (needs apt-get and dpkg-deb, nothing is installed):
  usb.ids         BSD-3-Clause (or GPL-2+)   vendor and product names
  libsane-common  GPL-2+, facts only          VID:PID of scanners, from the lists of supported devices
  libccid         LGPL-2.1+, facts only       VID:PID of smart-card readers and tokens, from Info.plist
Row: `<vid><pid>;<class>;<vendor>;<model>`, sorted by key. Classes: p printer, s scanner, m multifunction,
r card reader, t token for digital signatures, w webcam, f fingerprint reader, x known to be none of these.

Usage: usb_devices.py [--work DIR] [--out FILE] [--check]
"""

import argparse
import html
import pathlib
import plistlib
import re
import sys
import tempfile

from sources import debian_package, write

PACKAGES = ["usb.ids", "libsane-common", "libccid"]

# In this order; the first that fits decides. Classes that are no peripheral of the forms come first.
NAMES = [
    ("r", r"passport reader|jacartareader|rutoken (scr|pinpad)|token reader"),
    ("p", r"label printer|receipt printer"),
    ("x", r"bar ?code|qr ?code|hand-?held scan|yubi ?key|nitrokey|\bsolo\b|solokeys|ledger|trezor|fido|u2f|titan key"
          r"|security key|canokey|onlykey|librem key|gnuk|token2|zukey|secure board"),
    ("t", r"e-?token|epass|ep2003|hyp(er)?pki|hyper ?secu|prox ?key|watchdata|\busb ?key\b|usb ?token|crypto ?id|gm3000|longmai"
          r"|token|digital ?dna|tokenme|id ?prime|idbridge k|entersafe|\bikey|starsign|usb ?shell|ccid key|smart ?key"
          r"|\bckey|vaultic|e\.key|keypass|minikey|crypto ?key|cryptomate|\bjcop|rosetta|activkey|jacarta|crypto ?stick|secure ?key|digipass key|star sign"),
    ("r", r"smart ?card|card ?man|acr ?\d{2,4}|\bacs\b|omnikey|scr ?\d{3,4}|\bscl\d|utrust|card ?terminal|pc twin|gempc"
          r"|ccid|identiv|chip ?card|contactless|reiner|cyberjack|pin ?pad|idbridge ct|rc-s\d{3}"),
    ("f", r"finger ?print|biometric|u\.?are\.?u|futronic|secugen|hamster|biomini|swipe sensor|touch sensor"),
    ("m", r"\bmfp\b|(i-sensys|imageclass|laserbase) mf|\bmf\d{4}|mfc-|mfc\d|dcp-|multi-?function|all-?in-?one|workcent(re|er)|scx-|clx-|officejet|photosmart|\bpsc\b"
          r"|pixma (g[2-7]|mg|mp|mx|tr|ts|e[34])|stylus (cx|dx|sx|tx|nx|bx)|\bL[356]\d{3}\b|bizhub|imagerunner|imageclass (mf|d\d)"
          r"|e-?studio|docucentre|docuprint m|aficio|\besp (c|office|\d)|smartbase|laserbase|sl-m2[08]7|deskjet (f|ink adv|1[05]\d\d|2[0-9]{3}|3[05]\d\d)"
          r"|ink advantage|ink tank|smart tank|\benvy\b|px-[mfa]\d|ep-\d{3}|scanner/printer"),
    ("w", r"web ?cam|quickcam|\buvc\b|(integrated|easy|hd|usb|pc|video|laptop|truevision) ?camera|lifecam|facetime|pc ?cam\b|isight"),
    ("s", r"scan ?jet|scanner|cano ?scan|lide ?\d{2,3}|image ?formula|\bdr-\w?\d{3,4}|perfection|\bgt-\w?\d{3,5}|scan ?snap"
          r"|\bfi-\d{3,4}|kv-[sn]\d{4}|scan ?(prisa|maker|wit|express|magic|port|mate|front|copy)|opticpro|opticbook|opticfilm|optic ?slim|smart ?office|ads-\d{4}|filmscan"),
    ("p", r"printer|laserjet|deskjet|designjet|lbp[- ]?\d{3,4}|\bhl-|stylus|\blq-|\blx-\d|\bplq|\btm-|\bml-\d{3,4}|clp-|ecosys"
          r"|docuprint|pixma i|bubblejet|\bbjc|surecolor|phaser|\bpx-|label ?writer|\bql-\d|\bpt-\d|\bip\d{4}|\bi\d{3,4}d?\b printer|colou?r ?laser"),
]
NO_PERIPHERAL = re.compile(r"hub|gamepad|shock|midi|monitor|card reader$|converter|cordless desktop|thermal camera|keyboard|mouse|storage|disk|flash|phone|modem|ethernet|audio|bluetooth|memory|multicard|card ?bus|adapter|serial|tablet|player|\btv\b|dvb|tuner|capture|microscope|camera mass|network|wireless|cable|bootloader|recovery", re.I)
COMPILED = [(kind, re.compile(pattern, re.I)) for kind, pattern in NAMES]

# Tokens that are no CCID devices and so in no list: facts from the udev rules and manuals of their makers.
FACTS = {
    "096e0005": ("t", "Feitian", "ePass2000"),
    "096e0305": ("t", "Feitian", "ePass2000"),
    "096e0401": ("t", "Feitian", "ePass3000"),
    "096e0702": ("t", "Feitian", "ePass3003"),
    "096e0703": ("t", "Feitian", "ePass3003 Auto"),
    "096e0807": ("t", "Feitian", "ePass2003"),
    "05290600": ("t", "SafeNet", "eToken 72K"),
    "05290620": ("t", "SafeNet", "eToken 5110"),
    "055cdb08": ("t", "Longmai", "GM3000"),
}


def download(work: pathlib.Path) -> pathlib.Path:
    """The unpacked packages; those already in `work` are taken as they are."""
    tree = work / "tree"
    for package in PACKAGES:
        debian_package(package, work, tree)
    return tree


def clean(text: str) -> str:
    text = html.unescape(re.sub(r"<[^>]+>", " ", text))
    return re.sub(r"\s+", " ", text.replace(";", ",")).strip()


def vendors_and_products(usb_ids: str):
    vendors, products, vendor = {}, {}, None
    for line in usb_ids.splitlines():
        if re.match(r"[0-9a-f]{4}  ", line):
            vendor = line[:4]
            vendors[vendor] = clean(line[6:])
        elif vendor and re.match(r"\t[0-9a-f]{4}  ", line):
            products[vendor + line[1:5]] = clean(line[7:])
        elif re.match(r"[A-Z]+ ", line):
            vendor = None
    return vendors, products


def short(vendor: str) -> str:
    """`Hewlett-Packard, Inc` -> `HP`, `Seiko Epson Corp.` -> `Epson`: as the makers write themselves."""
    for mark, name in {"hewlett": "HP", "epson": "Epson", "canon": "Canon", "brother": "Brother", "samsung": "Samsung"}.items():
        if vendor.lower().startswith(mark) or f" {mark}" in vendor.lower():
            return name
    cut = re.sub(r"[, ]+(co|corp|corporation|inc|ltd|llc|gmbh|ag|s\.?a|limited|technolog(y|ies)|electronics)\b.*$", "", vendor, flags=re.I)
    return cut.strip(" ,.(") or vendor


def by_name(name: str):
    return next((kind for kind, pattern in COMPILED if pattern.search(name)), None)


def scanners(page: str):
    """Rows of the list by maker: heading with the maker, then model, interface, VID/PID."""
    maker = ""
    for part in re.split(r"(?=<h3>|<tr>)", page):
        heading = re.match(r"<h3>(.*?)</h3>", part, re.S)
        if heading:
            maker = clean(heading.group(1)).removeprefix("Manufacturer:").strip()
        for ids in re.findall(r"0x([0-9a-fA-F]{4})/0x([0-9a-fA-F]{4})", part):
            model = clean(re.split(r"</td>", part, maxsplit=1)[0].removeprefix("<tr>"))
            yield "".join(ids).lower(), maker, model


def readers(plist: dict):
    for vid, pid, name in zip(plist["ifdVendorID"], plist["ifdProductID"], plist["ifdFriendlyName"]):
        yield f"{int(vid, 16):04x}{int(pid, 16):04x}", clean(name)


def without(maker: str, model: str) -> str:
    return model[len(maker):].strip() if model.lower().startswith(maker.lower() + " ") else model


def table(tree: pathlib.Path):
    text = lambda path: (tree / path).read_text(encoding="utf-8", errors="replace")
    vendors, products = vendors_and_products(text("var/lib/usbutils/usb.ids"))
    maker_of = lambda key, fallback="": short(vendors.get(key[:4], fallback)) or fallback or "USB " + key[:4]
    rows = {}
    for key, name in products.items():
        kind = by_name(f"{vendors.get(key[:4], '')} {name}" if key[:4] in ("072f",) else name)
        if kind and not (kind not in "tx" and NO_PERIPHERAL.search(name)):
            rows[key] = (kind, maker_of(key), name)
    lists = [text(f"usr/share/doc/libsane-common/sane-mfgs{part}.html") for part in ("-external", "")]
    for key, maker, model in (row for page in lists for row in scanners(page)):
        named = by_name(model)
        known = rows.get(key)
        kind = "m" if named == "m" or (known and known[0] in "mp") else "s"
        if known is None or known[0] != kind:
            rows[key] = (kind, maker_of(key, maker), without(maker, model))
    with open(tree / "etc/libccid_Info.plist", "rb") as file:
        for key, name in readers(plistlib.load(file)):
            named = by_name(name)
            if named == "x" and "secure board" not in name.lower():
                rows[key] = ("x", maker_of(key, name.split()[0]), name)
            elif re.search("keyboard|secure board|smartboard", name, re.I):
                rows[key] = ("r", maker_of(key, name.split()[0]), name)
            else:
                rows[key] = ("t" if named == "t" else "r", maker_of(key, name.split()[0]), name)
    rows.update(FACTS)
    return rows


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = pathlib.Path(__file__).resolve().parents[2] / "agent/data/usb-devices.csv"
    arguments.add_argument("--work", type=pathlib.Path, help="folder for the downloaded packages (default: a temporary one)")
    arguments.add_argument("--out", type=pathlib.Path, default=default)
    arguments.add_argument("--check", action="store_true", help="compare with the file instead of writing it")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        work = given.work or pathlib.Path(temporary)
        work.mkdir(parents=True, exist_ok=True)
        rows = table(download(work))
    lines = [f"{key};{kind};{vendor};{without(vendor, model)}\n" for key, (kind, vendor, model) in sorted(rows.items())]
    differs = write({given.out: "".join(lines)}, given.check)
    counts = {}
    for kind, _, _ in rows.values():
        counts[kind] = counts.get(kind, 0) + 1
    print(f"by class: {counts}")
    return 1 if differs and given.check else 0


if __name__ == "__main__":
    sys.exit(main())
