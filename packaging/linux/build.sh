#!/usr/bin/env bash
# Builds the agent as one static executable (musl: any distribution, any age) and packs it as .deb, .rpm and .tar.gz.
#   packaging/linux/build.sh [--out DIR]      default: $CARGO_TARGET_DIR/x86_64-unknown-linux-musl/PROFILE
#   KIEMKE_PROFILE=agent|dev                  default: agent (what is shipped)
#   KIEMKE_VERSION=X.Y.Z                      default: the workspace's
# What cannot be had is told in a line that starts with SKIPPED.
set -euo pipefail
cd "$(dirname "$0")/../.."
. packaging/prerequisites.sh

target=x86_64-unknown-linux-musl
profile=${KIEMKE_PROFILE:-agent}
version=${KIEMKE_VERSION:-$(sed -n '/^\[workspace.package\]/,/^\[/s/^version = "\(.*\)"/\1/p' Cargo.toml)}
built=${CARGO_TARGET_DIR:-target}/$target/$([ "$profile" = dev ] && echo debug || echo "$profile")
out=$built
[ "${1:-}" = --out ] && out=$2
here=packaging/linux

need_build_tools
command -v musl-gcc >/dev/null || apt_packages musl-tools ||
    { skipped "packages for Linux: install musl-tools"; exit 0; }
[ -d "$(rustc --print sysroot)/lib/rustlib/$target" ] || rustup target add "$target" >/dev/null 2>&1 ||
    { skipped "packages for Linux: run rustup target add $target"; exit 0; }

say "kiemke-agent for $target"
# Packed relocations: 0.3 MB less, of musl since 1.2.4, which Rust brings along.
CC_x86_64_unknown_linux_musl=musl-gcc cargo rustc -p kiemke-agent --bin kiemke-agent --locked --target "$target" \
    --profile "$profile" -- -C link-arg=-Wl,-z,pack-relative-relocs

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$out"
out=$(realpath "$out")

# stage DIR: the files as they lie on the computer.
stage() {
    install -D -m 755 "$built/kiemke-agent" "$1/usr/bin/kiemke-agent"
    install -D -m 644 packaging/agent.toml "$1/etc/kiemke/agent.toml"
    install -d "$1/usr/lib/systemd/system"
    sed 's#@EXECUTABLE@#/usr/bin/kiemke-agent#; s#@STATE_DIR@#/var/lib/kiemke-agent#g' \
        agent/src/service/kiemke-agent.service >"$1/usr/lib/systemd/system/kiemke-agent.service"
    chmod 644 "$1/usr/lib/systemd/system/kiemke-agent.service"
}

report() { printf '%s: %s bytes\n' "$1" "$(stat -c %s "$1")"; }

deb() {
    local root=$work/deb file=$out/kiemke-agent_${version}_amd64.deb
    stage "$root"
    install -D -m 644 LICENSE-MIT "$root/usr/share/doc/kiemke-agent/copyright"
    install -d "$root/DEBIAN"
    sed "s/@VERSION@/$version/; s/@SIZE@/$(du -sk "$root" | cut -f1)/" $here/deb/control >"$root/DEBIAN/control"
    echo /etc/kiemke/agent.toml >"$root/DEBIAN/conffiles"
    install -m 755 $here/deb/postinst $here/deb/prerm $here/deb/postrm "$root/DEBIAN/"
    dpkg-deb --root-owner-group -Zxz --build "$root" "$file" >/dev/null
    report "$file"
}

rpm() {
    local root=$work/rpm/BUILDROOT
    command -v rpmbuild >/dev/null || apt_packages rpm || { skipped ".rpm: install rpm (rpmbuild)"; return; }
    stage "$work/staged"
    rpmbuild -bb --quiet --target x86_64 --buildroot "$root" --define "_topdir $work/rpm" \
        --define "version_of_agent $version" --define "staged $work/staged" $here/rpm/kiemke-agent.spec
    cp "$work"/rpm/RPMS/x86_64/kiemke-agent-*.rpm "$out/"
    report "$out/kiemke-agent-$version-1.x86_64.rpm"
}

tarball() {
    local file=$out/kiemke-agent-$version-x86_64-linux.tar.gz
    tar --owner=0 --group=0 --mode=755 -czf "$file" -C "$built" kiemke-agent
    report "$file"
}

report "$built/kiemke-agent"
if command -v dpkg-deb >/dev/null; then deb; else skipped ".deb: there is no dpkg-deb"; fi
rpm
tarball
