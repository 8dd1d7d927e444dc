#!/bin/bash
# SPDX-License-Identifier: MIT
# deps.sh [--dev]: install the packages of deps.list that are missing, saying first which and why.
#
# As root or with sudo it installs them; without either it prints the one command to run and fails.
# Nothing missing: nothing printed, status 0, and quick enough to be asked before every build.
set -euo pipefail
export LC_ALL=C
list=${DEPS_LIST:-$(dirname "$0")/deps.list}
dev=0
[ "${1:-}" != --dev ] || dev=1

command -v dpkg-query >/dev/null || {
	echo "deps.sh: this is no Debian system; install by hand what $list names" >&2
	exit 1
}

declare -A have reason
names=()
section=
while read -r name why; do
	case $name in
	'' | '#'*) continue ;;
	'['*) section=$name && continue ;;
	esac
	[ -z "$section" ] || [ $dev = 1 ] || continue
	names+=("$name")
	reason[$name]=$why
done <"$list"

read -ra asked <<<"$(tr '|' ' ' <<<"${names[*]}")"
while read -r name state; do
	[ "$state" != installed ] || have[$name]=1
done < <(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "${asked[@]}" 2>/dev/null)

missing=()
for name in "${names[@]}"; do
	found=
	for one in ${name//|/ }; do
		[ -z "${have[$one]:-}" ] || found=1
	done
	[ -n "$found" ] || missing+=("$name")
done
[ ${#missing[@]} -gt 0 ] || exit 0

packages=()
echo "Packages to install (Debian):"
for name in "${missing[@]}"; do
	packages+=("${name%%|*}")
	printf '  %-22s %s\n' "${name%%|*}" "${reason[$name]}"
done

sudo=()
if [ "$(id -u)" -ne 0 ]; then
	# A password is asked for only where somebody can type it.
	if command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
		sudo=(sudo)
	else
		echo "Neither root nor sudo here. As root, run:"
		echo "  apt-get update && apt-get install -y --no-install-recommends ${packages[*]}"
		exit 1
	fi
fi
apt=("${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=600)

# The lists are asked for anew when they do not know a package, or know one that the archive no
# longer holds.
install() {
	"${apt[@]}" install --no-install-recommends "${packages[@]}"
}
if ! apt-cache show --no-all-versions "${packages[@]}" >/dev/null 2>&1; then
	"${apt[@]}" update
	install || exit 1
elif ! install; then
	"${apt[@]}" update
	install || exit 1
fi
