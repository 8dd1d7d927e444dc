#!/bin/bash
# SPDX-License-Identifier: MIT
# A console that is binary and a panic whose message is markup, terminal control, a command of CI and no UTF-8: one
# crash with a title, harmless in every format of a report. Two panics in one another. A console of 1 GiB on one line.
set -u
. "$(dirname "$0")/tap.inc"
F=$B/guest/fake
plan 24

probe() { # probe NAME KERNEL
	run "$H" probe --no-reference --no-snapshot --retries=0 --pace 100 --run-dir "$T/$1" --kernel "$F/$2.elf" eventfd_counter
}
# Controls but TAB and LF, bytes that are no UTF-8, and characters that reorder.
harmless() {
	python3 - "$1" <<'PY'
import sys
text = open(sys.argv[1], "rb").read().decode("utf-8")
bad = [c for c in text if (ord(c) < 0x20 and c not in "\n\t") or ord(c) == 0x7f or 0x80 <= ord(c) < 0xa0
       or c in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"]
sys.exit(f"{bad[:5]}" if bad or not text else 0)
PY
}
no_script() { ! grep -q '<script>alert' "$1"; }
parses() { # parses FORMAT FILE
	python3 - "$1" "$2" <<'PY'
import html.parser, json, sys, xml.dom.minidom
kind, path = sys.argv[1:]
text = open(path, encoding="utf-8").read()
class Page(html.parser.HTMLParser):
    scripts = 0
    def handle_starttag(self, tag, attrs):
        self.scripts += tag == "script" and "alert(1)" in text[self.getpos()[1]:][:80]
        assert not any(k.startswith("on") for k, _ in attrs), attrs
if kind == "json":
    json.loads(text)
elif kind == "junit":
    xml.dom.minidom.parseString(text)
elif kind == "html":
    Page().feed(text)
elif kind == "markdown":
    assert "\n::" not in text
PY
}

probe hostile runhostile
ok "hostile: status 1" status_is 1
cp "$T/out" "$T/seen"
ok "hostile: one crash with its title" out_has 'panic: .*alert\(N\).*'
ok "hostile: on a terminal" harmless "$T/seen"
ok "hostile: progress and messages" harmless "$T/err"
for format in text json ktap junit markdown html; do
	run "$H" report --verbose --format=$format --output="$T/page.$format" "$T/hostile"
	ok "hostile: $format is harmless" harmless "$T/page.$format"
	case $format in json|junit|html) ok "hostile: $format parses" parses $format "$T/page.$format" ;; esac
done
ok "hostile: no script in markup" no_script "$T/page.html"
ok "hostile: no script in Markdown" no_script "$T/page.markdown"
ok "hostile: no command of CI" parses markdown "$T/page.markdown"

run "$H" boot --boot-limit 20 --run-dir "$T/boot" --kernel "$F/hostile.elf"
ok "hostile: boot tells its verdict" err_has 'crash: panic: .*alert'
ok "hostile: boot's own words are harmless" harmless "$T/err"

probe two runtwo
ok "two panics: status 1" status_is 1
ok "two panics: the case has a crash" out_has 'crash +eventfd_counter'
ok "two panics: the evidence is marked as mixed up" grep -qa 'corrupted: the text is cut or mixed' "$T/two/run.db"

# The log is a gibibyte without a line end, the report reads its ends.
truncate -s 1G "$T/hostile/cells/1/boot1/console.log"
begin=$SECONDS
run bash -c 'ulimit -v 1000000; exec "$1" report --verbose --format=html --output="$2" "$3"' - "$B/bin/harness" \
	"$T/huge.html" "$T/hostile"
ok "1 GiB on one line: reported in bounded memory" test -s "$T/huge.html"
ok "1 GiB on one line: in time" test $((SECONDS - begin)) -le 20
ok "1 GiB on one line: the page stays small" test "$(stat -c %s "$T/huge.html")" -lt 2000000
