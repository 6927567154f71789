#!/usr/bin/env python3
"""Makes collector/reference/*.csv from packages of public registries.

    packaging/reference/make.py [--check]

Sources; the same versions give the same files byte for byte. Those of npm and PyPI are pinned, of Debian's the
system's own is taken, and said where it is another than the committed tables were made of (sources.py):
  npm   @ip-location-db/asn                    whose network a prefix is (RouteViews, DB-IP, NRO; CC-BY-4.0)
  npm   @ip-location-db/geo-whois-asn-country  which addresses are Vietnam's (NRO; CC0-1.0)
  PyPI  vietnamadminunits                      administrative units and their successors (MIT)
  apt   distro-info-data                       support of Debian and Ubuntu (ISC)
  apt   ieee-data                              whom the address block of a MAC belongs to (public domain)
  hand  isp-brands.csv, os-cycles.csv          facts kept beside this script, os-cycles.csv with a source a row
  hand  oui-kinds.csv                          what a vendor mostly makes, and how sure that is

--check compares with the committed files instead of writing them. Needs npm, pip, apt-get and dpkg-deb.
"""

import csv
import io
import ipaddress
import json
import pathlib
import sqlite3
import sys
import tarfile
import tempfile
import unicodedata
import zipfile

from sources import debian_package, run, write

HERE = pathlib.Path(__file__).resolve().parent
OUT = HERE.parents[1] / "collector" / "reference"
ASN = ("@ip-location-db/asn", "2.3.2026061719")
COUNTRY = ("@ip-location-db/geo-whois-asn-country", "2.3.2026061719")
UNITS = ("vietnamadminunits", "1.0.4")
DISTRO_INFO = "distro-info-data"
IEEE = "ieee-data"
UNIT_COLUMNS = ["code", "parent_code", "level", "kind", "name_vi", "full_name_vi"]


def npm_package(name, version, folder):
    source = f"npm package {name} {version}"
    archive = run(source, "npm", "pack", "--loglevel=error", f"{name}@{version}", cwd=folder).strip().splitlines()[-1]
    return tarfile.open(folder / archive)


def npm_rows(archive, name):
    text = io.TextIOWrapper(archive.extractfile(f"package/{name}"), encoding="utf-8", newline="")
    return csv.reader(text)


def python_package(name, version, folder):
    source = f"PyPI package {name} {version}"
    run(source, sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":none:",
        "--dest", str(folder), f"{name}=={version}", cwd=folder)
    return zipfile.ZipFile(next(folder.glob(f"{name}-{version}-*.whl")))


def text_of(columns, rows):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return unicodedata.normalize("NFC", out.getvalue())


# Networks -----------------------------------------------------------------------------------------------

def vietnamese_ranges(archive, family):
    rows = npm_rows(archive, f"geo-whois-asn-country-ipv{family}-num.csv")
    return [(int(first), int(last)) for first, last, country in rows if country == "VN"]


def inside(first, last, ranges, start):
    """The parts of first..last that lie in the sorted ranges, and where to go on looking."""
    while start < len(ranges) and ranges[start][1] < first:
        start += 1
    parts, at = [], start
    while at < len(ranges) and ranges[at][0] <= last:
        parts.append((max(first, ranges[at][0]), min(last, ranges[at][1])))
        at += 1
    return parts, start


def vietnamese_networks(asn_archive, country_archive, family):
    """[(first, last, asn, name)], neighbours of one network joined."""
    ranges = sorted(vietnamese_ranges(country_archive, family))
    joined, start = [], 0
    for first, last, asn, name in npm_rows(asn_archive, f"asn-ipv{family}-num.csv"):
        parts, start = inside(int(first), int(last), ranges, start)
        for low, high in parts:
            if joined and joined[-1][1] + 1 == low and joined[-1][2] == int(asn):
                joined[-1] = (joined[-1][0], high, int(asn), name)
            else:
                joined.append((low, high, int(asn), name))
    return joined


def isp_tables(asn_archive, country_archive):
    brands = {int(r["asn"]): r for r in csv.DictReader((HERE / "isp-brands.csv").open(encoding="utf-8"))}
    prefixes, names = [], {}
    for family, address in ((4, ipaddress.IPv4Address), (6, ipaddress.IPv6Address)):
        for first, last, asn, name in vietnamese_networks(asn_archive, country_archive, family):
            names.setdefault(asn, name.strip() or f"AS{asn}")
            for network in ipaddress.summarize_address_range(address(first), address(last)):
                prefixes.append((network, asn))
    networks = []
    for asn, name in sorted(names.items()):
        brand = brands.get(asn)
        isp = brand["isp"] if brand else name
        group = brand["infrastructure_group"] if brand else f"AS{asn}"
        networks.append((asn, name, isp, group, "yes" if brand else "no"))
    missing = sorted(set(brands) - set(names))
    print(f"networks: {len(networks)}, prefixes: {len(prefixes)}, brands without a prefix: {missing}")
    return (text_of(["asn", "as_name", "isp", "infrastructure_group", "named"], networks),
            text_of(["prefix", "asn"], prefixes))


# Units --------------------------------------------------------------------------------------------------

KINDS = ["thành phố", "thị trấn", "thị xã", "đặc khu", "phường", "huyện", "quận", "tỉnh", "xã"]


def unit_row(code, parent, level, full_name):
    full_name = unicodedata.normalize("NFC", full_name.strip())
    kind = next(k for k in KINDS if full_name.lower().startswith(k + " "))
    name = full_name[len(kind) + 1:]
    return code, parent or "", level, kind, name, f"{kind.capitalize()} {name}"


def units_2025h1(database):
    rows = database.execute("SELECT provinceCode, province, districtCode, district, wardCode, ward FROM admin_units_legacy")
    units = {}
    for province, province_name, district, district_name, ward, ward_name in rows:
        units[province] = unit_row(province, None, "province", province_name)
        if district:
            units[district] = unit_row(district, province, "district", district_name)
        if ward:
            units[ward] = unit_row(ward, district, "commune", ward_name)
    return units


def units_2025(database):
    units = {}
    for province, province_name, ward, ward_name in database.execute(
        "SELECT provinceCode, province, wardCode, ward FROM admin_units"
    ):
        units[province] = unit_row(province, None, "province", province_name)
        units[ward] = unit_row(ward, province, "commune", ward_name)
    return units


def successors(wheel, database, old, new):
    """Which commune of 2025 an old commune went to: `full`, or `partial` where it was divided; of the parts
    one is the main one."""
    converter = json.loads(wheel.read("vietnamadminunits/data/converter_2025.json"))
    old_codes = {f"{p}_{d}_{w or ''}": ward or district for p, d, w, district, ward in database.execute(
        "SELECT provinceKey, districtKey, wardKey, districtCode, wardCode FROM admin_units_legacy")}
    new_codes = {(p, w): ward for p, w, ward in database.execute(
        "SELECT provinceKey, wardKey, wardCode FROM admin_units")}
    rows, unknown = [], []

    def add(key, province, ward, relation, main):
        if key in old_codes and (province, ward) in new_codes:
            rows.append((old_codes[key], new_codes[province, ward], relation, main))
        else:
            unknown.append((key, ward))

    for province, wards in converter["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for ward, keys in wards.items():
            for key in keys:
                add(key, province, ward, "full", "yes")
    for province, divided in converter["DICT_PROVINCE_WARD_DIVIDED"].items():
        for key, parts in divided.items():
            for part in parts:
                add(key, province, part["newWardKey"], "partial", "yes" if part["isDefaultNewWard"] else "no")
    mapped = {row[0] for row in rows}
    left = [code for code, unit in old.items() if unit[2] == "commune" and code not in mapped]
    print(f"successors: {len(mapped)} communes mapped, not mapped: {left}, names not found: {unknown}")
    return text_of(["old_code", "new_code", "relation", "main"], sorted(set(rows)))


def unit_table(units):
    tiers = ["province", "district", "commune"]
    return text_of(UNIT_COLUMNS, sorted(units.values(), key=lambda u: (tiers.index(u[2]), u[0])))


# Operating systems --------------------------------------------------------------------------------------

def linux_cycles(folder, version):
    source = f"{DISTRO_INFO} {version}"
    for row in csv.DictReader((folder / "usr/share/distro-info/debian.csv").open(encoding="utf-8")):
        # Long-term support of Debian is free of charge, so it counts; the paid "ELTS" does not.
        end = row["eol-lts"] or row["eol"]
        if row["version"] and row["release"] and end:
            yield "debian", row["version"], "", f"Debian {row['version']}", end, source
    for row in csv.DictReader((folder / "usr/share/distro-info/ubuntu.csv").open(encoding="utf-8")):
        end = row["eol-server"] or row["eol"]
        release = row["version"].split()[0]
        yield "ubuntu", release, "", f"Ubuntu {row['version']}", end, source


def lifecycle_table(folder, version):
    columns = ["product", "release", "edition", "label", "security_ends_on", "source"]
    by_hand = [tuple(r[c] for c in columns)
               for r in csv.DictReader((HERE / "os-cycles.csv").open(encoding="utf-8"))]
    return text_of(columns, sorted([*by_hand, *linux_cycles(folder, version)]))


# Vendors of network adapters ----------------------------------------------------------------------------

# A block that is divided among others, and one that nobody tells.
NO_VENDOR = {"IEEE Registration Authority", "Private"}


def vendor_table(folder):
    kinds = list(csv.DictReader((HERE / "oui-kinds.csv").open(encoding="utf-8")))
    vendors = {}
    for row in csv.DictReader((folder / "usr/share/ieee-data/oui.csv").open(encoding="utf-8")):
        name = " ".join(row["Organization Name"].split())
        if name and name not in NO_VENDOR:
            vendors.setdefault(name, []).append(row["Assignment"].lower())
    rows, used = [], set()
    for name, blocks in vendors.items():
        known = next((k for k in kinds if name.lower().startswith(k["vendor"])), None)
        used.add(known["vendor"] if known else "")
        kind, permille = (known["kind"], known["permille"]) if known else ("", "")
        rows.append((name, kind, permille, " ".join(sorted(set(blocks)))))
    unused = [k["vendor"] for k in kinds if k["vendor"] not in used]
    print(f"vendors: {len(rows)}, kinds of no vendor: {unused}")
    return text_of(["vendor", "kind", "permille", "blocks"], sorted(rows))


# ----------------------------------------------------------------------------------------------------------

def make(folder):
    asn, country = npm_package(*ASN, folder), npm_package(*COUNTRY, folder)
    isps, prefixes = isp_tables(asn, country)
    wheel = python_package(*UNITS, folder)
    wheel.extract("vietnamadminunits/data/dataset.db", folder)
    database = sqlite3.connect(folder / "vietnamadminunits/data/dataset.db")
    old, new = units_2025h1(database), units_2025(database)
    debian = folder / "debian"
    distro_version = debian_package(DISTRO_INFO, folder, debian)
    debian_package(IEEE, folder, debian)
    return {
        "isps.csv": isps,
        "isp-prefixes.csv": prefixes,
        "units-2025h1.csv": unit_table(old),
        "units-2025.csv": unit_table(new),
        "units-2025-successors.csv": successors(wheel, database, old, new),
        "os-lifecycle.csv": lifecycle_table(debian, distro_version),
        "oui.csv": vendor_table(debian),
    }


def main():
    with tempfile.TemporaryDirectory() as folder:
        files = make(pathlib.Path(folder))
    differs = write({OUT / name: content for name, content in files.items()}, "--check" in sys.argv)
    return 1 if differs and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
