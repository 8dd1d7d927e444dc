# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034
# libxcrypt with the one kind of hash that dragonconfig makes: with all of them it would be larger
# than the rest of the program.
source=libxcrypt
deps=''

build() {
	autoreconf -fi
	./configure CC=musl-gcc CFLAGS="-Os -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables $CPPFLAGS_KERNEL" \
		--prefix=/usr \
		--disable-shared --enable-static --disable-obsolete-api --enable-hashes=sha512crypt
	make -j"$JOBS" libcrypt.la
	mkdir -p "$DEST"/{include,lib}
	cp crypt.h "$DEST/include/"
	cp .libs/libcrypt.a "$DEST/lib/"
}
