#!/bin/bash
# SPDX-License-Identifier: MIT
# static/build.sh PACKAGE: build one Debian source package as static programs or libraries (musl).
#
# A recipe static/PACKAGE.sh sets `deps` (recipes it links against), `source` (the source package's
# name, where it is another one) and build(), which runs in the unpacked source, patches applied, and
# installs below $DEST. Result: $CACHE/static/PACKAGE/ with root/ (what $DEST held) and manifest
# (version and hashes of the sources used).
. "$(dirname "$0")/../lib/common.sh"
. "$GUEST/lib/apt.sh"

package=${1:-}
recipe=$GUEST/static/$package.sh
if [ ! -r "$recipe" ] || [ "$package" = build ]; then
	die "usage: static/build.sh PACKAGE" "recipes: $(cd "$GUEST/static" && echo ./*.sh)"
fi
need_cache
deps='' source=$package
# shellcheck source=/dev/null
. "$recipe"
out=$CACHE/static/$package

package_key() {
	local dep

	# The recipes a package links against are part of what it is made from.
	{
		tree_key static/build.sh "static/$package.sh"
		for dep in $deps; do
			tree_key "static/$dep.sh"
		done
		dpkg-query -W -f '${Version}\n' musl-dev
	} | sha256sum | cut -c1-32
}

# The newest version that the archive really holds: an index may name one whose files are not there.
fetch_source() {
	local dir=$CACHE/src/$source version

	# Two recipes may be made from one source.
	exec 8>"$CACHE/lock/src-$source"
	flock 8
	compgen -G "$dir/*.dsc" >/dev/null && return
	apt_setup deb-src
	mkdir -p "$WORK/fetch"
	for version in $(apt_cache showsrc --only-source "$source" | sed -n 's/^Version: //p' | sort -ruV); do
		say FETCH "$source $version (source)"
		if apt_try "$WORK/fetch" source --download-only "$source=$version"; then
			mkdir -p "$dir"
			rm -f "$WORK/fetch/fetch.log"
			mv "$WORK"/fetch/* "$dir/"
			return
		fi
		rm -f "$WORK"/fetch/*.dsc "$WORK"/fetch/*.debian.*
	done
	die "cannot fetch the source of $source" "check the network and /etc/apt, then try again"
}

# musl-gcc knows no kernel headers: offer just those, never the other C library's.
kernel_headers() {
	local dir=$WORK/kernel-headers

	mkdir -p "$dir"
	ln -s /usr/include/linux /usr/include/asm-generic /usr/include/mtd "$dir/"
	ln -s /usr/include/x86_64-linux-gnu/asm "$dir/asm"
	CPPFLAGS_KERNEL="-idirafter $dir"
}

key=$(package_key)
! fresh "$out/manifest" "$key" || exit 0
need musl-gcc make dpkg-source
lock "static-$package"
! fresh "$out/manifest" "$key" || exit 0
for dep in $deps; do
	"$GUEST/static/build.sh" "$dep"
done
need_space 500
work_dir static
fetch_source
kernel_headers
INC='' LIB=''
for dep in $deps; do
	INC="$INC -I$CACHE/static/$dep/root/include"
	LIB="$LIB -L$CACHE/static/$dep/root/lib"
done
run_logged "$WORK/unpack.log" dpkg-source --no-check -x "$CACHE/src/$source"/*.dsc "$WORK/source" ||
	die "cannot unpack the source of $package" "remove $CACHE/src/$source and try again"
DEST=$WORK/root
JOBS=$(nproc)
mkdir "$DEST"
say BUILD "$package (static, musl)"
# A shell of its own: a failing command in a function called by `||` would not stop it.
export WORK DEST JOBS INC LIB CPPFLAGS_KERNEL recipe
# shellcheck disable=SC2016
run_logged "$WORK/build.log" bash -euc 'cd "$WORK/source"; . "$recipe"; build' || {
	cp "$WORK/build.log" "$CACHE/static-$package.log"
	die "building $package failed" "see $CACHE/static-$package.log"
}
{
	echo "$package $(sed -n 's/^Version: //p' "$CACHE/src/$source"/*.dsc | head -n 1)"
	(cd "$CACHE/src/$source" && sha256sum -- *)
} >"$WORK/manifest"
mkdir -p "$out"
rm -rf "$out/manifest.key" "$out/root"
mv "$DEST" "$out/root"
publish "$WORK/manifest" "$out/manifest" "$key"
