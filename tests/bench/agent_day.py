#!/usr/bin/env python3
"""What a day costs a computer: processor time and resident memory of a real agent whose clocks run faster.

  agent_day.py BIN_FOLDER [--faster 288] [--hours 24]

BIN_FOLDER holds kiemke-agent (glibc, built with --profile agent) and kiemke-collector. libfaketime (Debian: faketime)
speeds up all of the agent's clocks and waits; the collector's run as always. Each hour of the agent's time one line.
"""
import argparse, glob, os, sys, time

from office import Office

TICKS = os.sysconf("SC_CLK_TCK")


def processor_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    # Of the agent and of the programs that its probes ran.
    return sum(int(field) for field in fields[11:15]) / TICKS


def resident_mib(pid):
    with open(f"/proc/{pid}/status", encoding="utf-8") as file:
        lines = dict(line.split(":", 1) for line in file)
    return int(lines["VmRSS"].split()[0]) / 1024, int(lines["VmHWM"].split()[0]) / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--faster", type=int, default=288)
    parser.add_argument("--hours", type=int, default=24)
    arguments = parser.parse_args()
    library = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
    if not library:
        sys.exit("libfaketime is missing: apt-get install faketime")
    with Office(arguments.folder) as office:
        agent = office.run_agent(LD_PRELOAD=library[0], FAKETIME=f"+0 x{arguments.faster}", FAKETIME_DONT_RESET="1")
        begun = time.monotonic()
        for hour in range(1, arguments.hours + 1):
            time.sleep(max(0, begun + hour * 3600 / arguments.faster - time.monotonic()))
            if agent.poll() is not None:
                sys.exit("the agent has ended")
            now, peak = resident_mib(agent.pid)
            print(f"hour {hour:2}: {processor_seconds(agent.pid):6.2f} s of processor, {now:5.1f} MiB resident, "
                  f"peak {peak:5.1f} MiB", flush=True)
        shown = office.command("device", "show", office.identity()["device"])
        print(next((line.strip() for line in shown.splitlines() if "report" in line.lower()), ""))


main()
