"""Fetches the sources of the reference tables from public registries, and says which cannot be had."""

import pathlib
import subprocess
import sys

# What the committed tables were made of. An archive of Debian keeps one version a suite: with another one a table may
# differ, which is said.
DEBIAN = {
    "distro-info-data": "0.58+deb12u7",
    "ieee-data": "20220827.1",
    "libccid": "1.5.2-1",
    "libsane-common": "1.2.1-2",
    "usb.ids": "2025.07.26-0+deb12u1",
}


def run(source, *command, cwd):
    try:
        return subprocess.run(command, cwd=cwd, check=True, capture_output=True, text=True).stdout
    except FileNotFoundError:
        sys.exit(f"error: {source}: {command[0]} is not installed")
    except subprocess.CalledProcessError as failure:
        said = [line.strip() for line in failure.stderr.splitlines() if line.strip()] or [f"exit code {failure.returncode}"]
        why = next((line for line in said if line.startswith(("E: ", "ERROR: ", "npm error "))), said[-1])
        sys.exit(f"error: {source} cannot be had: {why}")


def debian_package(name, folder, tree):
    """Unpacks the package into `tree` and gives its version; one that lies in `folder` is taken as it is."""
    folder = pathlib.Path(folder)
    source = f"Debian package {name}"
    if not list(folder.glob(f"{name}_*.deb")):
        run(source, "apt-get", "download", "--quiet", name, cwd=folder)
    file = sorted(folder.glob(f"{name}_*.deb"))[-1].name
    run(source, "dpkg-deb", "--extract", file, str(tree), cwd=folder)
    version = file.split("_")[1].replace("%3a", ":")
    print(f"{name} {version}", file=sys.stderr)
    if version != DEBIAN[name]:
        print(f"warning: the committed tables were made of {name} {DEBIAN[name]}", file=sys.stderr)
    return version


def write(files, check):
    """Files by their path; with `check` they are compared only. Whether something differs."""
    differing = []
    for path, content in sorted(files.items()):
        if not path.exists() or path.read_text(encoding="utf-8") != content:
            differing.append(path.name)
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
        print(f"{path.name}: {content.count(chr(10))} lines, {len(content.encode())} bytes")
    print("changed: " + (", ".join(differing) or "nothing"))
    return bool(differing)
