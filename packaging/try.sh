#!/usr/bin/env bash
# Kiemke on this machine: builds it, starts the collector, enrols this computer, and shows a simulated district
# beside it. Everything lies in a temporary folder and is gone at the end.
#   ./packaging/try.sh              until Ctrl-C
#   ./packaging/try.sh --once       ends when this computer's report can be found
#   ./packaging/try.sh --no-sim     without the simulated district
set -euo pipefail
cd "$(dirname "$0")/.."
. packaging/prerequisites.sh

once=0 sim=1
for argument in "$@"; do
    case $argument in
        --once) once=1 ;;
        --no-sim) sim=0 ;;
        -h | --help) sed -n '2,6s/^# \{0,1\}//p' "$0"; exit 0 ;;
        *) die "unknown option $argument; try.sh knows --once and --no-sim" ;;
    esac
done

need_build_tools
say "building (the first time takes a while)"
cargo build --release --locked -p kiemke-agent -p kiemke-collector -p kiemke-tests --bins
bin=$(cd "${CARGO_TARGET_DIR:-target}/release" && pwd)

work=$(mktemp -d "${TMPDIR:-/tmp}/kiemke-try.XXXXXX")
data=$work/data
processes=()
finish() {
    local status=$?
    trap - EXIT INT TERM
    [ ${#processes[@]} -eq 0 ] || kill "${processes[@]}" 2>/dev/null || true
    wait 2>/dev/null || true
    if [ $status -ne 0 ] && [ $status -ne 130 ]; then
        echo "logs: $work" >&2
    else
        rm -rf "$work"
    fi
    exit $status
}
trap finish EXIT
trap 'exit 130' INT TERM

collector() { "$bin/kiemke-collector" "$@" --data "$data"; }
listening() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
free_port() { local port=$1; while listening "$port"; do port=$((port + 1)); done; echo "$port"; }

# wait_for SECONDS WHAT COMMAND…: the command's success, or the end.
wait_for() {
    local seconds=$1 what=$2 until=$((SECONDS + $1))
    shift 2
    until "$@"; do
        [ $SECONDS -lt $until ] || die "$what: not after $seconds s"
        for process in "${processes[@]}"; do kill -0 "$process" 2>/dev/null || die "$what: a process ended early"; done
        sleep 0.3
    done
}

say "starting the collector"
http=$(free_port 8443) mqtt=$(free_port 8883)
"$bin/kiemke-collector" serve --data "$data" --http "127.0.0.1:$http" --mqtt "127.0.0.1:$mqtt" \
    >"$work/collector.log" 2>&1 &
processes+=($!)
up() { [ -s "$data/ca.pem" ] && listening "$http" && listening "$mqtt"; }
wait_for 60 "the collector" up

say "units of 30 June 2025, an enrolment token for Quận 1"
collector units import collector/reference/units-2025h1.csv
token=$(collector token create --unit 760 --uses 1000)

say "this computer as one of Phường Nguyễn Thái Bình (26746)"
export KIEMKE_STATE_DIR=$work/agent
"$bin/kiemke-agent" enrol --collector "https://127.0.0.1:$http" --ca "$data/ca.pem" --token "$token" --unit 26746
if [ $once -eq 1 ]; then
    timeout 120 "$bin/kiemke-agent" run --once >"$work/agent.log" 2>&1 || die "the agent: $(tail -n 1 "$work/agent.log")"
else
    "$bin/kiemke-agent" run >"$work/agent.log" 2>&1 &
    processes+=($!)
fi

if [ $sim -eq 1 ]; then
    say "the simulated district"
    fleet=("$bin/kiemke-fleet" --collector "https://127.0.0.1:$http" --ca "$data/ca.pem" --token "$token"
        --profile quan1 --out "$work/fleet")
    if [ $once -eq 1 ]; then
        "${fleet[@]}" --once
    else
        "${fleet[@]}" >"$work/fleet.log" 2>&1 &
        processes+=($!)
        stored() { grep -q ' stored$' "$work/fleet.log"; }
        wait_for 240 "the simulated district" stored
    fi
    collector import declarations "$work/fleet/declarations.csv"
    collector import security-checks "$work/fleet/security-checks.csv"
fi

found() { collector search "$(hostname)" --json 2>>"$work/search.log" | grep -qF "$(hostname)"; }
wait_for 60 "finding $(hostname)" found
say "found: $(hostname)"
[ $once -eq 0 ] || exit 0

login=$(grep -m 1 -i 'password' "$work/collector.log" || true)
cat <<TEXT

  https://127.0.0.1:$http   (the certificate is the collector's own: tell the browser to go on)
  ${login:-log in as the administrator that $work/collector.log names}

  Ctrl-C ends everything and removes $work
TEXT
wait "${processes[0]}"
