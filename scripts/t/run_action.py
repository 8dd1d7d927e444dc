#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs what an action or a workflow says, as a runner would, and checks what can be checked without one.

  run_action.py check FILE.yml HARNESS     uses pinned, no expression inside a script, scripts pass bash -n and shellcheck,
                                           every option of harness in them is one; prints what is wrong, one a line
  run_action.py uses FILE.yml              each step that uses another action, one a line
  run_action.py inputs FILE.yml            names of the inputs, one a line
  run_action.py with FILE.yml              inputs that a workflow hands to harness, one a line
  run_action.py run action.yml DIR [INPUT=VALUE…]
      runs the shell steps in order, with files for GITHUB_OUTPUT and GITHUB_STEP_SUMMARY in DIR; steps that use other
      actions are printed as "uses NAME KEY=VALUE…". Exit status: of the first step that failed, else 0.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

import yaml


def steps_of(doc):
    if "runs" in doc:
        return doc["runs"]["steps"]
    return [s for job in doc["jobs"].values() for s in job["steps"]]


def evaluate(text, known):
    """The few expressions that these files have: a name, == '' and != '' of one, always(), and &&."""
    def value(word):
        word = word.strip()
        if word.startswith("'"):
            return word.strip("'")
        if word not in known:
            if not word.startswith("steps."):
                raise SystemExit(f"run_action.py: no value for {word!r}")
            return ""
        return known[word]

    def term(t):
        t = t.strip()
        if t == "always()":
            return True
        m = re.fullmatch(r"(.+?)\s*([!=]=)\s*(.+)", t)
        if m:
            return (value(m[1]) == value(m[3])) == (m[2] == "==")
        return value(t)

    parts = [term(t) for t in text.split("&&")]
    return parts[0] if len(parts) == 1 else all(parts)


def expand(text, known):
    return re.sub(r"\$\{\{(.*?)\}\}", lambda m: str(evaluate(m[1], known)), str(text))


def harness_words(script):
    """(verb, option) of every call, and of the options that are gathered for one."""
    calls = re.findall(r'(?:"\$HARNESS"|\bharness) ([a-z]+)((?:.|\\\n)*)', script)
    for verb, rest in calls:
        for option in re.findall(r"(?<![\w-])--([a-z][a-z-]*)", rest.split("||")[0].split(">>")[0]):
            yield verb, option
        if "options[@]" in rest:
            for added in re.findall(r"options\+?=\((.*?)\)", script):
                for option in re.findall(r"--([a-z][a-z-]*)", added):
                    yield verb, option


def check_script(name, script, harness):
    if "${{" in script:
        yield f"{name}: an expression inside the script: what it holds becomes a command"
    with tempfile.NamedTemporaryFile("w", suffix=".sh") as f:
        f.write("#!/bin/bash\nset -eo pipefail\n" + script)
        f.flush()
        for tool in (["bash", "-n"], ["shellcheck", "-s", "bash"]):
            if not shutil.which(tool[0]):
                continue
            p = subprocess.run(tool + [f.name], capture_output=True, text=True)
            if p.returncode:
                yield f"{name}: {tool[0]}: {p.stdout or p.stderr}"
    for verb, option in set(harness_words(script)):
        p = subprocess.run([harness, verb, "--help"], capture_output=True, text=True)
        if p.returncode or not re.search(rf"--{option}\b", p.stdout):
            yield f"{name}: harness {verb} has no --{option}"


def check(doc, harness):
    if not steps_of(doc):
        yield "no steps"
    for s in steps_of(doc):
        name = s.get("name", s.get("uses", "?"))
        if ("run" in s) == ("uses" in s):
            yield f"{name}: neither a script nor another action, or both"
        if "uses" in s and not re.fullmatch(r"actions/[\w-]+@v\d+|OWNER/harness@main", s["uses"]):
            yield f"{name}: {s['uses']} is not pinned"
        if "run" in s and s.get("shell") != "bash":
            yield f"{name}: without a shell of its own"
        if "run" in s:
            yield from check_script(name, s["run"], harness)


def run(doc, path, folder, given):
    inputs = {k: v.get("default", "") for k, v in doc["inputs"].items()}
    for word in given:
        key, value = word.split("=", 1)
        if key not in inputs:
            raise SystemExit(f"run_action.py: no input {key}")
        inputs[key] = value
    known = {f"inputs.{k}": v for k, v in inputs.items()}
    base = dict(os.environ, GITHUB_ACTION_PATH=os.path.dirname(os.path.abspath(path)), RUNNER_TEMP=folder,
                GITHUB_STEP_SUMMARY=os.path.join(folder, "summary.md"), CI="true", GITHUB_ACTIONS="true")
    failed = 0
    for s in doc["runs"]["steps"]:
        when = s.get("if", "")
        if (failed and "always()" not in when) or (when and not evaluate(when, known)):
            continue
        if "uses" in s:
            print("uses", s["uses"], *[f"{k}={expand(v, known)}" for k, v in s["with"].items()], flush=True)
            continue
        output = os.path.join(folder, "output")
        open(output, "w").close()
        env = dict(base, GITHUB_OUTPUT=output, **{k: expand(v, known) for k, v in s.get("env", {}).items()})
        status = subprocess.run(["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", s["run"]], env=env,
                                cwd=folder).returncode
        for line in open(output):
            key, _, value = line.rstrip("\n").partition("=")
            known[f"steps.{s['id']}.outputs.{key}"] = value
            print(f"output {s['id']}.{key}={value}", flush=True)
        failed = failed or status
    return failed


def main():
    what, path = sys.argv[1:3]
    with open(path) as f:
        doc = yaml.safe_load(f)
    if what == "check":
        wrong = list(check(doc, sys.argv[3]))
        print("\n".join(wrong))
        return bool(wrong)
    if what == "uses":
        print("\n".join(s["uses"] for s in steps_of(doc) if "uses" in s))
        return 0
    if what == "inputs":
        print("\n".join(doc["inputs"]))
        return 0
    if what == "with":
        print("\n".join(k for s in steps_of(doc) if "harness@" in s.get("uses", "") for k in s["with"]))
        return 0
    return run(doc, path, sys.argv[3], sys.argv[4:])


sys.exit(main())
