#!/bin/bash
# SPDX-License-Identifier: MIT
# submit.sh [-n SHARDS] [-o OUT] [-p PROGRAM] [-s SBATCH-OPTION]... [-w] VERB [ARGUMENT...]
#
# Runs `harness VERB ARGUMENT...` on a Slurm cluster: an array job, one shard a task, and a job that merges the shards
# when all tasks have ended, however they ended. OUT (a new folder that every node sees) gets
#
#   shards/I        run folder of shard I, there only once it is whole
#   interrupted/    run folders of tasks that were ended early
#   merged/         the run in one piece; `harness report` reads it
#   log/            what the jobs said
#
#   -n SHARDS         tasks of the array (default 4)
#   -o OUT            default: slurm-<date>-<pid> in the working folder
#   -p PROGRAM        harness on the nodes (default: that of this checkout, else the one in PATH)
#   -s SBATCH-OPTION  more for sbatch, for tasks and merge alike (--partition=NAME, --account=NAME, --time=MINUTES)
#   -w                wait; exit as the merge does: 0 as expected, 1 a verdict was not, 3 a shard is missing
#
# The cache is what HARNESS_CACHE names; fill it first (`harness image build`), for the nodes may have no network.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
shards=4 out="" program="" wait=""
more=()
usage() {
	sed -n '3,/^set /s/^# \{0,1\}//p' "$0" >&2
	exit 2
}
while getopts n:o:p:s:w option; do
	case $option in
	n) shards=$OPTARG ;;
	o) out=$OPTARG ;;
	p) program=$OPTARG ;;
	s) more+=("$OPTARG") ;;
	w) wait=--wait ;;
	*) usage ;;
	esac
done
shift $((OPTIND - 1))
[ $# -ge 1 ] || usage
[[ $shards =~ ^[1-9][0-9]{0,3}$ ]] && [ "$shards" -le 1000 ] || {
	echo "submit.sh: -n wants a number from 1 to 1000" >&2
	exit 2
}
case $1 in
probe | check | run | suite) ;;
*)
	echo "submit.sh: \"$1\" cannot be sharded: probe, check, run or suite" >&2
	exit 2
	;;
esac
if [ -z "$program" ]; then
	program=$here/../../build/bin/harness
	[ -x "$program" ] || program=harness
fi
program=$(realpath "$(command -v "$program")") || {
	echo "submit.sh: no program $program; name it with -p" >&2
	exit 2
}
out=$(realpath -m "${out:-slurm-$(date +%Y-%m-%dT%H.%M.%S)-$$}")
mkdir -p "$(dirname "$out")"
mkdir "$out" || exit 2
mkdir "$out/shards" "$out/log"

# The shell of a batch job gets the signal first, so that the run's books are closed before the time is up.
array=$(sbatch --parsable --job-name=harness --array=1-"$shards" --requeue --open-mode=append --signal=B:TERM@60 \
	--output="$out/log/shard-%a.log" "${more[@]}" "$here/shard.sh" "$out" "$shards" "$program" "$@")
array=${array%%;*}
# afterany: a task that failed is named by the merge, not waited for.
status=0
merge=$(sbatch --parsable $wait --job-name=harness-merge --dependency=afterany:"$array" --requeue \
	--output="$out/log/merge.log" "${more[@]}" "$here/merge.sh" "$out" "$shards" "$program") || status=$?
echo "array job $array, merge job ${merge%%;*}, result in $out/merged"
[ -z "$wait" ] || [ ! -s "$out/log/merge.log" ] || cat "$out/log/merge.log"
exit $status
