# SPDX-License-Identifier: MIT
"""dragonconfig against Debian's cloud-init: the same machine, the same source, the same user data, in turns.

Each sample is a boot of its own from the same disk. `measure` in the guest (guest-userland/bench) counts what each
stage and everything that it starts takes; the end states are compared by first_boot_diff.py after every pair.
"""
import json
import os
import shlex
import statistics
import subprocess
import tempfile
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import first_boot_diff
from bench_lib import B, CACHE, ENV, ROOT, argv_of, figure, harness, keep, probe_names, remade

DATA = os.path.join(ROOT, "scripts", "bench")
BOOT_MAX_S = 600
RESULT_MIB = 64
GROW_MIB = 256
SOURCES = ("nocloud", "configdrive", "openstack")
# NoCloud once more, whose user data has commands and a script to run besides: the same work of the same programs on
# both sides.
COMMANDS = "nocloud-commands"
# How often each boots for one pair, of which the median counts: what lasts a quarter of a second may be twice that by
# whatever else the host does.
BOOTS = {"cloud-init": 1, "dragonconfig": 3}
# What a source is on a volume: its label, and where in it each file of scripts/bench/ stands.
VOLUMES = {
    "nocloud": ("cidata", {"meta-data": "nocloud/meta-data", "network-config": "nocloud/network-config",
                           "user-data": "user-data"}),
    "configdrive": ("config-2", {"openstack/latest/meta_data.json": "openstack/meta_data.json",
                                 "openstack/latest/network_data.json": "openstack/network_data.json",
                                 "openstack/latest/user_data": "user-data"}),
}
VOLUMES[COMMANDS] = VOLUMES["nocloud"]
# What makes its user data: file, and kind of the part.
PARTS = (("user-data", "cloud-config"), ("commands", "cloud-config"), ("setup", "x-shellscript"))
# What a metadata service has at http://169.254.169.254/: a folder a version, of which these are asked for.
SERVICE = "169.254.169.254"
VERSIONS = ("2018-08-27", "latest")
SERVED = dict({file.rpartition("/")[2]: name for file, name in VOLUMES["configdrive"][1].items()},
              **{"vendor_data.json": None, "vendor_data2.json": None})
# What OpenStack says in EC2's manner, which cloud-init asks for besides.
LIKE_EC2 = {"instance-id": "i-00000001", "local-hostname": "from-meta-data.novalocal"}


def make_disk(top):
    """The disk that both boot: cloud-init is on it, dragonconfig of this build and `measure` are put in."""
    guest = os.path.join(ROOT, "guest-userland")
    subprocess.run([f"{guest}/bench/image.sh"], check=True, env=dict(ENV, CACHE=CACHE))
    measure = f"{top}/measure"
    subprocess.run(["musl-gcc", "-std=gnu17", "-D_GNU_SOURCE", "-Os", "-static", "-s", "-Wall", "-Wextra", "-Werror",
                    "-idirafter", "/usr/include", "-idirafter", "/usr/include/x86_64-linux-gnu", "-o", measure,
                    f"{guest}/bench/measure.c"], check=True)
    disk = f"{top}/disk.img"
    subprocess.run([f"{guest}/inject.sh", os.path.join(CACHE, "bench", "first-boot.img"), disk,
                    f"{measure}:/bench/measure", f"{guest}/bench/start:/bench/start",
                    os.path.join(B, "guest", "dragonconfig") + ":/bench/dragonconfig"],
                   check=True, env=dict(ENV, CACHE=CACHE))
    # A cloud's disk is larger than the image on it.
    os.truncate(disk, os.stat(disk).st_size + (GROW_MIB << 20))
    return disk


def make_volume(top, source):
    """A CD image as a cloud hands it over; returns the drive's words."""
    label, files = VOLUMES[source]
    tree, iso = f"{top}/{source}", f"{top}/{source}.iso"
    for place, file in files.items():
        os.makedirs(os.path.dirname(f"{tree}/{place}"), exist_ok=True)
        with open(f"{tree}/{place}", "w") as f:
            f.write(with_commands() if (source, file) == (COMMANDS, "user-data") else read(file))
    subprocess.run(["xorriso", "-as", "mkisofs", "-quiet", "-R", "-J", "-V", label, "-o", iso, tree], check=True,
                   stderr=subprocess.DEVNULL)
    return iso


def write_plan(path):
    """What the service answers, as metadata_server.py wants it."""
    plan = {"GET /openstack": "\n".join(VERSIONS)}
    for version in VERSIONS:
        for file, name in SERVED.items():
            plan[f"GET /openstack/{version}/{file}"] = read(name) if name else "{}"
    for key, value in LIKE_EC2.items():
        plan[f"GET /latest/meta-data/{key}"] = value
    plan["GET /latest/meta-data/"] = "\n".join(LIKE_EC2)
    # Each address is one with a slash behind it, too.
    plan.update({key + "/": value for key, value in plan.items() if not key.endswith("/")})
    with open(path, "w") as f:
        json.dump(plan, f)


def read(name):
    with open(os.path.join(DATA, name)) as f:
        return f.read()


def with_commands():
    whole = MIMEMultipart()
    for name, kind in PARTS:
        part = MIMEText(read(name), kind)
        part.add_header("Content-Disposition", "attachment", filename=name)
        whole.attach(part)
    return whole.as_string()


# A network of its own, with nobody but the service in it: what QEMU's user network leads the guest to.
WITH_SERVICE = r"""
busybox=$CACHE/static/busybox/root/bin/busybox
"$busybox" ip link set lo up && "$busybox" ip addr add "$1/32" dev lo || exit 3
exec 3< <(exec python3 guest-userland/t/metadata_server.py "$2" "$1")
read -r ready <&3 && [ "$ready" = ready ] || exit 3
cat <&3 >&2 &
shift 2
"$@"
"""


def machine(argv, disk, agent, source, result, console):
    """The machine of a harness run with our disk, the source's and one for the end state; it ends by itself.

    source: an image, or None: a service is there, which the machine's name tells of.
    """
    def change(a):
        if a.startswith("if=none,id=disk,"):
            return f"if=none,id=disk,format=raw,snapshot=on,file={disk}"
        if not source:
            a = a.replace("restrict=on", "restrict=off")
        return a.replace("init=/harness/agent", f"init=/bench/start bench.agent={agent}")

    out = remade(argv, lambda name: f"file,id={name},path={console}" if name == "uart" else f"null,id={name}", change,
                 drop=("-mon", "-incoming", "-action"))
    out += ["-action", "reboot=shutdown,shutdown=poweroff,panic=exit-failure"]
    drives = [("result", result, "cache=unsafe")]
    if source:
        drives.append(("source", source, "readonly=on"))
    else:
        out += ["-smbios", "type=1,product=OpenStack Nova"]
    for name, file, more in drives:
        out += ["-drive", f"if=none,id={name},format=raw,{more},file={file}",
                "-device", f"virtio-blk-pci,drive={name},serial={name},disable-legacy=on,disable-modern=off"]
    return out


def boot(top, argv, disk, agent, source):
    """One first boot: (its samples by stage, its end state, the command)."""
    kept = os.path.join(B, "bench", "first-boot")
    os.makedirs(kept, exist_ok=True)
    result, console = f"{kept}/{source}-{agent}.tar", f"{kept}/{source}-{agent}.console"
    with open(result, "wb") as f:
        f.truncate(RESULT_MIB << 20)
    if source in VOLUMES:
        cmd = machine(argv, disk, agent, f"{top}/{source}.iso", result, console)
    else:
        write_plan(f"{top}/plan.json")
        cmd = ["unshare", "--net", "--pid", "--fork", "--kill-child", "--mount-proc", "bash", "-c", WITH_SERVICE,
               "bench", SERVICE, f"{top}/plan.json", *machine(argv, disk, agent, None, result, console)]
    subprocess.run(cmd, timeout=BOOT_MAX_S, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL, cwd=ROOT, env=dict(ENV, CACHE=CACHE))
    with open(console, errors="replace") as f:
        if "bench: done" not in f.read():
            raise RuntimeError(f"{agent} on {source} did not come to its end: {console}")
    state = first_boot_diff.State(result)
    samples = [json.loads(line) for line in state.text("run/bench/samples").splitlines()]
    return {s["stage"]: s for s in samples}, state, shlex.join(cmd)


# Not the agent's: the distribution's own network script, which dragonconfig has no need of.
APART = ("network",)


def counted(samples, key):
    return [s[key] for name, s in samples.items() if name not in APART]


# Of each figure: its number from what one boot gave, and what that is. "Done" is the end of the last stage.
KINDS = {
    "cpu": (lambda s: sum(counted(s, "cpu_us")), "user and system time of all that was started, but for ifup"),
    "wall": (lambda s: sum(counted(s, "wall_us")), "the stages' wall time, one after the other, but for ifup"),
    "rss": (lambda s: max(counted(s, "peak_kib")), "the largest resident set of any process in any stage, but for ifup"),
}


def pair_of(top, argv, disk, source):
    """([each agent's samples, boot by boot], {agent: end state}, the commands)."""
    pair, states, commands = [], {}, []
    for agent, times in BOOTS.items():
        boots = []
        for _ in range(times):
            samples, states[agent], command = boot(top, argv, disk, agent, source)
            boots.append(samples)
        pair.append(boots)
        commands.append(command)
    return pair, states, commands


def pairs_of(top, argv, disk, n):
    """{source: pairs}, the commands; the end states are the same, or an error."""
    pairs, commands, used = {}, [], set()
    for source in (*SOURCES, COMMANDS):
        if source in VOLUMES:
            make_volume(top, source)
        pairs[source] = []
        for _ in range(n):
            pair, states, of_pair = pair_of(top, argv, disk, source)
            told, more = first_boot_diff.compare(*states.values())
            if told:
                raise RuntimeError(f"the end states of {source} differ:\n" + "\n".join(told))
            used |= more
            pairs[source].append(pair)
        commands += of_pair
    if first_boot_diff.unused(used):
        raise RuntimeError("\n".join(first_boot_diff.unused(used)))
    return pairs, commands


def ratio(pair, number):
    theirs, ours = (statistics.median(number(samples) for samples in boots) for boots in pair)
    return theirs / ours


@figure
def dc_cpu_ratio(n):
    """dc_cpu_ratio, dc_wall_ratio, dc_rss_ratio: of the source where each is the smallest, the median of pairs; and
    dc_cpu_commands_ratio and so on of user data with commands."""
    with tempfile.TemporaryDirectory(prefix="first-boot-", dir=os.path.join(B, "bench")) as top:
        _, d, _ = harness("probe", "--no-snapshot", probe_names()[0])
        pairs, commands = pairs_of(top, argv_of(d), make_disk(top), n)
    out = {}
    for kind, (number, note) in KINDS.items():
        for name, sources in ((f"dc_{kind}_ratio", SOURCES), (f"dc_{kind}_commands_ratio", (COMMANDS,))):
            ratios = {source: [ratio(pair, number) for pair in pairs[source]] for source in sources}
            medians = {source: statistics.median(of) for source, of in ratios.items()}
            out.update(keep(name, min(medians.values()), {source: pairs[source] for source in sources}, commands,
                            columns=list(BOOTS), medians=medians, ratios=ratios, note=note))
    return out


@figure
def dc_binary_kib(_):
    file = os.path.join(B, "guest", "dragonconfig")
    size = os.stat(file).st_size
    return keep("dc_binary_kib", -(-size // 1024), [size], [shlex.join(["stat", "-c", "%s", file])])


# Of all clouds: where a connection is taken by the kernel alone.
SERVICES = (SERVICE, "100.100.100.200", "169.254.0.23")
MUTE = """
import signal, socket, sys
servers = [socket.create_server((address, 80)) for address in sys.argv[1:]]
print("ready", flush=True)
signal.pause()
"""
NO_SOURCE = r"""
. guest-userland/lib/tap.sh
. guest-userland/lib/dragonconfig_root.sh
new_root
rm -r "$seed"
printf 'major minor  #blocks  name\n\n' >"$R/proc/partitions"
# As in a machine: what is written there waits for no disk.
mount -t tmpfs run "$R/run" || exit 3
"$busybox" ip link set lo up
if [ "$1" != none ]; then
	# The other end, veth0, so that the link is up.
	"$busybox" ip link add v0 type veth && "$busybox" ip link set veth0 up && "$busybox" ip link set v0 up || exit 3
fi
case $1 in
silent | mute) "$busybox" ip addr add 10.77.0.5/24 dev v0 && "$busybox" ip route add default via 10.77.0.1 || exit 3 ;;
esac
if [ "$1" = mute ]; then
	for address in $SERVICES; do "$busybox" ip addr add "$address/32" dev v0 || exit 3; done
	exec 3< <(exec python3 -c "$MUTE" $SERVICES)
	read -r ready <&3 && [ "$ready" = ready ] || exit 3
fi
start=$EPOCHREALTIME
chroot "$R" /sbin/dragonconfig init >/dev/null 2>&1
status=$?
end=$EPOCHREALTIME
grep -q 'no source of configuration' "$R/run/cloud-init/status.json" && [ $status -eq 2 ] && echo "$start $end"
"""


@figure
def dc_no_source_s(n):
    """From the start of the process to its end, the worst of: no interface; one whose link is up, and no DHCP server; an
    address, and nobody there; services that take a connection and say nothing."""
    samples, commands = {}, []
    for network in ("none", "no-dhcp", "silent", "mute"):
        cmd = ["unshare", "--net", "--uts", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "bash", "-c", NO_SOURCE,
               "bench", network]
        commands.append(shlex.join(cmd))
        for _ in range(n):
            start, end = subprocess.run(cmd, capture_output=True, text=True, check=True, cwd=ROOT,
                                        env=dict(os.environ, B=B, CACHE=CACHE, MUTE=MUTE,
                                                 SERVICES=" ".join(SERVICES))).stdout.split()
            samples.setdefault(network, []).append(float(end) - float(start))
    return keep("dc_no_source_s", max(statistics.median(s) for s in samples.values()), samples, commands)
