#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compare what two first-boot agents made of the same machine.

    scripts/first_boot_diff.py CLOUD_INIT.tar DRAGONCONFIG.tar

Every file, folder and link outside the distribution's part of /usr (kind, mode, owner, content), and what `start` wrote down of the kernel's
state (run/bench/state: addresses, routes, host name, mounts …). Prints what differs and is not allowed; exit status 1
if anything does. bench.py fails on a rule that nothing needs any more, too: the list stays true.
"""
import fnmatch
import json
import sys
import tarfile


class State:
    """The end state in a tar file, which may have anything behind its end."""

    def __init__(self, path):
        self.entries, self.content = {}, {}
        with tarfile.open(path) as tar:
            for e in tar:
                name = e.name.removeprefix("./")
                kind = "file" if e.isreg() else "folder" if e.isdir() else "link" if e.issym() else \
                    "file" if e.islnk() else "other"
                self.entries[name] = (kind, f"{e.mode:04o}", e.uid, e.gid)
                if kind == "file":
                    self.content[name] = tar.extractfile(e).read()
                elif kind == "link":
                    self.content[name] = e.linkname.encode()
        # Which file of the folder a rule of sudo stands in is all the same.
        self.entries["sudo"] = ("file", "", 0, 0)
        self.content["sudo"] = b"".join(sorted(
            line for name, text in self.content.items() if name.startswith("etc/sudoers.d/")
            for line in text.splitlines(keepends=True) if not line.startswith(b"#") and line.strip()))

    def text(self, name):
        return self.content[name].decode(errors="replace")


def differences(a, b):
    """(path, what, a's, b's) for each; what is one of "missing", "extra", "kind", "mode", "owner", "content"."""
    for name in sorted(a.entries.keys() | b.entries.keys()):
        x, y = a.entries.get(name), b.entries.get(name)
        if x is None or y is None:
            yield name, "extra" if x is None else "missing", x, y
            continue
        for what, i, j in (("kind", 0, 1), ("mode", 1, 2), ("owner", 2, 4)):
            if x[i:j] != y[i:j]:
                yield name, what, x[i:j], y[i:j]
        if x[0] == y[0] and a.content.get(name) != b.content.get(name):
            yield name, "content", a.content[name], b.content[name]


def words(text):
    """Lines without comments, in any order and with any space between their words."""
    lines = (line.split("#")[0].split() for line in text.decode().splitlines())
    return sorted(line for line in lines if line)


def routes(text):
    return [[w for w in line if w not in ("proto", "static", "onlink")] for line in words(text)]


def addresses(text):
    return [[w for w in line if w not in ("nodad", "tentative")] for line in words(text)]


def mebibytes(text):
    """Sizes, in sectors or blocks, as whole MiB: growpart leaves room for a second GPT, 33 sectors."""
    unit = 256 if b"blocks of 4096" in text else 2048
    return [round(int(w) / unit) for w in text.split()[:1 if unit == 256 else 2]]


def unquoted(text):
    return text.replace(b'"', b"")


def status(text):
    """What a program reads of status.json and result.json: source, stage, stages that ended, errors.

    cloud-init has two names for a source that it may also find before the network is there.
    """
    v1 = json.loads(text)["v1"]
    stages = {k: (bool(v["start"]), bool(v["finished"]), v["errors"]) for k, v in v1.items()
              if isinstance(v, dict) and k != "modules-init"}
    return v1["datasource"].split(" ")[0].removesuffix("Local"), v1.get("stage"), v1.get("errors"), stages


def instance(text):
    """What programs read of instance-data.json: which cloud, which instance, its name there, whose keys."""
    v1 = json.loads(text)["v1"]
    return v1["cloud_id"], v1["instance_id"], v1["local_hostname"], [key.strip() for key in v1["public_ssh_keys"]]


def key_form(text):
    """A key's kind and whose it is, or the lines around a private one; and how long it is."""
    lines = text.splitlines() or [b""]
    if lines[0].startswith(b"-"):
        return lines[0], lines[-1], len(lines)
    return [word if i != 1 else len(word) for i, word in enumerate(lines[0].split())], len(lines)


def anything(_):
    return None


# Pattern, what may differ, why; and for contents what has to be the same all the same. A file that is missing on one
# side counts as empty there, when the rule has such a function.
RULES = [
    ("etc/hosts", "content", "order and space", words),
    ("*/authorized_keys", "content", "order", words),
    ("home/bob/.ssh", "missing", "an empty folder for a user without keys"),
    ("home/bob/.ssh/authorized_keys", "missing", "an empty file for a user without keys", words),
    ("etc/sudoers.d/90-cloud-init-*", "missing extra", "a file a user; what is in them is compared as \"sudo\""),
    ("etc/sudoers.d", "mode", "it closes the folder, in which every file is closed"),
    ("etc/sub[ug]id", "content", "useradd's ranges for containers: where they are wanted useradd is there"),
    ("etc/*-", "missing content", "useradd's copies of what was before"),
    ("etc/ssh/ssh_host_*_key*", "content", "a new key each time", key_form),
    ("etc/network/interfaces.d/50-cloud-init", "missing", "for ifupdown; dragonconfig sets up the network itself"),
    ("etc/udev*", "missing", "for udev, which would rename interfaces"),
    ("run/network/*", "missing", "ifupdown's notes"),
    ("run/dhclient*", "missing", "dhclient's notes"),
    ("run/resolvconf/*", "missing", "resolvconf's notes"),
    ("etc/resolv.conf", "kind mode", "resolvconf's link becomes the file; compared as state/resolv.conf"),
    ("run/bench/state/resolv.conf", "content", "comments", words),
    ("run/bench/state/route-?", "content", "who set a route, and that a gateway is on the link", routes),
    ("run/bench/state/address-?", "content", "no wait for duplicates of an address", addresses),
    ("run/bench/state/partition", "content", "growpart leaves 33 sectors for a second GPT, on MBR too", mebibytes),
    ("run/bench/state/filesystem", "content", "the same", mebibytes),
    ("etc/default/locale", "content", "quotes", unquoted),
    ("var/lib/cloud/instances/*/boot-finished", "content", "when it was, and which program", anything),
    ("run/bench/samples", "content", "what is measured", anything),
    ("run/blkid*", "missing", "blkid's notes"),
    ("run/cloud-init/*.json", "kind mode", "which of the two places is the link"),
    ("var/lib/cloud/data/*.json", "kind mode", "which of the two places is the link"),
    ("run/bench/state/*.json", "content", "times, and what else is told of the source", status),
    ("run/cloud-init/cloud-id", "kind mode", "cloud-init's is a link; compared as state/cloud-id"),
    ("run/cloud-init/instance-data.json", "content", "what else is told", instance),
    ("run/cloud-init/*", "missing", "cloud-init's own memory"),
    ("run/dragonconfig*", "extra", "dragonconfig's own memory"),
    ("var/lib/cloud/*", "missing", "cloud-init's own memory: what it was told, and modules that are only there"),
    ("var/lib/cloud/instances/*/hostname", "extra", "dragonconfig's own memory"),
    ("var/lib/cloud/instances/*/boot*", "extra", "boot commands, which cloud-init keeps elsewhere"),
    ("var/lib/cloud/*/sem/*", "extra", "modules that are only here"),
    ("var/lib/cloud/sem/*", "content", "when it was done", anything),
    ("var/lib/cloud/*/sem/*", "content", "when it was done", anything),
    ("var/lib/cloud/instance", "content", "a link that holds in another root too"),
    ("var/log/cloud-init.log", "content mode", "the log, which everybody may read when it is cloud-init's", anything),
    ("var/log/cloud-init-output.log", "content", "what cloud-init says besides", anything),
    ("var/tmp/cloud-init", "missing", "a folder for its own"),
]
# What other programs look for: no rule for all that is cloud-init's own lets these be missing.
NEEDED = (
    "run/cloud-init/status.json", "run/cloud-init/result.json", "run/cloud-init/instance-data.json",
    "run/cloud-init/cloud-id", "var/lib/cloud/data/instance-id", "var/lib/cloud/instance",
    "var/lib/cloud/data/status.json", "var/lib/cloud/data/result.json", "var/lib/cloud/instances/*/boot-finished",
    "var/lib/cloud/instances/*/scripts*", "var/lib/cloud/instances/*/sem/config_scripts_*",
    "var/lib/cloud/instances/*/sem/config_locale", "var/lib/cloud/instances/*/sem/config_timezone",
    "var/lib/cloud/instances/*/sem/config_runcmd", "var/lib/cloud/instances/*/sem/config_set_passwords",
    "var/lib/cloud/instances/*/sem/config_ssh", "var/lib/cloud/instances/*/sem/config_users_groups",
    "var/lib/cloud/instances/*/sem/config_write_files*",
)


def is_needed(name, what):
    return what == "missing" and any(fnmatch.fnmatchcase(name, pattern) for pattern in NEEDED)


def compare(a, b):
    """(lines that tell what differs and may not, numbers of the rules that something needed)."""
    told, used = [], set()
    for name, what, x, y in differences(a, b):
        for i, (pattern, may, _, *same) in enumerate(RULES):
            if fnmatch.fnmatchcase(name, pattern) and what in may.split() and not is_needed(name, what) and \
                    (what in ("kind", "mode", "owner") or not same or
                     same[0](a.content.get(name, b"")) == same[0](b.content.get(name, b""))):
                used.add(i)
                break
        else:
            told.append(f"{name}: {what}: {x!r} {y!r}")
    return told, used


def unused(used):
    return [f"nothing needs the rule for {RULES[i][0]}: {RULES[i][2]}" for i in range(len(RULES)) if i not in used]


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    told, used = compare(State(sys.argv[1]), State(sys.argv[2]))
    print("\n".join(told) or "the same end state, but for what is allowed")
    sys.exit(1 if told else 0)


if __name__ == "__main__":
    main()
