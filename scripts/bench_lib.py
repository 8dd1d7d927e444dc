# SPDX-License-Identifier: MIT
"""What the figures of bench.py are measured with."""
import json
import os
import re
import shlex
import sqlite3
import subprocess
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
B = os.environ.get("B", os.path.join(ROOT, "build"))
CACHE = os.environ.get("CACHE", os.path.join(B, "cache"))
H = os.path.join(B, "bin", "harness")
ENV = dict(os.environ, HARNESS_CACHE=CACHE)
FIGURES = {}


def figure(fn):
    FIGURES[fn.__name__] = fn
    return fn


def run_dir():
    return os.path.join(tempfile.mkdtemp(prefix="run-", dir=os.path.join(B, "bench")), "run")


def harness(*args, until=None):
    """Run to the end, or until a JSON event; returns (seconds to it, run folder, command). Only who waits for an event
    reads along: a reader takes its share of the cores that are measured."""
    d = run_dir()
    cmd = [H, args[0], *(["--json"] if until else []), "--run-dir", d, *args[1:]]
    t = time.monotonic()
    p = subprocess.Popen(cmd, stdout=subprocess.PIPE if until else subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=ENV)
    at = None
    for line in p.stdout or ():
        if at is None and f'"event":"{until}"'.encode() in line:
            at = time.monotonic() - t
    p.wait()
    return (at if until else time.monotonic() - t), d, shlex.join(cmd)


def query(d, sql):
    db = sqlite3.connect(f"file:{d}/run.db?mode=ro", uri=True)
    try:
        return db.execute(sql).fetchall()
    finally:
        db.close()


def argv_of(d):
    with open(os.path.join(d, "cells/1/boot1/qemu.log"), errors="replace") as f:
        return shlex.split(f.readline())


def remade(argv, chardev, change=lambda a: a, drop=("-mon", "-incoming")):
    """The machine of a run without us: chardev(id) in place of each of ours, change(word) of what is left."""
    out, i = [], 0
    while i < len(argv):
        a = argv[i]
        m = re.match(r"(?:socket|stdio),id=(\w+),(?:fd=\d+|signal=off)$", a)
        if a in drop:
            i += 2
            continue
        if m and m.group(1) == "monitor":
            out.pop()
        else:
            out.append(chardev(m.group(1)) if m else change(a))
        i += 1
    return out


def bare_argv(argv):
    """The same machine without us: the console to a file, the channel to standard output."""
    return remade(argv, lambda name: "stdio,id=channel,signal=off" if name == "channel"
                  else f"file,id={name},path=/dev/null")


def bare_boot(argv, mark=b"~G1"):
    """Seconds from start until the agent's first line."""
    t = time.monotonic()
    p = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    seen = b""
    try:
        while mark not in seen:
            chunk = os.read(p.stdout.fileno(), 65536)
            if not chunk:
                raise RuntimeError("bare QEMU ended before the agent spoke: " + shlex.join(argv))
            seen = (seen + chunk)[-65536:]
        return time.monotonic() - t
    finally:
        p.kill()
        p.wait()


def keep(name, value, samples, commands, **more):
    with open(os.path.join(B, "bench", name + ".json"), "w") as f:
        json.dump({"value": value, "samples": samples, "commands": commands, **more}, f, indent=1)
    return {name: value}


def probe_names():
    return sorted(subprocess.run([H, "list", "probes"], capture_output=True, text=True, env=ENV).stdout.split())
