"""A collector on loopback and an agent enrolled with it, for the benches."""
import json, os, socket, subprocess, tempfile, time

UNITS = os.path.join(os.path.dirname(__file__), "../../collector/reference/units-2025h1.csv")


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


class Office:
    """Both end with the `with` block."""

    def __init__(self, bin_folder):
        self.agent, self.collector = (os.path.join(bin_folder, name) for name in ("kiemke-agent", "kiemke-collector"))
        self.folder, self.processes = tempfile.TemporaryDirectory(), []
        self.data, self.state = f"{self.folder.name}/data", f"{self.folder.name}/state"
        self.http, self.mqtt = free_port(), free_port()
        self.environment = {**os.environ, "KIEMKE_STATE_DIR": self.state, "KIEMKE_LOG": "warn"}

    def __enter__(self):
        self.processes.append(subprocess.Popen(
            [self.collector, "serve", "--data", self.data, "--http", f"127.0.0.1:{self.http}", "--mqtt",
             f"127.0.0.1:{self.mqtt}"], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL))
        for _ in range(100):
            time.sleep(0.1)
            if os.path.exists(f"{self.data}/control.sock"):
                break
        self.command("units", "import", UNITS)
        token = self.command("token", "create", "--unit", "760").strip()
        subprocess.run([self.agent, "enrol", "--collector", f"https://127.0.0.1:{self.http}", "--token", token, "--unit",
                        "26746", "--ca", f"{self.data}/ca.pem"], check=True, env=self.environment,
                       stdout=subprocess.DEVNULL)
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            process.terminate()
            process.wait()
        self.folder.cleanup()

    def command(self, *arguments):
        return subprocess.run([self.collector, *arguments, "--data", self.data], check=True, capture_output=True,
                              text=True).stdout

    def identity(self):
        with open(f"{self.state}/identity.json", encoding="utf-8") as file:
            return json.load(file)

    def connect_through(self, web_port, mqtt_port):
        """The agent connects to these ports from its next start on."""
        identity = self.identity()
        identity.update(collector=f"https://127.0.0.1:{web_port}/", mqtt_host="127.0.0.1", mqtt_port=mqtt_port)
        with open(f"{self.state}/identity.json", "w", encoding="utf-8") as file:
            json.dump(identity, file)

    def run_agent(self, prefix=(), **environment):
        process = subprocess.Popen([*prefix, self.agent, "run"], env={**self.environment, **environment})
        self.processes.append(process)
        return process
