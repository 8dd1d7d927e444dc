#!/bin/bash
# SPDX-License-Identifier: MIT
# A crash in the middle of a step that would wait for a minute: a fatal one, one that killed a task, and one after which
# nothing lives any more end the wait at once; after a recovered one that the guest outlives the step has its limit.
set -u
. "$(dirname "$0")/tap.inc"
F=$B/guest/fake
plan 12

scenario() { # scenario FILE LIMIT
	cat >"$1" <<-END
		name: waits
		title: a program that never ends
		lanes: [static]
		takes: 5s
		steps:
		  - name: waits
		    limit: $2
		    exec: {argv: [/bin/waits]}
		  - name: after
		    exec: {argv: [/bin/true]}
	END
}
scenario "$T/minute.yaml" 60s
scenario "$T/short.yaml" 4s

# play KERNEL SCENARIO: milliseconds of the step in $step, from the crash's text to its end in $late
play() {
	"$H" run --no-reference --no-snapshot --retries=0 --pace 100 --quiet --run-dir "$T/$1" --kernel "$F/$1.elf" \
		"$T/$2.yaml" >"$T/$1.out" 2>"$T/$1.err" </dev/null
}
look() {
	status=$(cat "$T/$1.status")
	read -r step late verdict <<<"$("$H" report -f json "$T/$1" | python3 -c '
import json, sys
cell = json.load(sys.stdin)["cells"][0]
r = next(r for r in cell["results"] if r["name"] == "waits")
crash = next((e["time_us"] for b in cell["boots"] for e in b["events"] if e["kind"] == "crash"), 0)
print((r["end_us"] - r["begin_us"]) // 1000, (r["end_us"] - crash) // 1000, r["verdict"])')"
	echo "# $1: $step ms, $late ms after the text"
}
# Two at a time.
both_play() { # both_play KERNEL SCENARIO KERNEL SCENARIO
	{ play "$1" "$2"; echo $? >"$T/$1.status"; } &
	{ play "$3" "$4"; echo $? >"$T/$3.status"; } &
	wait
}
both_play runpanic minute runtaskhang minute
both_play runrecoveredspin minute runrecoveredhang short

# A tenth of the limit and more for a busy host: two seconds on one that is not.
for kernel in runpanic runtaskhang runrecoveredspin; do
	look $kernel
	ok "$kernel: the step is a crash" test "$verdict $status" = "crash 1"
	ok "$kernel: its wait ends at once" test "$late" -lt 20000
	cp "$T/$kernel.out" "$T/out"
	ok "$kernel: what follows was not asked" grep -q 'not asked: the guest was tainted by a crash at step "waits"' \
		<("$H" report --verbose "$T/$kernel")
done
look runrecoveredhang
ok "runrecoveredhang: the step is a crash" test "$verdict $status" = "crash 1"
ok "runrecoveredhang: it had its whole limit" test "$step" -ge 4000
ok "runrecoveredhang: nobody gave it up" test "$(grep -c given-up <("$H" report -f json "$T/runrecoveredhang"))" = 0
