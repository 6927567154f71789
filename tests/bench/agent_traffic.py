#!/usr/bin/env python3
"""TCP payload of one full report and of an unchanged day, measured between a real agent and a real collector.

  agent_traffic.py BIN_FOLDER [--seconds 400]

BIN_FOLDER holds kiemke-agent and kiemke-collector. Every connection of the agent goes through a proxy on loopback
that counts bytes both ways (TLS included, TCP and IP headers not). The day is computed: 24 rounds of what an hourly
look costs (measured), and 288 keep-alives (measured over --seconds, which must be longer than 300).
"""
import argparse, json, os, selectors, socket, subprocess, tempfile, threading, time


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


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
    agent, collector = (os.path.join(arguments.folder, name) for name in ("kiemke-agent", "kiemke-collector"))
    with tempfile.TemporaryDirectory() as folder:
        data, state, http, mqtt = f"{folder}/data", f"{folder}/state", free_port(), free_port()
        environment = {**os.environ, "KIEMKE_STATE_DIR": state, "KIEMKE_LOG": "warn"}
        serve = subprocess.Popen([collector, "serve", "--data", data, "--http", f"127.0.0.1:{http}", "--mqtt",
                                  f"127.0.0.1:{mqtt}"], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        running = None
        try:
            units = os.path.join(os.path.dirname(__file__), "../../collector/reference/units-2025h1.csv")
            for _ in range(100):
                time.sleep(0.1)
                if os.path.exists(f"{data}/control.sock"):
                    break
            subprocess.run([collector, "units", "import", units, "--data", data], check=True, stdout=subprocess.DEVNULL)
            token = subprocess.run([collector, "token", "create", "--unit", "760", "--data", data], check=True,
                                   capture_output=True, text=True).stdout.strip()
            subprocess.run([agent, "enrol", "--collector", f"https://127.0.0.1:{http}", "--token", token, "--unit",
                            "26746", "--ca", f"{data}/ca.pem"], check=True, env=environment, stdout=subprocess.DEVNULL)
            web, broker = Proxy(http), Proxy(mqtt)
            path = f"{state}/identity.json"
            identity = json.load(open(path, encoding="utf-8"))
            identity.update(collector=f"https://127.0.0.1:{web.port}/", mqtt_host="127.0.0.1", mqtt_port=broker.port)
            json.dump(identity, open(path, "w", encoding="utf-8"))
            running = subprocess.Popen([agent, "run"], env=environment)
            time.sleep(12)
            device = identity["device"]
            shown = f"{data}/kiemke.sqlite"
            first_web, first_broker = web.bytes(), broker.bytes()
            print(f"start: {first_broker} bytes on MQTT (handshake, subscription, full report, answer), "
                  f"{first_web} bytes on HTTPS (echo)")
            asked = time.monotonic()
            subprocess.run([collector, "device", "scan", device, "--full", "--data", data], check=True,
                           stdout=subprocess.DEVNULL)
            time.sleep(10)
            print(f"full report on the open connection: {broker.bytes(asked)} bytes with its order and answer, "
                  f"echo {web.bytes(asked)} bytes")
            asked = time.monotonic()
            subprocess.run([collector, "device", "scan", device, "--data", data], check=True, stdout=subprocess.DEVNULL)
            time.sleep(10)
            order, hour = broker.bytes(asked), web.bytes(asked)
            print(f"unchanged look: {order} bytes on MQTT (the order to look and what changed), echo {hour} bytes")
            quiet = time.monotonic()
            time.sleep(arguments.seconds)
            pings, other = broker.bytes(quiet), web.bytes(quiet)
            each = pings / max(1, arguments.seconds // 300)
            print(f"{arguments.seconds} s of quiet: {pings} bytes on MQTT, {other} bytes on HTTPS, "
                  f"{web.connections} connections on HTTPS so far")
            print(f"an unchanged day: {288 * each + 24 * hour:.0f} bytes = 288 keep-alives of {each:.0f} + 24 echoes of {hour}")
        finally:
            for process in (running, serve):
                if process:
                    process.terminate()
                    process.wait()


main()
