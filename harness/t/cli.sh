#!/bin/bash
# SPDX-License-Identifier: MIT
# The command line: help, wrong words, bad files. Nothing here boots a guest.
set -u
. "$(dirname "$0")/tap.inc"
plan 53

run "$H"
ok "no verb: usage on standard error, status 2" both 2 'usage: harness'
run "$H" --help
ok "--help: status 0, on standard output" test "$status" = 0 -a -s "$T/out" -a ! -s "$T/err"
run "$H" --version
ok "--version" out_has '^harness [0-9]'
run "$H" frobnicate
ok "unknown verb is named, status 2" both 2 'no verb "frobnicate"'
for v in check probe run suite boot exec report list image doctor; do
	run "$H" $v --help
	ok "$v --help" test "$status" = 0 -a -s "$T/out"
done
run "$H" probe --no-such-option
ok "unknown option: status 2" both 2 'no-such-option'
run "$H" report
ok "report without a folder: status 2" both 2 'name a run folder'
run "$H" run
ok "run without a scenario: status 2" both 2 'name a scenario'
run "$H" list nonsense
ok "list of nonsense: status 2" both 2 'no list'
run "$H" list probes
ok "list probes" test "$status" = 0 -a "$(wc -l <"$T/out")" -gt 10
run "$H" list
ok "list shows every table" out_has '^formats'

# refused WANTED ARGUMENT...: status 2, says so, and made no run folder.
refused() {
	rm -rf "$T/run"
	run "$H" "$2" --run-dir "$T/run" "${@:3}"
	both 2 "$1" && [ ! -e "$T/run" ]
}
cp "$(type -P true)" "$T/program"
printf 'name: k\ntitle: k\nlanes: [static]\nsteps:\n  - probes: {match: [getpid_x]}\n' >"$T/k.yaml"
mkdir -p "$T/programs"
cp "$T/program" "$T/programs/"
for v in check "probe getpid_x" "run $T/k.yaml" "suite $T/programs" boot "exec $T/program"; do
	read -ra words <<<"$v"
	ok "${words[0]} --kernel: no such file, status 2, no run folder" \
		refused '/nonexistent/kernel.elf' "${words[0]}" --kernel /nonexistent/kernel.elf "${words[@]:1}"
done
for v in "probe getpid_x" boot "exec $T/program"; do
	read -ra words <<<"$v"
	ok "${words[0]} --initrd: the same" \
		refused 'initramfs /nonexistent/initrd' "${words[0]}" --initrd /nonexistent/initrd "${words[@]:1}"
done
ok "exec --both: the same" refused '/nonexistent/kernel.elf' exec --both --kernel /nonexistent/kernel.elf "$T/program"
: >"$T/empty"
run "$H" probe --kernel "$T/empty"
ok "empty kernel: status 2" both 2 'empty'
echo "this is a text file, not a kernel" >"$T/text"
run "$H" probe --kernel "$T/text"
ok "text as kernel: status 2, says what it is not" both 2 'ELF'
head -c 20000 "$H" >"$T/cut"
run "$H" probe --kernel "$T/cut"
ok "cut ELF: status 2" both 2 'truncated|PVH'
run "$H" probe --kernel "$H"
ok "an ELF that is no kernel: status 2, says what is missing" both 2 'PVH'
run "$H" probe 'no_such_probe_*'
ok "pattern that matches nothing: status 2" both 2 'no_such_probe'
run "$H" run no-such-scenario
ok "unknown scenario: status 2" both 2 'no-such-scenario'
printf 'name: x\ntitle: x\nlanes: [static]\nsteps:\n  - no_such_kind: {}\n' >"$T/s.yaml"
run "$H" run "$T/s.yaml"
ok "unknown step kind: line and column, status 2" both 2 's\.yaml:5:[0-9]+:'
printf 'name: x\ntitle: x\nlanes: static\nfrobs: 1\n' >"$T/s.yaml"
run "$H" run "$T/s.yaml"
ok "unknown key or wrong type: line and column, status 2" both 2 's\.yaml:[34]:[0-9]+:'
run "$H" suite
ok "suite without a folder: status 2" both 2 'name the folder'
run "$H" suite /nonexistent
ok "suite of no folder: status 2" both 2 'no folder /nonexistent'
mkdir -p "$T/suite/runtest"
run "$H" suite "$T/suite"
ok "suite without a program: status 2" both 2 'no test program'
printf '#!/bin/sh\nexit 0\n' >"$T/suite/a"
chmod +x "$T/suite/a"
run "$H" suite --filter nothing "$T/suite"
ok "suite of which nothing matches: status 2" both 2 'nothing in .* matches'
printf 'x a\nx a 2\n' >"$T/suite/runtest/twice"
run "$H" suite --runtest twice "$T/suite"
ok "suite with a name twice: status 2" both 2 'two tests have the name x'
# A plan of a hundred thousand is no memory: its largest resident set is that of a plan of a hundred, but for 4 MiB (a
# sanitizer that kept what was freed would hide it).
seq -f 'x%05.0f a word' 99999 >"$T/suite/runtest/many"
seq -f 'x%05.0f a word' 100 >"$T/suite/runtest/few"
run python3 -c '
import os, subprocess, sys
def peak(runtest):
    env = dict(os.environ, ASAN_OPTIONS=os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=0")
    p = subprocess.Popen([sys.argv[1], "suite", "--runtest", runtest, "--filter", "none", sys.argv[2]], env=env)
    _, status, used = os.wait4(p.pid, 0)
    if os.waitstatus_to_exitcode(status) != 2:
        sys.exit("status " + str(status))
    return used.ru_maxrss
few, many = peak("few"), peak("many")
sys.exit(f"{many} KiB, {few} KiB" if many > few + 4096 else 0)' "$H" "$T/suite"
ok "a plan of 99999 cases is read to its end" test "$(grep -c 'nothing in .* matches' "$T/err")" = 2
ok "... and takes no memory for them" test "$status" = 0
run "$H" suite --block "$T/nolist" "$T/suite"
ok "suite with a list that is not there: status 2" both 2 'nolist'
# Between the run that was killed and this one began others.
for r in cut running no-run between-{1..28}; do
	mkdir -p "$T/runs/$r/cells/1/boot1"
	touch "$T/runs/$r"/{run.db,run.lock} "$T/runs/$r/cells/1/boot1"/{disk.qcow2,console.log}
done
touch -d '1 minute ago' "$T/runs/cut"
rm "$T/runs/no-run/run.db"
run python3 -c '
import fcntl, subprocess, sys
lock = open(sys.argv[1] + "/runs/running/run.lock", "r+")
fcntl.lockf(lock, fcntl.LOCK_SH)
sys.exit(subprocess.call([sys.argv[2], "probe", "--run-dir", sys.argv[1] + "/runs/new", "--kernel", "/nonexistent"]))
' "$T" "$H"
ok "a run begins by sweeping what a killed one left" test ! -e "$T/runs/cut/cells/1/boot1/disk.qcow2"
ok "... its evidence stays" test -e "$T/runs/cut/cells/1/boot1/console.log"
ok "... and so do runs under way, and folders of others" \
	test -e "$T/runs/running/cells/1/boot1/disk.qcow2" -a -e "$T/runs/no-run/cells/1/boot1/disk.qcow2"
run "$H" exec /nonexistent/program
ok "exec of a missing program: status 2" both 2 '/nonexistent/program'
run "$H" report "$T"
ok "report of a folder that is no run: status 2, clear words" both 2 "$T is not a run folder"
run "$H" report "$T/nowhere"
ok "report of no folder: status 2, clear words" both 2 "$T/nowhere is not a run folder"

mkdir "$T/bin"
run env PATH="$T/bin" "$H" doctor
ok "doctor without QEMU: status 3, what to install" test "$status" = 3
