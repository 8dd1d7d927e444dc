# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034
# libxcrypt: crypt(3) for dropbear's password check; Debian's musl comes without one.
deps=''

build() {
	autoreconf -fi
	./configure CC=musl-gcc CFLAGS="-O2 $CPPFLAGS_KERNEL" --prefix=/usr --disable-shared --enable-static \
		--disable-obsolete-api --enable-hashes=strong,glibc
	make -j"$JOBS" libcrypt.la
	mkdir -p "$DEST"/{include,lib}
	cp crypt.h "$DEST/include/"
	cp .libs/libcrypt.a "$DEST/lib/"
}
