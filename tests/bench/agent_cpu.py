#!/usr/bin/env python3
"""What a real agent costs on this machine: processor time of a minute and of a round of all probes, resident memory.

  agent_cpu.py BIN_FOLDER [--minutes 7] [--rounds 24]

BIN_FOLDER holds kiemke-agent (built with --profile agent, glibc or static) and kiemke-collector. A day is 1,440 median
minutes and 24 median rounds; a round here is ordered, so that it holds the order and what little changed too.
"""
import argparse, statistics, time

from office import Office

MINUTES_A_DAY, ROUNDS_A_DAY = 1440, 24


def milliseconds(pid):
    """Of all threads, those that ended too: the processor clock of a process, clock_getcpuclockid(3)."""
    return time.clock_gettime_ns(~pid << 3 | 2) / 1e6


def memory(pid):
    with open(f"/proc/{pid}/status", encoding="utf-8") as file:
        lines = dict(line.split(":", 1) for line in file)
    mib = {name: int(lines[name].split()[0]) / 1024 for name in ("VmRSS", "RssAnon", "RssFile", "VmHWM")}
    return (f"{mib['VmRSS']:.1f} MiB resident ({mib['RssAnon']:.1f} its own, {mib['RssFile']:.1f} of files), "
            f"peak {mib['VmHWM']:.1f} MiB")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--minutes", type=int, default=7)
    parser.add_argument("--rounds", type=int, default=24)
    arguments = parser.parse_args()
    with Office(arguments.folder) as office:
        measure(office, arguments.minutes, arguments.rounds)


def measure(office, minutes, rounds):
    agent = office.run_agent()
    time.sleep(30)
    spent = milliseconds(agent.pid)
    print(f"start, first inventory and full report: {spent:.1f} ms, {memory(agent.pid)}", flush=True)
    each_minute, each_round = [], []
    for _ in range(minutes):
        time.sleep(60)
        now = milliseconds(agent.pid)
        each_minute.append(now - spent)
        print(f"minute: {each_minute[-1]:.2f} ms", flush=True)
        spent = now
    device = office.identity()["device"]
    for _ in range(rounds):
        office.command("device", "scan", device)
        time.sleep(5)
        now = milliseconds(agent.pid)
        each_round.append(now - spent)
        print(f"round: {each_round[-1]:.2f} ms", flush=True)
        spent = now
    minute, round_ = statistics.median(each_minute), statistics.median(each_round)
    day = (MINUTES_A_DAY * minute + ROUNDS_A_DAY * round_) / 1000
    print(f"a day: {day:.2f} s = 1,440 minutes of {minute:.2f} ms + 24 rounds of {round_:.2f} ms; {memory(agent.pid)}")


main()
