#!/bin/bash
# SPDX-License-Identifier: MIT
# harness mutate on the reference: survivors fail the run unless they are listed with a reason, a list that is not
# true fails it too, the score is kept and told, and the real probes notice.
set -u
. "$(dirname "$0")/tap.inc"
plan 29
PROBES=$H
. "$(dirname "$0")/selftest.inc"
LIST=$T/survivors.yaml

entry() { # entry PROBE CALL LIE: one more of the list
	echo "  - {probe: $1, call: \"$2\", lie: $3, reason: \"because of $3\"}" >>"$LIST"
}
mutate() { # mutate NAME OPTIONS…
	local dir=$1
	shift
	run "$H" mutate -q --survivors "$LIST" --run-dir "$T/$dir" "$@"
	"$H" report --format json --output "$T/report.json" "$T/$dir"
}
verdict() { # verdict NAME WORD
	local got
	got=$(case_of "$1" | cut -d' ' -f1)
	[ "$got" = "$2" ] || { echo "# $1: $got"; return 1; }
}
metric() { # metric NAME VALUE
	grep -A1 "\"name\": \"$1\"" "$T/report.json" | grep -qE "\"value\": $2(\.0)?,"
}

echo "survivors:" >"$LIST"
mutate looks self_mut_looks
ok "all noticed: 0" status_is 0
ok "a result a lie" verdict self_mut_looks/write/short pass
ok "the score is 1" metric mutation_score 1
ok "and told" out_has '^mutation score 1\.000: 15 of 15 lies noticed, 0 of the others listed'

mutate away self_mut_away self_mut_looks
ok "survivors without a reason: 1" status_is 1
ok "a survivor fails" verdict self_mut_away/close/errno fail
ok "it is named in the report" out_has 'self_mut_away/close/enosys'
ok "... and what asks it again" out_has 'again +harness mutate self_mut_away'
ok "the score counts them" metric mutants_survived 19
ok "a low score is told" err_has 'the score is below 0\.90'

run "$H" report --format html "$T/away"
ok "the page names them too" out_has 'self_mut_away/poll/short'
ok "... and the score" out_has 'mutation_score'

for lie in enosys errno noop; do
	for call in close dup pipe poll read; do
		entry self_mut_away $call $lie
	done
done
entry self_mut_away dup fd
entry self_mut_away pipe fd
entry self_mut_away poll short
entry self_mut_away read short
mutate listed --min-score 0.4 self_mut_away self_mut_looks
ok "all listed: 0" status_is 0
ok "a listed survivor is a known failure" verdict self_mut_away/pipe/fd xfail
ok "with its reason" grep -q '"reason": "because of fd"' "$T/report.json"
ok "it stays in the score" metric mutants_survived 19

mutate low --min-score 0.9 self_mut_away self_mut_looks
ok "too low a score: 1" status_is 1

entry self_mut_looks dup fd
entry self_mut_looks dup short
entry self_mut_setup getpgid enosys
mutate stale --min-score 0 self_mut_looks
ok "a list that is not true: 1" status_is 1
ok "an entry that is noticed" verdict self_mut_looks/dup/fd xpass
ok "an entry of no mutant" verdict self_mut_looks/dup/short xpass
ok "... says which line" out_has 'survivors.yaml:22 lists it as a survivor, but there is no such mutant'
ok "entries of probes that were not asked do not matter" verdict self_mut_setup/getpgid/enosys ''

mutate setup --min-score 0 self_mut_setup
ok "an entry whose lie makes a set-up broken" verdict self_mut_setup/getpgid/enosys xpass

echo "survivors:" >"$LIST"
mutate honest self_fail self_skip
ok "a probe that fails honestly is broken: 3" status_is 3
ok "... by name" verdict self_fail/honest broken

run "$H" mutate --run-dir "$T/wrong" --survivors "$T/none.yaml" self_mut_looks
ok "no such list: 2" status_is 2
run "$H" mutate --run-dir "$T/wrong" 'nothing*'
ok "a pattern that matches nothing: 2" status_is 2
ok "... and a mistake leaves no run folder" test ! -e "$T/wrong"

H=$PROBES
run "$H" mutate -q --run-dir "$T/real" 'dup2*' 'pipe2*' 'getrandom_calls'
ok "real probes notice" status_is 0
