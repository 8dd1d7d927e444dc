#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measure the numbers that the project promises.

Each figure's samples and exact commands go to build/bench/NAME.json, the medians to
build/bench.json as one flat object. Figures that compare are ratios of pairs run in turn (A B A B …) in this one call.

    scripts/bench.py [-n PAIRS] [NAME…]
"""
import argparse
import concurrent.futures
import json
import os
import re
import shlex
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

import bench_first_boot  # noqa: F401: it brings its figures
from bench_lib import (B, CACHE, FIGURES, ROOT, argv_of, bare_argv, bare_boot, figure, harness, keep, probe_names,
                       query, remade, run_dir)


@figure
def boot_overhead_ratio(n):
    one = probe_names()[0]
    _, d, _ = harness("probe", "--no-snapshot", one)
    bare = bare_argv(argv_of(d))
    pairs = []
    for _ in range(n):
        a, _, cmd = harness("probe", "--no-snapshot", one, until="hello")
        pairs.append((a, bare_boot(bare)))
    ratios = [a / b for a, b in pairs]
    return keep("boot_overhead_ratio", statistics.median(ratios), pairs, [cmd, shlex.join(bare)],
                columns=["harness_s", "bare_s"])


@figure
def first_verdict_new_kernel_s(n):
    """A kernel never seen before: a copy of the reference with one more byte at its end each time."""
    one = probe_names()[0]
    ref = os.path.join(CACHE, "reference/cloud")
    samples, bares = [], []
    _, d, _ = harness("probe", "--no-snapshot", one)
    argv = bare_argv(argv_of(d))
    for i in range(n):
        copy = os.path.join(B, "bench", f"kernel-{i}")
        with open(os.path.join(ref, "vmlinuz"), "rb") as src, open(copy, "wb") as dst:
            dst.write(src.read() + os.urandom(8))
        s, d, cmd = harness("probe", "--no-reference", "--kernel", copy, "--initrd",
                            os.path.join(ref, "initramfs.cpio"), one)
        samples.append(s)
        argv[argv.index("-kernel") + 1] = copy
        bares.append(bare_boot(argv))
        os.unlink(copy)
    out = keep("first_verdict_new_kernel_s", statistics.median(samples), samples, [cmd],
               note="the whole command, to its exit")
    out.update(keep("bare_boot_s", statistics.median(bares), bares, []))
    out.update({"first_verdict_over_bare_s": statistics.median([a - b for a, b in zip(samples, bares)])})
    return out


def woken(n, *args):
    """Runs of one probe whose machine was woken: (seconds of the whole command, µs from QEMU's start to hello)."""
    one = probe_names()[0]
    harness("probe", *args, one)  # saves the machine, unless it is
    rows = []
    for _ in range(n):
        s, d, cmd = harness("probe", *args, one)
        facts = dict(query(d, "select key, value from boot_fact where boot = 1"))
        assert facts.get("start") == "wake", (facts, query(d, "select kind, text from event"))
        rows.append((s, int(facts["hello_us"]) / 1e6))
    return rows, cmd


@figure
def first_verdict_s(n):
    """A snapshot is there: one probe on the reference, the whole command to its exit; and the wake in it."""
    rows, cmd = woken(n)
    out = keep("first_verdict_s", statistics.median([s for s, _ in rows]), rows, [cmd],
               columns=["command_s", "wake_s"])
    out.update(keep("wake_s", statistics.median([w for _, w in rows]), rows, [cmd],
                    columns=["command_s", "wake_s"], note="from the start of QEMU to the agent's hello"))
    return out


@figure
def wake_dragonos_s(n):
    """The same hello on the kernel file that KERNEL names."""
    kernel = os.environ.get("KERNEL")
    if not kernel:
        print("bench: wake_dragonos_s is left out: KERNEL names no kernel file", file=sys.stderr)
        return {}
    rows, cmd = woken(n, "--no-reference", "--retries=0", "--kernel", kernel)
    return keep("wake_dragonos_s", statistics.median([w for _, w in rows]), rows, [cmd],
                columns=["command_s", "wake_s"])


@figure
def probe_set_s(n):
    samples, cmd = [], ""
    for _ in range(n):
        _, d, cmd = harness("probe", "-j1")
        hello = query(d, "select time_us from boot_fact where key = 'hello_us'")[0][0]
        last = query(d, "select max(end_us) from result where name != 'boot'")[0][0]
        samples.append((last - hello) / 1e6)
    return keep("probe_set_s", statistics.median(samples), samples, [cmd])


def side_by_side(*args):
    """Two runs at once; seconds until both are through."""
    t = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for f in [pool.submit(harness, *args) for _ in range(2)]:
            f.result()
    return time.monotonic() - t


@figure
def parallel2_ratio(n):
    """The whole command, probes of the reference, one machine against two, each with one virtual CPU: the same guests,
    and two of them have room on two cores. Both kinds warm: history and snapshot. Beside it what the host can give:
    parallel2_host_limit is twice one machine's time over that of two whole runs at once, which share nothing."""
    harness("probe", "-j1", "--cpus=1")
    rows, cmds = [], ["", ""]
    for i in range(n):
        took = {}
        for jobs in (1, 2) if i % 2 == 0 else (2, 1):
            took[jobs], d, cmds[jobs - 1] = harness("probe", "--retries=0", "--cpus=1", f"-j{jobs}")
            if len(query(d, "select id from boot")) != jobs:
                raise RuntimeError(f"{cmds[jobs - 1]}: not {jobs} machines; has this host two cores?")
        rows.append((took[1], took[2], side_by_side("probe", "--retries=0", "--cpus=1", "-j1")))
    out = keep("parallel2_ratio", statistics.median(a / b for a, b, _ in rows), rows, cmds,
               columns=["j1_s", "j2_s", "two_runs_s"])
    out.update({"parallel2_host_limit": statistics.median(2 * a / c for a, _, c in rows)})
    return out


@figure
def rss_growth_kib_per_1000_probes(n):
    """Forty passes over all probes in one worker: VmRSS after each pass. The first twenty warm up: until about the
    twelfth the caches of the store and of the allocator fill (some 200 KiB), which is no growth by the probe."""
    passes, warm = 40, 20
    probes = len(probe_names())
    _, d, cmd = harness("probe", "-j1", f"--repeat={passes}")
    rss = [v for (v,) in query(d, "select value from metric where name = 'rss' order by id")]
    slope = statistics.linear_regression([probes * i for i in range(warm, passes)], rss[warm:]).slope
    return keep("rss_growth_kib_per_1000_probes", 1000 * slope, rss, [cmd], probes=probes,
                note="least-squares slope of VmRSS after each pass, passes 21 to 40")


@figure
def ssh_login_ratio(n):
    file = os.path.join(ROOT, "scenarios", "bench", "ssh-login-ratio.yaml")
    _, d, cmd = harness("run", file, "--lane=static")
    ratio = query(d, "select value from metric where name = 'ssh_login_ratio'")[0][0]
    text = query(d, "select detail from result where name = '25 pairs'")[0][0]
    pairs = [[float(x) for x in line.split()] for line in text.splitlines()]
    return keep("ssh_login_ratio", ratio, pairs, [cmd], columns=["ours_ms", "ssh_ms"],
                note="median of ours over median of OpenSSH's client, in turns, dropbear in one guest")


SUITE_CASES, SSH_CASES, WORDY_CASES = 20000, 200, (200, 1200)
TRIVIAL = """#include <unistd.h>
int main(void)
{
	static const char text[] = "trivial.c:7: TPASS: it is trivial\\n";
	return write(1, text, sizeof(text) - 1) != sizeof(text) - 1;
}
"""
# A case that fails with 8 KiB of words.
WORDY = "head -c 8192 /dev/zero | tr '\\\\0' x; echo; echo 'wordy 1 TFAIL : so it is'; exit 1"
# What the runner in the guest has taken, which gives nothing back: a case that skips with the figure.
RUNNER_PEAK = "sed -n \"s/^Rss:/peak 1 TCONF : &/p\" /proc/$PPID/smaps_rollup; exit 32"
# PID 1 of the machine that ssh reaches: what dropbear needs, and dropbear.
SERVE = """#!/bin/sh
mount -t proc proc /proc
mount -t devtmpfs dev /dev
mkdir -p /dev/pts
mount -t devpts devpts /dev/pts
mount -t tmpfs tmpfs /run
ifconfig lo up
ifconfig eth0 10.0.2.15 netmask 255.255.255.0 up
exec dropbear -F -E -R
"""


def make_suite(cases):
    """A folder as LTP installs it: one static program, a runtest file of many lines."""
    top = tempfile.mkdtemp(prefix="suite-", dir=os.path.join(B, "bench"))
    os.makedirs(f"{top}/runtest")
    os.makedirs(f"{top}/testcases/bin")
    for n in cases:
        with open(f"{top}/runtest/trivial{n}", "w") as f:
            f.writelines(f"trivial{i:05} trivial {i}\n" for i in range(n))
            f.write(f"peak {RUNNER_PEAK}\n")
    for n in WORDY_CASES:
        with open(f"{top}/runtest/wordy{n}", "w") as f:
            f.writelines(f"wordy{i:05} {WORDY}\n" for i in range(n))
    with open(f"{top}/serve", "w") as f:
        f.write(SERVE)
    os.chmod(f"{top}/serve", 0o755)
    with open(f"{top}/trivial.c", "w") as f:
        f.write(TRIVIAL)
    subprocess.run(["musl-gcc", "-static", "-Os", "-s", "-o", f"{top}/testcases/bin/trivial", f"{top}/trivial.c"],
                   check=True)
    return top


def ssh_argv(argv, port):
    """The machine of a run without us, its port 22 reachable, dropbear instead of the agent."""
    def change(a):
        if a.startswith("user,id=net"):
            return a + f",hostfwd=tcp:127.0.0.1:{port}-:22"
        return a.replace("init=/harness/agent", "init=/suite/root/serve")
    return remade(argv, lambda name: f"null,id={name}", change)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def ssh_cases(argv):
    """Seconds for SSH_CASES programs one by one over one multiplexed connection, and the command."""
    port = free_port()
    top = tempfile.mkdtemp(prefix="ssh-")
    ssh = ["ssh", "-F", "none", "-S", f"{top}/control", "-p", str(port), "root@127.0.0.1"]
    opts = ["-o", "StrictHostKeyChecking=no", "-o", f"UserKnownHostsFile={top}/known", "-o", "LogLevel=ERROR",
            "-i", f"{top}/key", "-o", "BatchMode=yes", "-o", "ConnectTimeout=60"]
    with open(os.path.join(CACHE, "image/keys/id_ed25519"), "rb") as f:
        with open(f"{top}/key", "wb", opener=lambda path, flags: os.open(path, flags, 0o600)) as key:
            key.write(f.read())
    qemu = subprocess.Popen(ssh_argv(argv, port), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 120
        while subprocess.run(ssh[:1] + opts + ["-M", "-f", "-N"] + ssh[1:], stdin=subprocess.DEVNULL,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode:
            if time.monotonic() > deadline or qemu.poll() is not None:
                raise RuntimeError("no ssh to the guest: " + shlex.join(ssh_argv(argv, port)))
        one = ssh + ["/suite/root/testcases/bin/trivial", "1"]
        t = time.monotonic()
        for _ in range(SSH_CASES):
            said = subprocess.run(one, stdin=subprocess.DEVNULL, capture_output=True, check=True)
            if b"TPASS" not in said.stdout:
                raise RuntimeError("a program over ssh did not pass")
        return time.monotonic() - t, shlex.join(one)
    finally:
        subprocess.run(ssh[:5] + ["-O", "exit"] + ssh[5:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        qemu.kill()
        qemu.wait()
        shutil.rmtree(top)


def suite_peak(d):
    """Largest peak of any harness process of a run, in KiB, until the cases are over: its report is not in it."""
    peaks = [v for (v,) in query(d, "select value from metric where name = 'peak'")]
    return max(peaks + [int(query(d, "select value from run_fact where key = 'host.peak_kib'")[0][0])])


def suite_cases(top, n, *options):
    """Seconds from the first case's begin to the last one's end, whole command, run folder, command, peaks in KiB: of
    all processes, of the runner in the guest."""
    whole, d, cmd = harness("suite", "--quiet", "--no-snapshot", "--format=ltp", f"--runtest=trivial{n}", *options, top)
    (seconds, count), = query(d, "select (max(end_us) - min(begin_us)) / 1e6, count(*) from result"
                                 " where name like 'trivial%' and verdict = 'pass'")
    if count != n:
        raise RuntimeError(f"{count} of {n} cases passed: {d}")
    guest, = re.findall(r"Rss:\s+(\d+) kB", query(d, "select reason from result where name = 'peak'")[0][0])
    return seconds, whole, d, cmd, suite_peak(d), int(guest)


def wordy_peak(top, n):
    """Peak in KiB of a run whose every case fails and says a lot."""
    _, d, _ = harness("suite", "--quiet", "--retries=0", "--format=ltp", f"--runtest=wordy{n}", top)
    if query(d, "select count(*) from result where name like 'wordy%' and verdict = 'fail'") != [(n,)]:
        raise RuntimeError(f"not each of {n} cases failed: {d}")
    return suite_peak(d)


@figure
def suite_cases_ratio(n):
    """Cases a second of a foreign suite against programs started one by one over a multiplexed ssh connection."""
    top = make_suite((SSH_CASES, SUITE_CASES // 10, SUITE_CASES))
    # Two virtual CPUs on either side: two machines of one for us, one machine of two, as it comes, for ssh.
    two = ("-j2", "--cpus=1")
    plain = argv_of(suite_cases(top, SSH_CASES)[2])
    few = suite_cases(top, SUITE_CASES // 10, *two)
    pairs, peaks, guests, wholes = [], [], [], []
    for _ in range(max(1, n // 3)):
        ours, whole, d, cmd, peak, guest = suite_cases(top, SUITE_CASES, *two)
        ssh, ssh_cmd = ssh_cases(plain)
        pairs.append((ours / SUITE_CASES, ssh / SSH_CASES))
        peaks.append(peak)
        guests.append(guest)
        wholes.append(whole)
    out = keep("suite_cases_ratio", statistics.median(b / a for a, b in pairs), pairs, [cmd, ssh_cmd],
               columns=["suite_s_a_case", "ssh_s_a_case"], whole_command_s=wholes,
               note=f"{SUITE_CASES} cases on two machines of one CPU against {SSH_CASES} on one of two;"
                    " first begin to last end on both sides")
    out.update(keep("suite_peak_mib", statistics.median(peaks) / 1024, peaks, [cmd], fewer_kib=few[4],
                    note=f"largest VmHWM of any harness process while {SUITE_CASES} cases run, without the report;"
                         " fewer_kib at a tenth of them"))
    out.update(keep("suite_runner_peak_kib", statistics.median(guests), guests, [cmd], fewer_kib=few[5],
                    note=f"resident set of the runner in the guest after {SUITE_CASES} cases; fewer_kib after a tenth of them"))
    more = SUITE_CASES - SUITE_CASES // 10
    wordy = [wordy_peak(top, n) for n in WORDY_CASES]
    out.update(keep("suite_wordy_growth_bytes_per_case",
                    1024 * (wordy[1] - wordy[0]) / (WORDY_CASES[1] - WORDY_CASES[0]), wordy, [cmd],
                    note=f"peak in KiB at {WORDY_CASES} cases that each fail with 8 KiB of words"))
    out.update({"suite_peak_growth_bytes_per_case": 1024 * (statistics.median(peaks) - few[4]) / more,
                "suite_runner_growth_bytes_per_case": 1024 * (statistics.median(guests) - few[5]) / more})
    return out


@figure
def diagnose_mb_s(n):
    """The scanner alone: the slowest of a console as it is, one full of colours, and one without a newline."""
    cmd = [os.path.join(B, "bench", "bin", "harness", "diagnose", "crash_bench"), "64"]
    samples = []
    for _ in range(n):
        lines = subprocess.run(cmd, check=True, capture_output=True, text=True).stdout.split("\n")
        samples.append({k: float(v) for k, v in (line.split() for line in lines if line)})
    kinds = ["ordinary", "coloured", "one_line"]
    medians = {k: statistics.median([s[k] for s in samples]) for k in kinds}
    return keep("diagnose_mb_s", min(medians.values()), samples, [shlex.join(cmd)], medians=medians)


def fake_probe(kernel):
    """One case on a fake kernel that runs cases: (seconds from its begin line to its verdict, row, command)."""
    _, d, cmd = harness("probe", "--no-reference", "--no-snapshot", "--retries=0", "--pace=100", "--kernel",
                        os.path.join(B, "guest", "fake", kernel + ".elf"), probe_names()[0])
    row = query(d, "select verdict, end_us - begin_us, reason from result where name != 'boot'")[0]
    return row[1] / 1e6, row, cmd


@figure
def panic_verdict_s(n):
    """From a panic's first byte, which comes right behind the case's begin line, to the verdict."""
    samples, cmd = [], ""
    for kernel in ("runpanic", "runpaniccut"):
        for _ in range(n):
            s, row, cmd = fake_probe(kernel)
            assert row[0] == "crash" and "panic" in row[2], row
            samples.append((kernel, s))
    worst = max(statistics.median([s for k, s in samples if k == kernel]) for kernel in ("runpanic", "runpaniccut"))
    return keep("panic_verdict_s", worst, samples, [cmd], note="the slower of a whole text and one that is cut")


@figure
def hang_verdict_extra_s(n):
    """A kernel that spins in the middle of a case: what the verdict takes beyond the case's limit of 1 s."""
    samples, cmd = [], ""
    for _ in range(n):
        s, row, cmd = fake_probe("runspin")
        assert row[0] == "crash" and "spins in fake_spin" in row[2], row
        samples.append(s - 1.0)
    return keep("hang_verdict_extra_s", statistics.median(samples), samples, [cmd])


@figure
def mutation_score(n):
    """Once: every lie about every call that a probe was seen to make; survivors with their reasons."""
    _, d, cmd = harness("mutate")
    rows = query(d, "select name, verdict, reason from result where verdict not in ('pass', 'skip')")
    metrics = dict(query(d, "select name, value from metric where name like 'mut%' or name like 'surv%'"))
    return keep("mutation_score", metrics["mutation_score"], metrics, [cmd],
                survivors=[{"mutant": m, "verdict": v, "reason": r} for m, v, r in rows])


@figure
def check_local_warm_s(n):
    samples, peaks = [], []
    cmd = ["make", "-C", ROOT, "check-local", f"B={B}", f"CACHE={CACHE}"]
    for _ in range(max(1, n // 3)):
        d = run_dir()
        t = time.monotonic()
        subprocess.run(cmd + [f"ARGS=--quiet --no-gate --run-dir={d}"], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        samples.append(time.monotonic() - t)
        peaks.append(max(v for (v,) in query(d, "select value from metric where name = 'peak'")) / 1024)
        peaks.append(int(query(d, "select value from run_fact where key = 'host.peak_kib'")[0][0]) / 1024)
    out = keep("check_local_warm_s", statistics.median(samples), samples, [shlex.join(cmd)])
    out.update(keep("host_rss_mib", max(peaks), peaks, [shlex.join(cmd)],
                    note="largest VmHWM of any harness process, every worker and the parent"))
    return out


@figure
def check_local_cold_s(n):
    """Once, as a newcomer has it: a clone of this commit, everything made anew but the packages."""
    with tempfile.TemporaryDirectory(prefix="cold-", dir=os.path.join(B, "bench")) as top:
        subprocess.run(["git", "clone", "-q", ROOT, f"{top}/clone"], check=True)
        cmd = ["make", "-C", f"{top}/clone", "check-local", f"CACHE={top}/cache", "ARGS=--quiet --no-gate"]
        env = {k: v for k, v in os.environ.items() if k not in ("B", "CACHE", "HARNESS_CACHE")}
        log = os.path.join(B, "bench", "check_local_cold_s.log")
        t = time.monotonic()
        with open(log, "w") as f:
            status = subprocess.run(cmd, stdout=f, stderr=subprocess.STDOUT, env=env).returncode
        seconds = time.monotonic() - t
        if status:
            sys.exit(f"bench: check_local_cold_s: the main job ended with {status}; see {log}")
    return keep("check_local_cold_s", seconds, [seconds], [shlex.join(cmd)], note="packages installed, cache empty")


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("-n", type=int, default=7, help="samples or pairs a figure")
    ap.add_argument("names", nargs="*", metavar="NAME", help=", ".join(FIGURES))
    args = ap.parse_args()
    os.makedirs(os.path.join(B, "bench"), exist_ok=True)
    path = os.path.join(B, "bench.json")
    result = {}
    if args.names and os.path.exists(path):
        with open(path) as f:
            result = json.load(f)
    for name in args.names or FIGURES:
        if name not in FIGURES:
            sys.exit(f"bench: no figure {name}; there are {', '.join(FIGURES)}")
        print(f"bench: {name} …", file=sys.stderr, flush=True)
        got = FIGURES[name](args.n)
        result.update({k: round(v, 4) for k, v in got.items()})
        with open(path, "w") as f:
            json.dump(result, f, indent=1)
            f.write("\n")
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    main()
