#!/bin/bash
# SPDX-License-Identifier: MIT
# shard.sh OUT SHARDS PROGRAM VERB [ARGUMENT...]: one task of the array that submit.sh makes.
#
# Runs on storage of the node and moves the run folder to OUT/shards/I when it is whole. May be started again at any
# moment (requeue): what was left behind is thrown away, what was delivered is not run twice.
set -uo pipefail

out=$1 shards=$2 program=$3 verb=$4
shift 4
i=$SLURM_ARRAY_TASK_ID
local=${SLURM_TMPDIR:-${TMPDIR:-/tmp}}/harness-$SLURM_JOB_ID
child=

if [ -d "$out/shards/$i" ]; then
	echo "shard $i/$shards is there already"
	exit 0
fi
rm -rf "$local" "$out/shards/.$i".*
mkdir -p "$local" || exit 3
trap 'rm -rf "$local"' EXIT
# The harness closes its books on SIGINT; `wait` returns when a signal comes.
trap '[ -z "$child" ] || kill -INT "$child"' TERM INT

# deliver FOLDER: whole or not at all.
deliver() {
	local partial=$out/shards/.$i.$SLURM_JOB_ID

	mkdir -p "$(dirname "$1")" && cp -a "$local/run" "$partial" && mv -T "$partial" "$1"
}

"$program" "$verb" --quiet --shard "$i/$shards" --run-dir "$local/run" "$@" &
child=$!
wait "$child"
status=$?
# A signal ends the first wait, not the child.
while kill -0 "$child" 2>/dev/null; do
	wait "$child"
	status=$?
done
child=
# 3: something broke and the run tells what, if there is one that came to its end.
if [ $status -le 1 ] || { [ $status -eq 3 ] && "$program" report -f json "$local/run" 2>/dev/null |
	grep -q '^ *"state": *"finished"'; }; then
	deliver "$out/shards/$i" || exit 3
	exit 0
fi
echo "shard $i/$shards failed with status $status on $(hostname)"
[ ! -d "$local/run" ] || deliver "$out/interrupted/$i.${SLURM_RESTART_COUNT:-0}"
exit $status
