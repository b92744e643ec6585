# capsa's hook for xonsh (0.11 or newer): `capsa activate`, `capsa deactivate`, and activation on cd into projects that
# are trusted. It sources nothing from a box. Plain Python, which xonsh reads much faster than its own language.


def _capsa_hook():
|STEP|
    import stat
    import subprocess
    import sys
    from xonsh.events import events
    from xonsh.tools import unthreadable

    scripts = "Scripts" if os.name == "nt" else "bin"

    def nearest():
        """Return the nearest project, looking upward; "" where there is none."""
        at = env["PWD"]
        while not os.path.isfile(os.path.join(at, ".venv", ".capsa", "id")):
            above = os.path.dirname(at)
            if above == at:
                return ""
            at = above
        return at

    def may_only_we_write(folder, owned):
        """Tell it of a folder: those that are not in `owned` may be root's, and sticky."""
        found = os.stat(folder)
        is_above = folder not in owned
        bits = stat.S_IWOTH if found.st_gid == os.getegid() else stat.S_IWOTH | stat.S_IWGRP
        is_open = found.st_mode & bits and not (is_above and found.st_mode & stat.S_ISVTX)
        return not is_open and (found.st_uid == os.geteuid() or (is_above and found.st_uid == 0))

    def is_safe(*owned):
        """Tell if nobody else can write to these folders, or to one above them."""
        folders = set(owned)
        for folder in owned:
            while folder != os.path.dirname(folder):
                folder = os.path.dirname(folder)
                folders.add(folder)
        return all(may_only_we_write(folder, owned) for folder in folders)

    def entry_of(folder):
        """Return the entry of the trust list for a folder, as its fields."""
        try:
            with open(|TRUSTED|, encoding="utf-8", errors="surrogateescape", newline="\n") as stream:
                for line in stream:
                    fields = line.rstrip("\n").split("\t")
                    if len(fields) == 3 and fields[1] == folder:
                        return fields
        except OSError:
            pass
        return "", "", ""

    def judge(folder):
        """Step into a project if it is trusted; else say why not, once a session."""
        real = os.path.realpath(folder)
        if os.name != "nt" and os.stat(real).st_uid != os.geteuid():
            return
        with open(os.path.join(folder, ".venv", ".capsa", "id"), encoding="utf-8", errors="surrogateescape") as stream:
            box = stream.readline().strip()
        trusted, known, prompt = entry_of(real)
        inside = os.path.realpath(os.path.join(folder, ".venv", scripts))
        if known != real:
            why = "this project has a box; to step into it on cd: capsa trust"
        elif trusted != box:
            why = "the box of this project is not the one that was trusted; to trust this one: capsa trust"
        elif os.name != "nt" and not is_safe(real, os.path.dirname(inside), inside):
            why = (
                "others may write to this project or a folder above it, so its box is not stepped into; "
                "more: capsa trust"
            )
        else:
            root = os.path.join(folder, ".venv")
            enter(root, os.path.join(root, scripts), prompt)
            state["own"], state["folder"] = root, folder
            return
        if folder not in state["told"]:
            state["told"].append(folder)
            print(f"capsa: {why}", file=sys.stderr)

    def moved(olddir=None, newdir=None, **_):
        """The folder has changed. Only a box that this hook entered is left, a project left by hand is not entered."""
        folder = state["at"] = nearest()
        if state["own"] and state["own"] != env.get("VIRTUAL_ENV"):
            state["own"], state["left"] = "", state["folder"]
        if state["own"] and state["folder"] != folder:
            step_out()
            state["left"] = ""
        if env.get("VIRTUAL_ENV") and not state["own"]:
            state["left"] = folder
        if state["left"] != folder:
            state["left"] = ""
        if folder and not state["own"] and not state["left"]:
            try:
                judge(folder)
            except OSError:
                # What vanished or can't be read is not trusted.
                return

    def program():
        words = [|CAPSA|]
        return words if os.path.isfile(words[0]) else ["capsa"]

    def run(words, **streams):
        try:
            return subprocess.run([*program(), *words], env=env.detype(), **streams)
        except OSError as error:
            print(f"capsa: {error}", file=sys.stderr)
            return subprocess.CompletedProcess(words, 127, b"")

    def is_ours(args):
        return args[:1] in (["activate"], ["deactivate"]) and not {"--help", "-h", "--json"}.intersection(args)

    @unthreadable
    def step(args, stdin=None, stdout=None, stderr=None):
        if not is_ours(args):
            return run(args, stdin=stdin, stdout=stdout, stderr=stderr).returncode
        if args[0] == "deactivate":
            return step_out(stderr=stderr)
        done = run(["activate", "--facts", *args[1:]], stdin=stdin, stdout=subprocess.PIPE, stderr=stderr)
        facts = done.stdout.decode("utf-8", "surrogateescape").split("\n")
        if not done.returncode:
            enter(*facts[:3])
        return done.returncode

    # Where an alias may stand for a command, the program runs like any other, also in a pipeline.
    if hasattr(XSH.aliases, "return_command"):
        XSH.aliases["_capsa_step"] = step

        @XSH.aliases.return_command
        def capsa(args):
            return ["_capsa_step", *args] if is_ours(args) else [*program(), *args]

        XSH.aliases["capsa"] = capsa
    else:
        XSH.aliases["capsa"] = step

    if env.get("XONSH_INTERACTIVE"):
        for old in [handler for handler in events.on_chdir if handler.__name__ == "_capsa_moved"]:
            events.on_chdir.discard(old)
        moved.__name__ = "_capsa_moved"
        events.on_chdir(moved)
        moved()


_capsa_hook()
del _capsa_hook
