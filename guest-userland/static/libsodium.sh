# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034
# Of libsodium what makes a key of an ssh server: SHA-2 and a multiplication on the Ed25519 curve.
deps=''

build() {
	local src=src/libsodium

	sed 's/@VERSION@/static/; s/@SODIUM_LIBRARY_[A-Z]*_DEF@//; s/@SODIUM_LIBRARY_VERSION_[A-Z]*@/0/' \
		$src/include/sodium/version.h.in >$src/include/sodium/version.h
	musl-gcc -Os -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables \
		-DHAVE_TI_MODE -DNATIVE_LITTLE_ENDIAN \
		-DHAVE_EXPLICIT_BZERO -I$src/include/sodium -I$src/include -c \
		$src/crypto_hash/sha256/cp/hash_sha256_cp.c $src/crypto_hash/sha512/cp/hash_sha512_cp.c \
		$src/crypto_core/ed25519/ref10/ed25519_ref10.c \
		$src/crypto_scalarmult/ed25519/ref10/scalarmult_ed25519_ref10.c \
		$src/crypto_verify/sodium/verify.c $src/sodium/utils.c
	mkdir -p "$DEST"/{include,lib}
	ar rcs "$DEST/lib/libsodium.a" ./*.o
	cp -r $src/include/sodium.h $src/include/sodium "$DEST/include/"
}
