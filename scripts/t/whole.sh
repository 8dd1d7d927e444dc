#!/bin/bash
# SPDX-License-Identifier: MIT
# whole.sh: what is built is there whole or not at all.
. "$(dirname "$0")/../../guest-userland/lib/tap.sh"

whole=$TOP/scripts/whole.sh
nothing() { [ -z "$(ls "$T/out")" ]; }
# Commands that are given -o FILE: one that fails, one that is killed with whatever called it.
half() { printf '#!/bin/sh\nprintf half >"$2"\n%s\n' "$2" >"$T/$1" && chmod +x "$T/$1"; }
half fails 'exit 3'
# shellcheck disable=SC2016
half killed 'kill -9 "$PPID" $$'

mkdir "$T/out"
echo 'int one;' >"$T/one.h"
printf '#include "one.h"\nint main(void)\n{\n\treturn one;\n}\n' >"$T/main.c"
check "compiles" "$whole" ${CC:-cc} -MMD -MP -c -o "$T/out/main.o" "$T/main.c"
check "... and leaves the object and its dependencies" test "$(cd "$T/out" && echo *)" = "main.d main.o"
check "... which are about the object" grep -q "^$T/out/main.o: .*main.c" "$T/out/main.d"
check "... and about what it includes" grep -q 'one\.h' "$T/out/main.d"
check "links" "$whole" ${CC:-cc} -o "$T/out/main" "$T/out/main.o"
check "... a program" "$T/out/main"
rm -f "$T/out"/*
check "the command's status is ours" fails 3 "$whole" "$T/fails" -o "$T/out/x"
check "... and there is no output" nothing
check "a build that is killed ends so" fails 137 "$whole" "$T/killed" -o "$T/out/x"
check "killed half way: nothing has the name" test ! -e "$T/out/x" -a -e "$T/out/x.part"
check "... until it is done" "$whole" ${CC:-cc} -o "$T/out/x" "$T/main.c"
# shellcheck disable=SC2016
check "no rule writes to its target by hand" bash -c \
	'! sed -e ":a;/\\\\$/N;s/\\\\\n//;ta" "$@" | grep -E -- "-o \\\$@( |\$)" | grep -v "\$(WHOLE)"' _ "$TOP"/scripts/mk/*.mk
finish
