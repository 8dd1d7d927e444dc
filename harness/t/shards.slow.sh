#!/bin/bash
# SPDX-License-Identifier: MIT
# One set of cases in one piece, by two machines at once, and in three shards that are merged: the same answer each
# time. What does not belong together is refused by name.
set -u
. "$(dirname "$0")/tap.inc"
plan 32
export HARNESS_CACHE=$CACHE

# What a run says, without times, texts that hold times, and places in logs.
answer() { # answer RUN
	"$H" report -f json "$1" | python3 -c '
import json, sys
r = json.load(sys.stdin)
say = {k: r[k] for k in ("state", "exit_status", "verdicts", "gaps", "not_comparable")}
say["compared"] = sorted([c["scenario"], c["lane"], c["name"], c["relation"], c["kut"], c["reference"]] for c in r["compared"])
say["cells"] = [[c["role"], c["target"], c["profile"], c["lane"], c["scenario"], c["missing"], c["verdicts"],
	c["facts"], sorted([x["name"], x["verdict"]] for x in c["results"])] for c in r["cells"]]
json.dump(say, sys.stdout, indent=1, sort_keys=True)'
}
same_answer() { # same_answer RUN RUN
	diff <(answer "$1") <(answer "$2") >"$T/out" && test -s "$T/whole.json"
}
ask() { # ask FOLDER OPTION…
	local dir=$1
	shift
	run "$H" probe --quiet --retries=0 --cpus 1 --run-dir "$dir" "$@"
}
cases() { "$H" report -f json "$1" | grep -c '"again"'; }

ask "$T/whole" -j1
ok "in one piece" status_is 0
answer "$T/whole" >"$T/whole.json"
ask "$T/two" -j2
ok "by two machines at once" status_is 0
ok "the same answer" same_answer "$T/whole" "$T/two"
if [ "$(nproc)" -ge 2 ]; then
	ok "from two boots" test -d "$T/two/cells/1/boot2"
else
	skip "from two boots" "one core"
fi
one_cpu() { "$H" report -f json "$1" >"$T/out" && grep -q '"hello.cpus": "1"' "$T/out" && ! grep -q '"hello.cpus": "[^1]' "$T/out"; }
ok "each guest saw the one CPU that it was given" one_cpu "$T/two"
for i in 1 2 3; do
	ask "$T/shard$i" --shard $i/3
	ok "shard $i/3" status_is 0
	ok "shard $i/3 has a part" test "$(cases "$T/shard$i")" -lt "$(cases "$T/whole")"
done
run "$H" merge "$T/merged" "$T/shard3" "$T/shard1" "$T/shard2"
ok "merged" status_is 0
ok "the report is printed" out_has ' pass'
ok "the same answer as in one piece" same_answer "$T/whole" "$T/merged"
ok "the evidence came along" test -s "$T/merged/cells/1/boot3/console.log"
ok "and the page" test -s "$T/merged/report.html"

run "$H" merge "$T/bad" "$T/shard1" "$T/shard3"
ok "a missing shard: 3, named" both 3 'missing: shard 2/3'
ok "nothing is written" test ! -e "$T/bad"
run "$H" merge --partial "$T/partial" "$T/shard1" "$T/shard3"
ok "--partial merges the others, and says 3" both 3 'missing: shard 2/3'
ok "and in the run" grep -q 'shard 2/3 is missing' <("$H" report "$T/partial")
run "$H" merge "$T/bad" "$T/shard1" "$T/shard2" "$T/shard3" "$T/shard2"
ok "a shard twice" both 2 'are both shard 2/3'
run "$H" merge "$T/bad" "$T/whole"
ok "no shard" both 2 'is no shard'
run "$H" merge "$T/shard1" "$T/shard1" "$T/shard2" "$T/shard3"
ok "a folder that is there" both 3 'is not empty'
run "$H" probe --quiet --run-dir "$T/other" --shard 2/3 'e*'
run "$H" merge "$T/bad" "$T/shard1" "$T/other" "$T/shard3"
ok "another set" both 2 'not shards of one set'
run "$H" probe --quiet --run-dir "$T/empty" --shard 9/9 epoll_pwait2_timeout
ok "a shard without a case is as expected" status_is 0
run "$H" merge "$T/bad" "$T/shard1" "$T/empty"
ok "of another number" both 2 "differ|is a shard of"
kernel=$CACHE/reference/cloud/vmlinuz
cp "$kernel" "$T/kernel" && printf x >>"$T/kernel"
for i in 1 2; do
	k=$kernel
	[ $i = 1 ] || k=$T/kernel
	run "$H" probe --quiet --no-gate --no-reference --kernel "$k" --initrd "$CACHE/reference/cloud/initramfs.cpio" \
		--run-dir "$T/kernel$i" --shard $i/2 epoll_pwait2_timeout eventfd_counter
done
run "$H" merge "$T/bad" "$T/kernel1" "$T/kernel2"
ok "another kernel" both 2 'are about different kernels'
# Known failures: a case that passes though it is expected to fail, in each shard's books.
cat >"$T/known.yaml" <<'END'
kernel: the reference
known:
  - name: epoll_pwait2_timeout
    verdicts: [fail]
    owner: tests
    reason: none, it passes
    issue: '#0'
    expires: 2999-12-31
END
for i in 1 2; do
	run "$H" probe --quiet --expect "$T/known.yaml" --run-dir "$T/known$i" --shard $i/2 epoll_pwait2_timeout eventfd_counter
	run "$H" probe --quiet --run-dir "$T/plain$i" --shard $i/2 epoll_pwait2_timeout eventfd_counter
done
run "$H" merge "$T/known" "$T/known1" "$T/known2"
ok "known failures come along: an unexpected pass is 1" status_is 1
ok "and is told" out_has 'xpass'
run "$H" merge "$T/bad" "$T/known1" "$T/plain2"
ok "other known failures" both 2 'different known failures'
run "$H" merge --no-gate "$T/known0" "$T/known2" "$T/known1"
ok "--no-gate" status_is 0
ok "nothing is left of what was refused" test ! -e "$T/bad"
