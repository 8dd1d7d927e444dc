# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034
# busybox: shell and tools of lane static, with the configuration of Debian's static flavour less
# what needs the other C library, is of no use in a test guest, or asks the terminal questions.
deps=''

build() {
	local off='FEATURE_VI_REGEX_SEARCH|EXTRA_COMPAT|FEATURE_MOUNT_NFS|FEATURE_INETD_RPC|STATIC_LIBGCC'

	off="$off|FEATURE_EDITING_ASK_TERMINAL|TC|RPM|RPM2CPIO|DPKG|DPKG_DEB"
	sed -E "s/^CONFIG_($off)=y/# CONFIG_\1 is not set/" debian/config/pkg/static >.config
	# No greeting before the first prompt, no time of build in the bytes.
	sed -i 's/^# CONFIG_FEATURE_SH_EXTRA_QUIET is not set/CONFIG_FEATURE_SH_EXTRA_QUIET=y/' .config
	export KCONFIG_NOTIMESTAMP=1
	# A new line for each question: the default. make closes the pipe when it has no more.
	(yes '' || true) | make oldconfig
	make -j"$JOBS" CC="musl-gcc $CPPFLAGS_KERNEL" SKIP_STRIP=y busybox busybox.links
	mkdir -p "$DEST/bin"
	cp busybox_unstripped "$DEST/bin/busybox"
	strip "$DEST/bin/busybox"
	cp busybox.links "$DEST/"
}
