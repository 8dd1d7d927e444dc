# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# A private apt beside the machine's own: same sources, keys and proxies, but lists and downloads
# below $CACHE/apt. It works without root and leaves the machine's configuration and lists alone.
# Packages are checked by apt against the archive's signed indexes.
#
# Only the distribution's own suites are taken over: a third party's source must neither be able to
# shadow a package nor to fail our update. Sourced after common.sh.

APT_MAX_AGE_MIN=1440
APT_ETC=${APT_ETC:-/etc/apt}

# The machine's one-line and deb822 sources, as deb822 stanzas of type $1 for suites $2*.
apt_sources() {
	local type=$1 code=$2 file

	for file in "$APT_ETC"/sources.list "$APT_ETC"/sources.list.d/*.list; do
		[ -r "$file" ] || continue
		awk -v type="$type" -v code="$code" '
			$1 != "deb" { next }
			{
				opt = ""
				sub(/#.*/, "")
				if (match($0, /\[[^]]*\]/)) {
					opt = substr($0, RSTART + 1, RLENGTH - 2)
					$0 = substr($0, 1, RSTART - 1) substr($0, RSTART + RLENGTH)
				}
				if (index($3, code) != 1 || $0 !~ / main( |$)/)
					next
				if (substr($3, length(code) + 1) !~ /^(|-updates|-security|\/updates)$/)
					next
				print "Types: " type "\nURIs: " $2 "\nSuites: " $3 "\nComponents: main"
				if (match(opt, /signed-by=[^ ]+/))
					print "Signed-By: " substr(opt, RSTART + 10, RLENGTH - 10)
				print ""
			}' "$file"
	done
	for file in "$APT_ETC"/sources.list.d/*.sources; do
		[ -r "$file" ] || continue
		awk -v type="$type" -v code="$code" '
			function flush(   i, n, s, keep) {
				n = split(suites, s, " ")
				for (i = 1; i <= n; i++)
					if (index(s[i], code) == 1 &&
					    substr(s[i], length(code) + 1) ~ /^(|-updates|-security|\/updates)$/)
						keep = keep " " s[i]
				if (keep != "" && on && deb && (" " comps " ") ~ / main /)
					print "Types: " type "\nURIs: " uris "\nSuites:" keep \
						"\nComponents: main" signed "\n"
				uris = suites = comps = signed = ""; on = 1; deb = 0; in_key = 0
			}
			BEGIN { on = 1 }
			/^#/ { next }
			/^[ \t]*$/ { flush(); next }
			/^[ \t]/ { if (in_key) signed = signed "\n" $0; next }
			{
				name = tolower($0); sub(/:.*/, "", name)
				value = $0; sub(/^[^:]*:[ \t]*/, "", value)
				in_key = name == "signed-by"
				if (name == "types") deb = (" " value " ") ~ / deb /
				else if (name == "uris") uris = value
				else if (name == "suites") suites = value
				else if (name == "components") comps = value
				else if (name == "enabled") on = tolower(value) != "no"
				else if (in_key) signed = "\nSigned-By: " value
			}
			END { flush() }' "$file"
	done
}

# What the machine says about reaching the archive: proxies, address families, dates.
apt_acquire() {
	apt-config dump | grep -E '^Acquire::(https?|tor|Check-|Force)' || true
}

# A configuration of its own, so that no hook of the machine's apt is run by ours.
apt_config() {
	{
		apt_acquire
		cat <<-EOF
			Dir::Etc::main "/dev/null";
			Dir::Etc::parts "/dev/null";
			Dir::Etc::sourcelist "/dev/null";
			Dir::Etc::sourceparts "$1/sources.d";
			Dir::State::lists "$1/lists";
			Dir::State::status "$1/status";
			Dir::Cache "$1/cache";
			APT::Sandbox::User "";
			APT::Architecture "amd64";
			APT::Architectures { "amd64"; };
			Acquire::Languages "none";
			Acquire::Retries "2";
			Acquire::GzipIndexes "true";
		EOF
	} >"$1/apt.conf.$$"
	mv "$1/apt.conf.$$" "$1/apt.conf"
}

# apt_setup deb|deb-src: APT becomes the command to use; lists are brought up to date when they are
# missing, old, or for other sources. An archive out of reach is fatal only when nothing is cached.
apt_setup() {
	local type=$1 dir=$CACHE/apt/$1 code

	need apt-get flock
	# shellcheck source=/dev/null
	code=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
	[ -n "$code" ] || die "/etc/os-release names no release" "this build needs Debian 12"
	mkdir -p "$dir"/{sources.d,lists/partial,cache/archives/partial}
	: >"$dir/status"
	apt_sources "$type" "$code" >"$dir/new.$$"
	[ -s "$dir/new.$$" ] ||
		die "no package source for $code main on this machine" "add one to /etc/apt/sources.list"
	apt_config "$dir"
	APT=(env "APT_CONFIG=$dir/apt.conf" apt-get -qq)
	APT_SOURCES=$dir/sources.d/main.sources
	if ! cmp -s "$dir/new.$$" "$APT_SOURCES"; then
		mv "$dir/new.$$" "$APT_SOURCES"
		rm -f "$dir/updated"
	fi
	rm -f "$dir/new.$$"
	if [ -z "$(find "$dir/updated" -mmin -$APT_MAX_AGE_MIN 2>/dev/null)" ]; then
		apt_update "$type"
	fi
}

apt_update() {
	local dir=$CACHE/apt/$1 fd

	exec {fd}>"$dir/update.lock"
	flock "$fd"
	if [ -n "$(find "$dir/updated" -mmin -1 2>/dev/null)" ]; then
		exec {fd}>&-
		return
	fi
	say APT "package lists ($1)"
	if "${APT[@]}" update >"$dir/update.log" 2>&1 9>&- {fd}>&- && ! grep -q '^[EW]: Failed' "$dir/update.log"; then
		touch "$dir/updated"
	elif compgen -G "$dir/lists/*_InRelease" >/dev/null; then
		say NOTE "package lists could not be refreshed, going on with the old ones"
	else
		tail -n 5 "$dir/update.log" >&2
		die "cannot fetch package lists" "check the network and /etc/apt, then try again"
	fi
	exec {fd}>&-
}

apt_cache() {
	"${APT[@]:0:2}" apt-cache "$@"
}

# apt_try DIR COMMAND...: one apt-get download/source command, run in DIR.
apt_try() {
	local dir=$1

	shift
	(cd "$dir" && "${APT[@]}" "$@" >fetch.log 2>&1 9>&-)
}

# apt_fetch DIR COMMAND...: the same, and once more with fresh lists: old ones name files that the
# archive has replaced since.
apt_fetch() {
	apt_try "$@" && return
	apt_update deb
	apt_try "$@" && return
	tail -n 5 "$1/fetch.log" >&2
	die "cannot fetch: ${*:2}" "check the network and the free space on $CACHE, then try again"
}
