#!/bin/bash
# SPDX-License-Identifier: MIT
# What a hang and a panic cost on the reference guest: one verdict each, time that can be counted, and nobody else's
# answer. Probes of known outcome; snapshots of their own, so that the first machine is booted and the others are woken.
set -u
. "$(dirname "$0")/tap.inc"
plan 30

. "$(dirname "$0")/selftest.inc"

mkdir "$T/cache"
for f in image reference ready; do
	ln -s "$(realpath "$CACHE/$f")" "$T/cache/$f"
done
export HARNESS_CACHE=$T/cache

# look NAME CHECK: Python over the run's results and boots, in order of time; false ends it with what was seen.
look() {
	python3 - "$T/$1/run.db" "$2" <<-'END' >"$T/out"
		import sqlite3, sys
		db = sqlite3.connect(sys.argv[1])
		db.row_factory = sqlite3.Row
		rows = lambda text: [dict(r) for r in db.execute(text)]
		boots = rows("SELECT id, time_us FROM boot ORDER BY id")
		for b in boots:
		    b["facts"] = dict(db.execute("SELECT key, value FROM boot_fact WHERE boot = ?", (b["id"],)).fetchall())
		results = rows("SELECT name, boot, attempt, verdict, reason, detail, begin_us, end_us FROM result"
		               " WHERE name LIKE 'self%' ORDER BY begin_us, id")
		by = {r["name"]: r for r in results}
		for b in boots:
		    f = b["facts"]
		    print("boot", b["id"], b["time_us"], f.get("start"), "hello", f.get("hello_us"), f.get("end"))
		for r in results:
		    print(r["boot"], r["name"], r["verdict"], r["begin_us"], r["end_us"], r["reason"])
		sys.exit(not eval("(" + sys.argv[2] + ")"))
	END
}
others="self_exit self_fail self_hang self_names self_pass self_skip self_tmp self_unstained"
others_stand() {
	says self_exit "fail steady 1:fail boots:1" && says self_fail "crash steady 1:crash boots:1" &&
		says self_hang "timeout steady 1:timeout boots:1" && says self_names "pass steady 1:pass boots:1" &&
		says self_pass "pass steady 1:pass boots:1" && says self_skip "skip steady 1:skip boots:1" &&
		says self_tmp "pass steady 1:pass boots:1" && says self_unstained "pass steady 1:pass boots:1"
}

# A hang of the runner: a kernel that lets neither the probe nor its watchman go on. self_hang is one that the runner ends.
# shellcheck disable=SC2086
probe hang --retries 0 $others self_stop_runner
ok "a hang: the run is bad" status_is 1
ok "the runner hung: timeout, asked once" says self_stop_runner "timeout steady 1:timeout boots:1"
ok "told as what it is" look hang '"the test hung" in by["self_stop_runner"]["reason"]'
ok "every other case has its own verdict, and was asked once" others_stand
ok "none is missing and none is there twice" look hang 'len(results) == len(by) == 9'
ok "one machine more" look hang 'len(boots) == 2'
ok "the first was booted" look hang 'boots[0]["facts"]["start"] == "boot"'
ok "the second was woken" look hang 'boots[1]["facts"]["start"] == "wake"'
ok "what came before stands in the first, what comes after is asked in the second" look hang \
	'all(r["boot"] == boots[r["name"] > "self_stop_runner"]["id"] for r in results)'
# In the guest's own pace; a loaded host gets as much again as the run's first boot took.
pace='max(1, float(boots[0]["facts"]["hello.speed_us"]) / 16000)'
first='int(boots[0]["facts"]["hello_us"])'
ok "its verdict comes within limit + 5 s" look hang \
	"by['self_stop_runner']['end_us'] - by['self_stop_runner']['begin_us'] <= (1e6 + 5e6) * $pace + $first"
ok "the next case begins within limit + 5 s + wake" look hang \
	"by['self_tmp']['begin_us'] - by['self_stop_runner']['begin_us'] <=
	 (1e6 + 5e6) * $pace + $first + int(boots[1]['facts']['hello_us'])"
ok "the host's limit was not a guess: it waited at least as long" look hang \
	"by['self_stop_runner']['end_us'] - by['self_stop_runner']['begin_us'] >= 1e6"

# What hangs is asked again once, in the end, and nothing with it but what failed.
probe again --retries 1 self_names self_pass self_stop_runner self_tmp
ok "asked again in a fresh machine" says self_stop_runner "timeout steady 1:timeout 2r:timeout boots:2"
ok "what passed is not" look again 'sorted(r["name"] for r in results).count("self_tmp") == 1 and len(results) == 5'

# A panic of the real kernel.
# shellcheck disable=SC2086
probe panic --retries 1 $others self_panic
ok "a panic: the run is bad" status_is 1
ok "crash, and not asked away" says self_panic "crash steady 1:crash boots:1"
ok "with a title" look panic '"panic: sysrq triggered crash" in by["self_panic"]["reason"]'
ok "and the function" look panic '"sysrq_handle_crash" in by["self_panic"]["reason"] + by["self_panic"]["detail"]'
ok "and its text" look panic '"Kernel panic - not syncing" in by["self_panic"]["detail"]'
ok "all others have their own verdict" look panic \
	'{n: [r["verdict"] for r in results if r["name"] == n] for n in by} == {
	 "self_exit": ["fail", "fail"], "self_fail": ["crash"], "self_hang": ["timeout", "timeout"],
	 "self_names": ["pass"], "self_panic": ["crash"], "self_pass": ["pass"], "self_skip": ["skip"],
	 "self_tmp": ["pass"], "self_unstained": ["pass"]}'
ok "no answer is of a machine after its panic" look panic \
	'all(r["end_us"] <= by["self_panic"]["begin_us"] or r["boot"] > by["self_panic"]["boot"]
	     for r in results if r["name"] != "self_panic")'
ok "the machine was restored, not booted" look panic 'all(b["facts"]["start"] == "wake" for b in boots)'
ok "at most one machine to be sure of who it was, one to go on and one for what failed" look panic \
	'3 <= len(boots) <= 4'
ok "the machines that it ended say so" look panic \
	'[b["facts"]["end"] in ("crash", "reset") for b in boots].count(True) == len(boots) - 2'

# A crash's text that comes when who brought it is forgotten, while another one is in flight. It says when it began.
probe late --retries 0 self_pass self_text_held self_text_told
ok "late text: nobody is accused" look late \
	'{n: [r["verdict"] for r in results if r["name"] == n] for n in by} == {
	 "self_pass": ["pass"], "self_text_held": ["pass"], "self_text_told": ["pass"]}'
ok "the answer in flight is one of another machine" look late 'by["self_text_told"]["boot"] != by["self_text_held"]["boot"]'
"$H" report "$T/late" >"$T/out"
ok "the run says that there was a crash" out_has '^  note: a crash that no case brings alone.*BUG: kernel NULL pointer'
"$H" report -f markdown "$T/late" >"$T/out"
ok "... in Markdown" out_has '^- note: a crash that no case brings alone.*BUG: kernel NULL pointer'
"$H" report -f html "$T/late" >"$T/out"
ok "... on its page" out_has '^<p class="note">a crash that no case brings alone.*BUG: kernel NULL pointer'
"$H" report -f junit "$T/late" >"$T/out"
ok "... in JUnit" out_has '<property name="note" value="a crash that no case brings alone.*BUG: kernel NULL pointer'
