#!/bin/bash
# SPDX-License-Identifier: MIT
# inject.sh BASE_IMG OUT_IMG FILE:GUESTPATH[:MODE]...: a copy of a disk image with files put in, mode 0755 without
# another one. :GUESTPATH, without a file, is a folder that is made where it is not there.
#
# Works without root and without mounting. debugfs exits with 0 whatever happens, so every file is
# read back and compared before the copy gets its name; a failure leaves OUT_IMG as it was.
. "$(dirname "$0")/lib/common.sh"

# Where the partition starts: image.sh puts it there.
OFFSET=1048576

[ $# -ge 3 ] || die "usage: inject.sh BASE_IMG OUT_IMG FILE:GUESTPATH..." "three arguments or more"
base=$1 out=$2
shift 2
need debugfs cp cmp
[ -r "$base" ] || die "no image $base" "run: make image"
mkdir -p "$(dirname "$out")"
temp=$(mktemp "$(dirname "$out")/.inject.XXXXXX")
back=$(mktemp "$(dirname "$out")/.inject.XXXXXX")
trap 'rm -f "$temp" "$back"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

cp --reflink=auto --sparse=always "$base" "$temp" 2>/dev/null ||
	die "cannot copy $base" "check the free space beside $out"

# debugfs takes no quoting that covers every name: only plain ones are let through.
commands=
# split PAIR: into file, guest, mode.
split() {
	IFS=: read -r file guest mode <<<"$1"
	mode=${mode:-0755}
}

for pair; do
	split "$pair"
	[ -n "$file" ] || file=/dev/null
	[ -r "$file" ] || die "cannot read $file" "build it first: make guest"
	case $guest in /*) ;; *) die "not an absolute path: $guest" "use FILE:/path/in/the/guest" ;; esac
	case $file$guest$mode in
	*[!A-Za-z0-9_./+,@=-]*) die "a name that debugfs cannot take: $pair" "use plain names" ;;
	esac
	if [ "$file" = /dev/null ]; then
		commands+="cd ${guest%/*}/
mkdir ${guest##*/}
"
		continue
	fi
	commands+="cd ${guest%/*}/
rm ${guest##*/}
write $file ${guest##*/}
sif ${guest##*/} mode 010$mode
sif ${guest##*/} uid 0
sif ${guest##*/} gid 0
"
done
log=$(debugfs -w -f /dev/stdin "$temp?offset=$OFFSET" <<<"$commands" 2>&1) || true

for pair; do
	split "$pair"
	[ -n "$file" ] || continue
	: >"$back"
	text=$(debugfs -f /dev/stdin "$temp?offset=$OFFSET" <<<"stat $guest
dump $guest $back" 2>&1) || true
	if ! cmp -s "$file" "$back" || ! grep -Eq "Type: regular +Mode: +$mode" <<<"$text" ||
		! grep -Eq 'User: +0 +Group: +0 ' <<<"$text"; then
		printf '%s\n%s\n' "$log" "$text" >&2
		die "$guest did not reach the image" "see above: folder missing or file system full?"
	fi
done
chmod 644 "$temp"
mv -f "$temp" "$out"
