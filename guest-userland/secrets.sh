#!/bin/bash
# SPDX-License-Identifier: MIT
# secrets.sh: the key pair and password of the guests' user, made once for a cache and kept.
# $CACHE/image/keys/: id_ed25519, id_ed25519.pub, password (no newline). For throw-away guests only.
. "$(dirname "$0")/lib/common.sh"

need_cache
dir=$CACHE/image/keys
[ ! -e "$dir/password" ] || exit 0
need ssh-keygen
lock keys
[ ! -e "$dir/password" ] || exit 0
work_dir keys
mkdir -p "$dir"
chmod 700 "$dir"
ssh-keygen -q -t ed25519 -N '' -C harness -f "$WORK/id_ed25519"
(umask 077 && od -An -tx1 -N12 /dev/urandom | tr -d ' \n' >"$WORK/password")
chmod 600 "$WORK/id_ed25519"
for file in id_ed25519 id_ed25519.pub password; do
	publish "$WORK/$file" "$dir/$file"
done
