#!/bin/bash
# SPDX-License-Identifier: MIT
# The action and the example of a workflow: YAML that says what it should, scripts that shells accept, options that
# harness has, and no text of a pull request inside a script. What breaks any of that is noticed here.
. "$(dirname "$0")/../../guest-userland/lib/tap.sh"
cd "$TOP" || exit 1

B=${B:-build}
H=$(realpath "$B/bin/harness")
R=scripts/t/run_action.py
WORKFLOW=scripts/ci/kernel-gate.yml
[ -x "$H" ] || skip_all "no $B/bin/harness: run make"
python3 -c 'import yaml' 2>/dev/null || skip_all "no python3-yaml"

ask() { python3 $R "$@"; }
# noticed FILE SED PATTERN: with the change, the check says so.
noticed() {
	sed -E "$2" "$1" >"$T/changed.yml"
	! cmp -s "$1" "$T/changed.yml" || { echo "nothing changed"; return 1; }
	ask check "$T/changed.yml" "$H" >"$T/said" && return 1
	grep -qE "$3" "$T/said" || { cat "$T/said"; return 1; }
}
# Every input is described in the file itself and used in a step.
unused_inputs() {
	local i

	for i in $(ask inputs action.yml); do
		[ "$(grep -c "inputs\.$i\b" action.yml)" -gt 0 ] || echo "$i"
	done
}

check "the action" same "$(ask check action.yml "$H")" ""
check "the workflow" same "$(ask check $WORKFLOW "$H")" ""
check "it is a composite action" grep -qx '  using: composite' action.yml
check "each input is used" same "$(unused_inputs)" ""
check "the workflow hands over inputs that there are" same \
	"$(comm -13 <(ask inputs action.yml | sort) <(ask with $WORKFLOW | sort))" ""
check "and names what it uses" same "$(ask uses $WORKFLOW | sort | tr '\n' ' ')" \
	"OWNER/harness@main actions/checkout@v4 actions/download-artifact@v4 "
check "the run is kept whatever the verdict" grep -q "if: always() && inputs.artifact != ''" action.yml
check "the workflow may not write" same "$(sed -n '/^permissions:/,/^[a-z]*:$/p' $WORKFLOW | grep -c write)" 0

check "noticed: an option that there is not" noticed action.yml 's/--format=junit/--formats=junit/' 'no --formats'
check "noticed: a gathered option that there is not" noticed action.yml 's/--lane=/--lanes=/' 'no --lanes'
check "noticed: an expression inside a script" noticed action.yml 's/"\$BASELINE" --format=github/${{ inputs.baseline }}/' \
	'expression inside'
check "noticed: a script that does not parse" noticed action.yml 's/^( *)exit "\$status"/\1exit "$status/' 'bash: '
check "noticed: an action that is not pinned" noticed action.yml 's/upload-artifact@v4/upload-artifact/' 'not pinned'
if command -v shellcheck >/dev/null; then
	check "noticed: a word that would be split" noticed action.yml 's/report --format=json --output="\$RUN_DIR\/run.json"/& $RUN_DIR/' 'SC2086'
else
	skip_case "noticed: a word that would be split" "no shellcheck"
fi
finish
