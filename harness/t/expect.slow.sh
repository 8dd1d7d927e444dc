#!/bin/bash
# SPDX-License-Identifier: MIT
# Known failures: what a file of them makes of a run's verdicts, its exit status and its report, and what is wrong with a
# file, told with its place before anything boots.
set -u
. "$(dirname "$0")/tap.inc"
plan 32
. "$(dirname "$0")/selftest.inc"

F=$T/known.yaml
known() { # known NAME VERDICTS [EXPIRES]: one more entry
	printf -- '  - name: %s\n    verdicts: [%s]\n    owner: kernel/tty\n    reason: as it is\n    issue: "#7"\n    expires: %s\n' \
		"$1" "$2" "${3:-2999-12-31}" >>"$F"
}
file() { # file [HEAD]: an empty one
	{ [ $# -gt 0 ] && echo "$1"; echo "known:"; } >"$F"
}

file
known self_exit fail
known self_unstained flaky
known 'self_ha*' 'fail, timeout'
probe good --expect "$F" self_stain self_unstained self_exit self_hang self_pass
ok "all as expected: status 0" status_is 0
ok "a known failure, not asked again" says self_exit "xfail steady 1:fail boots:1"
ok "one that fails sometimes" says self_unstained "xfail steady 1:fail 2r:pass boots:2"
ok "one by pattern, not asked again" says self_hang "xfail steady 1:timeout boots:1"
ok "what is not named is as it was" says self_pass "pass steady 1:pass boots:1"
ok "the report lists them" out_has '^Known failures$'
ok "with reason, owner, issue and day" out_has 'known failure: as it is \(kernel/tty, #7, until 2999-12-31\)'
ok "the JSON report names the entry" grep -q '"owner": "kernel/tty"' "$T/report.json"

probe seen --retries 1 self_stain self_unstained self_exit self_fail self_hang self_pass
"$H" report --format expect --output "$T/seen.yaml" "$T/seen"
probe again --expect "$T/seen.yaml" self_stain self_unstained self_exit self_fail self_hang self_pass
ok "a file from a run: another run of the same kind is as expected" status_is 0
ok "a crash among them" says self_fail "xfail steady 1:crash boots:1"

file
known self_pass fail
probe xpass --expect "$F" --retries 0 self_pass
ok "an unexpected pass fails the run" status_is 1
ok "and is called that" says self_pass "xpass steady 1:pass boots:1"

file
known self_exit fail 2020-02-29
probe over --expect "$F" --retries 0 self_exit self_pass
ok "past its day: the failure counts" status_is 1
ok "it is a failure again" says self_exit "fail steady 1:fail boots:1"
ok "the report says why" out_has 'self_exit: expired 2020-02-29 \(kernel/tty, #7\): 1 case'

file
known self_pass flaky 2020-02-29
probe over2 --expect "$F" --retries 0 self_pass
ok "an entry past its day fails the run even where all passes" status_is 1

file
known self_exit timeout
known self_fail fail
probe worse --expect "$F" --retries 0 self_exit self_fail
ok "another failure than the known one counts" says self_exit "fail steady 1:fail boots:1"
ok "and a crash is not excused by a failure" says self_fail "crash steady 1:crash boots:1"
ok "and so the run fails" status_is 1

# A kernel under test that names itself: a copy of the reference.
K=$T/mine.bzimage
cp "$CACHE/reference/cloud/vmlinuz" "$K"
cp "$F" "$T/inst/lib/harness/scenarios/expect/other.yaml"
mine() { probe "$1" --kernel "$K" --initrd "$CACHE/reference/cloud/initramfs.cpio" --retries 0 --no-reference "${@:2}" self_exit; }
file "files: ['mine.*']"
known self_exit fail
cp "$F" "$T/inst/lib/harness/scenarios/expect/mine.yaml"
mine picked
ok "picked by the kernel's name" status_is 0
mine none --expect none
ok "--expect none" status_is 1
file "sha256: [$(sha256sum "$K" | cut -d' ' -f1)]"
known self_exit fail
cp "$F" "$T/inst/lib/harness/scenarios/expect/mine.yaml"
mine digest
ok "picked by the kernel's digest" status_is 0
cp "$F" "$T/inst/lib/harness/scenarios/expect/too.yaml"
run "$H" probe --run-dir "$T/two" --kernel "$K" self_exit
ok "two files for one kernel: asked which" both 2 'both name this kernel: take --expect=FILE'
rm "$T"/inst/lib/harness/scenarios/expect/*.yaml

bad() { # bad NAME PATTERN: status 2, the words, and no run folder
	run "$H" probe --run-dir "$T/bad" --expect "$F" self_pass
	ok "$1" both 2 "$2"
}
file
known self_nobody fail
bad "a pattern that matches nothing" 'known.yaml:2:5: no case is called "self_nobody"'
file
known self_exit fail
echo '    colour: red' >>"$F"
bad "an unknown key" 'known.yaml:8:5: unknown key "colour"'
file
known self_exit fail someday
bad "no day" 'known.yaml:7:14: "expires" expects a day such as'
file
known self_exit pass
bad "a verdict that cannot be expected" 'known.yaml:3:16: "pass" cannot be expected'
file
known self_exit fail
printf '    scenario: ssh-*\n' >>"$F"
bad "a case of another scenario" 'known.yaml:2:5: no case is called "self_exit" in scenario ssh-\*'
rm "$F"
bad "no such file" 'known.yaml'
ok "and nothing was run" test ! -e "$T/bad"
run "$H" probe --expect
ok "no file named" status_is 2
file
known 'self_e*' fail
known self_exit fail
run "$H" probe --run-dir "$T/first" --expect "$F" --retries 0 self_exit
ok "of several entries the first one speaks" status_is 0
