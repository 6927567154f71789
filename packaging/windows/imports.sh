# Functions and libraries that an executable asks Windows for when it is loaded. Sourced by build.sh.
set -euo pipefail

# Functions newer than Windows 7 that compilers, Rust's library or dependencies have asked for; a program that
# imports one of them is not started at all.
NEWER_THAN_WINDOWS_7='ProcessPrng|WaitOnAddress|WakeByAddress(Single|All)|GetSystemTimePreciseAsFileTime|SetThreadDescription|GetThreadDescription|CoIncrementMTAUsage|CoDecrementMTAUsage|GetHostNameW|CreateFile2|GetOverlappedResultEx|GetCurrentThreadStackLimits|SetProcessMitigationPolicy|GetProcessMitigationPolicy|PrefetchVirtualMemory|MapViewOfFile3|VirtualAlloc2|CompareObjectHandles|DiscardVirtualMemory|NtCreateNamedPipeFile2|QueryUnbiasedInterruptTimePrecise|GetTempPath2W'

# Libraries that every Windows 7 has and that the agent may use.
KNOWN_LIBRARIES='advapi32|bcrypt|cfgmgr32|credui|crypt32|iphlpapi|kernel32|msvcrt|ncrypt|netapi32|ntdll|ole32|oleaut32|pdh|powrprof|psapi|rpcrt4|secur32|setupapi|shell32|user32|userenv|version|winspool|ws2_32|wtsapi32'

imported_libraries() { "${OBJDUMP:-objdump}" -p "$1" | sed -n 's/^\s*DLL Name: \(.*\)$/\L\1/p' | sed 's/\.dll$//; s/\.drv$//' | sort -u; }

imported_functions() {
    # Lines of the import table: address, hint, name.
    "${OBJDUMP:-objdump}" -p "$1" | sed -nE 's/^\s+[0-9a-f]+\s+(<none>\s+)?[0-9a-f]+\s+([A-Za-z_][A-Za-z0-9_@?]*)\s*$/\2/p' | sort -u
}

# runs_on_windows_7 EXE: false, and says why, where it does not.
runs_on_windows_7() {
    local functions libraries
    functions=$(imported_functions "$1")
    [ "$(printf '%s\n' "$functions" | wc -l)" -gt 20 ] || { printf 'error: %s: its imports cannot be read\n' "$1" >&2; return 1; }
    libraries=$(imported_libraries "$1" | grep -vxE "$KNOWN_LIBRARIES" || true)
    functions=$(printf '%s\n' "$functions" | grep -xE "$NEWER_THAN_WINDOWS_7" || true)
    [ -z "$libraries" ] || printf 'error: %s needs libraries that Windows 7 lacks or that are new here: %s\n' "$1" "$(echo $libraries)" >&2
    [ -z "$functions" ] || printf 'error: %s needs functions that Windows 7 lacks: %s\n' "$1" "$(echo $functions)" >&2
    [ -z "$libraries$functions" ] && printf '%s: imports nothing that Windows 7 lacks\n' "$1"
}
