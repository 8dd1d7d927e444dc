# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Completion of harness for bash. Names of probes, scenarios, profiles, lanes and formats are asked of the very
# program that stands on the command line, so that they are those of its checkout.

# _harness_list PROGRAM WHAT: the first word of each line.
_harness_list() {
	local program=$1

	# The shell does no tilde expansion on a word that it completes.
	# shellcheck disable=SC2088
	case $program in "~/"*) program=$HOME/${program#"~/"} ;; esac
	"$program" list "$2" 2>/dev/null | sed 's/ .*//'
}

# Options of a verb, those with "=" want a value.
_harness_options() {
	local boot="--kernel= --initrd= --profile= --accel= --append= --cpus= --pace= --boot-limit= --lane= --run-dir="
	local common="$boot --no-reference --repeat= --retries= --expect= --jobs= --shard= --no-snapshot --fresh --json --quiet --no-gate"

	echo "--help --usage --version"
	case $1 in
	check) echo "$common" ;;
	probe) echo "$common --bisect" ;;
	run) echo "$common --schema --bisect" ;;
	suite) echo "$common --format= --runtest= --allow= --block= --env= --filter= --limit= --per-binary" ;;
	boot) echo "$boot --shell --gdb" ;;
	exec) echo "$boot --both --limit=" ;;
	mutate) echo "--min-score= --survivors= --side-by-side= --accel= --run-dir= --json --quiet" ;;
	report) echo "--format= --output= --verbose" ;;
	merge) echo "--partial --json --no-gate" ;;
	compare) echo "--format= --output= --only= --verbose" ;;
	history) echo "--format= --last= --only= --output= --verbose" ;;
	image) echo "--for= --kernel= --initrd= --append= --format= --table= --size= --output= --limit=" ;;
	gate) echo "--baseline= --expect= --bisect --format= --output= --only= --verbose --history=" ;;
	esac
}

# _harness_words WORDS: those that begin with $cur, as they are, never expanded.
_harness_words() {
	local word words

	IFS=$' \t\n' read -r -d '' -a words <<<"$1" || true
	for word in "${words[@]}"; do
		[[ $word != "$cur"* ]] || COMPREPLY+=("$word")
	done
}

_harness_files() {
	compopt -o filenames 2>/dev/null
	mapfile -t COMPREPLY < <(compgen "$1" -- "$cur")
}

# _harness_value PROGRAM VERB OPTION: false when OPTION takes no value.
_harness_value() {
	case $3 in
	--kernel | -k | --initrd) _harness_files -f ;;
	--output | --survivors | --runtest | --allow | --block) _harness_files -f ;;
	--run-dir | --history) _harness_files -d ;;
	-o) if [[ $2 == report || $2 == compare || $2 == gate || $2 == history || $2 == image ]]; then _harness_files -f; else _harness_files -d; fi ;;
	--profile) _harness_words "$(_harness_list "$1" profiles)" ;;
	--lane | -l) _harness_words "$(_harness_list "$1" lanes)" ;;
	--baseline | -b | --expect) _harness_files -f ;;
	--format | -f)
		case $2 in
		suite) _harness_words "auto ltp gtest ktap kselftest exit" ;;
		compare | gate) _harness_words "text json markdown github junit" ;;
		history) _harness_words "text json markdown" ;;
		image) _harness_words "raw qcow2 vhd vmdk" ;;
		*) _harness_words "$(_harness_list "$1" formats)" ;;
		esac
		;;
	--accel) _harness_words "auto kvm tcg" ;;
	--for) _harness_words "qemu tencent aliyun huawei baidu" ;;
	--table) _harness_words "mbr gpt" ;;
	--jobs | -j) _harness_words auto ;;
	--append | --cpus | --pace | --boot-limit | --retries | --shard | --repeat | --limit | --filter | --only | --last | -n | --min-score | --side-by-side | --size) ;;
	*) return 1 ;;
	esac
}

# _harness_argument PROGRAM VERB
_harness_argument() {
	case $2 in
	probe | mutate) _harness_words "$(_harness_list "$1" probes)" ;;
	run)
		_harness_files -f
		_harness_words "all $(_harness_list "$1" scenarios)"
		;;
	exec) _harness_files -f ;;
	report | suite | merge) _harness_files -d ;;
	compare | gate | history) _harness_files -f ;;
	list) _harness_words "probes scenarios steps profiles lanes formats expect" ;;
	image)
		[[ " ${COMP_WORDS[*]} " != *" inspect "* && " ${COMP_WORDS[*]} " != *" try "* ]] || _harness_files -f
		_harness_words "list build inspect try"
		[[ " ${COMP_WORDS[*]} " != *" build "* ]] || _harness_words "$(_harness_list "$1" lanes)"
		;;
	esac
}

_harness() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local verbs="check probe run suite boot exec mutate report compare gate history merge list image doctor" verb=${COMP_WORDS[1]}

	COMPREPLY=()
	if [ "$COMP_CWORD" -eq 1 ]; then
		_harness_words "$verbs --help --version"
		return
	fi
	# "--lane=st" comes as three words.
	if [ "$cur" = "=" ]; then
		cur=
		! _harness_value "$1" "$verb" "$prev" || return 0
	elif [ "$prev" = "=" ]; then
		prev=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	! _harness_value "$1" "$verb" "$prev" || return 0
	if [[ $cur == -* ]]; then
		_harness_words "$(_harness_options "$verb")"
		[[ ${COMPREPLY[0]-} != *= ]] || compopt -o nospace 2>/dev/null
	else
		_harness_argument "$1" "$verb"
	fi
}

complete -F _harness harness
