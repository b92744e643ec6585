"""What each setting means, in words: for the reference, which is made from this table. PURE.

A test holds the keys against those of `capsa.settings.value.FORMS`.
"""

from __future__ import annotations

MEANINGS = {
    "index-url": "the default index (PEP 503), asked last; without it, the public one",
    "extra-index-url": "more indexes, asked before the default one, in order",
    "find-links": "pages or folders whose files count too",
    "no-index": "whether to ask no index at all: only `find-links`",
    "index-strategy": "`first-index`: the first index that has a project is the only one asked for it; "
    "`version-priority`: all are asked, and the best version wins",
    "index-max-age": "how many seconds a page without a lifetime of its own is taken from the store unasked",
    "prerelease": "when pre-releases are taken: `if-necessary-or-explicit`, where nothing else is there or a demand "
    "names one; `allow`; `disallow`",
    "no-build": "whether to build nothing from source, and to take wheels only",
    "only-binary": "projects that are never built (`:all:` for all)",
    "no-binary": "projects that are always built (`:all:` for all)",
    "no-build-isolation": "whether to build with what the box itself holds, not in a box of its own",
    "config-settings": "settings for build backends, as `KEY=VALUE` (PEP 517)",
    "python": 'which Python new boxes get: "3.12", ">=3.11", "pypy@3.10", or the path of one',
    "cache-dir": "the folder of the store; `$XDG_CACHE_HOME/capsa` or `~/.cache/capsa` on Linux",
    "data-dir": "the folder of what is kept for you; `$XDG_DATA_HOME/capsa` or `~/.local/share/capsa` on Linux",
    "link-mode": "how files come from the store into a box: `auto` (reflink, else hard link, else copy), `reflink`, "
    "`hardlink`, `copy`",
    "compile-bytecode": "when modules are compiled, once for all boxes: `later`, in the background, so that "
    "the next box has it; `now`, before this box is changed; `never`",
    "startup-code": "what is done about packages that bring code which runs each time Python starts: `note`, say so; "
    "`ask`, ask first; `deny`, leave the box as it is",
    "spares": "how many copies of pip are linked beforehand, in the background, so that `create` only has to move one; "
    "0 for none",
    "offline": "whether to use only what is in the store, never the network",
    "timeout": "how many seconds to wait for an answer of the network",
    "retries": "how often a request is tried again that failed for a passing reason",
    "cert": "a file or folder of certificate authorities to trust, in place of the system's",
    "client-cert": "a certificate of your own, to show to servers",
    "proxy": "the proxy for everything; without it, HTTPS_PROXY, HTTP_PROXY and NO_PROXY hold",
    "trusted-host": "hosts whose certificates are not checked",
}
