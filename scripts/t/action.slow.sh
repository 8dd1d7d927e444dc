#!/bin/bash
# SPDX-License-Identifier: MIT
# The action's own steps, taken out of action.yml and run in order against real guests: a first run without a baseline, the
# same kernel against it, one that panics, one that cannot be told, and a kernel that is none.
. "$(dirname "$0")/../../guest-userland/lib/tap.sh"
cd "$TOP" || exit 1

B=${B:-build}
H=$(realpath "$B/bin/harness") F=$(realpath "$B/guest/fake")
HARNESS_CACHE=$(realpath "${CACHE:-$B/cache}")
export HARNESS_CACHE
reference=$HARNESS_CACHE/reference/cloud
python3 -c 'import yaml' 2>/dev/null || skip_all "no python3-yaml"
[ -e "$reference/vmlinuz" ] || skip_all "no reference kernel: make image"

# act NAME INPUT=VALUE…: the steps; what they say is in $T/NAME/log, their exit status in $status.
act() {
	local name=$1

	shift
	mkdir "$T/$name"
	python3 scripts/t/run_action.py run action.yml "$T/$name" harness="$H" reference=false probes='eventfd_* pipe_full' "$@" \
		>"$T/$name/log" 2>&1
	status=$?
}
said() { grep -qE -- "$2" "$T/$1/log" || { cat "$T/$1/log"; return 1; }; }
summed() { grep -qE -- "$2" "$T/$1/summary.md" || { cat "$T/$1/log" "$T/$1/summary.md"; return 1; }; }
good=(kernel="$reference/vmlinuz" initrd="$reference/initramfs.cpio")

act first "${good[@]}"
check "without a baseline: nothing is gated" same $status 0
check "and that is said" said first '^::notice title=harness::without a baseline'
check "the job's page has the report" summed first '^# harness: '
check "the run is kept" said first "^uses actions/upload-artifact@v4 name=harness-run path=$T/first/harness-run "
check "as JSON too" test -s "$T/first/harness-run/run.json"

act same "${good[@]}" baseline="$T/first/harness-run" hours=0.5
check "the same kernel passes" same $status 0
check "and its status is an output" said same '^output gate.status=0$'
check "the page says so" summed same '^### harness gate: passed$'

act panic kernel="$F/panic.elf" baseline="$T/first/harness-run/run.json"
check "a kernel that panics: the job fails" same $status 1
check "an annotation names it" said panic '^::error title=regression%3A boot \(probes · static\)::crash, in the baseline pass'
check "gate.md leads with it" grep -q '^#### Regressions (1)$' "$T/panic/harness-run/gate.md"
check "gate.xml tells it" grep -q '<failure ' "$T/panic/harness-run/gate.xml"
check "the run is kept all the same" said panic '^uses actions/upload-artifact@v4'
check "what the guest said stands between tokens" same \
	"$(sed -n '/^::stop-commands::/,/^::[0-9a-f]\{32\}::$/p' "$T/panic/log" | grep -c 'crash   boot')" 1

act lost kernel="$F/poweroff.elf" baseline="$T/first/harness-run"
check "a guest that switches itself off: unknowable" same $status 3
act warned kernel="$F/poweroff.elf" baseline="$T/first/harness-run" unknowable=warn
check "which may be a warning" same $status 0
check "and is told" said warned '^::warning title=harness gate::unknowable'

act none kernel="$F/nowhere.elf" baseline="$T/first/harness-run"
check "no kernel: bad arguments" same $status 2
check "and nothing is gated" fails 1 grep -q '^output gate' "$T/none/log"
act words "${good[@]}" hours="1; touch $T/x"
check "hours are a number" same $status 2
check "and no command" test ! -e "$T/x"
finish
