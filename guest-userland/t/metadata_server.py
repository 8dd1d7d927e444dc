#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A metadata service for tests, good or hostile.

    metadata_server.py PLAN ADDRESS[:PORT]...

PLAN is a JSON file, read anew for each request: {"METHOD HOST PATH" or "METHOD PATH": ANSWER, …}, where ANSWER is a text
(status 200), a number (a status without a body), or an object with some of

    status, body, base64, headers {}       what is said
    needs {NAME: VALUE}                    else status 401
    raw                                    these bytes and nothing else
    act                                    "hang", "drip", "endless", "cut"

What is not in the plan is 404. Requests are told on standard output, one a line: METHOD HOST PATH STATUS. "ready" comes first.
"""
import base64
import http.server
import json
import socketserver
import sys
import threading
import time

PLAN = sys.argv[1]
LOCK = threading.Lock()


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 100


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def tell(self, status):
        with LOCK:
            print(self.command, self.headers.get("Host"), self.path, status, flush=True)

    def say(self, data):
        self.wfile.write(data)
        self.wfile.flush()

    def misbehave(self, how):
        self.close_connection = True
        self.tell(how)
        if how == "hang":
            self.rfile.read()
        elif how == "cut":
            self.say(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n#cloud-config\n")
        elif how == "drip":
            self.say(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
            while True:
                self.say(b"#")
                time.sleep(0.05)
        elif how == "endless":
            self.say(b"HTTP/1.1 200 OK\r\n\r\n#cloud-config\n")
            while True:
                self.say(b"# and more\n" * 1000)

    def serve(self):
        length = int(self.headers.get("Content-Length") or 0)
        self.rfile.read(length)
        with open(PLAN) as f:
            plan = json.load(f)
        host = (self.headers.get("Host") or "").split(":")[0]
        answer = plan.get(f"{self.command} {host} {self.path}", plan.get(f"{self.command} {self.path}", 404))
        if isinstance(answer, int):
            answer = {"status": answer}
        if isinstance(answer, str):
            answer = {"body": answer}
        for name, value in answer.get("needs", {}).items():
            if self.headers.get(name) != value:
                answer = {"status": 401}
        if "act" in answer:
            self.misbehave(answer["act"])
            return
        if "raw" in answer:
            self.close_connection = True
            self.tell("raw")
            self.say(answer["raw"].encode())
            return
        body = base64.b64decode(answer["base64"]) if "base64" in answer else answer.get("body", "").encode()
        self.tell(answer.get("status", 200))
        self.send_response(answer.get("status", 200))
        for name, value in answer.get("headers", {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.say(body)

    def do_GET(self):
        try:
            self.serve()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    do_PUT = do_POST = do_GET


servers = []
for where in sys.argv[2:]:
    address, _, port = where.partition(":")
    servers.append(Server((address, int(port or 80)), Handler))
for server in servers:
    threading.Thread(target=server.serve_forever, daemon=True).start()
print("ready", flush=True)
threading.Event().wait()
