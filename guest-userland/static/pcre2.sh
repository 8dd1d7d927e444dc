# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034
# PCRE2: regular expressions of nginx's locations and rewrites.
deps=''

build() {
	./configure CC=musl-gcc CFLAGS=-O2 --disable-shared --enable-static --prefix=/usr
	make -j"$JOBS" libpcre2-8.la
	mkdir -p "$DEST"/{include,lib}
	cp src/pcre2.h "$DEST/include/"
	cp .libs/libpcre2-8.a "$DEST/lib/"
}
