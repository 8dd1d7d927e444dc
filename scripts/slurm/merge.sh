#!/bin/bash
# SPDX-License-Identifier: MIT
# merge.sh OUT SHARDS PROGRAM: the shards below OUT become OUT/merged. Exits as `harness merge` does: 3 when a shard is
# missing, named along with the end of its log; the others are merged all the same.
set -uo pipefail

out=$1 shards=$2 program=$3
runs=() partial=
for ((i = 1; i <= shards; i++)); do
	if [ -d "$out/shards/$i" ]; then
		runs+=("$out/shards/$i")
		continue
	fi
	partial=--partial
	echo "missing: shard $i/$shards; its log ends:"
	tail -n 5 "$out/log/shard-$i.log" 2>/dev/null | sed 's/^/  | /'
done
if [ ${#runs[@]} -eq 0 ]; then
	echo "no shard was delivered"
	exit 3
fi
# A merge that was cut short and is started again.
rm -rf "$out/merged"
exec "$program" merge $partial "$out/merged" "${runs[@]}"
