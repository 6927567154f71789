#!/usr/bin/env python3
"""TCP payload of one full report and of an unchanged day, measured between a real agent and a real collector.

  agent_traffic.py BIN_FOLDER [--seconds 400]

BIN_FOLDER holds kiemke-agent and kiemke-collector. Every connection of the agent goes through a proxy on loopback
that counts bytes both ways (TLS included, TCP and IP headers not). The day is computed: 24 rounds of what an hourly
look costs (measured), and 288 keep-alives (measured over --seconds, which must be longer than 300).
"""
import argparse, selectors, socket, threading, time

from office import Office


class Proxy:
    def __init__(self, target):
        self.target, self.chunks, self.connections = target, [], 0
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client, _ = self.server.accept()
            self.connections += 1
            threading.Thread(target=self.forward, args=(client,), daemon=True).start()

    def forward(self, client):
        upstream = socket.create_connection(("127.0.0.1", self.target))
        ends = selectors.DefaultSelector()
        ends.register(client, selectors.EVENT_READ, (upstream, "up"))
        ends.register(upstream, selectors.EVENT_READ, (client, "down"))
        try:
            while True:
                for key, _ in ends.select():
                    data = key.fileobj.recv(65536)
                    if not data:
                        return
                    self.chunks.append((time.monotonic(), key.data[1], len(data)))
                    key.data[0].sendall(data)
        except OSError:
            pass
        finally:
            client.close()
            upstream.close()

    def bytes(self, since=0.0):
        return sum(size for at, _, size in list(self.chunks) if at >= since)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--seconds", type=int, default=400)
    arguments = parser.parse_args()
    with Office(arguments.folder) as office:
        measure(office, arguments.seconds)


def measure(office, seconds):
    web, broker = Proxy(office.http), Proxy(office.mqtt)
    office.connect_through(web.port, broker.port)
    office.run_agent()
    time.sleep(12)
    device = office.identity()["device"]
    print(f"start: {broker.bytes()} bytes on MQTT (handshake, subscription, full report, answer), "
          f"{web.bytes()} bytes on HTTPS (echo)")
    asked = time.monotonic()
    office.command("device", "scan", device, "--full")
    time.sleep(10)
    print(f"full report on the open connection: {broker.bytes(asked)} bytes with its order and answer, "
          f"echo {web.bytes(asked)} bytes")
    asked = time.monotonic()
    office.command("device", "scan", device)
    time.sleep(10)
    order, hour = broker.bytes(asked), web.bytes(asked)
    print(f"unchanged look: {order} bytes on MQTT (the order to look and what changed), echo {hour} bytes")
    quiet = time.monotonic()
    time.sleep(seconds)
    pings, other = broker.bytes(quiet), web.bytes(quiet)
    each = pings / max(1, seconds // 300)
    print(f"{seconds} s of quiet: {pings} bytes on MQTT, {other} bytes on HTTPS, "
          f"{web.connections} connections on HTTPS so far")
    print(f"an unchanged day: {288 * each + 24 * hour:.0f} bytes = 288 keep-alives of {each:.0f} + 24 echoes of {hour}")


main()
