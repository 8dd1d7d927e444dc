#!/bin/bash
# SPDX-License-Identifier: MIT
# Metadata services: what `dragonconfig init` makes of good ones, and that no bad one holds up a boot. The services are
# real, on addresses of a network of this test's own.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/dragonconfig_root.sh"

if [ -z "${DC_METADATA_INSIDE:-}" ]; then
	# All of it dies with the first process of its own pid namespace.
	DC_METADATA_INSIDE=1 exec unshare "${own[@]}" --net --uts --pid --fork --kill-child --mount-proc "$BASH" "$0"
fi
command -v python3 >/dev/null || skip_all "there is no python3"
own=()
log=$R/var/log/cloud-init.log
"$busybox" ip link set lo up || skip_all "no interface can be set up"

# The network is this test's: no further one is made.
init() {
	unshare --uts --pid --fork chroot "$R" /sbin/dragonconfig init
}

wait_for() {
	local end=$((SECONDS + 60))

	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || { "$@"; return 1; }
		read -rt 0.05 <>"$T/never" || true
	done
}
mkfifo "$T/never"

# fresh [WORD...]: a root without a seed, whose kernel's command line has these words; no deadline here unless one is told.
fresh() {
	new_root
	rm -r "$seed"
	printf 'major minor  #blocks  name\n\n' >"$R/proc/partitions"
	case $* in *deadline*) ;; *) set -- "$@" dragonconfig.deadline=60 ;; esac
	echo "quiet $*" >"$R/proc/cmdline"
	: >"$T/asked"
}

again() {
	rm -rf "$R/run"/* "$R/var/log"/*
	: >"$T/asked"
}

plan() {
	cat >"$T/plan.new" && mv "$T/plan.new" "$T/plan"
}

status_has() {
	grep -qF -- "$1" "$R/run/cloud-init/status.json" || { cat "$R/run/cloud-init/status.json"; return 1; }
}

source_is() {
	same "$(python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))["v1"]["datasource"])' \
		"$R/run/cloud-init/status.json")" "$1"
}

logged() {
	grep -qE -- "$1" "$log" || { cat "$log"; return 1; }
}

asked() {
	grep -qE -- "$1" "$T/asked" || { cat "$T/asked"; return 1; }
}

# within SECONDS COMMAND...: takes no longer; ten times what it should, for a machine under load.
within() {
	local start=$SECONDS limit=$1

	shift
	"$@"
	[ $((SECONDS - start)) -le $((limit * 10)) ]
}

# Nothing answers at all: an address that is nobody's, so that nothing is even refused.
fresh
check "no network: degraded" fails 2 init
check "it says that there is no source" status_has 'no source of configuration'
check "and why the services were not asked" logged 'OpenStack over HTTP: no: there is no interface'
check "and why nothing local is there" logged 'ConfigDrive: no: no volume config-2'
fresh ds=none
check "told that there is none" fails 2 init
check "nothing is looked for" logged 'NoCloud: no: it is not asked for'
fresh ds=nonsense
check "a name that no source has" fails 2 init
check "is told" status_has 'ds=nonsense: no such source'

for a in 169.254.169.254 100.100.100.200 169.254.0.23 10.9.9.9; do "$busybox" ip addr add "$a/32" dev lo; done
fresh
check "addresses, but nobody there: degraded, at once" within 4 fails 2 init
check "it says that they refuse" logged 'EC2 over HTTP: no: .*Connection refused'

echo '{}' >"$T/plan"
: >"$T/asked"
python3 "$GUEST/t/metadata_server.py" "$T/plan" 169.254.169.254 100.100.100.200 169.254.0.23 10.9.9.9 10.9.9.9:8080 \
	>>"$T/asked" 2>"$T/server.err" &
wait_for grep -q '^ready' "$T/asked" || { cat "$T/server.err"; finish; }

fresh
check "services of nothing" fails 2 init
check "each is asked" asked '^GET 169.254.0.23 /latest/meta-data/instance-id 404'
check "and why it is none is told" logged 'OpenStack over HTTP: no: meta_data.json: its status is 404'

OS=/openstack/latest
openstack_plan() {
	plan <<EOF
{"GET 169.254.169.254 $OS/meta_data.json": "{\"uuid\": \"os-1\", \"hostname\": \"vm.novalocal\", \"public_keys\": {\"k\": \"ssh-ed25519 AAAAos k\"}}",
 "GET 169.254.169.254 $OS/user_data": "#cloud-config\nwrite_files: [{path: /etc/from, content: user}]\n",
 "GET 169.254.169.254 $OS/vendor_data.json": "{\"cloud-init\": \"#cloud-config\\\\nwrite_files: [{path: /etc/vendor, content: v}]\\\\n\"}",
 "GET 169.254.169.254 $OS/network_data.json": "{\"links\": [], \"networks\": [], \"services\": [{\"type\": \"dns\", \"address\": \"10.1.1.53\"}]}",
 "PUT 169.254.169.254 /latest/api/token": 404,
 "GET 169.254.169.254 /latest/meta-data/instance-id": "i-of-ec2"${1:-}}
EOF
}
openstack_plan
fresh
check "OpenStack" fails 0 init
check "it is the source, before EC2's tree on the same address" source_is 'DataSourceOpenStack [net,ver=2]'
check "which was there too, or was not waited for" logged 'EC2 over HTTP: no: (it is there, after or|one before it won)'
check "id" holds "$data/data/instance-id" os-1
check "host name" holds "$R/etc/hostname" vm
check "key" has_line "$R/root/.ssh/authorized_keys" "ssh-ed25519 AAAAos k"
check "user data counts before the vendor's" holds "$R/etc/from" user
check "network" has_line "$R/etc/resolv.conf" "nameserver 10.1.1.53"
check "why is told" logged 'OpenStack over HTTP: yes: http://169.254.169.254/openstack/latest/meta_data.json has a uuid'
again
check "the next boot" fails 0 init
fresh ds=huawei
check "by Huawei's name" fails 0 init
check "nobody else is asked" bash -c "! grep -q -e 'PUT' -e 169.254.0.23 '$T/asked'"
mkdir -p "$seed" && echo 'instance-id: i-local' >"$seed/meta-data" && echo '#cloud-config' >"$seed/user-data"
sed -i 's/ds=huawei//' "$R/proc/cmdline" && again
check "what is local" fails 0 init
check "wins" source_is 'DataSourceNoCloud [seed=/var/lib/cloud/seed/nocloud]'
fresh
mkdir -p "$R/sys/class/dmi/id" && echo 'OpenStack Nova' >"$R/sys/class/dmi/id/product_name"
check "by the machine's own name" fails 0 init
check "nobody else is asked" bash -c "! grep -q -e 'PUT' -e 169.254.0.23 '$T/asked'"
rm -r "$R/sys"

plan <<EOF
{"PUT 169.254.169.254 /latest/api/token": {"body": "tok", "needs": {"X-aws-ec2-metadata-token-ttl-seconds": "21600"}},
 "GET 169.254.169.254 /latest/meta-data/instance-id": {"body": "i-0abc\n", "needs": {"X-aws-ec2-metadata-token": "tok"}},
 "GET 169.254.169.254 /latest/meta-data/local-hostname": {"body": "ip-10-0-0-1.ec2", "needs": {"X-aws-ec2-metadata-token": "tok"}},
 "GET 169.254.169.254 /latest/meta-data/public-keys/": {"body": "0=mine\n1=other", "needs": {"X-aws-ec2-metadata-token": "tok"}},
 "GET 169.254.169.254 /latest/meta-data/public-keys/0/openssh-key": {"body": "ssh-ed25519 AAAAec2 mine\n", "needs": {"X-aws-ec2-metadata-token": "tok"}},
 "GET 169.254.169.254 /latest/meta-data/public-keys/1/openssh-key": {"body": "ssh-rsa AAAAother o", "needs": {"X-aws-ec2-metadata-token": "tok"}},
 "GET 169.254.169.254 /latest/user-data": {"base64": "$(printf '#!/bin/sh\necho "$0" >/tmp/ran\n' | gzip | base64 -w0)", "needs": {"X-aws-ec2-metadata-token": "tok"}}}
EOF
fresh
check "EC2, version 2" fails 0 init
check "it is the source" source_is 'DataSourceEc2 [seed=http://169.254.169.254/latest/]'
check "id" holds "$data/data/instance-id" i-0abc
check "host name" holds "$R/etc/hostname" ip-10-0-0-1
check "both keys" same "$(cut -d' ' -f2 "$R/root/.ssh/authorized_keys" | tr '\n' ' ')" "AAAAec2 AAAAother "
check "user data in gzip ran" test -s "$R/tmp/ran"
check "no log has the token" bash -c "! grep -rw tok '$R/var/log' '$R/run'"

plan <<EOF
{"PUT 169.254.169.254 /latest/api/token": 405,
 "GET 169.254.169.254 /latest/meta-data/instance-id": "i-1"}
EOF
fresh
check "EC2, version 1" fails 0 init
check "its id" holds "$data/data/instance-id" i-1

plan <<EOF
{"PUT 100.100.100.200 /latest/api/token": {"body": "ali", "needs": {"X-aliyun-ecs-metadata-token-ttl-seconds": "21600"}},
 "GET 100.100.100.200 /2016-01-01/meta-data/instance-id": {"body": "i-ali", "needs": {"X-aliyun-ecs-metadata-token": "ali"}},
 "GET 100.100.100.200 /2016-01-01/meta-data/hostname": {"body": "iZali", "needs": {"X-aliyun-ecs-metadata-token": "ali"}},
 "GET 100.100.100.200 /2016-01-01/meta-data/public-keys/": {"body": "0/", "needs": {"X-aliyun-ecs-metadata-token": "ali"}},
 "GET 100.100.100.200 /2016-01-01/meta-data/public-keys/0/openssh-key": {"body": "ssh-rsa AAAAali a", "needs": {"X-aliyun-ecs-metadata-token": "ali"}},
 "GET 100.100.100.200 /2016-01-01/vendor-data": {"body": "#cloud-config\nwrite_files: [{path: /etc/vendor, content: v}]\n", "needs": {"X-aliyun-ecs-metadata-token": "ali"}}}
EOF
fresh
check "Alibaba" fails 0 init
check "it is the source" source_is 'DataSourceAliYun [seed=http://100.100.100.200/2016-01-01/]'
check "its host name" holds "$R/etc/hostname" iZali
check "its key" has_line "$R/root/.ssh/authorized_keys" "ssh-rsa AAAAali a"
check "its vendor data" holds "$R/etc/vendor" v
# os.conf in the image, which has neither keys nor user data: those are at the service.
conf() {
	mkdir -p "$R/aliyun_custom_image"
	printf 'hostname=of-conf\npassword=%s\n' "$(printf geheim | base64)" >"$R/aliyun_custom_image/os.conf"
}
fresh
conf
check "Alibaba, with os.conf" fails 0 init
check "which is the source" source_is 'DataSourceAliYun [os.conf=/aliyun_custom_image/os.conf]'
check "its host name counts first" holds "$R/etc/hostname" of-conf
check "the service's key" has_line "$R/root/.ssh/authorized_keys" "ssh-rsa AAAAali a"
check "its vendor data" holds "$R/etc/vendor" v
check "nobody else is asked" bash -c "! grep -q 169.254 '$T/asked'"
fresh dragonconfig.deadline=1
conf
printf '{"PUT 100.100.100.200 /latest/api/token": {"act": "hang"}}' | plan
check "with os.conf, and a service that does not answer" fails 2 init
check "is told" status_has 'Alibaba over HTTP has not answered: keys and user data are not known'
check "the password is set" grep -qE '^root:\$6\$' "$R/etc/shadow"
check "nothing is marked as done" bash -c "! ls '$data'/instances/aliyun/sem/config_* 2>/dev/null"
echo '{}' | plan
again
check "with os.conf, and no service" fails 0 init
check "all is done" test -e "$data/instances/aliyun/sem/config_runcmd"

plan <<EOF
{"PUT 100.100.100.200 /latest/api/token": 403,
 "GET 100.100.100.200 /2016-01-01/meta-data/instance-id": "i-ali"}
EOF
fresh
check "Alibaba, switched off" fails 2 init
check "is told" logged 'Alibaba over HTTP: no: .*its status is 403: it is switched off'
plan <<EOF
{"PUT 100.100.100.200 /latest/api/token": "ali",
 "GET 100.100.100.200 /2016-01-01/meta-data/instance-id": 401}
EOF
fresh
check "a token that is not taken" fails 2 init
check "it is renewed, once" same "$(grep -c PUT.100 "$T/asked")" 2

plan <<EOF
{"GET 169.254.0.23 /latest/meta-data/instance-id": "ins-1",
 "GET 169.254.0.23 /latest/meta-data/network/interfaces/macs/": "52:54:00:00:00:01/\n52:54:00:00:00:02/",
 "GET 169.254.0.23 /latest/user-data": "#cloud-config\nhostname: tc\n"}
EOF
fresh
check "Tencent; two interfaces that are not here" fails 2 init
check "it is the source" source_is 'DataSourceTencentCloud [seed=http://169.254.0.23/latest/]'
check "both were planned" logged 'no interface matches number 2 of the plan'
check "its user data" holds "$R/etc/hostname" tc

plan <<EOF
{"GET 10.9.9.9 /seed/meta-data": "instance-id: i-web\nlocal-hostname: web",
 "GET 10.9.9.9 /seed/user-data": "#include\nhttp://10.9.9.9:8080/config\nhttp://10.9.9.9:8080/moved\n",
 "GET 10.9.9.9 /config": "#cloud-config\nwrite_files: [{path: /etc/from, content: included}]\n",
 "GET 10.9.9.9 /moved": {"status": 302, "headers": {"Location": "script"}},
 "GET 10.9.9.9 /script": {"raw": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n#!/bin/sh\n\r\n17\r\necho in >/tmp/included\n\r\n0\r\n\r\n"}}
EOF
fresh "ds=nocloud;h=word;s=http://10.9.9.9/seed"
check "NoCloud over HTTP, and includes" fails 0 init
check "it is the source" source_is 'DataSourceNoCloudNet [seed=http://10.9.9.9/seed/]'
check "the word counts more" holds "$R/etc/hostname" word
check "a document" holds "$R/etc/from" included
check "a script, after a redirection, in chunks" holds "$R/tmp/included" in
fresh "ds=nocloud;s=https://10.9.9.9/seed" dragonconfig.deadline=60
check "https" fails 2 init
check "is a warning with its name" logged 'https: there is no TLS here'

mkdir -p "$seed" && echo 'instance-id: i-inc' >"$seed/meta-data"
printf '#include-once\nhttp://10.9.9.9/once\nhttp://10.9.9.9/gone\n' >"$seed/user-data"
echo quiet >"$R/proc/cmdline"
plan <<EOF
{"GET 10.9.9.9 /once": "#!/bin/sh\necho once >>/tmp/once\n"}
EOF
again
check "an include that is not there is an error" fails 1 init
check "with its line" logged 'user-data:3: #include: its status is 404'
check "what is there counts" holds "$R/tmp/once" once
check "what is kept is root's alone" same "$(stat -c %a "$data"/instances/i-inc/urls/*)" 600
plan <<EOF
{"GET 10.9.9.9 /gone": "#!/bin/sh\necho back >/tmp/back\n"}
EOF
again
check "the next boot, when it is there" fails 0 init
check "has all of it" holds "$R/tmp/back" back
check "and has not asked for what was had once" bash -c "! grep -q /once '$T/asked'"
plan <<EOF
{"GET 10.9.9.9 /gone": {"status": 302, "headers": {"Location": "https://10.9.9.9/x"}}}
EOF
printf '#include\nhttp://10.9.9.9/gone\nhttps://10.9.9.9/y\n' >"$seed/user-data"
again
check "https in an include" fails 1 init
check "is told, both times" same "$(grep -c 'https: there is no TLS here' "$log")" 2

# Bad ones. bad TEXT STATUS ANSWER-FOR-META_DATA PATTERN-OF-THE-LOG [DEADLINE]
bad() {
	fresh ds=openstack "dragonconfig.deadline=${5:-60}"
	echo "{\"GET 169.254.169.254 $OS/meta_data.json\": $3}" | plan
	check "$1" within "${5:-60}" fails "$2" init
	check "$1: is told" logged "OpenStack over HTTP: no: $4"
	check "$1: a network, and the end of the boot" status_has '"stage": null'
}
bad "a page of HTML" 2 '"<!DOCTYPE html><html>login</html>"' 'meta_data.json: a page of HTML is in its place'
bad "no JSON" 2 '"{\"uuid\": [[["' 'meta_data.json has no uuid'
bad "JSON of something else" 2 '"[1, 2]"' 'meta_data.json has no uuid'
bad "nothing" 2 '""' 'meta_data.json has no uuid'
bad "endless redirections" 2 '{"status": 302, "headers": {"Location": "meta_data.json"}}' 'meta_data.json: too many redirections'
bad "an endless answer" 2 '{"act": "endless"}' 'meta_data.json: its answer is too long'
bad "no HTTP" 2 '{"raw": "220 ready\r\n"}' 'meta_data.json: its answer is no HTTP'
bad "a chunk that lies" 2 '{"raw": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}"}' 'meta_data.json: its answer is no HTTP'
bad "two lengths" 2 '{"raw": "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}"}' 'meta_data.json: its answer is no HTTP'
bad "one that never answers" 2 '{"act": "hang"}' '.*(it does not answer|not answered in time)' 1
bad "one that answers a byte at a time" 2 '{"act": "drip"}' '.*(its answer does not end|not answered in time)' 1
bad "one that hangs up in the middle" 2 '{"act": "cut"}' '.*(its answer is cut off|not answered in time)' 1
bad "a server in trouble" 2 500 '.*(its status is 500|not answered in time)' 1

# Pieces that cannot be had: the rest counts, and nothing is marked as done. At most the deadline is waited for them.
openstack_plan ", \"GET 169.254.169.254 $OS/vendor_data2.json\": 500"
fresh
check "a piece in trouble: degraded" fails 2 init
check "is told" status_has 'vendor_data2.json: its status is 500'
check "the rest counts" holds "$R/etc/from" user
check "nothing is marked as done" bash -c "! ls '$data'/instances/os-1/sem/config_* 2>/dev/null"
openstack_plan
again
check "the next boot finds it whole" fails 0 init
check "and remembers" test -e "$data/instances/os-1/sem/config_runcmd"
openstack_plan ", \"GET 169.254.169.254 $OS/vendor_data2.json\": {\"body\": \"[\\\"#cloud-config\\\"]\", \"headers\": {\"Content-Type\": \"text/html\"}}"
fresh
check "a wrong content type does not count" fails 0 init
openstack_plan ", \"GET 169.254.169.254 $OS/vendor_data2.json\": \"<html></html>\""
fresh
check "a page in the place of a piece: degraded" fails 2 init
check "is told" status_has 'vendor_data2.json: a page of HTML is in its place'
plan <<EOF
{"GET 169.254.0.23 /latest/meta-data/instance-id": "ins-1",
 "GET 169.254.0.23 /latest/meta-data/hostname": "<html>",
 "GET 169.254.0.23 /latest/meta-data/public-keys/": "0=a\n../../x",
 "GET 169.254.0.23 /latest/meta-data/public-keys/0/openssh-key": "no key\nssh-rsa AAAAgood g\n",
 "GET 169.254.0.23 /latest/user-data": {"act": "cut"}}
EOF
fresh
check "hostile pieces" fails 2 init
check "what is no key is told" status_has 'public-keys/0/openssh-key: a line that is no key'
check "and only the key is taken" same "$(cat "$R/root/.ssh/authorized_keys")" "ssh-rsa AAAAgood g"
check "what is cut off is told" status_has 'user-data: its answer is cut off'
finish
