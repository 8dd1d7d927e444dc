#!/bin/bash
# SPDX-License-Identifier: MIT
# What `dragonconfig schema` says of user data, the host's program and the guest's alike.
. "$(dirname "$0")/../lib/tap.sh"
B=${B:-$TOP/build}

cat >"$T/good" <<'EOF'
#cloud-config
hostname: web-1
users:
  - default
  - name: alice
    ssh-authorized-keys: [ssh-ed25519 AAAA]
    sudo: ALL=(ALL) NOPASSWD:ALL
write_files:
  - {path: /etc/motd, content: hello, permissions: '0644'}
runcmd:
  - [ls, /]
  - echo done
EOF
cat >"$T/odd" <<'EOF'
#cloud-config
hostname: a
hostname: b
usres: [x]
users:
  - {name: joe, sudoo: x}
runcmd: ls
packages: [vim]
EOF
printf '#cloud-config\npassword: geheim\n\tx: [geheim\n' >"$T/bad"
echo "<html>not found</html>" >"$T/page"
cat >"$T/mixed" <<'EOF'
Content-Type: multipart/mixed; boundary="b"

--b
Content-Type: text/x-shellscript; name="x.sh"

#!/bin/sh
--b
Content-Type: text/cloud-config
Content-Disposition: attachment; filename="two.cfg"

#cloud-config
usres: [x]
--b--
EOF

# says STATUS FILE TEXT...: each text is a line, or a part of one, of what is told of FILE.
says() {
	local status=$1 file=$2 text out got=0

	shift 2
	out=$("$program" schema --check "$file" 2>&1) || got=$?
	echo "$out"
	[ "$got" -eq "$status" ] || return 1
	for text; do
		[[ $out == *"$text"* ]] || { echo "missing: $text" && return 1; }
	done
}

says_nothing_of() {
	! "$program" schema --check "$1" 2>&1 | grep -F "$2"
}

for program in "$B/bin/dragonconfig" "$B/guest/dragonconfig"; do
	which=${program#"$B"/}
	check "$which: nothing against a good file" says 0 "$T/good" "1 parts, 0 errors, 0 warnings"
	check "$which: what is odd, line by line" says 2 "$T/odd" \
		':3: warning: "hostname" stands here again' ':4: warning: unknown key "usres"' \
		':6: warning: unknown key "sudoo" in "users"' ':7: warning: "runcmd" must be a list' \
		':8: warning: "packages" has no effect' "1 parts, 0 errors, 5 warnings"
	check "$which: what cannot be read" says 1 "$T/bad" ":3: error: " "1 errors"
	check "$which: values are not shown" says_nothing_of "$T/bad" geheim
	check "$which: a part by its name" says 2 "$T/mixed" '(two.cfg):2: warning: unknown key "usres"'
	check "$which: a file that is not there" says 1 "$T/none" "No such file"
	check "$which: an empty one" says 2 /dev/null "it says nothing"
	check "$which: a page instead of user data" says 1 "$T/page" "begins neither"
	check "$which: usage" fails 64 "$program" schema --chek x
done
kib=$((($(stat -c %s "$B/guest/dragonconfig") + 1023) / 1024))
echo "# dc_binary_kib $kib"
check "the guest's is static" bash -c "! readelf -l '$B/guest/dragonconfig' | grep -q INTERP"
check "and of 400 KiB at most" test "$kib" -le 400
finish
