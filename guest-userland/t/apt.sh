#!/bin/bash
# SPDX-License-Identifier: MIT
# The private apt takes over the distribution's own suites, whatever form the machine's sources
# have, and nothing of anybody else's.
. "$(dirname "$0")/../lib/tap.sh"

mkdir -p "$T/etc/sources.list.d"
export APT_ETC=$T/etc

sources() {
	bash -c '. "$0/lib/common.sh"; . "$0/lib/apt.sh"; apt_sources "$@"' "$GUEST" "$@"
}

cat >"$T/etc/sources.list" <<'END'
# deb http://comment.example/debian rel main
deb http://one.example/debian rel main contrib # note
deb [arch=amd64 signed-by=/keys/a.gpg] http://two.example/debian rel-updates main
deb-src http://src.example/debian rel main
deb http://third.example/debian rel-tool main
deb http://fourth.example/debian rel stable
deb http://fifth.example/debian other main
END
check "one-line sources" same "$(sources deb rel)" 'Types: deb
URIs: http://one.example/debian
Suites: rel
Components: main

Types: deb
URIs: http://two.example/debian
Suites: rel-updates
Components: main
Signed-By: /keys/a.gpg'
check "their source packages" same "$(sources deb-src rel | grep -c '^Types: deb-src$')" 2
rm "$T/etc/sources.list"

cat >"$T/etc/sources.list.d/a.sources" <<'END'
# comment
Types: deb
URIs: http://one.example/debian
Suites: rel rel-updates rel-backports
Components: main contrib
Signed-By:
 -----BEGIN KEY-----
 .
 text
 -----END KEY-----

Enabled: no
Types: deb
URIs: http://off.example/debian
Suites: rel
Components: main

Types: deb-src
URIs: http://src.example/debian
Suites: rel
Components: main

Types: deb deb-src
URIs: http://sec.example/debian-security
Suites: rel-security
Components: main
Signed-By: /keys/b.gpg
END
check "deb822 sources" same "$(sources deb rel | sed 's/ *$//')" 'Types: deb
URIs: http://one.example/debian
Suites: rel rel-updates
Components: main
Signed-By:
 -----BEGIN KEY-----
 .
 text
 -----END KEY-----

Types: deb
URIs: http://sec.example/debian-security
Suites: rel-security
Components: main
Signed-By: /keys/b.gpg'
rm "$T/etc/sources.list.d/a.sources"
check "nothing there: nothing" same "$(sources deb rel)" ""
finish
