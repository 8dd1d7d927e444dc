#!/bin/bash
# SPDX-License-Identifier: MIT
# new-probe.sh AREA CALL_WHAT [SYSCALL]: writes syscall-tests/calls/AREA/CALL_WHAT.c to fill in.
#
# The probe it writes builds, and fails until its question is written.
set -eu

cd "$(dirname "$0")/.."
calls=syscall-tests/calls

die() {
	echo "new-probe.sh: $1" >&2
	exit 2
}

if [ $# -lt 2 ] || [ $# -gt 3 ]; then
	echo "usage: new-probe.sh AREA CALL_WHAT [SYSCALL]" >&2
	echo "areas: $(cd $calls && echo *)" >&2
	exit 2
fi
area=$1 name=$2 call=${3:-${2%%_*}}

[[ $area =~ ^[a-z][a-z0-9]*$ ]] || die "area '$area': small letters and digits"
[[ $name =~ ^[a-z][a-z0-9]*(_[a-z0-9]+)+$ ]] || die "name '$name': CALL_WHAT in small letters, such as read_eintr"
[ ${#name} -lt 64 ] || die "name '$name': shorter than 64 letters"
[[ $call =~ ^[a-z][a-z0-9_]*$ ]] || die "system call '$call': small letters"
# A name is asked for by itself, so it must be the only one, whatever its area.
taken=$(find $calls -name "$name.c")
[ -z "$taken" ] || die "$taken is there already"
echo "#include <sys/syscall.h>
int nr = SYS_$call;" | ${CC:-cc} -fsyntax-only -x c - 2>/dev/null ||
	die "there is no system call '$call'; name the one that is asked about as third argument"

mkdir -p "$calls/$area"
cat >"$calls/$area/$name.c" <<END
/* SPDX-License-Identifier: MIT */
#include "probe.h"

/* Whatever the question needs but does not ask about: SETUP_OK(...), never lied to. */
static void setup(void)
{
}

static void run(void)
{
	REQUIRE(false, "the question is not written yet");
}

PROBE(.promise = "What the manual promises, in one sentence",
      .source = "man 2 $call", .covers = COVERS("$call"), .call = {CALL(SYS_$call)},
      .setup = setup, .run = run);
END
if command -v clang-format >/dev/null; then
	clang-format -i "$calls/$area/$name.c"
fi
echo "$calls/$area/$name.c"
echo "next: write the question, then"
echo "  make guest && build/guest/probes --run $name && syscall-tests/selftest/lies.sh $name"
