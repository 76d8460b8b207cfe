# Completion for bash. The options come from each program's -h, so that there is only one list of them.

_rr_options()
{
	"$1" -h 2>&1 | awk '{
		while (match($0, /(^|[^A-Za-z0-9-])--?[A-Za-z][A-Za-z-]*/)) {
			word = substr($0, RSTART, RLENGTH)
			sub(/^[^-]*/, "", word)
			if (word ~ /^--/)
				print word
			else
				for (i = 2; i <= length(word); i++)
					print "-" substr(word, i, 1)
			$0 = substr($0, RSTART + RLENGTH)
		}
	}' | sort -u
}

_rr_trace()
{
	local word=$2

	case $word in
	-*) mapfile -t COMPREPLY < <(compgen -W "$(_rr_options "$1")" -- "$word") ;;
	*) mapfile -t COMPREPLY < <(compgen -d -- "$word") ;;
	esac
}

_rr_pack()
{
	local word=$2

	case $3:$word in
	-o:* | -x:*) mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
	*:-*) mapfile -t COMPREPLY < <(compgen -W "$(_rr_options "$1")" -- "$word") ;;
	*) mapfile -t COMPREPLY < <(compgen -d -- "$word") ;;
	esac
}

_rr_record()
{
	local i prepare takes='-c -o --chdir --counter --cpu --cpu-features --env --print-trace-dir --seed'

	[ "$1" != rr-hunt ] || takes='-j -n -o -S -s --seed'
	# The command begins at the first word that is neither an option nor an option's argument.
	for ((i = 1; i < COMP_CWORD; i++)); do
		case " $takes " in
		*" ${COMP_WORDS[i]} "*) i=$((i + 1)); continue ;;
		esac
		case ${COMP_WORDS[i]} in
		--) i=$((i + 1)); break ;;
		--prepare) prepare=yes ;;
		-*) ;;
		*) break ;;
		esac
	done
	if [ "$prepare" ] && [[ $2 != -* ]]; then
		mapfile -t COMPREPLY < <(compgen -f -- "$2")
	elif ((i < COMP_CWORD)) && declare -F _command_offset > /dev/null; then
		_command_offset "$i"
	elif ((i < COMP_CWORD)); then
		mapfile -t COMPREPLY < <(compgen -f -- "$2")
	else
		case $3:$2 in
		-o:* | --chdir:*) mapfile -t COMPREPLY < <(compgen -d -- "$2") ;;
		*:-*) mapfile -t COMPREPLY < <(compgen -W "$(_rr_options "$1")" -- "$2") ;;
		*) mapfile -t COMPREPLY < <(compgen -c -- "$2") ;;
		esac
	fi
}

_rr_gdb()
{
	local i

	# Arguments after -- are for gdb.
	for ((i = 1; i < COMP_CWORD; i++)); do
		if [ "${COMP_WORDS[i]}" = -- ]; then
			mapfile -t COMPREPLY < <(compgen -f -- "$2")
			return
		fi
	done
	case $3 in
	-d | --gdb) mapfile -t COMPREPLY < <(compgen -c -- "$2") ;;
	-e | -f | -p) COMPREPLY=() ;;
	-s) mapfile -t COMPREPLY < <(compgen -f -- "$2") ;;
	*) _rr_trace "$@" ;;
	esac
}

complete -o filenames -F _rr_record rr-record rr-hunt
complete -o filenames -F _rr_gdb rr-gdb
complete -o filenames -F _rr_trace rr-replay rr-verify rr-dump
complete -o filenames -F _rr_pack rr-pack
