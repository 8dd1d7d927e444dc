#!/bin/bash
# SPDX-License-Identifier: MIT
# www.sh: the bodies that the web servers serve, the same bytes on every host.
# $CACHE/image/www/: 0b.bin 1b.bin 4k.bin 1m.bin 16m.bin index.html SHA256SUMS; the hashes are also
# $CACHE/image/www.sha256, for whoever fetches and compares.
. "$(dirname "$0")/lib/common.sh"

need_cache
dir=$CACHE/image/www
key=$(tree_key www.sh)
! fresh "$CACHE/image/www.sha256" "$key" || exit 0
need openssl sha256sum
lock www
! fresh "$CACHE/image/www.sha256" "$key" || exit 0
need_space 100
work_dir www

# body NAME BYTES: a key stream, so that no block repeats and a lost or doubled one shows. The size
# is part of the key: no file is the beginning of another.
body() {
	head -c "$2" /dev/zero |
		openssl enc -aes-128-ctr -nosalt -K "$(printf '%032x' "$2")" -iv "$(printf '%032x' 1)" \
			>"$WORK/www/$1"
	[ "$(stat -c %s "$WORK/www/$1")" -eq "$2" ] ||
		die "cannot write $1" "check the free space on $CACHE, or that openssl works"
}

mkdir "$WORK/www"
body 0b.bin 0
body 1b.bin 1
body 4k.bin 4096
body 1m.bin 1048576
body 16m.bin 16777216
echo '<!doctype html><title>harness</title><p>It works.' >"$WORK/www/index.html"
(cd "$WORK/www" && sha256sum -- *.bin index.html >"$WORK/SHA256SUMS")
mv "$WORK/SHA256SUMS" "$WORK/www/"
cp "$WORK/www/SHA256SUMS" "$WORK/www.sha256"
rm -rf "$dir"
publish "$WORK/www" "$dir"
publish "$WORK/www.sha256" "$CACHE/image/www.sha256" "$key"
