#!/bin/bash
# SPDX-License-Identifier: MIT
# deps.sh: silent when all is there; names packages and reasons before it acts; never acts without
# root or sudo. The package tools are doubles that write down how they were called.
. "$(dirname "$0")/../../guest-userland/lib/tap.sh"

deps=$TOP/scripts/deps.sh
bin=$T/bin
mkdir "$bin"
export DEPS_LIST=$T/list POLICY=$T/policy CALLS=$T/calls KNOWN=1 FAIL_FIRST=0 USER_ID=0
cat >"$DEPS_LIST" <<'END'
# comment
here        is installed
gone        is not installed
old|new     one of the two
[check]
tested      for the tests
[dev]
extra       for maintainers
END
double() {
	cat >"$bin/$1"
	chmod +x "$bin/$1"
}
double dpkg-query <<'END'
#!/bin/sh
for p in $INSTALLED; do echo "$p installed"; done
echo "gone config-files"
exit 1
END
double apt-cache <<'END'
#!/bin/sh
[ "$KNOWN" = 1 ]
END
double apt-get <<'END'
#!/bin/sh
echo "$*" >>"$CALLS"
! [ -x "$POLICY" ] || echo "policy: $(sh "$POLICY" >/dev/null; echo $?)" >>"$CALLS"
case "$*" in *install*) [ "$FAIL_FIRST" = 0 ] || [ "$(grep -c install "$CALLS")" -gt 1 ] ;; esac
END
double id <<'END'
#!/bin/sh
echo "$USER_ID"
END
double sudo <<'END'
#!/bin/sh
[ "$1" != -n ] || exit "${SUDO_OK:-1}"
echo "sudo" >>"$CALLS"
exec "$@"
END

# run WORDS... with the doubles; its output in $T/out
run() {
	: >"$CALLS"
	PATH=$bin:$PATH "$deps" "$@" >"$T/out" 2>&1 </dev/null
}

out() {
	grep -E -- "$1" "$T/out" || {
		cat "$T/out" "$CALLS"
		return 1
	}
}

called() {
	grep -E -- "$1" "$CALLS" || {
		cat "$T/out" "$CALLS"
		return 1
	}
}

export INSTALLED="here gone old"
check "all there" run
check "says nothing" test ! -s "$T/out"
check "calls nothing" test ! -s "$CALLS"
export INSTALLED="here gone new"
check "the other of two will do" run
check "and nothing is called" test ! -s "$CALLS"
export INSTALLED="here"
check "something missing" run
check "named with its reason" out '^  gone +is not installed$'
check "the first of two" out '^  old +one of the two$'
check "what is there is not named" fails 1 out '^  here'
check "installed" called 'install --no-install-recommends gone old$'
check "lists are left alone when they know the packages" fails 1 called 'update'
check "no service is started meanwhile" called '^policy: 101$'
check "that is taken back" test ! -e "$POLICY"
printf 'exit 7\n' >"$POLICY" && chmod +x "$POLICY"
check "with a policy of the host's own" run
check "that one counts" called '^policy: 7$'
check "and stays" grep -q 'exit 7' "$POLICY"
rm "$POLICY"
check "nothing of [dev]" fails 1 called 'extra'
check "nor of [check]" fails 1 called 'tested'
check "--check" run --check
check "brings what tests need" called 'install .*gone old tested$'
check "an option that is none" fails 2 run --all
check "both" run --check --dev
check "bring both" called 'install .*gone old tested extra$'
check "--dev" run --dev
check "brings what maintainers need" called 'install .*gone old extra$'
KNOWN=0 check "lists that do not know a package" run
check "are brought up to date" called 'update$'
FAIL_FIRST=1 check "lists that name what is no longer there" run
check "are brought up to date, and it is tried again" same \
	"$(sed -n 's/.* \(install\|update\).*/\1/p' "$CALLS" | tr '\n' ' ')" "install update install "
export USER_ID=1000
SUDO_OK=0 check "not root, sudo works" run
check "uses it" called '^sudo$'
check "not root, no sudo: fails" fails 1 run
check "calls nothing" test ! -s "$CALLS"
check "prints the one command" out 'apt-get install -y --no-install-recommends gone old$'
unset DEPS_LIST
check "every line of the real list has a reason" same \
	"$(awk '!/^#/ && !/^\[/ && NF == 1' "$TOP/scripts/deps.list")" ""
finish
