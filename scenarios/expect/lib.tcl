# SPDX-License-Identifier: MIT
# Shared by the terminal scripts. Each is run as
#
#   expect -f NAME.exp PORT USER KEY KNOWN_HOSTS SECONDS
#
# and ends with one line on stdout: "pass", or "fail: expected …, saw …", or "timeout: …", or
# "broken: …" (exit status 0, 1, 4, 3). Between expected words stand two quotation marks where a
# command is typed (RE""ADY), so that the echo of the command is not taken for its output, nor for
# the prompt.

set timeout -1
log_user 0
match_max 100000
set stty_init "rows 24 columns 80"
# A terminal without tricks: no bracketed paste, no colours.
set env(TERM) dumb

proc say {code words} {
	puts $words
	exit $code
}

if {[llength $argv] != 5} {
	say 3 "broken: usage: PORT USER KEY KNOWN_HOSTS SECONDS"
}
lassign $argv port user key known_hosts seconds
set deadline [expr {[clock milliseconds] + int($seconds * 1000)}]
set transcript ""

proc left {} {
	global deadline
	set ms [expr {$deadline - [clock milliseconds]}]
	return [expr {$ms > 0 ? ($ms + 999) / 1000 : 0}]
}

# What came last, on one line.
proc seen {} {
	global expect_out
	set text [expr {[info exists expect_out(buffer)] ? $expect_out(buffer) : ""}]
	regsub -all {[\x00-\x1f\x7f]+} $text " " text
	return [string range $text end-160 end]
}

# Wait for a pattern; what says in words what it stands for.
proc await {pattern what} {
	global expect_out spawn_id
	expect {
		-timeout [left]
		-re $pattern { return }
		timeout {
			# Let the rest be seen in the message.
			expect -timeout 0 -re ".+" {}
			say 4 "timeout: expected $what, saw \"[seen]\""
		}
		eof { say 1 "fail: expected $what, saw the end of the session after \"[seen]\"" }
	}
}

proc type {text} {
	send -- "$text"
}

# Type a command and wait for its output; the prompt without it is a wrong answer.
proc run {command pattern what} {
	global expect_out spawn_id
	type "$command\r"
	expect {
		-timeout [left]
		-re $pattern { return }
		-re {rdy> $} { say 1 "fail: expected $what, saw \"[seen]\"" }
		timeout {
			expect -timeout 0 -re ".+" {}
			say 4 "timeout: expected $what, saw \"[seen]\""
		}
		eof { say 1 "fail: expected $what, saw the end of the session after \"[seen]\"" }
	}
}

proc login {} {
	global port user key known_hosts spawn_id spawn_out slave pid
	set pid [spawn ssh -tt -F none -p $port -o UserKnownHostsFile=$known_hosts \
		-o GlobalKnownHostsFile=/dev/null -o StrictHostKeyChecking=yes -o UpdateHostKeys=no \
		-o IdentitiesOnly=yes -o IdentityAgent=none -o IdentityFile=$key \
		-o PreferredAuthentications=publickey -o BatchMode=yes -o LogLevel=ERROR \
		-o EscapeChar=none $user@127.0.0.1]
	set slave $spawn_out(slave,name)
	# The shell may print a greeting and its own prompt first.
	await {[$#>] ?$} "a shell's prompt"
	# The echo may come in pieces, and one that ends in the prompt's own words would be taken for it.
	run "PS1='rd''y> '; echo RE\"\"ADY" {READY\r\n} "the shell to answer"
	await {rdy> $} "the new prompt"
}

# Leave, and see that the status arrives.
proc logout {} {
	global spawn_id
	type "exit 3\r"
	expect {
		-timeout [left]
		eof {}
		timeout { say 4 "timeout: expected the end of the session after exit, saw \"[seen]\"" }
	}
	lassign [wait] wpid sid os status
	if {$os != 0 || $status != 3} {
		say 1 "fail: expected exit status 3 of the session, saw $status"
	}
	say 0 "pass"
}
