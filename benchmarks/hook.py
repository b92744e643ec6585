"""What capsa's hook adds to a prompt and to a change of folder, in each shell, beside a hook that starts one process.

    PYTHONPATH=src .dev/bin/python benchmarks/hook.py [--shells bash zsh] [--rounds 9]

A round starts every shell once without a hook, once with capsa's, once with it and a long list, once with a hook that
runs `true` at each prompt, in an order of its own. Each start is interactive and runs loops of its own language, timed
by its own clock: a prompt is what the shell would call before it shows one, a change is `cd` and a prompt. What a hook
adds is the difference to the shell without one in the same round; the median of the rounds is told, and the least.
`strace` counts processes and files of other loops, again less those of a shell without a hook.
"""

import argparse
import os
import pty
import random
import re
import shutil
import statistics
import sys
import tempfile
import time

from capsa.machine.trust import trust_folder
from capsa.shell.csh import csh_list
from capsa.shell.hook import HOOKS, hook_text, kept_line

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OWN = f"{ROOT}/.dev/shells/bin:{ROOT}/.dev/shells/node_modules/@nushell/linux-x64/bin"
KINDS = ("none", "capsa", "long list", "process")
INVENTED = 200  # other entries of the long list
STARTS = 3  # for each count of strace
WARM_UP = 20
LOOPS = {"prompt": 1000, "change": 100, "inside": 100, "step": 50}
PROCESS_LOOPS = {"prompt": 100, "change": 50, "inside": 50, "step": 50}

# How each shell is started on a file, how it loops, and what it does before it shows a prompt. A hook's text stands
# first, then {head}; what is measured is written to the file {out} as a label and two times of day in seconds.
POSIX_LOOP = 'a={now}; for ((i = 0; i < {n}; i++)); do {body}; done; echo "{label} $a {now}" >>{out}'
SHELLS = {
    "bash": {
        "start": ["bash", "--noprofile", "--norc", "-ic", ". {file}"],
        "head": 'ready () { local c; for c in "${PROMPT_COMMAND[@]}"; do eval "$c"; done; }',
        "process": "PROMPT_COMMAND=/bin/true",
        "prompt": "ready",
        "loop": POSIX_LOOP.replace("{now}", "$EPOCHREALTIME"),
    },
    "zsh": {
        "start": ["zsh", "-d", "-f", "-ic", ". {file}"],
        "head": "zmodload zsh/datetime; ready () { local f; for f in $precmd_functions; do $f; done; }",
        "process": "truth () { /bin/true; }; precmd_functions=(truth)",
        "prompt": "ready",
        "loop": POSIX_LOOP.replace("{now}", "$EPOCHREALTIME"),
    },
    "ksh": {
        "start": ["ksh93", "-ic", ". {file}"],
        "head": "typeset -F6 SECONDS; case ${PS1-} in *'$'*) ;; *) PS1=; esac",
        "process": "PS1='${ /bin/true; }'",
        "prompt": 'eval ": \\"$PS1\\""',
        "loop": POSIX_LOOP.replace("{now}", "$SECONDS"),
    },
    "fish": {
        "start": ["fish", "--no-config", "-ic", "source {file}"],
        "head": "",
        "process": "function truth --on-event fish_prompt; /bin/true; end",
        "prompt": "emit fish_prompt",
        "loop": "set a (date +%s.%N); for i in (seq {n}); {body}; end; echo {label} $a (date +%s.%N) >>{out}",
    },
    "tcsh": {
        "start": ["tcsh", "-f", "-c", "set prompt; source {file}"],
        "head": 'set ready = "`alias precmd`"\nif ("x$ready:q" == x) alias precmd :',
        "process": "alias precmd /bin/true",
        "prompt": "precmd",
        "between": "\n",
        "loop": "set a = `date +%s.%N`\nforeach i (`seq {n}`)\n{body}\nend\necho {label} $a `date +%s.%N` >>{out}",
    },
    "nu": {
        "start": ["nu", "--no-config-file", "-i", "-c", "source {file}"],
        "head": "",
        "process": "$env.config.hooks.pre_prompt = [{|| ^/bin/true }]",
        "prompt": "for h in ($env.config.hooks.pre_prompt? | default []) {{ do --env $h }}",
        "moved": "for h in ($env.config.hooks.env_change.PWD? | default []) {{ do --env $h $env.OLDPWD? $env.PWD }}",
        "tell": "^env | save --append {out}",
        "loop": "let a = (date now | into int)\nfor i in 1..{n} {{ {body} }}\n"
        "$'{label} ($a / 1e9) ((date now | into int) / 1e9)\n' | save --append {out}",
    },
    "elvish": {
        "start": ["elvish", "-db", "/dev/null/db", "-sock", "/dev/null/sock", "-rc", "{file}"],
        "head": "",
        "process": "set edit:before-readline = [{ e:true }]",
        "prompt": "for f $edit:before-readline {{ $f }}",
        "loop": "var a = (date +%s.%N)\nrange {n} | each {{|i| {body} }}\necho {label} $a (date +%s.%N) >>{out}",
        "end": "exit",
    },
    "xonsh": {
        "start": ["xonsh", "--no-rc", "-i", "-c", "source -e {file}"],
        "head": "import time\nfrom xonsh.dirstack import cd as go",
        "process": "@events.on_pre_prompt\ndef truth(**_):\n    $[/bin/true]\n",
        "prompt": "events.on_pre_prompt.fire()",
        "cd": "go(['{path}'])",  # the word `cd` itself takes 6 ms, which would hide what is measured
        "between": "\n    ",
        "loop": "a = time.time()\nfor i in range({n}):\n    {body}\n"
        "with open('{out}', 'a') as stream:\n    print('{label}', a, time.time(), file=stream)\n",
    },
}


class Place:
    """The folders in which shells go about, and the lists of trusted projects; all below one folder."""

    def __init__(self, base):
        deep = f"{base}/a/b/c/d"  # with one more below it these are seven levels, where the base is two
        self.base, self.one, self.two, self.outside = base, f"{deep}/one", f"{deep}/two", f"{base}/outside"
        self.project, self.inner = f"{base}/project", f"{base}/project/src"
        self.box = f"{self.project}/.venv"
        for folder in (self.one, self.two, self.outside, self.inner, f"{base}/home"):
            os.makedirs(folder)
        self.variables = {"PATH": f"{OWN}:/usr/bin:/bin", "HOME": f"{base}/home", "LC_ALL": "C.UTF-8", "TERM": "dumb"}

    def furnish(self):
        """Make what a hook sees of a box, and the two lists: one with that project alone, one with others before it."""
        os.makedirs(f"{self.box}/bin")
        os.makedirs(f"{self.box}/.capsa")
        row = ("0123456789abcdef" * 2, self.project, "project")
        with open(f"{self.box}/.capsa/id", "w") as stream:
            stream.write(f"{row[0]}\n")
        others = [(f"{number:032x}", f"/srv/project-{number}", f"project-{number}") for number in range(INVENTED)]
        for kind, rows in (("capsa", [row]), ("long list", [*others, row])):
            folder = self.trusted(kind)
            os.makedirs(folder, mode=0o700)
            with open(f"{folder}/list", "w") as stream:
                stream.writelines("\t".join(fields) + "\n" for fields in rows)
            with open(f"{folder}/list.csh", "w") as stream:
                stream.write(csh_list(rows))

    def trusted(self, kind):
        """Return the folder of the list that a kind of hook reads."""
        return trust_folder(f"{self.base}/{kind.replace(' ', '-')}")

    def bodies(self):
        """Return {label: the folders through which one turn of a loop goes}; none is a prompt where one is."""
        return {
            "prompt": [""],
            "change": [self.one, self.two],
            "inside": [self.inner, self.project],
            "step": [self.project, self.outside],
        }

    def starts(self):
        """Return {label: the folder in which a loop begins}."""
        return {"prompt": self.one, "change": self.two, "inside": self.project, "step": self.outside}


def script(place, shell, kind, loops, out):
    """Return what one start of a shell runs: the hook, each loop from its folder, and what tells what is active."""
    says = SHELLS[shell]
    hook = ""
    if kind == "process":
        hook = says["process"]
    elif kind != "none":
        folder = place.trusted(kind)
        hook = hook_text(shell, ("/bin/false",), folder)
        if line := kept_line(shell, folder):
            with open(f"{folder}/{HOOKS[shell].kept}", "w") as stream:
                stream.write(hook)
            hook = line
    lines = [hook, says["head"]]
    for label, count in loops.items():
        body = statements(says, place.bodies()[label])
        lines += [*statements(says, [place.starts()[label]], "\n").splitlines()]
        lines += [says["loop"].format(n=n, body=body, label=label, out=out) for n in (WARM_UP, count)]
    lines += [*statements(says, [place.project], "\n").splitlines()]
    lines.append(says.get("tell", "env >>{out}").format(out=out))
    return "\n".join([*lines, says.get("end", "")]) + "\n"


def statements(says, folders, between=None):
    """Return what goes to each of some folders and does there what is done before a prompt; "" is where it is."""
    found = []
    for folder in folders:
        if folder:
            found.append(says.get("cd", "cd {path}").format(path=folder))
            found += [says["moved"]] if "moved" in says else []
        found.append(says["prompt"])
    between = says.get("between", "; ") if between is None else between
    return between.join(found).replace("{{", "{").replace("}}", "}")


def start(place, shell, kind, loops, prefix=()):
    """Start a shell on its script, on a terminal of its own; return {label: microseconds a turn}."""
    out, file = f"{place.base}/out", f"{place.base}/script"
    with open(file, "w") as stream:
        stream.write(script(place, shell, kind, loops, out))
    open(out, "w").close()
    command = [word.format(file=file) for word in SHELLS[shell]["start"]]
    output = on_terminal([*prefix, *command], place.variables, place.outside)
    with open(out) as stream:
        lines = stream.read().splitlines()
    is_inside = f"VIRTUAL_ENV={place.box}" in lines
    times = {label: (float(end) - float(begin)) * 1e6 for label, begin, end in map(str.split, timed(lines))}
    if set(times) < set(loops) or is_inside != (kind in {"capsa", "long list"}):
        sys.exit(f"{shell} with {kind} did not do what it should:\n{output}\n" + "\n".join(lines))
    return {label: times[label] / count for label, count in loops.items()}


def timed(lines):
    """Return the lines that tell a time."""
    return [line for line in lines if re.fullmatch(r"[a-z-]+ [\d.e+]+ [\d.e+]+", line)]


def on_terminal(command, variables, folder):
    """Run a command on a terminal of its own; return what it said."""
    process, terminal = pty.fork()
    if process == 0:
        os.chdir(folder)
        os.execvpe(command[0], command, variables)
    said = b""
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        said += piece
    os.waitpid(process, 0)
    os.close(terminal)
    return said.decode("utf-8", "replace")


def measure(place, shells, rounds):
    """Return {(shell, kind): {label: [microseconds added, one a round]}}."""
    found = {(shell, kind): {label: [] for label in LOOPS} for shell in shells for kind in KINDS[1:]}
    for number in range(rounds):
        for shell in random.sample(shells, len(shells)):
            seen = {}
            for kind in random.sample(KINDS, len(KINDS)):
                seen[kind] = start(place, shell, kind, PROCESS_LOOPS if kind == "process" else LOOPS)
            for kind in KINDS[1:]:
                for label, times in found[shell, kind].items():
                    times.append(seen[kind][label] - seen["none"][label])
        print(f"round {number + 1} of {rounds}", file=sys.stderr, flush=True)
    return found


# System calls that start a process, and what tells a thread from one; those that run a program are about files too.
STARTING, RUNNING, THREAD = ("clone", "clone3", "fork", "vfork"), ("execve", "execveat"), "CLONE_THREAD"


def counted(place, shell, kind, label, turns):
    """Return (processes started, files asked for) of a whole start of a shell with one loop."""
    report = f"{place.base}/strace"
    trace = ["strace", "-f", "-qq", "-e", f"trace=%file,?{',?'.join(STARTING)}", "-e", "signal=none", "-o", report]
    start(place, shell, kind, {label: turns}, trace)
    processes = files = 0
    with open(report, errors="replace") as stream:
        for line in stream:
            call = re.match(r"\d+ +(\w+)\(", line)
            if call is None:
                continue
            name = call[1]
            processes += name in STARTING and THREAD not in line
            files += name not in (*STARTING, *RUNNING)
    return processes, files


def added(place, shell, label, turns):
    """Return how many processes and files capsa's hook adds to some turns of a loop."""
    sums = [0, 0]
    few, many = 1, turns + 1
    for kind, count, sign in (("capsa", many, 1), ("capsa", few, -1), ("none", many, -1), ("none", few, 1)):
        # Shells look at files of their own too, now and then: the least of some starts.
        counts = [counted(place, shell, kind, label, count) for _ in range(STARTS)]
        for index, figures in enumerate(zip(*counts, strict=True)):
            sums[index] += sign * min(figures)
    return sums


def show(place, shells, found):
    """Print the table."""
    print("| shell | a prompt | a change, 7 levels | within the box | in and out | list of 201 | a process a prompt |")
    print("|---|---|---|---|---|---|---|")
    for shell in shells:
        capsa, many, process = (found[shell, kind] for kind in KINDS[1:])
        cells = [capsa["prompt"], halves(capsa["change"]), halves(capsa["inside"]), capsa["step"], many["step"]]
        print(f"| {shell} | " + " | ".join(map(cell, [*cells, process["prompt"]])) + " |", flush=True)
    if not shutil.which("strace"):
        return
    print("\n| shell | 1,000 prompts: processes, files | 100 changes | 50 times in and out |")
    print("|---|---|---|---|")
    for shell in shells:
        cells = ["{}, {}".format(*added(place, shell, label, LOOPS[label] // (1 + (label == "change"))))
                 for label in ("prompt", "change", "step")]  # fmt: skip
        print(f"| {shell} | " + " | ".join(cells) + " |", flush=True)


def halves(times):
    """Return times of one change, where two are in a turn."""
    return [each / 2 for each in times]


def cell(times):
    """Return the median and the least of some times."""
    return f"{statistics.median(times):.1f} ({min(times):.1f})"


def main():
    """Measure and print two tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shells", nargs="+", choices=list(SHELLS), default=list(SHELLS))
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    path = f"{OWN}:{os.environ['PATH']}"
    here = [name for name in options.shells if name in HOOKS and shutil.which(SHELLS[name]["start"][0], path=path)]
    if skipped := [name for name in options.shells if name not in here]:
        print(f"not here: {', '.join(skipped)}")
    print(time.strftime("%Y-%m-%d"), "load", *os.getloadavg(), flush=True)
    base = os.path.realpath(tempfile.mkdtemp(prefix="capsa-hook-"))
    try:
        place = Place(base)
        place.furnish()
        show(place, here, measure(place, here, options.rounds))
    finally:
        shutil.rmtree(base)


if __name__ == "__main__":
    main()
