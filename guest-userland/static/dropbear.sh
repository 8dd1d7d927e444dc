# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034
# dropbear: the ssh server of lane static. No login records: there is nobody to read them.
deps="zlib libxcrypt"

build() {
	./configure CC=musl-gcc CFLAGS="-O2 $INC $CPPFLAGS_KERNEL" LDFLAGS="$LIB" --prefix=/usr \
		--enable-static --enable-bundled-libtom --disable-harden --disable-pam \
		--disable-lastlog --disable-utmp --disable-utmpx --disable-wtmp --disable-wtmpx \
		--disable-loginfunc --disable-pututline --disable-pututxline
	make -j"$JOBS" PROGRAMS="dropbear dropbearkey dbclient"
	mkdir -p "$DEST"/usr/{sbin,bin}
	cp dropbear "$DEST/usr/sbin/"
	cp dropbearkey dbclient "$DEST/usr/bin/"
	strip -g "$DEST"/usr/sbin/* "$DEST"/usr/bin/*
}
