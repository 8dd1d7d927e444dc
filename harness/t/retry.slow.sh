#!/bin/bash
# SPDX-License-Identifier: MIT
# What failed is asked again in a fresh machine, once and in one: a probe that fails only where another one was before it
# is flaky, one that always fails is bad, and every attempt is kept.
set -u
. "$(dirname "$0")/tap.inc"
plan 23

. "$(dirname "$0")/selftest.inc"

boots() { [ "$(find "$T/$1/cells" -name 'boot*' -type d | wc -l)" = "$2" ]; }
probe once self_stain self_unstained self_exit self_fail self_hang self_pass self_skip
ok "bad ones stay bad" status_is 1
ok "fails after another, passes in a fresh machine: flaky" says self_unstained \
	"pass flaky 1:fail 2r:pass boots:2"
ok "fails always" says self_exit "fail steady 1:fail 2r:fail boots:2"
ok "saw a panic: a crash is not asked away" says self_fail "crash steady 1:crash boots:1"
ok "hangs always" says self_hang "timeout steady 1:timeout 2r:timeout boots:2"
ok "what passed is not asked again" says self_pass "pass steady 1:pass boots:1"
ok "what was skipped is not asked again" says self_skip "skip steady 1:skip boots:1"
ok "all in one fresh machine" boots once 2
ok "the report lists it" out_has 'Flaky: 1 passed in some of the attempts'
ok "and every attempt" out_has 'attempt 2 in a fresh machine: pass'

probe flaky self_stain self_unstained
ok "a flaky case alone fails nothing" status_is 0
ok "progress counts it apart" err_has 'asked again: 1 pass'

probe none --retries 0 self_stain self_unstained
ok "--retries 0 leaves it at the first answer" says self_unstained "fail steady 1:fail boots:1"
ok "and that fails the run" status_is 1

probe repeat --repeat 2 --retries 2 self_exit self_pass
ok "--repeat: every pass is an attempt, retries come after" says self_exit \
	"fail steady 1:fail 2:fail 3r:fail 4r:fail boots:3"
ok "--repeat: what passes is not retried" says self_pass "pass steady 1:pass 2:pass boots:1"
ok "no name was changed for it" test "$(case_of 'self_exit (pass 2)')" = ""

cat >"$T/steps.yaml" <<-'END'
	name: self-steps
	title: a step that fails between two that pass
	lanes: [static]
	takes: 5s
	steps:
	  - name: before
	    exec: {argv: [/bin/true]}
	  - name: wrong
	    exec: {argv: [/bin/false]}
	  - name: after
	    exec: {argv: [/bin/true]}
END
run "$H" run --run-dir "$T/steps" --repeat 2 "$T/steps.yaml"
"$H" report --format json --output "$T/report.json" "$T/steps"
ok "a scenario whose step fails is bad" status_is 1
ok "its step was asked twice, and once more because it failed" says wrong "fail steady 1:fail 2:fail 3r:fail boots:3"
ok "together with those around it, from the first" says after "pass steady 1:pass 2:pass 3r:pass boots:3"
ok "each time in a machine of its own" says boot "pass steady 1:pass 2:pass 3r:pass boots:3"
ok "the report is short about it" out_has 'fail in each of 3 attempts'

run "$H" probe --retries x self_pass
ok "a bad number is told" test "$status" -ne 0
