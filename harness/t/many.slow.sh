#!/bin/bash
# SPDX-License-Identifier: MIT
# http_parallel against a server that leaves some requests without an answer: what ended badly is told at once and counts
# for more than silence, silence alone is a timeout, and both say how many were good.
set -u
. "$(dirname "$0")/tap.inc"
plan 6

serve() { # serve CASES: the n-th request for the file meets these branches of a case
	cat <<-EOF
		  - name: start
		    service:
		      name: lame
		      port: 80
		      ready: http
		      argv:
		        - sh
		        - -c
		        - |
		          cat >/tmp/answer <<'END'
		          #!/bin/sh
		          read -r method path rest
		          nth=1
		          while [ "\$path" = /4k.bin ] && ! mkdir /tmp/asked.\$nth 2>/dev/null; do nth=\$((nth + 1)); done
		          [ "\$path" != /4k.bin ] || case \$nth in
		          $1
		          esac
		          printf 'HTTP/1.1 200 OK\\r\\nContent-Length: 4096\\r\\n\\r\\n'
		          cat /srv/www/4k.bin
		          exec sleep 1000
		          END
		          chmod +x /tmp/answer
		          exec nc -ll -p 80 -e /tmp/answer
		    limit: 20s
	EOF
}
scenario() { # scenario NAME CASES LIMIT
	cat >"$T/$1.yaml" <<-EOF
		name: $1
		title: $1
		description: A server that does not answer everybody.
		lanes: [static]
		takes: 5s
		forward: [80]
		steps:
		$(serve "$2")
		  - name: many
		    http_parallel: {path: /4k.bin, connections: 6}
		    limit: $3
	EOF
	run "$H" run "$T/$1.yaml" --run-dir "$T/run-$1" --json
}

scenario bad '3) exec sleep 1000;; 5) exit;;' 60s
ok "one silent, one closed: exit status 1" status_is 1
ok "one silent, one closed: fail with the counts" out_has \
	'"fail".*expected 6 good answers, saw 4, 1 without an end; another: /4k.bin: expected status 200'
run "$H" report --format json "$T/run-bad"
ok "one silent, one closed: told long before the limit" python3 -c '
import json, sys
many = [r for r in json.load(open(sys.argv[1]))["cells"][0]["results"] if r["name"] == "many"]
sys.exit(not (len(many) == 1 and many[0]["end_us"] - many[0]["begin_us"] < 40e6))' "$T/out"

scenario silent '3) exec sleep 1000;;' 4s
ok "one silent: exit status 1" status_is 1
ok "one silent: timeout with the counts" out_has \
	'"timeout".*expected 6 good answers, saw 5, 1 without an end'
run "$H" report "$T/run-silent"
ok "one silent: nothing broken" bash -c '! grep -q broken "$1"' - "$T/out"
