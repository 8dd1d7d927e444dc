#!/bin/bash
# SPDX-License-Identifier: MIT
# git bisect run over a repository whose commits hold kernels: some boot and answer, some cannot be told (they switch
# themselves off, or the build made nothing), one brings a panic that stays.
set -u
. "$(dirname "$0")/tap.inc"
H=$(realpath "$H") F=$(realpath "$B/guest/fake")
reference=$(realpath "$CACHE/reference/cloud" 2>/dev/null)
if [ ! -e "$reference/vmlinuz" ] || ! command -v git >/dev/null; then
	echo "1..0 # SKIP no reference kernel, or no git"
	exit 0
fi
plan 10
export HARNESS_CACHE GIT_CONFIG_NOSYSTEM=1 HOME=$T GIT_CONFIG_GLOBAL=/dev/null
HARNESS_CACHE=$(realpath "$CACHE")
export GIT_AUTHOR_NAME=tests GIT_AUTHOR_EMAIL=tests@example.invalid
export GIT_COMMITTER_NAME=tests GIT_COMMITTER_EMAIL=tests@example.invalid

git init -q "$T/repo" && cd "$T/repo" || exit 1
commit() { # commit TITLE KERNEL-FILE|none
	if [ "$2" = none ]; then rm -f kernel; else cp "$2" kernel; fi
	echo "$1" >title
	git add -A && git commit -q -m "$1"
}
good=$reference/vmlinuz
commit one "$good"
commit two "$good"
commit three "$F/poweroff.elf"
commit four "$good"
commit five none
commit six "$F/panic.elf"
commit seven "$F/poweroff.elf"
commit eight "$F/panic.elf"
bisect() { # bisect BAD GOOD COMMAND…
	git bisect reset >/dev/null 2>&1
	git bisect start "$1" "$2" >/dev/null
	shift 2
	run timeout 300 git bisect run "$@"
}
ask=("$H" probe --bisect --quiet --boot-limit 40 --kernel kernel --initrd "$reference/initramfs.cpio")

# Between four and six lies one that cannot be told: git names both.
bisect HEAD HEAD~7 "${ask[@]}" eventfd_counter
ok "git is led to the panic and what could not be told" out_has "only 'skip'ped commits left"
ok "the commit with the panic is among them" out_has "$(git log --all --format=%H --grep=six)"
ok "a panic at boot was bad" err_has 'bisect: bad: crash: boot: panic'
ok "a kernel that was not built was skipped" err_has 'cannot open kernel kernel'

git bisect reset >/dev/null 2>&1
git checkout -q -B straight "$(git log --all --format=%H --grep=four)"
commit five-b "$F/panic.elf"
culprit=$(git rev-parse HEAD)
commit six-b "$F/panic.elf"
bisect HEAD HEAD~5 "${ask[@]}" eventfd_counter
ok "the first bad commit is found" out_has "^$culprit is the first bad commit"
ok "git is content" status_is 0

# A word that harness does not know must blame no commit.
for wrong in 'no_such_probe_*' --frobnicate; do
	bisect HEAD HEAD~5 "${ask[@]}" "$wrong"
	ok "$wrong: git stops" err_has 'exit code 129 .* >= 128'
	ok "$wrong: no commit is blamed" test -z "$(grep 'first bad commit' "$T/out")"
done
