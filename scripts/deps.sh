#!/bin/bash
# SPDX-License-Identifier: MIT
# deps.sh [--check] [--dev]: install the packages of deps.list that are missing, saying first which and why: those that
# stand above all sections, and those of the sections named.
#
# A service that a package brings is neither started nor left to start with the host.
#
# As root or with sudo it installs them; without either it prints the one command to run and fails.
# Nothing missing: nothing printed, status 0, and quick enough to be asked before every build.
set -euo pipefail
export LC_ALL=C
list=${DEPS_LIST:-$(dirname "$0")/deps.list}
wanted=
for option; do
	case $option in
	--check | --dev) wanted+="[${option#--}]" ;;
	*)
		echo "usage: deps.sh [--check] [--dev]" >&2
		exit 2
		;;
	esac
done

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
	[ -z "$section" ] || [[ $wanted == *"$section"* ]] || continue
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
# Debian's way to say that no service shall be started; where somebody has an answer already, it stands.
policy=${POLICY:-/usr/sbin/policy-rc.d}
if [ ! -e "$policy" ]; then
	printf '#!/bin/sh\nexit 101\n' | "${sudo[@]}" tee "$policy" >/dev/null
	"${sudo[@]}" chmod 755 "$policy"
	trap '"${sudo[@]}" rm -f "$policy"' EXIT
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

# Nor with the next boot of the host.
if [ -d /run/systemd/system ]; then
	for name in "${packages[@]}"; do
		dpkg-query -L "$name" 2>/dev/null | sed -nE 's|^(/usr)?/lib/systemd/system/([^/@]*\.service)$|\2|p' |
			while read -r unit; do
				"${sudo[@]}" systemctl --quiet disable "$unit" || true
			done || true
	done
fi
