# The collector on this machine's loopback. Sourced by live-test.sh.
set -euo pipefail

unit=26746

collector() { "$collector_program" "$@" --data "$work/data"; }
listening() { (exec 9<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
free_port() { local port=$1; while listening "$port"; do port=$((port + 1)); done; echo "$port"; }
collector_is_up() { [ -s "$work/data/ca.pem" ] && listening "$http" && listening "$mqtt"; }

start_collector() {
    collector_program=${CARGO_TARGET_DIR:-target}/debug/kiemke-collector
    http=$(free_port 18443) mqtt=$(free_port 18883)
    printf 'names = ["%s"]\n' $gateway >"$work/collector.toml"
    "$collector_program" serve --data "$work/data" --config "$work/collector.toml" \
        --http "127.0.0.1:$http" --mqtt "127.0.0.1:$mqtt" >"$work/collector.log" 2>&1 &
    processes+=($!)
    within 60 collector_is_up || { tail -n 5 "$work/collector.log"; die "the collector did not start"; }
    collector units import collector/reference/units-2025h1.csv >/dev/null
    collector release key create "$work/release.key" >"$work/release.public"
    collector release trust "$(cat "$work/release.public")" >/dev/null
    token=$(collector token create --unit 760 --uses 20)
}

store() { sqlite3 -readonly "$work/data/kiemke.sqlite" "$1"; }
# Of the computer; one that was purged and enrols again retires the former.
device() { collector device list --json | jq -r "map(select(.state == \"active\"))[0].$1"; }
# section NAME: as the collector holds it.
section() {
    store "SELECT writefile('$work/section', content) FROM device_section WHERE name = '$1' AND device = '$(device device)'" >/dev/null
    zstd -dcq "$work/section"
}
# told SECTION FILTER: whether jq says yes of the section that the collector holds.
told() { section "$1" | jq -e "$2" || { section "$1" | jq -c .; return 1; }; }
reports() { store "SELECT count(*) FROM report"; }

# Has the computer look at itself, and waits until what it saw is stored.
look_again() {
    local before
    before=$(reports)
    collector device scan "$(device device)" --full >/dev/null
    within 90 more_reports_than "$before"
}
more_reports_than() { [ "$(reports)" -gt "$1" ]; }
