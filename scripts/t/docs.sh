#!/bin/bash
# SPDX-License-Identifier: MIT
# The documents against the program and the tree: man page and completions know every verb and option and no
# other, what a page links to or names is there, and an installation works where it was put.
. "$(dirname "$0")/../../guest-userland/lib/tap.sh"
cd "$TOP" || exit 1

B=${B:-build}
H=$(realpath "$B/bin/harness")
MAN=docs/harness.1
BASH_WORDS=scripts/completion/harness.bash
ZSH_WORDS=scripts/completion/_harness
PAGES=(README.md docs/en/*.md)
# What a page tells its reader to make, and what is to come.
NOT_YET='syscall-tests/calls/file/pwrite_keeps_position.c scenarios/my-scenario.yaml kernel-patches/'
[ -x "$H" ] || skip_all "no $B/bin/harness: run make"

# options VERB: its long options, one a line.
options() {
	"$H" "$1" --help | sed -nE 's/^ {2,6}(-.,? *)?--([a-z][a-z-]*).*/\2/p' | sort -u
}

# man_options NAME: the long options that the man page's subsection NAME tells of.
man_options() {
	awk -v want="$1" '/^\.S[sh]/ { inside = $0 == ".Ss " want || $0 == ".Sh " want }
		inside && /^\.It/' $MAN | grep -oE 'Fl -[a-z-]+' | sed 's/^Fl -//' | sort -u
}

# In a subshell for each verb: completion has globals.
bash_options() {
	bash -c '. "$1"; _harness_options "$2"' - $BASH_WORDS "$1" | tr -s ' \t\n' '\n' |
		sed -n 's/^--//; s/=$//; /./p' | sort -u
}

# What the man page tells of VERB in all: of every verb, of this one, of those that boot.
man_all() {
	local common= run=

	# An option that just the verbs with common options have.
	! options "$1" | grep -qx boot-limit || common='Common options'
	! options "$1" | grep -qx no-reference || run='Run options'
	{
		man_options VERBS
		man_options "$1"
		[ -z "$common" ] || man_options "$common"
		[ -z "$run" ] || man_options "$run"
	} | sort -u
}

zsh_knows() {
	local o

	for o in $(options "$1"); do
		grep -qE -- "--${o}[]=[{}' ]" $ZSH_WORDS || { echo "--$o" && return 1; }
	done
}

# complete WORDS...: what bash offers for the last one.
complete_words() {
	bash -c '. "$1"; shift; COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _harness "$1"
		printf "%s\n" "${COMPREPLY[@]}"' - $BASH_WORDS "$@" 2>/dev/null
}

# Each link to a file, as "PAGE TARGET".
links() {
	local page

	for page in "${PAGES[@]}"; do
		grep -oE '\]\([^)]+\)' "$page" | sed -E 's/^\]\(//; s/\)$//; s/#.*//' |
			grep -vE '^([a-z]+:.*)?$' | sed "s|^|$page |"
	done
}

dead_links() {
	links | while read -r page target; do
		[ -e "$(dirname "$page")/$target" ] || echo "$page: $target"
	done
}

# Paths below the source folders ("harness/wire/frame" stands for .c and .h); one that goes on with "<" or "*" is a pattern, no name.
named_paths() {
	# Not a part of a longer path, nor of an address.
	grep -oE '(^|[^A-Za-z0-9_./-])(harness|docs|scripts|guest-userland|syscall-tests|scenarios|kernel-patches)/[A-Za-z0-9_./-]*[<*{]?' "$@" |
		sed -E 's/^([^:]*:)[^a-z]*/\1/' | grep -v '[<*{]$' | sed -E 's/[.]+$//'
}

missing_paths() {
	named_paths /dev/null "${PAGES[@]}" $MAN | while IFS=: read -r page path; do
		[[ " $NOT_YET " == *" $path "* ]] || [ -e "$path" ] || compgen -G "$path.*" >/dev/null || echo "$page: $path"
	done
}

# Bare names of sources ("main.c"), wherever they stand in the tree.
missing_names() {
	find . -path "./$(basename "$B")" -prune -o -path ./.git -prune -o -type f -printf '%f\n' | sort -u >"$T/names"
	grep -oE '[A-Za-z0-9_<>*/.-]+\.(c|h|S|sh|mk|yaml|exp|py|inc|list)\b' /dev/null "${PAGES[@]}" |
		grep -v '[<>*]' | while IFS=: read -r page path; do
		[[ " $NOT_YET " == *"$path "* ]] || grep -qx -- "${path##*/}" "$T/names" || echo "$page: $path"
	done
}

# installed WORDS...: the installed program, with nothing of the checkout around it.
installed() {
	(cd "$T" && exec /usr/bin/env -i PATH="$PATH" HOME="$T/home" "$T/x/usr/bin/harness" "$@")
}

install_it() {
	env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make -s install B="$B" DESTDIR="$T/x" PREFIX=/usr
}

mapfile -t verbs < <("$H" --help | sed -nE 's/^  ([a-z]+) +.*/\1/p')
check "harness --help names verbs" test ${#verbs[@]} -ge 9
for v in "${verbs[@]}"; do
	check "$v: in the man page" grep -qx "\.Ss $v" $MAN
	check "$v: --help names options" test "$(options "$v" | wc -l)" -ge 3
	check "$v: the man page has its options and no other" same "$(man_all "$v")" "$(options "$v")"
	check "$v: completed by bash" same "$(complete_words "$H" "$v")" "$v"
	check "$v: bash has its options and no other" same "$(bash_options "$v")" "$(options "$v")"
	check "$v: completed by zsh" grep -qE "^[[:space:]]*$v\)" $ZSH_WORDS
	check "$v: zsh has its options" zsh_knows "$v"
	check "$v: described by zsh" grep -qE "^[[:space:]]*'$v:" $ZSH_WORDS
done
check "no verb in the man page that is none" same "$(awk '/^\.Sh VERBS/ { v = 1; next } /^\.Sh/ { v = 0 }
	v && /^\.Ss [a-z]/ { print $2 }' $MAN | sort)" "$(printf '%s\n' "${verbs[@]}" | sort)"
check "bash asks for the names of probes" same "$(complete_words "$H" probe epoll_pwait2_)" epoll_pwait2_timeout
check "bash asks for scenarios" same "$(complete_words "$H" run ssh-login-dropb)" ssh-login-dropbear
check "bash completes a value behind =" same "$(complete_words "$H" check --profile = drag)" dragonos
check "bash completes a value of its own word" same "$(complete_words "$H" report -f jun)" junit
if command -v groff >/dev/null; then
	check "the man page renders" groff -mdoc -Tutf8 -ww $MAN
	check "without a warning" same "$(groff -mdoc -Tutf8 -ww $MAN 2>&1 >/dev/null)" ""
else
	skip_case "the man page renders" "no groff"
	skip_case "without a warning" "no groff"
fi

check "pages have links" test "$(links | wc -l)" -ge 5
check "each leads to a file" same "$(dead_links)" ""
check "pages name paths" test "$(named_paths /dev/null "${PAGES[@]}" | wc -l)" -ge 20
check "each is there" same "$(missing_paths)" ""
check "each source named is there" same "$(missing_names)" ""

check "make install" install_it
check "the installed program lists" installed list
check "and its probes" same "$(installed list probes)" "$("$H" list probes)"
check "and its scenarios" same "$(installed list scenarios)" "$("$H" list scenarios)"
check "no test is installed" same "$(find "$T/x" -path '*/t/*' -o -name '*_test*' -o -name tap.sh)" ""
check "probe --help" installed probe --help
installed doctor >"$T/doctor" 2>&1
check "doctor goes through all its checks" grep -q '^[a-zA-Z]* *room ' "$T/doctor"
PATH=/nonexistent installed doctor >"$T/doctor" 2>&1
check "without QEMU doctor names a command" grep -qx " *→ $T/x/usr/lib/harness/scripts/deps.sh" "$T/doctor"
check "and that is there" test -x "$T/x/usr/lib/harness/scripts/deps.sh"
check "each script that makes what boots can be executed" same \
	"$(cd "$T/x/usr/lib/harness" && find guest-userland scripts -type f -perm -u+x | sort)" \
	"$(find guest-userland scripts/deps.sh -type f -perm -u+x ! -path 'guest-userland/t/*' ! -path 'guest-userland/bench/*' | sort)"
check "the man page is installed" test -s "$T/x/usr/share/man/man1/harness.1"
finish
