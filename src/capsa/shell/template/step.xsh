    import os
    from xonsh.built_ins import XSH

    env = XSH.env
    # What all of capsa's code in this shell shares.
    new = {"leave": None, "own": "", "folder": "", "at": "", "left": "", "told": []}
    state = XSH.ctx.setdefault("_capsa_state", new)

    def enter(root, scripts, prompt):
        """Set variables for a box; the way back is kept."""
        if state["leave"]:
            state["leave"]()
        elif env.get("VIRTUAL_ENV"):
            # Another tool's script may have a way out.
            other = XSH.aliases.get("deactivate")
            other = other[0] if isinstance(other, list) else other
            if callable(other):
                other([])
        state["own"] = ""
        names = ("PATH", "PYTHONHOME", "VIRTUAL_ENV", "VIRTUAL_ENV_PROMPT", "PROMPT")
        was = {name: env[name] for name in names if env.is_manually_set(name)}
        # A box that nobody here knows how to leave is taken from PATH.
        other = os.path.join(env.get("VIRTUAL_ENV") or scripts, os.path.basename(scripts))
        env["PATH"] = [scripts, *(folder for folder in env["PATH"] if folder != other)]
        env["VIRTUAL_ENV"] = root
        env["VIRTUAL_ENV_PROMPT"] = prompt
        # It would make the environment's Python look elsewhere.
        env.pop("PYTHONHOME", None)
        fields = env["PROMPT_FIELDS"]
        field = fields.get("env_name")

        def leave():
            for name in names:
                if name in was:
                    env[name] = was[name]
                elif env.is_manually_set(name):
                    del env[name]
            if field is not None:
                fields["env_name"] = field
            else:
                fields.pop("env_name", None)
            state["leave"] = None
            XSH.aliases.pop("deactivate", None)

        state["leave"] = leave
        XSH.aliases["deactivate"] = step_out
        if env.get("VIRTUAL_ENV_DISABLE_PROMPT"):
            return
        # xonsh shows a box by a field; where the prompt has none it comes first. Colours are names in braces.
        shown = "".join([letter if letter.isprintable() else "?" for letter in prompt])
        fields["env_name"] = f"({shown}) ".replace("{", "{{").replace("}", "}}")
        template = env["PROMPT"]
        if callable(template):
            def with_name():
                text = template()
                return text if "{env_name" in text else "{env_name}" + text

            env["PROMPT"] = with_name
        elif "{env_name" not in template:
            env["PROMPT"] = "{env_name}" + template

    def step_out(args=(), stdin=None, stdout=None, stderr=None):
        """What `deactivate` does: back to before the first box. One that an outer shell had entered goes from PATH."""
        if state["leave"]:
            state["leave"]()
        elif env.get("VIRTUAL_ENV"):
            bins = [os.path.join(env["VIRTUAL_ENV"], name) for name in ("bin", "Scripts")]
            env["PATH"] = [folder for folder in env["PATH"] if folder not in bins]
            del env["VIRTUAL_ENV"]
            env.pop("VIRTUAL_ENV_PROMPT", None)
        else:
            print("capsa: no box is active", file=stderr)
            return 1
        state["own"], state["left"] = "", state["at"]
        return 0
