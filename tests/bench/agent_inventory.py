#!/usr/bin/env python3
"""CPU time and peak memory of one full local inventory, side by side in one run.

  agent_inventory.py KIEMKE_AGENT [--runs 15]

Needs Debian's time, fusioninventory-agent and ocsinventory-agent; a missing agent is said and left out.
CPU is user + system of the program and everything it starts (wait4); memory is the peak resident set of
its largest process, read by time(1), since a child of Python inherits Python's peak. The runs of the programs alternate, so that a busy moment hits all of them.
"""
import argparse, os, shutil, statistics, subprocess, sys, tempfile, time


def measure(command, cwd):
    started = time.monotonic()
    peak = os.path.join(cwd, "peak")
    timed = ["/usr/bin/time", "-f", "%M", "-o", peak, *command]
    process = subprocess.Popen(timed, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{command[0]} ended with {process.returncode}")
    with open(peak, encoding="ascii") as file:
        kibibytes = int(file.read())
    return usage.ru_utime + usage.ru_stime, kibibytes / 1024, time.monotonic() - started


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("agent")
    parser.add_argument("--runs", type=int, default=15)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        commands = {
            "kiemke-agent": [os.path.abspath(arguments.agent), "inventory"],
            "fusioninventory-agent": ["fusioninventory-agent", f"--local={folder}",
                                      "--no-task=deploy,netdiscovery,netinventory,esx,wakeonlan"],
            "ocsinventory-agent": ["ocsinventory-agent", f"--local={folder}"],
        }
        for name in [name for name in commands if not shutil.which(commands[name][0])]:
            print(f"SKIPPED: {name} is not installed", file=sys.stderr)
            del commands[name]
        figures = {name: [] for name in commands}
        for _ in range(arguments.runs + 1):
            for name, command in commands.items():
                figures[name].append(measure(command, folder))
    print(f"{'median of ' + str(arguments.runs):24} {'CPU s':>9} {'peak MiB':>9} {'wall s':>9}")
    for name, runs in figures.items():
        cpu, memory, wall = (statistics.median(column) for column in zip(*runs[1:]))
        print(f"{name:24} {cpu:9.4f} {memory:9.1f} {wall:9.3f}")


if __name__ == "__main__":
    main()
