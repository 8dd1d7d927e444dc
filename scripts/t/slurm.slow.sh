#!/bin/bash
# SPDX-License-Identifier: MIT
# scripts/slurm against a real Slurm: munged, slurmctld and slurmd on this host alone, with a configuration, ports on
# loopback and state of their own. A set of probes, and a suite, in two shards give the answer of a run in one piece; a
# failed task is a missing shard; a requeued one is run again.
. "$(dirname "$0")/../../guest-userland/lib/tap.sh"
cd "$TOP" || exit 1

B=$(realpath "${B:-build}")
H=$B/bin/harness
export HARNESS_CACHE=${CACHE:-$B/cache}
for p in munged slurmctld slurmd sbatch; do
	command -v $p >/dev/null || skip_all "no $p: scripts/deps.sh --check installs it"
done
[ -x "$H" ] || skip_all "no $H: run make"

D=$B/slurm-test.$$
mkdir -p "$D/ctld" "$D/slurmd" "$D/munge"
chmod 755 "$D" "$D/munge"
me=$(id -un)
pids=()
# The daemons are children of this shell and are ended by their numbers, jobs first.
tear_down() {
	local p

	scancel --quiet --user="$me" 2>/dev/null
	timeout 15 bash -c 'until [ -z "$(squeue --noheader 2>/dev/null)" ]; do read -r -t 0.2 <> <(:); done'
	for ((p = ${#pids[@]} - 1; p >= 0; p--)); do
		kill "${pids[p]}" 2>/dev/null && wait "${pids[p]}"
	done
	rm -rf "$T" "$D"
}
trap tear_down EXIT

# await SECONDS COMMAND...: until it succeeds.
await() {
	local end=$((SECONDS + $1))

	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || return 1
		read -r -t 0.1 <> <(:)
	done
	return 0
}
# Nobody listens there now; below what the kernel gives to others by itself.
free_port() {
	local port

	while port=$((10000 + RANDOM % 20000)); do
		(: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
	done
	echo $port
}
cat >"$D/slurm.conf" <<END
ClusterName=harness-test
SlurmctldHost=$(hostname -s)(127.0.0.1)
SlurmUser=$me
SlurmdUser=$me
AuthType=auth/munge
AuthInfo=socket=$D/munge/socket,cred_expire=15
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
SlurmctldPort=$(free_port)
SlurmdPort=$(free_port)
SlurmctldPidFile=$D/slurmctld.pid
SlurmdPidFile=$D/slurmd.pid
StateSaveLocation=$D/ctld
SlurmdSpoolDir=$D/slurmd
ProctrackType=proctrack/pgid
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
SchedulerParameters=batch_sched_delay=0,sched_interval=1
KillWait=10
ReturnToService=2
NodeName=$(hostname -s) NodeAddr=127.0.0.1 CPUs=2 RealMemory=2000 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
END
export SLURM_CONF=$D/slurm.conf
head -c 1024 /dev/urandom >"$D/munge/key"
chmod 600 "$D/munge/key"

start() { # start NAME COMMAND...
	local name=$1

	shift
	"$@" >"$D/$name.out" 2>&1 &
	pids+=($!)
}
start munged munged --foreground --force --num-threads=2 --key-file="$D/munge/key" --socket="$D/munge/socket" \
	--pid-file="$D/munge/pid" --log-file="$D/munge/log" --seed-file="$D/munge/seed"
await 20 munge --socket="$D/munge/socket" --no-input || skip_all "munged does not start: $(tail -n 1 "$D/munged.out" "$D/munge/log")"
start slurmctld slurmctld -D -i -f "$SLURM_CONF"
start slurmd slurmd -D -f "$SLURM_CONF"
idle() { [ "$(sinfo --noheader --format=%t)" = idle ]; }
# As an ordinary user Slurm may refuse to run here; as root (CI) it has to.
if ! await 60 idle; then
	[ "$(id -u)" -eq 0 ] || skip_all "Slurm does not run unprivileged here: $(tail -n 1 "$D/slurmd.out")"
	sinfo >"$T/sinfo" 2>&1
	check "a cluster of one node" await 1 idle
	sed 's/^/# /' "$T/sinfo" "$D"/slurm*.out | tail -n 40
	finish
fi
check "a cluster of one node" idle

submit() { # submit OUT OPTION...: waits
	local out=$1

	shift
	timeout 300 scripts/slurm/submit.sh -w -n 2 -o "$out" "$@" -- probe --retries=0 'e*' 'f*'
}
answer() {
	"$H" report -f json "$1" | python3 -c '
import json, sys
r = json.load(sys.stdin)
print(r["state"], r["exit_status"], r["verdicts"], [[c["lane"], c["scenario"], c["missing"],
	sorted([x["name"], x["verdict"]] for x in c["results"])] for c in r["cells"]])'
}
# What was run and how it ended, without the boots that it took.
cases() {
	"$H" report -f json "$1" | python3 -c '
import json, sys
r = json.load(sys.stdin)
print(r["state"], r["exit_status"], [[c["lane"], c["scenario"], c["missing"]] for c in r["cells"]])
print("\n".join(sorted(x["name"] + " " + x["verdict"] + " " + (x.get("reason") or "")
	for c in r["cells"] for x in c["results"] if x["name"] != "boot")))'
}
# A program in harness's place that does something to one shard, then is harness.
stand_in() { # stand_in FILE SHELL-TEXT
	printf '#!/bin/bash\nexport ARGUMENTS="$*"\n%s\nexec %q "$@"\n' "$2" "$H" >"$1"
	chmod +x "$1"
}

# Slurm keeps a requeued task waiting for a while: the others are run meanwhile.
stand_in "$T/again" 'case $ARGUMENTS in *"--shard 1/2"*)
	echo "${SLURM_RESTART_COUNT:-0}" >>'"$T"'/starts
	if [ "${SLURM_RESTART_COUNT:-0}" -eq 0 ]; then scontrol requeue "$SLURM_JOB_ID"; exec tail -f /dev/null; fi ;; esac'
submit "$T/requeued" -p "$T/again" >"$T/requeued.out" 2>&1 &
requeued=$!

check "in one piece" "$H" probe --quiet --retries=0 --run-dir "$T/whole" 'e*' 'f*'
check "as an array job of two tasks, merged" submit "$T/two"
check "both shards were delivered" test -d "$T/two/shards/1" -a -d "$T/two/shards/2"
check "the same answer" same "$(answer "$T/two/merged")" "$(answer "$T/whole")"
check "the job's log has the report" grep -q ' pass' "$T/two/log/merge.log"

stand_in "$T/fails" 'case $ARGUMENTS in *"--shard 2/2"*) echo "no such luck" >&2; kill -KILL $$ ;; esac'
check "a task that fails: status 3" fails 3 submit "$T/failed" -p "$T/fails"
check "its shard is named" grep -q 'missing: shard 2/2' "$T/failed/log/merge.log"
check "with the end of its log" grep -q 'no such luck' "$T/failed/log/merge.log"
check "the others are merged" same "$("$H" report -f json "$T/failed/merged" | grep -c '"missing": 0')" 1

# A suite that does not pass: programs of four kinds, one blocked, one that a list names and nobody has.
S=$T/suite
mkdir "$S"
program() { # program NAME SHELL-TEXT
	printf '#!/bin/sh\n%s\n' "$2" >"$S/$1"
	chmod +x "$S/$1"
}
for i in 1 2 3; do
	program "pass$i" 'echo "x.c:1: TPASS: fine"'
	program "fail$i" 'echo "x.c:1: TFAIL: not so"; exit 1'
	program "lie$i" 'echo "x.c:1: TFAIL: not so"'
	program "tree$i" 'printf "1..2\n  1..1\n  ok 1 in\nok 1 out\nok 2 off # SKIP none\n"'
done
printf '%s\n' '*[123]' nowhere >"$T/allow"
echo 'pass2 # not today' >"$T/block"
arguments=(--retries=0 --allow "$T/allow" --block "$T/block" "$S")
check "a suite in one piece: not all pass" fails 1 "$H" suite --quiet --run-dir "$T/suite-whole" "${arguments[@]}"
check "a suite as an array job, merged: the same status" fails 1 timeout 300 \
	scripts/slurm/submit.sh -w -n 2 -o "$T/suite-two" -- suite "${arguments[@]}"
check "the same answer" same "$(cases "$T/suite-two/merged")" "$(cases "$T/suite-whole")"
check "of every case" same "$(cases "$T/suite-whole" | tail -n +2 | cut -d' ' -f2 | sort | uniq -c | xargs)" \
	"4 broken 3 fail 11 pass 4 skip"
check "from both shards" test "$(cases "$T/suite-two/shards/1" | wc -l)" -gt 5 -a \
	"$(cases "$T/suite-two/shards/2" | wc -l)" -gt 5

check "a requeued task is run again" wait "$requeued"
check "once more and no more" same "$(tr '\n' ' ' <"$T/starts")" "0 1 "
check "and gives the same answer" same "$(answer "$T/requeued/merged")" "$(answer "$T/whole")"
check "nothing is left on the node's storage" same "$(find "${TMPDIR:-/tmp}" -maxdepth 1 -name 'harness-[0-9]*' -newer "$SLURM_CONF")" ""

check "what cannot be sharded is refused" fails 2 scripts/slurm/submit.sh -o "$T/no" -- report x
check "a folder that is there is refused" fails 2 scripts/slurm/submit.sh -o "$T/two" -- probe
check "no number is refused" fails 2 scripts/slurm/submit.sh -n 0 -o "$T/no" -- probe
check "and leaves nothing" test ! -e "$T/no"
finish
