#!/bin/bash
# SPDX-License-Identifier: MIT
# Holds the laws of docs/en/ARCHITECTURE.md that a machine can hold. Prints "file:line: law" and exits 1.
set -u
cd "$(dirname "$0")/.." || exit 2
mapfile -t c_files < <(git ls-files -- '*.c' '*.h')
mapfile -t all_files < <(git ls-files)
found=$(mktemp)
trap 'rm -f "$found"' EXIT

# Law 1: a file includes its own folder or a lower layer.
declare -A may=(
	[base]="base" [wire]="base wire" [config]="base wire config" [store]="base wire store"
	[machine]="base wire config store machine" [diagnose]="base wire config store diagnose"
	[load]="base wire config store load" [step]="base wire config store machine diagnose load step"
	[run]="base wire config store machine diagnose load step run"
	[report]="base wire store report" [cmd]="base wire config store machine diagnose load step run report cmd"
)
for f in "${c_files[@]}"; do
	[[ $f == harness/*/* ]] || continue
	layer=${f#harness/}; layer=${layer%%/*}
	allowed=${may[$layer]:-}
	[ -n "$allowed" ] || continue
	case $f in *_test.c|*_fuzz.c|*_bench.c) continue ;; esac
	grep -nE '^#include "[a-z]+/' "$f" | while IFS=: read -r n line; do
		to=${line#*\"}; to=${to%%/*}
		[[ " $allowed " == *" $to "* ]] || echo "$f:$n: $layer may not include $to/" >>"$found"
	done
done

# Law 2: a third-party header appears in one folder only (of harness/: dragonconfig is another program).
declare -A home=([uv.h]=base [openssl/evp.h]=base [jansson.h]=wire [sqlite3.h]=store [yaml.h]=config
	[cyaml/cyaml.h]=config [libssh/libssh.h]=load [libssh/sftp.h]=load [curl/curl.h]=load
	[elfutils/libdwfl.h]=diagnose [elfutils/libdw.h]=diagnose [archive.h]=machine [archive_entry.h]=machine
	[slirp/libslirp.h]=machine)
for h in "${!home[@]}"; do
	grep -nF "#include <$h>" "${c_files[@]}" /dev/null | while IFS=: read -r f n _; do
		case $f in harness/"${home[$h]}"/*|harness/fake/*|guest-userland/dragonconfig/*|*_test.c) ;; *) echo "$f:$n: <$h> belongs to ${home[$h]}/" >>"$found" ;; esac
	done
done

# Forbidden calls.
grep -nE '\b(strcpy|strcat|sprintf|vsprintf|system|popen|sleep|usleep|gets|strtok|atoi)\(' "${c_files[@]}" /dev/null |
	grep -vE '^[^:]+:[0-9]+:[[:space:]]*(\*|/\*|//|")' | while IFS=: read -r f n rest; do
	echo "$f:$n: forbidden call: ${rest:0:60}" >>"$found"
done

# Sizes: files and functions.
for f in "${c_files[@]}"; do
	awk -v f="$f" '
		/^[A-Za-z_].*\)$/ || /^[A-Za-z_].*,$/ { start = 0 }
		/^\{$/ { start = NR }
		/^\}$/ && start { if (NR - start - 1 > 60) print f ":" start ": function of " NR - start - 1 " lines (60 at most)"; start = 0 }
		END { if (NR > 800) print f ":1: " NR " lines (800 at most)" }' "$f" >>"$found"
done

# Licence line in each file that can carry one.
for f in "${all_files[@]}"; do
	case $f in *.c|*.h|*.S|*.sh|*.mk|*.py|*.exp|Makefile|*.yaml|*.yml)
		head -n 3 "$f" | grep -q 'SPDX-License-Identifier:' || echo "$f:1: no SPDX line" >>"$found" ;;
	esac
done

# Left-over marks; spelt so that this file does not match itself.
grep -nwE 'TO''DO|FIX''ME|X''XX' "${all_files[@]}" /dev/null 2>/dev/null | grep -E '\.(c|h|sh|mk|md|S):' | cut -c1-120 >>"$found"

if command -v clang-format >/dev/null; then
	clang-format --dry-run "${c_files[@]}" 2>&1 | grep -E 'warning' | sed 's/ warning: code should be clang-formatted.*/ not formatted (make format)/' |
		sort -u -t: -k1,1 >>"$found"
else
	echo "lint: clang-format is not installed: formatting was not checked" >&2
fi

sort -u "$found"
n=$(sort -u "$found" | wc -l)
echo "lint: $n finding(s) in ${#all_files[@]} files"
[ "$n" -eq 0 ]
