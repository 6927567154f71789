#!/bin/bash
# Runs the orders that come through the machine's virtual port: one a line, base64; the answer is exit code and output.
set -u
exec 3<>/dev/virtio-ports/live-test
echo ready >&3
while read -r -u 3 order; do
    timeout 150 bash -c "$(base64 -d <<<"$order")" >/run/live-test-output 2>&1 3>&- </dev/null
    code=$?
    printf '%s %s\n' "$code" "$(base64 -w 0 </run/live-test-output)" >&3
done
