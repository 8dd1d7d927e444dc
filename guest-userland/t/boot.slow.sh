#!/bin/bash
# SPDX-License-Identifier: MIT
# The reference kernel boots the disks; its initramfs says what is wrong and powers off; the servers
# of each lane start with the configurations that lie on it.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/boot.sh"

mkdir -p "$T/tree"/{dev,proc,sys,harness}
small_disk "$T/small.img" 17 "$T/tree"
cat >"$T/init.c" <<'END'
#include <stdio.h>
#include <stdlib.h>
#include <sys/reboot.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	for (int i = 0; i < argc; i++)
		printf("ARG %d %s\n", i, argv[i]);
	printf("ENV %s\nPROC %d\nSYS %d\nNULL %d\nROOT %d\n", getenv("WORD") ? getenv("WORD") : "none",
	       access("/proc/self/exe", F_OK), access("/sys/class", F_OK), access("/dev/null", F_OK),
	       access("/harness/agent", F_OK));
	fflush(stdout);
	reboot(RB_POWER_OFF);
	return 1;
}
END
musl-gcc -static -O2 -o "$T/init" "$T/init.c"
"$GUEST/inject.sh" "$T/small.img" "$T/disk.img" "$T/init:/harness/agent"

boot "$ref/vmlinux" "$T/disk.img" root=/dev/vda1 rw init=/harness/agent WORD=value -- one two
check "ELF kernel boots; init gets its name" says '^ARG 0 /harness/agent$'
check "arguments behind --" says '^ARG 2 two$'
check "and no more" fails 1 says '^ARG 3'
check "unknown words are environment" says '^ENV value$'
for what in PROC SYS NULL ROOT; do
	check "$what is there" says "^$what 0\$"
done
boot "$ref/vmlinuz" "$T/disk.img" root=/dev/vda1 rw init=/harness/agent
check "bzImage boots" says '^ARG 0 /harness/agent$'
boot "$ref/vmlinux" "$T/disk.img" root=/dev/vda1 rw init=/absent
check "no such init" says 'initramfs: cannot run init=/absent: No such file'
check "and powers off" says 'reboot: Power down'
boot "$ref/vmlinux" "$T/disk.img" rw
check "no root=" says 'initramfs: no root= on the kernel command line'
boot "$ref/vmlinux" "$T/disk.img" root=/dev/vda9 rw
check "no such device" says 'initramfs: root device /dev/vda9 did not appear'
boot "$ref/vmlinux" "$T/disk.img" root=/dev/vda rw
check "no file system" says 'initramfs: cannot mount /dev/vda on /root'

cat >"$T/agent" <<'END'
#!/bin/sh
PATH=/usr/sbin:/usr/bin:/sbin:/bin
verdict() {
	name=$1
	shift
	if "$@" >/tmp/out 2>&1; then echo "RESULT ok $name"; else echo "RESULT bad $name"; cat /tmp/out; fi
}
busybox ip link set lo up
for conf in /etc/harness/nginx/*.conf; do
	verdict "nginx $conf" nginx -t -c $conf
done
nginx -c /etc/harness/nginx/ipv6.conf
verdict "IPv4" sh -c 'busybox wget -q -O - http://127.0.0.1/4k.bin | cmp - /srv/www/4k.bin'
verdict "IPv6" sh -c 'busybox wget -q -O - "http://[::1]/4k.bin" | cmp - /srv/www/4k.bin'
verdict "dropbear" dropbear -R -p 22
if [ -x /usr/sbin/sshd ]; then
	ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key
	verdict "sshd" sshd -t
fi
verdict "tester reads its own key" su tester -c 'cat ~/.ssh/authorized_keys'
verdict "tester may not read shadow" sh -c '! su tester -c "cat /etc/shadow"'
echo "RESULT end"
busybox poweroff -f
END
for lane in static debian; do
	if [ ! -e "$CACHE/image/$lane.img" ]; then
		skip_case "lane $lane" "no image on this host, make image says why"
		continue
	fi
	"$GUEST/inject.sh" "$CACHE/image/$lane.img" "$T/$lane.img" "$T/agent:/harness/agent"
	boot "$ref/vmlinux" "$T/$lane.img" root=/dev/vda1 rw init=/harness/agent
	for name in "nginx /etc/harness/nginx/"{ipv6,nopush,sendfile-off,sendfile-on,workers-2}.conf \
		IPv4 IPv6 dropbear "tester reads its own key" "tester may not read shadow"; do
		check "$lane: $name" says "^RESULT ok $name\$"
	done
	[ $lane = static ] || check "$lane: sshd" says '^RESULT ok sshd$'
	check "$lane: to the end" says '^RESULT end$'
	rm -f "$T/$lane.img"
done
finish
