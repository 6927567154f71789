"""An agent in another language: enrols, seals a report and waits for the signed `stored`.

    report.py --collector https://127.0.0.1:8443 --ca DIR/ca.pem --token TOKEN [--unit CODE] [--host-name NAME]

Written against schemas/README.md alone. Prints `stored <device>` and ends 0 when the collector stored the report.
"""
import argparse
import base64
import datetime
import hashlib
import json
import queue
import ssl
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request

import cbor2
import paho.mqtt.client as mqtt
import zstandard
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

RAW = (serialization.Encoding.Raw, serialization.PublicFormat.Raw)
ALG, KID, EDDSA, COSE_SIGN1 = 1, 4, -8, 18


def now():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def base32_id(public_key):
    return base64.b32encode(hashlib.sha256(public_key).digest()[:16]).decode().rstrip("=").lower()


def seal(text, signer, purpose, key):
    protected = cbor2.dumps({ALG: EDDSA, KID: signer.encode()})
    payload = zstandard.ZstdCompressor().compress(text.encode())
    signed = cbor2.dumps(["Signature1", protected, purpose.encode(), payload])
    return cbor2.dumps(cbor2.CBORTag(COSE_SIGN1, [protected, {}, payload, key.sign(signed)]))


def open_envelope(envelope, purpose, public_key):
    message = cbor2.loads(envelope)
    protected, _, payload, signature = message.value if isinstance(message, cbor2.CBORTag) else message
    signed = cbor2.dumps(["Signature1", protected, purpose.encode(), payload])
    public_key.verify(signature, signed)
    return json.loads(zstandard.ZstdDecompressor().decompress(payload, max_output_size=1 << 20))


def enrol(options, report_key, tls_key):
    request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(tls_key, hashes.SHA256())
    request_pem = request.public_bytes(serialization.Encoding.PEM).decode()
    public = report_key.public_key().public_bytes(*RAW)
    proof = report_key.sign(f"kiemke enrol v1\n{options.token}\n{request_pem}".encode())
    body = {
        "token": options.token,
        "certificate_request": request_pem,
        "report_key": base64.b64encode(public).decode(),
        "proof": base64.b64encode(proof).decode(),
        "machine": {"host_name": options.host_name},
    }
    if options.unit:
        body["unit"] = options.unit
    call = urllib.request.Request(
        urllib.parse.urljoin(options.collector, "/api/v1/enrol"),
        data=json.dumps(body).encode(),
        headers={"content-type": "application/json"},
    )
    context = ssl.create_default_context(cafile=options.ca)
    try:
        with urllib.request.urlopen(call, context=context, timeout=30) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        sys.exit(f"enrolment refused: {error.read().decode()}")


def section(value):
    return json.dumps({"value": value}, ensure_ascii=False)


def report(device, options):
    sections = {
        "antivirus": section({"products": [], "firewall": []}),
        "operating-system": section(
            {
                "family": "linux",
                "name": "Debian GNU/Linux",
                "version": "13",
                "full_name": "Debian GNU/Linux 13 (trixie)",
                "host_name": options.host_name,
            }
        ),
    }
    lines = "".join(f"{name} {hashlib.sha256(text.encode()).hexdigest()}\n" for name, text in sorted(sections.items()))
    head = {
        "schema": 1,
        "device": device,
        "boot": 1,
        "sequence": 1,
        "created_at": now(),
        "agent": {"version": "1.0.0", "target": "python"},
        "kind": "full",
        "observed_at": {name: now() for name in sections},
        "state_digest": hashlib.sha256(lines.encode()).hexdigest(),
    }
    # The digest is over these bytes, so the sections go in as they were written.
    parts = ", ".join(f"{json.dumps(name)}: {text}" for name, text in sections.items())
    return json.dumps(head, ensure_ascii=False)[:-1] + f', "sections": {{{parts}}}}}'


def connect(options, enrolled, tls_key, answers):
    device = enrolled["device"]
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=device, protocol=mqtt.MQTTv5)
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as key, tempfile.NamedTemporaryFile("w", suffix=".pem") as chain:
        key.write(
            tls_key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            ).decode()
        )
        chain.write(enrolled["certificate"])
        key.flush(), chain.flush()
        client.tls_set(ca_certs=options.ca, certfile=chain.name, keyfile=key.name)
    host = enrolled.get("mqtt_host") or urllib.parse.urlparse(options.collector).hostname
    client.will_set(f"kiemke/v1/{device}/status", json.dumps({"presence": "offline"}), qos=1)
    client.on_subscribe = lambda *_: answers.put("subscribed")
    client.on_message = lambda _client, _data, message: answers.put(message.payload)
    client.connect(host, enrolled["mqtt_port"], keepalive=300)
    client.loop_start()
    client.subscribe(f"kiemke/v1/{device}/command", qos=1)
    assert answers.get(timeout=30) == "subscribed"
    return client


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--collector", "--ca", "--token"):
        parser.add_argument(name, required=True)
    parser.add_argument("--unit")
    parser.add_argument("--host-name", default="PYTHON-PC001")
    options = parser.parse_args()

    report_key, tls_key = ed25519.Ed25519PrivateKey.generate(), ec.generate_private_key(ec.SECP256R1())
    device = base32_id(report_key.public_key().public_bytes(*RAW))
    enrolled = enrol(options, report_key, tls_key)
    assert enrolled["device"] == device, enrolled
    collector_key = ed25519.Ed25519PublicKey.from_public_bytes(base64.b64decode(enrolled["collector_key"]))

    answers = queue.Queue()
    client = connect(options, enrolled, tls_key, answers)
    sealed = seal(report(device, options), device, "kiemke/v1/report", report_key)
    client.publish(f"kiemke/v1/{device}/report", sealed, qos=1)
    command = open_envelope(answers.get(timeout=60), "kiemke/v1/command", collector_key)
    client.disconnect()
    client.loop_stop()
    if (command["command"], command.get("boot"), command.get("sequence")) != ("stored", 1, 1):
        sys.exit(f"not stored: {command}")
    print(f"stored {device}")


if __name__ == "__main__":
    main()
