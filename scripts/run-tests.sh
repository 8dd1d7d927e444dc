#!/bin/bash
# SPDX-License-Identifier: MIT
# Run tests that print TAP, side by side; last line: "N passed, N failed, N skipped".
#
#   run-tests.sh [-j JOBS] -l LOGDIR TEST… [-s SLOW-TEST…]
#
# A test that prints no plan, runs fewer cases than it planned, passes its limit or ends with a
# status that its text does not explain counts as one failure: silence is never a pass.
set -u

jobs=$(nproc) logdir= limit=120 slow_limit=600
quick=() slow=()
list=quick
while [ $# -gt 0 ]; do
	case $1 in
	-j) jobs=$2; shift ;;
	-l) logdir=$2; shift ;;
	-s) list=slow ;;
	*) if [ $list = quick ]; then quick+=("$1"); else slow+=("$1"); fi ;;
	esac
	shift
done
[ -n "$logdir" ] || { echo "run-tests.sh: -l LOGDIR is missing" >&2; exit 2; }
mkdir -p "$logdir"

# One test: its TAP into a log, its counts into LOG.count, one line on the terminal.
run_one() {
	local limit=$1 t=$2 name log status start end
	name=${t#"${B##*/}/test/"}
	name=${name//\//-}
	log=$logdir/$name.tap
	start=$(date +%s%N)
	timeout -k 5 "$limit" "$t" >"$log" 2>&1 </dev/null
	status=$?
	end=$(date +%s%N)
	awk -v status="$status" -v limit="$limit" -v name="$name" -v ms=$(((end - start) / 1000000)) '
		/^1\.\.[0-9]+/ { split($1, p, /\.\./); planned += p[2]; plans++
			if (p[2] == 0 && /SKIP|skip/) skip++ }
		/^ok [0-9]+/ && /# *(SKIP|skip)/ { skip++; seen++; next }
		/^not ok [0-9]+/ && /# *(SKIP|skip)/ { skip++; seen++; next }
		/^ok [0-9]+/ { pass++; seen++ }
		/^not ok [0-9]+/ { fail++; seen++; bad = bad "\n      " $0 }
		END {
			if (status == 124 || status == 137) { fail++; bad = bad "\n      took longer than " limit " s" }
			else if (!plans) { fail++; bad = bad "\n      printed no plan (exit status " status ")" }
			else if (seen < planned) { fail++; bad = bad "\n      " seen + 0 " of " planned " cases ran (exit status " status ")" }
			else if (status && !fail) { fail++; bad = bad "\n      all passed, but exit status " status }
			printf "%-4s %-58s %4d ok %3d skip %6.1f s%s\n", fail ? "FAIL" : "ok", name, pass, skip, ms / 1000, bad
			printf "%d %d %d\n", pass, fail, skip > "'"$log"'.count"
		}' "$log"
}
export -f run_one
export logdir

rm -f "$logdir"/*.count
run_list() {
	local limit=$1
	shift
	[ $# -eq 0 ] && return
	printf '%s\0' "$@" | xargs -0 -n 1 -P "$jobs" bash -c 'run_one "$0" "$1"' "$limit"
}
run_list $limit "${quick[@]}"
run_list $slow_limit "${slow[@]}"

cat "$logdir"/*.count 2>/dev/null | awk -v dir="$logdir" '
	{ p += $1; f += $2; s += $3 }
	END {
		if (f) print "logs: " dir
		printf "%d passed, %d failed, %d skipped\n", p, f, s
		exit f > 0 || p == 0
	}'
