# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034
# zlib: what dropbear and nginx compress with.
deps=''

build() {
	CC=musl-gcc CFLAGS=-O2 ./configure --static --prefix=/usr
	make -j"$JOBS" libz.a
	mkdir -p "$DEST"/{include,lib}
	cp zlib.h zconf.h "$DEST/include/"
	cp libz.a "$DEST/lib/"
}
