#!/usr/bin/env bash
# Builds kiemke-agent.exe on Debian and checks that Windows 7 can load it.
#   packaging/windows/build.sh [--lint] [--msi] [TARGET…]    default: the three targets below
#   KIEMKE_PROFILE=agent|dev                        default: agent (what is shipped)
# The binaries go to $CARGO_TARGET_DIR/TARGET/PROFILE, the installers beside them. What cannot be had is told in
# a line that starts with SKIPPED.
set -euo pipefail
cd "$(dirname "$0")/../.."
. packaging/prerequisites.sh
. packaging/windows/imports.sh

# Rust's own Windows targets need Windows 10 since 1.78; the win7 ones are built with their standard library.
SHIPPED=(x86_64-win7-windows-gnu i686-win7-windows-gnu)
# Kept building, not shipped.
OTHERS=(x86_64-pc-windows-gnu)

lint= msi=
while :; do
    case ${1:-} in
        --lint) lint=1 ;;
        --msi) msi=1 ;;
        *) break ;;
    esac
    shift
done
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=("${SHIPPED[@]}" "${OTHERS[@]}")
profile=${KIEMKE_PROFILE:-agent}
out=${CARGO_TARGET_DIR:-target}
failed=

mingw() { # TARGET
    case $1 in
        x86_64-*) echo x86_64-w64-mingw32 gcc-mingw-w64-x86-64 ;;
        i686-*) echo i686-w64-mingw32 gcc-mingw-w64-i686 ;;
        *) die "$1: not a target of this script" ;;
    esac
}

# ready TARGET: compiler, linker, standard library.
ready() {
    local tools package
    read -r tools package < <(mingw "$1")
    command -v "$tools-gcc" >/dev/null || apt_packages "$package" ||
        { skipped "$1: install $package"; return 1; }
    case $1 in
        *-win7-*)
            [ -f "$(rustc --print sysroot)/lib/rustlib/src/rust/library/Cargo.lock" ] ||
                rustup component add rust-src >/dev/null 2>&1 ||
                { skipped "$1: run rustup component add rust-src"; return 1; }
            ;;
        *)
            [ -d "$(rustc --print sysroot)/lib/rustlib/$1" ] || rustup target add "$1" >/dev/null 2>&1 ||
                { skipped "$1: run rustup target add $1"; return 1; }
            ;;
    esac
}

build() { # TARGET
    local tools name=${1//-/_} arguments=(-p kiemke-agent --locked --target "$1" --profile "$profile")
    read -r tools _ < <(mingw "$1")
    export "CC_$name=$tools-gcc" "AR_$name=$tools-ar"
    case $1 in
        # The win7 targets come without a standard library; building it is not stable yet.
        *-win7-*) export RUSTC_BOOTSTRAP=1; arguments+=(-Zbuild-std=std,panic_unwind) ;;
        *) unset RUSTC_BOOTSTRAP ;;
    esac
    [ -z "$lint" ] || cargo clippy "${arguments[@]}" -- -D warnings
    cargo build "${arguments[@]}"
}

need_rust
folder=$([ "$profile" = dev ] && echo debug || echo "$profile")
for target in "${targets[@]}"; do
    exe=$out/$target/$folder/kiemke-agent.exe
    # What cannot be built now must not be taken for what was built once.
    rm -f "$exe" "$(dirname "$exe")"/kiemke-agent-*.msi
    ready "$target" || continue
    say "$target"
    build "$target"
    printf '%s: %s bytes\n' "$exe" "$(stat -c %s "$exe")"
    # Without link-time optimisation code that nobody calls keeps its imports.
    case $target-$profile in
        *-win7-*-agent) runs_on_windows_7 "$exe" || failed=1 ;;
        *-win7-*) skipped "imports of $exe: only --profile agent drops those of unused code" ;;
    esac
    if [ -n "$msi" ]; then
        case $target in *-win7-*) packaging/windows/msi.sh "$exe" "$target" ;; esac
    fi
done
[ -z "$failed" ] || die "an executable needs what Windows 7 does not have (see above)"
