#!/bin/bash
# SPDX-License-Identifier: MIT
# whole.sh: what is built is there whole or not at all.
set -u
T=$(mktemp -d) || exit 1
trap 'rm -rf "$T"' EXIT
root=$(cd "$(dirname "$0")/../.." && pwd)
whole=$root/scripts/whole.sh
n=0
ok() { # ok NAME COMMAND...: passes when the command does
	local name=$1
	shift
	n=$((n + 1))
	if "$@"; then echo "ok $n - $name"; else echo "not ok $n - $name"; fi
}
status() { # status WANTED COMMAND...
	local wanted=$1
	shift
	("$@"; exit $?) >/dev/null 2>&1
	[ $? = "$wanted" ]
}
nothing() { [ -z "$(ls "$T/out")" ]; }
alone() { [ "$(ls "$T/out")" = "$1" ]; }
# Commands that are given -o FILE: one that fails, one that is killed with whatever called it.
half() { printf '#!/bin/sh\nprintf half >"$2"\n%s\n' "$2" >"$T/$1" && chmod +x "$T/$1"; }
half fails 'exit 3'
# shellcheck disable=SC2016
half killed 'kill -9 "$PPID" $$'

echo "1..11"
mkdir "$T/out"
echo 'int one;' >"$T/one.h"
printf '#include "one.h"\nint main(void)\n{\n\treturn one;\n}\n' >"$T/main.c"
ok "compiles" "$whole" ${CC:-cc} -MMD -MP -c -o "$T/out/main.o" "$T/main.c"
ok "... and leaves the object and its dependencies" test "$(cd "$T/out" && echo *)" = "main.d main.o"
ok "... which are about the object" grep -q "^$T/out/main.o: .*main.c" "$T/out/main.d"
ok "... and about what it includes" grep -q 'one\.h' "$T/out/main.d"
ok "links" "$whole" ${CC:-cc} -o "$T/out/main" "$T/out/main.o"
ok "... a program" "$T/out/main"
rm -f "$T/out"/*
ok "the command's status is ours" status 3 "$whole" "$T/fails" -o "$T/out/x"
ok "... and there is no output" nothing
status 137 "$whole" "$T/killed" -o "$T/out/x"
ok "killed half way: nothing has the name" test ! -e "$T/out/x" -a -e "$T/out/x.part"
ok "... until it is done" "$whole" ${CC:-cc} -o "$T/out/x" "$T/main.c"
# shellcheck disable=SC2016
ok "no rule writes to its target by hand" bash -c \
	'! sed -e ":a;/\\\\$/N;s/\\\\\n//;ta" "$@" | grep -E -- "-o \\\$@( |\$)" | grep -v "\$(WHOLE)"' _ "$root"/scripts/mk/*.mk
