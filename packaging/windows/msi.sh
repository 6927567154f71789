#!/usr/bin/env bash
# Makes the installer of one executable.   packaging/windows/msi.sh EXE TARGET [VERSION]
# KIEMKE_SIGN_PFX, KIEMKE_SIGN_PASSWORD: signs executable and installer with this PKCS#12 file.
set -euo pipefail
cd "$(dirname "$0")/../.."
. packaging/prerequisites.sh

exe=$(realpath "$1")
target=$2
version=${3:-$(sed -n '/^\[workspace.package\]/,/^\[/s/^version = "\(.*\)"/\1/p' Cargo.toml)}
if ! command -v wixl >/dev/null || ! command -v msibuild >/dev/null; then
    apt_packages wixl msitools || { skipped "MSI: install wixl and msitools"; exit 0; }
fi

# The 64-bit flag of a component, and keys that must never change: upgrades find the older version by them.
case $target in
    x86_64-*) name=x64 programs=ProgramFiles64Folder win64=yes bits=256
        upgrade=5B7E6E0B-3C5B-4B19-9D0A-6C2D3F1E7A64 program=0B0B4E0B-90F3-4A38-8B43-5F7D1C2A6464
        config=6E3F8A2C-1D5B-4C7E-A9F0-2B4D6C8E6464 ;;
    i686-*) name=x86 programs=ProgramFilesFolder win64=no bits=0
        upgrade=5B7E6E0B-3C5B-4B19-9D0A-6C2D3F1E7A64 program=0B0B4E0B-90F3-4A38-8B43-5F7D1C2A8686
        config=6E3F8A2C-1D5B-4C7E-A9F0-2B4D6C8E8686 ;;
    *) die "$target: no installer for this target" ;;
esac

sign() { # FILE
    [ -n "${KIEMKE_SIGN_PFX:-}" ] || return 0
    command -v osslsigncode >/dev/null || apt_packages osslsigncode || die "install osslsigncode to sign"
    osslsigncode sign -pkcs12 "$KIEMKE_SIGN_PFX" -pass "${KIEMKE_SIGN_PASSWORD:-}" -h sha256 -n "Kiemke Agent" \
        -in "$1" -out "$1.signed" >/dev/null
    mv "$1.signed" "$1"
}

msi=$(dirname "$exe")/kiemke-agent-$name.msi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$exe" "$work/kiemke-agent.exe"
sign "$work/kiemke-agent.exe"
# Notepad of Windows 7 knows no other line ends.
sed 's/$/\r/' packaging/agent.toml >"$work/agent.toml"
cp packaging/windows/kiemke-agent.wxs "$work"
# Old wixl looks for files beside its source only.
(cd "$work" && wixl -a "$name" -o agent.msi -D Version="$version" -D Exe=kiemke-agent.exe -D Config=agent.toml \
    -D Programs="$programs" -D Win64="$win64" -D UpgradeCode="$upgrade" -D ProgramGuid="$program" \
    -D ConfigGuid="$config" kiemke-agent.wxs)

query() { msibuild "$work/agent.msi" -q "$1"; }
# Permanent (16) and never overwritten (128): settings outlive upgrade and uninstall.
query "UPDATE \`Component\` SET \`Attributes\` = $((bits + 16 + 128)) WHERE \`Component\` = 'Config'"
# An executable of this package (18), deferred (1024), as SYSTEM (2048), its arguments kept out of the log (8192).
query "UPDATE \`CustomAction\` SET \`Type\` = $((18 + 1024 + 2048 + 8192)) WHERE \`Action\` = 'Enrol'"
# What a person may hand to the part of the installer that has rights.
secure=$(msiinfo export "$work/agent.msi" Property | tr -d '\r' | awk -F'\t' '$1 == "SecureCustomProperties" { print $2 }')
if [ -n "$secure" ]; then
    query "UPDATE \`Property\` SET \`Value\` = '$secure;COLLECTOR;PURGE;TOKEN' WHERE \`Property\` = 'SecureCustomProperties'"
else
    query "INSERT INTO \`Property\` (\`Property\`, \`Value\`) VALUES ('SecureCustomProperties', 'COLLECTOR;PURGE;TOKEN')"
fi
sign "$work/agent.msi"
mv "$work/agent.msi" "$msi"
printf '%s: %s bytes, version %s\n' "$msi" "$(stat -c %s "$msi")" "$version"
