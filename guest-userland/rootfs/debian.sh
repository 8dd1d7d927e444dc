#!/bin/bash
# SPDX-License-Identifier: MIT
# rootfs/debian.sh: $CACHE/rootfs/debian.tar, Debian's own binaries as they come, without documents.
# As root in root mode, else in a user namespace, which needs a range in /etc/subuid (status 77 without).
. "$(dirname "$0")/../lib/common.sh"
. "$GUEST/lib/apt.sh"

need_cache
out=$CACHE/rootfs/debian.tar
key=$(tree_key rootfs/debian.sh rootfs/debian.list)
! fresh "$out" "$key" || exit 0

mode=root
if [ "$(id -u)" -ne 0 ]; then
	mode=unshare
	command -v newuidmap >/dev/null ||
		skip "lane debian needs newuidmap" "run: make deps (package uidmap), or use lane static"
	grep -qE "^($(id -un)|$(id -u)):[0-9]+:(6553[6-9]|655[4-9][0-9]|65[6-9][0-9]{2}|6[6-9][0-9]{3}|[7-9][0-9]{4}|[0-9]{6,})$" \
		/etc/subuid 2>/dev/null ||
		skip "user $(id -un) has no range of 65536 in /etc/subuid" \
			"as root: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 $(id -un)"
	unshare -Ur true 2>/dev/null ||
		skip "this kernel refuses user namespaces to ordinary users" \
			"as root: sysctl kernel.unprivileged_userns_clone=1, or use lane static"
fi
need mmdebstrap
lock rootfs-debian
! fresh "$out" "$key" || exit 0
need_space 1500
work_dir rootfs
apt_setup deb

apt_acquire >"$WORK/apt.conf"
packages=$(awk '!/^#/ && NF { printf "%s%s", sep, $1; sep = "," }' "$GUEST/rootfs/debian.list")
drop=()
for path in doc man info locale lintian bug common-licenses bash-completion zsh pixmaps i18n; do
	drop+=("--dpkgopt=path-exclude=/usr/share/$path/*")
done

# In a namespace the files belong to ids that may not pass through a private home folder.
traversable() {
	local dir=$1

	while [ "$dir" != / ]; do
		[ $((0$(stat -c %a "$dir") & 1)) -eq 1 ] || return 1
		dir=$(dirname "$dir")
	done
}
chmod 711 "$WORK"
if [ $mode = root ] || traversable "$WORK"; then
	export TMPDIR=$WORK
fi
# shellcheck source=/dev/null
code=$(. /etc/os-release && echo "$VERSION_CODENAME")
say ROOTFS "mmdebstrap, $mode mode: $packages"
run_logged "$WORK/log" mmdebstrap --mode=$mode --variant=essential --format=tar \
	--architectures=amd64 --include="$packages" --aptopt="$WORK/apt.conf" \
	--aptopt='APT::Install-Recommends "false"' "${drop[@]}" \
	"$code" "$WORK/root.tar" "$APT_SOURCES" || die "mmdebstrap failed" "see the lines above"
publish "$WORK/root.tar" "$out" "$key"
