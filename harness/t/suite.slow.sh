#!/bin/bash
# SPDX-License-Identifier: MIT
# Other people's test programs in a guest: each end has its verdict, none from a lie, and a crash costs one case.
set -u
. "$(dirname "$0")/tap.inc"
HERE=$(cd "$(dirname "$0")" && pwd)
plan 67

S=$T/s
mkdir -p "$S/dir" "$S/runtest"
program() { # program NAME LINE…
	local name=$S/$1
	shift
	{ echo '#!/bin/sh' && printf '%s\n' "$@"; } >"$name"
	chmod +x "$name"
}
list_results() {
	python3 -c '
import json, sys
for c in json.load(open(sys.argv[1]))["cells"]:
    for r in c["results"]:
        print(r["name"], r["verdict"], r.get("reason") or "")' "$T/report.json"
}
suite() { # suite RUN OPTIONS…: results as NAME VERDICT REASON in $T/results
	local dir=$1
	shift
	run "$H" suite --quiet --retries=0 --run-dir "$T/$dir" "$@"
	"$H" report --format json --output "$T/report.json" "$T/$dir" 2>>"$T/err"
	list_results >"$T/results"
	cp "$T/results" "$T/out"
}
says() { grep -qE -- "^$1 $2 ?.*${3:-}" "$T/results"; }
count() { [ "$(wc -l <"$T/results")" = "$1" ]; }
no_case() { ! grep -q "^$1 " "$T/results"; }

program pass 'echo fine'
program fail 'echo wrong' 'exit 3'
program segv 'kill -SEGV $$'
program hang 'echo begun' 'sleep 1000'
program missing '#' 'exec /no/such/program'
echo '#!/no/such/shell' >"$S/noshell" && chmod +x "$S/noshell"
program tpass 'echo "t.c:1: TPASS: a" >&2'
program tconf 'echo "t.c:1: TCONF: no device"; exit 32'
program tlie 'echo "t.c:1: TFAIL: a"; exit 0'
program dir/ktap 'printf "KTAP version 1\n1..2\n  1..1\n  ok 1 in\nok 1 out\nok 2 b # SKIP no\n"'
program dir/plan 'printf "1..3\nok 1 a\n"'
program dir/twice 'printf "1..2\nok 1 a\nok 1 b\n"'
program dir/late 'printf "1..1\nok 1 a\nok 2 b\n"'
program dir/bytes 'printf "1..1\n\377\376\000\033[31mx\nok 1 \377\n"'
program flood 'i=0' 'while [ $i -lt 12000 ]; do echo 0123456789012345678901234567890123456789; i=$((i+1)); done'
program litter 'mkdir -p $TMPDIR/a/b' 'touch $TMPDIR/a/b/c' '(setsid sleep 987 &)' '(sleep 987 &)' 'echo done'
program binds 'mkdir -p /run/precious $TMPDIR/m && touch /run/precious/x && mount -o bind /run/precious $TMPDIR/m'
program bound '[ -e /run/precious/x ] && [ -z "$(ls $TMPDIR)" ] && ! grep -q $TMPDIR/m /proc/mounts'
program devfd 'echo a | grep -q a /dev/fd/0 && echo b >/dev/stderr'
program neat '[ -z "$(ls $TMPDIR)" ] || exit 1' 'ps | grep -v grep | grep -q "sleep 987" && exit 2' 'exit 0'
echo data >"$S/data" && cp "$S/pass" "$S/odd name \"it"
ln -s pass "$S/inside" && ln -s /etc/passwd "$S/outside" && ln -s ../../etc/passwd "$S/dir/outside" && mkfifo "$S/fifo"

suite all --limit 4 "$S"
ok "verdicts that are bad: status 1" status_is 1
ok "pass" says pass pass
ok "fail, with its status" says fail fail 'exit status 3'
ok "died of a signal" says segv fail 'SIGSEGV'
ok "hang: timeout" says hang timeout
ok "not to be started: broken" says noshell broken 'No such file'
ok "shell that finds no program: fail" says missing fail '127'
ok "LTP passes" says tpass pass
ok "LTP skips" says tconf skip 'no device'
ok "LTP lies: broken" says tlie broken 'exit status 0, but TFAIL'
ok "KTAP" says dir/ktap pass
ok "KTAP inside KTAP" says dir/ktap:out/in pass
ok "KTAP skips" says dir/ktap:b skip no
ok "a plan that lies: broken" says dir/plan broken '2 of 3 planned'
ok "a number twice: broken" says dir/twice broken 'second time'
ok "a result after the plan: broken" says dir/late broken 'after all 1'
ok "bytes that are no text" says dir/bytes pass
ok "a flood of output" says flood pass
ok "a folder of its own, and what was left is gone" says neat pass
ok "what a program leaves mounted is unmounted, not emptied" says bound pass
ok "/dev/fd" says devfd pass
ok "a name with blanks and a quote" says 'odd name "it' pass
ok "each counted, and the tests inside" count 31
ok "links out of the folder are left out and told" test "$(grep -c 'outside is left out: a link that leads out' "$T/err")" = 2

# The machine ends under one of many: that one is found, and the others have their verdicts.
program panics 'sleep 0.1' 'echo c >/proc/sysrq-trigger' 'sleep 5'
for i in 1 2 3 4 5 6 7 8 9; do echo "a$i pass"; done >"$S/runtest/mix"
echo 'boom panics' >>"$S/runtest/mix"
for i in 1 2 3 4 5 6 7 8 9; do echo "b$i pass"; done >>"$S/runtest/mix"
echo 'regicide kill -9 $PPID; sleep 5' >>"$S/runtest/mix"
echo '# a comment' >>"$S/runtest/mix"
echo 'shell echo one two | grep -q two && [ -n "$LTPROOT" ]' >>"$S/runtest/mix"
echo 'variable [ "$A" = "b c" ] && [ "$TMPDIR" = /var/keep/suite ] && touch $TMPDIR/x' >>"$S/runtest/mix"
echo 'beside [ -e beside ] && [ -z "$(ls $TMPDIR)" ]' >>"$S/runtest/mix"
mkdir -p "$S/testcases/bin" && echo data >"$S/testcases/bin/beside"
suite mix --runtest mix --env 'A=b c' --env TMPDIR=/var/keep "$S"
ok "a kernel crash: status 1" status_is 1
ok "the one that brought it" says boom crash '[Cc]rash'
ok "no other" test "$(grep -c ' crash' "$T/results")" = 1
ok "all others pass" test "$(grep -cE '^[ab][1-9] pass' "$T/results")" = 18
ok "who kills the runner is broken" says regicide broken 'killed by signal 9'
ok "and nobody else" test "$(grep -c ' broken' "$T/results")" = 1
ok "a line with a pipe goes to a shell" says shell pass
ok "variables of the user, and a folder of his" says variable pass
ok "a runtest line begins beside the programs of LTP, and in an empty folder" says beside pass
rm "$S/panics"

# Lists.
printf '# ours\npass # yes\n  dir/*\n\nno_such_test\n' >"$T/allow"
printf 'dir/t*\n' >"$T/block"
suite lists --allow "$T/allow" --block "$T/block" "$S"
ok "allowed by name and by pattern" test "$(grep -cE '^(pass|dir/late|dir/plan|dir/bytes|dir/ktap) ' "$T/results")" = 5
ok "blocked: skip, with the place" says dir/twice skip 'blocked by block:1'
ok "allowed but not there: broken" says no_such_test broken 'named by allow:5'
ok "not allowed: not run" no_case tpass

# Two machines that share the cases answer as one does.
kinds=(tpass fail tlie)
for i in $(seq 90); do echo "m$i ${kinds[i % 3]}"; done >"$S/runtest/many"
printf 'm*\nno_such_line\n' >"$T/allow"
printf 'm7\nm8\nm9\n' >"$T/block"
many() { suite "$1" --runtest many --format auto --allow "$T/allow" --block "$T/block" --cpus 1 -j "$2" "$S"; }
many one 1
grep -v '^boot ' "$T/results" >"$T/one.results"
ok "all of them, the blocked ones and the one that is not there" test "$(grep -c . "$T/one.results")" = 91
many two 2
ok "two machines: the same answer" test "$(grep -v '^boot ' "$T/results" | sort)" = "$(sort "$T/one.results")"
if [ "$(nproc)" -ge 2 ]; then
	ok "from two boots" test -d "$T/two/cells/1/boot2"
else
	skip "from two boots" "one core"
fi

# Shards are the whole, once.
for i in 1 2 3; do
	suite "shard$i" --filter 'd*' --format exit --shard "$i/3" "$S"
	grep -v '^boot ' "$T/results" >>"$T/shards"
done
suite whole --filter 'd*' --format exit "$S"
ok "three shards are the whole" test "$(sort "$T/shards")" = "$(grep -v '^boot ' "$T/results" | sort)"

run "$H" merge --no-gate "$T/merged" "$T/shard3" "$T/shard1" "$T/shard2"
ok "and merge" status_is 0
"$H" report --no-gate --format json --output "$T/report.json" "$T/merged" 2>>"$T/err"
list_results >"$T/joined"
ok "to the same answer" test "$(grep -v '^boot ' "$T/joined" | sort)" = "$(grep -v '^boot ' "$T/results" | sort)"

# kselftest as it is installed: a folder a collection, its limit, its list, exit status 4, fixtures of its C harness.
K=$T/k
mkdir -p "$K/slow" "$K/quick/deep"
kprogram() { # kprogram NAME LINE…
	local S=$K
	program "$@"
}
kprogram slow/hangs 'echo begun' 'sleep 1000'
kprogram quick/tree 'printf "TAP version 13\n1..3\n# Starting 3 tests from 2 test cases.\n#  RUN           '\
'global.a ...\n#            OK  global.a\nok 1 global.a\n#  RUN           fix.var.b ...\n#      SKIP      no root\n'\
'#            OK  fix.var.b\nok 2 # SKIP no root\n#  RUN           fix.c ...\n# x.c:3:c:Expected 1 == 2\n# c: Test '\
'failed\n#          FAIL  fix.c\nnot ok 3 fix.c\n# FAILED: 2 / 3 tests passed.\n"; exit 1'
kprogram quick/skips 'echo needs root' 'exit 4'
kprogram quick/deep/here '[ "$PWD" = /suite/root/quick/deep ] && [ -e ../tree ]'
kprogram quick/helper 'exit 1'
printf '# a hang\ntimeout=1\n' >"$K/slow/settings"
printf 'slow:hangs\nquick:tree\nquick:skips\nquick/deep:here\nquick:gone\n' >"$K/kselftest-list.txt"
suite kselftest "$K"
ok "kselftest: the limit of a collection" says slow/hangs timeout
ok "not one of a minute" test "$(python3 -c '
import json, sys
print(max(r["end_us"] - r["begin_us"] for c in json.load(open(sys.argv[1]))["cells"] for r in c["results"]) < 4e7)' \
	"$T/report.json")" = True
ok "kselftest: status 4 skips, though the format was not named" says quick/skips skip 'exit status 4'
ok "kselftest: a program fails by one of its fixtures" says quick/tree fail fix.c
ok "a test without fixture" says quick/tree:global.a pass
ok "a skip is named by the line before" says quick/tree:fix.var.b skip 'no root'
ok "a fixture" says quick/tree:fix.c fail
ok "kselftest: a collection in a collection, run where it lies" says quick/deep/here pass
ok "kselftest: what the list does not name is no test" no_case quick/helper
ok "kselftest: what it names has to be there" says quick:gone broken 'named by kselftest-list.txt:5'
suite klimit --limit 2 --filter 'slow/*' "$K"
ok "the limit of the user stands above it" grep -q -- '--limit=2' "$T/report.json"

g=$T/g
mkdir "$g"
if ! printf '#include <gtest/gtest.h>\n' | g++ -E -x c++ - >/dev/null 2>&1; then
	for i in $(seq 13); do skip "googletest $i" "no googletest on this host"; done
	exit
fi
g++ -static -O1 -o "$g/outcome_test" "$HERE/suite_cases.cc" -lgtest -lgtest_main -lpthread 2>"$T/g++" || cat "$T/g++" >&2
mkdir "$T/blocks"
echo 'Outcome.Hangs # waits' >"$T/blocks/outcome_test"
suite gtest --limit 5 --block "$T/blocks" "$g"
ok "googletest is asked for its tests" says 'outcome_test:--gtest_list_tests' pass '9 tests'
ok "googletest: pass" says outcome_test:Outcome.Passes pass
ok "googletest: fail, with the place" says outcome_test:Outcome.Fails fail 'suite_cases.cc:[0-9]*: Failure'
ok "googletest: skip" says outcome_test:Outcome.Skips skip 'not here'
ok "googletest: abort" says outcome_test:Outcome.Aborts fail SIGABRT
ok "googletest: blocked" says outcome_test:Outcome.Hangs skip 'blocked by outcome_test:1'
ok "googletest: an exit that hides the result: broken" says outcome_test:Outcome.Leaves broken contradicts
ok "googletest: parameters" says outcome_test:All/Each.IsSmall/2 fail
ok "googletest: disabled ones are none" no_case outcome_test:Outcome.DISABLED_Never
echo 'Outcome.Aborts' >>"$T/blocks/outcome_test"
echo 'Outcome.Leaves' >>"$T/blocks/outcome_test"
suite binary --per-binary --limit 5 --block "$T/blocks" "$g"
ok "one case a program" says outcome_test fail '2 of 6 failed'
ok "its tests" test "$(grep -c '^outcome_test:' "$T/results")" = 6
suite binary2 --per-binary --limit 5 --block "$T/blocks" --shard 1/2 "$g"
cp "$T/results" "$T/first"
suite binary3 --per-binary --limit 5 --block "$T/blocks" --shard 2/2 "$g"
ok "googletest's own shards are the whole" test "$(cat "$T/first" "$T/results" | grep -c '^outcome_test:')" = 6
ok "and each has some" test "$(grep -c '^outcome_test:' "$T/first")" = 3
