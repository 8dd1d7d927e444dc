#!/bin/bash
# SPDX-License-Identifier: MIT
# The network that `dragonconfig init` and `dragonconfig net` make, on this host's kernel: a pair of links, one end in a
# network of its own as the guest has it, the other with a real DHCP server.
. "$(dirname "$0")/../lib/tap.sh"
B=${B:-$TOP/build}
CACHE=${CACHE:-$B/cache}
busybox=$CACHE/static/busybox/root/bin/busybox

[ -x "$busybox" ] || skip_all "there is no static busybox yet: make image"
if [ -z "${DC_NET_INSIDE:-}" ]; then
	own=()
	[ "$(id -u)" -eq 0 ] || own=(--user --map-root-user)
	unshare "${own[@]}" --net --uts --pid --fork true 2>/dev/null || skip_all "this host allows no namespaces"
	# All of it dies with the first process of its own pid namespace.
	DC_NET_INSIDE=1 exec unshare "${own[@]}" --net --uts --pid --fork --kill-child --mount-proc "$BASH" "$0"
fi

R=$T/root
seed=$R/var/lib/cloud/seed/nocloud
mkdir -p "$R"/{bin,sbin,etc,dev,proc,run,tmp,root,var/log} "$seed"
cp "$B/guest/dragonconfig" "$R/sbin/"
cp "$busybox" "$R/bin/"
cp "$GUEST"/overlay-static/etc/{passwd,group,shadow} "$R/etc/"
touch "$R/dev/null" "$R/dev/console"

# wait_for COMMAND...: until it holds, 20 s at most.
wait_for() {
	local end=$((SECONDS + 20))

	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || { "$@"; return 1; }
		read -rt 0.05 <>"$T/never" || true
	done
}
mkfifo "$T/never" "$T/hold"

# The guest's network lives as long as this process.
unshare --net "$BASH" -c 'echo $$ >"$1/pid"; read -r <>"$1/hold"' - "$T" &
wait_for test -s "$T/pid"
guest=$(cat "$T/pid")

# inside COMMAND...: as the guest.
inside() {
	nsenter -t "$guest" --net chroot "$R" "$@"
}

shows() {
	inside /sbin/dragonconfig net show >"$T/show" 2>&1
	grep -qE -- "$1" "$T/show" || { cat "$T/show"; return 1; }
}

resolves() {
	same "$(cat "$R/etc/resolv.conf")" "$1"
}

shows_not() {
	! shows "$1" >/dev/null
}


# BusyBox names the peer itself.
"$busybox" ip link add v0 type veth || skip_all "this kernel has no veth"
peer=$("$busybox" ip link | sed -n 's/^[0-9]*: \([^@]*\)@v0:.*/\1/p')
"$busybox" ip link set "$peer" netns "$guest" || skip_all "no link can be moved"
"$busybox" ip addr add 10.77.0.1/24 dev v0 && "$busybox" ip link set v0 up
mac=$(inside /sbin/dragonconfig net show | sed -n "s/^link $peer .*mac //p")

check "a link without anything" shows "^link $peer down mtu 1500 mac $mac\$"

echo 'instance-id: i-1' >"$seed/meta-data"
echo '#cloud-config' >"$seed/user-data"
cat >"$seed/network-config" <<END
version: 2
ethernets:
  lan:
    match: {macaddress: '$mac'}
    set-name: lan7
    addresses: [10.77.0.5/24, 'fd77::5/64']
    gateway4: 10.77.0.1
    mtu: 1400
    nameservers: {addresses: [10.77.0.53, 'fd77::53'], search: [a.example, b.example]}
    routes: [{to: 10.88.0.0/16, via: 10.77.0.2, metric: 5}, {to: 10.99.0.0/16, via: 192.168.7.1}]
END
check "init with a static network" fails 0 inside /sbin/dragonconfig init
check "name, up, MTU" shows "^link lan7 up .*mtu 1400 mac $mac"
check "IPv4" shows '^address 10.77.0.5/24 dev lan7$'
check "IPv6" shows '^address fd77::5/64 dev lan7$'
check "the default route" shows '^route 0.0.0.0/0 via 10.77.0.1 dev lan7$'
check "a route with a metric" shows '^route 10.88.0.0/16 via 10.77.0.2 dev lan7 metric 5$'
check "a route to where the link's nets do not lead" shows '^route 10.99.0.0/16 via 192.168.7.1 dev lan7$'
check "name servers" same "$(cat "$R/etc/resolv.conf")" \
	$'nameserver 10.77.0.53\nnameserver fd77::53\nsearch a.example b.example'
check "the other end is reached" inside /bin/busybox ping -c 1 -W 5 10.77.0.1
inside /sbin/dragonconfig net show >"$T/before"
check "init again" fails 0 inside /sbin/dragonconfig init
check "changes nothing" same "$(inside /sbin/dragonconfig net show)" "$(cat "$T/before")"

cat >"$seed/user-data" <<'END'
#cloud-config
manage_resolv_conf: true
resolv_conf: {nameservers: [10.1.1.1], searchdomains: [c.example], options: {rotate: true, timeout: 1}}
END
check "init with resolv_conf" fails 0 inside /sbin/dragonconfig init
check "it alone counts" same "$(cat "$R/etc/resolv.conf")" \
	$'nameserver 10.1.1.1\nsearch c.example\noptions rotate\noptions timeout:1'
rm -r "$R/run/dragonconfig"
echo '#cloud-config' >"$seed/user-data"

printf 'version: 2\nethernets: {none0: {dhcp4: true}}\nbonds: {b: {}}\n' >"$seed/network-config"
check "what cannot be done is a warning" fails 2 inside /sbin/dragonconfig init
check "with its line" grep -q 'network-config:3: not supported: bonds' "$R/var/log/cloud-init.log"
check "and so is an interface that is not there" grep -q 'no interface matches number 1 of the plan (none0)' \
	"$R/var/log/cloud-init.log"
echo 'network: {config: disabled}' >"$seed/network-config"
check "a network that is to be left alone" fails 0 inside /sbin/dragonconfig init
# Kernels with parts of rtnetlink alone. by HOW: init on one.
by() {
	nsenter -t "$guest" --net "$B/fake/meddle" "$1" "$R" /sbin/dragonconfig init
}
told() {
	grep -F "$1" "$R/var/log/cloud-init.log" >/dev/null || { cat "$R/var/log/cloud-init.log"; return 1; }
}
printf "version: 2\nethernets: {lan7: {addresses: [10.77.0.6/24], routes: [{to: 10.66.0.0/16, via: 10.77.0.2}]}}\n" >"$seed/network-config"
: >"$R/var/log/cloud-init.log"
check "a kernel that lists no routes" fails 0 by lacks:26
check "says so" told 'lacks: list the IPv4 routes, list the IPv6 routes'
check "and has the rest" shows '^address 10.77.0.6/24 dev lan7$'
sed -i s/10.77.0.6/10.77.0.7/ "$seed/network-config"
check "one that lists no addresses and sets no routes" fails 2 by lacks:22,24
check "says both" told 'lacks: list the addresses'
check "by name" told "lacks: add the route to 10.66.0.0/16"
check "and has the rest" shows '^address 10.77.0.7/24 dev lan7$'
sed -i s/10.77.0.7/10.77.0.8/ "$seed/network-config"
check "one that does not know addresses at all" fails 2 by lacks:20,22
check "says so" told 'lacks: add the address 10.77.0.8/24'
check "one that has no answers" timeout 60 bash -c "$(declare -f fails by); guest=$guest B=$B R=$R; fails 2 by mute:18,20,22,24,26"
check "says so, and the boot goes on" told 'lacks: list the links, list the addresses, list the IPv4 routes, list the IPv6 routes'
for a in 6 7; do inside /bin/busybox ip addr del 10.77.0.$a/24 dev lan7; done
rm "$seed/network-config"
check "no configuration, and the kernel has an address" fails 0 inside /sbin/dragonconfig init
check "it stays" shows '^address 10.77.0.5/24 dev lan7$'
check "nobody asks for another" test ! -e "$R/run/dragonconfig/dhcp-lan7.lock"

# A link as new, and a server.
"$busybox" ip link del v0
"$busybox" ip link add v0 type veth
"$busybox" ip link set "$peer" netns "$guest"
"$busybox" ip addr add 10.77.0.1/24 dev v0 && "$busybox" ip link set v0 up
inside /sbin/dragonconfig net dhcp --once nothing0 >"$T/out" 2>&1
check "no such interface is told" grep -q 'no such interface' "$T/out"
check "without a server it does not wait for ever" fails 2 inside /sbin/dragonconfig init
check "and says so" grep -q 'no DHCP server has answered yet' "$R/run/cloud-init/status.json"

cat >"$T/udhcpd.conf" <<END
start 10.77.0.20
end 10.77.0.20
interface v0
max_leases 1
min_lease 4
lease_file $T/leases
pidfile $T/udhcpd.pid
option subnet 255.255.255.0
option router 10.77.0.1
option dns 10.77.0.53 10.77.0.54
option domain d.example
option mtu 1450
option lease 8
END
: >"$T/leases"
"$busybox" udhcpd -f "$T/udhcpd.conf" >"$T/udhcpd.log" 2>&1 &
udhcpd=$!
check "the one that goes on asking finds a server that comes late" wait_for shows "^address 10.77.0.20/24 dev $peer\$"
check "default route" wait_for shows "^route 0.0.0.0/0 via 10.77.0.1 dev $peer\$"
check "MTU" wait_for shows "^link $peer up .*mtu 1450 "
check "name servers" wait_for resolves $'nameserver 10.77.0.53\nnameserver 10.77.0.54\nsearch d.example'
check "init again leaves it to the one that is there" fails 0 inside /sbin/dragonconfig init
acks() {
	[ "$(grep -c 'sending ACK' "$T/udhcpd.log")" -ge "$1" ]
}
check "it renews" wait_for acks 3
check "and the address is still there" shows "^address 10.77.0.20/24 dev $peer\$"
kill "$udhcpd"
check "with the server gone the address goes in time" wait_for shows_not '^address 10.77.0.20/24'
wait "$udhcpd" 2>/dev/null
"$busybox" udhcpd -f "$T/udhcpd.conf" >"$T/udhcpd.log" 2>&1 &
udhcpd=$!
check "and comes back with it" wait_for shows "^address 10.77.0.20/24 dev $peer\$"
kill "$udhcpd"
wait "$udhcpd" 2>/dev/null
"$busybox" ip link del v0

# Without a seed an address is got for the search, and a service is asked.
command -v python3 >/dev/null || finish
rm -rf "$R/run"/* "$R/var/lib/cloud" "$R/etc/resolv.conf" && mkdir -p "$R/proc"
echo dragonconfig.deadline=60 >"$R/proc/cmdline"
"$busybox" ip link add v0 type veth
"$busybox" ip link set "$peer" netns "$guest"
"$busybox" ip addr add 10.77.0.1/24 dev v0 && "$busybox" ip addr add 169.254.169.254/32 dev v0 && "$busybox" ip link set v0 up
mac=$(inside /sbin/dragonconfig net show | sed -n "s/^link $peer .*mac //p")
OS=/openstack/latest
# service NETWORKS [SERVICES]: what network_data.json says of the one interface.
service() {
	cat >"$T/plan.new" <<END2
{"GET $OS/meta_data.json": "{\"uuid\": \"os-1\"}",
 "GET $OS/network_data.json": "{\"links\": [{\"id\": \"l\", \"type\": \"phy\", \"ethernet_mac_address\": \"$mac\"}], \"networks\": [$1], \"services\": [${2:-}]}"}
END2
	mv "$T/plan.new" "$T/plan"
}
# As a kernel has it that makes virtual links, with addresses, before anybody asks.
mkdir -p "$R/sys/class/net"
ln -s "../../devices/pci/0000:00:02.0/net/$peer" "$R/sys/class/net/$peer"
for i in 1 2 3; do
	inside /bin/busybox ip link add pre$i type veth
done
n=0
for pre in $(inside /sbin/dragonconfig net show | sed -n "/^link \($peer\|lo\) /d; s/^link \([^ ]*\) .*/\1/p"); do
	ln -s "../../devices/virtual/net/$pre" "$R/sys/class/net/$pre"
	inside /bin/busybox ip addr add 192.168.$((n += 1)).1/24 dev "$pre"
	inside /bin/busybox ip link set "$pre" up
done
check "links that are there with addresses" test $n -eq 6
service '{\"type\": \"ipv4_dhcp\", \"link\": \"l\"}'
python3 "$GUEST/t/metadata_server.py" "$T/plan" 169.254.169.254 >"$T/asked" 2>&1 &
server=$!
wait_for grep -q '^ready' "$T/asked" || cat "$T/asked"
sed -i 's/lease 8/lease 600/' "$T/udhcpd.conf" && : >"$T/leases"
"$busybox" udhcpd -f "$T/udhcpd.conf" >"$T/udhcpd.log" 2>&1 &
udhcpd=$!
check "a service behind DHCP" fails 0 inside /sbin/dragonconfig init
check "is the source" grep -q 'DataSourceOpenStack' "$R/run/cloud-init/status.json"
check "by the real link" test -e "$R/run/dragonconfig/dhcp-$peer.lock"
check "alone" same "$(find "$R/run/dragonconfig" -name 'dhcp-*.lock' | wc -l)" 1
check "a lease that is wanted so stays" same "$(grep -c 'sending ACK' "$T/udhcpd.log")" 1
check "its address is there" shows "^address 10.77.0.20/24 dev $peer\$"
"$busybox" ip link del v0
"$busybox" ip link add v0 type veth
"$busybox" ip link set "$peer" netns "$guest"
"$busybox" ip addr add 10.77.0.1/24 dev v0 && "$busybox" ip addr add 169.254.169.254/32 dev v0 && "$busybox" ip link set v0 up
mac=$(inside /sbin/dragonconfig net show | sed -n "s/^link $peer .*mac //p")
rm -rf "$R/run"/* "$R/etc/resolv.conf"
# A server stays with the link that it was started on.
kill "$udhcpd"
wait "$udhcpd" 2>/dev/null
: >"$T/leases"
"$busybox" udhcpd -f "$T/udhcpd.conf" >"$T/udhcpd.log" 2>&1 &
udhcpd=$!
service '{\"type\": \"ipv4\", \"link\": \"l\", \"ip_address\": \"10.77.0.9\", \"netmask\": \"255.255.255.0\"}' \
	'{\"type\": \"dns\", \"address\": \"10.1.1.53\"}'
check "a service that says another address" fails 0 inside /sbin/dragonconfig init
check "it is set" shows "^address 10.77.0.9/24 dev $peer\$"
check "the lease's is gone" shows_not '^address 10.77.0.20/24'
check "so are its name servers" resolves 'nameserver 10.1.1.53'
kill "$udhcpd" "$server"
finish
