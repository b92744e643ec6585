"""The texts for PowerShell, which is not to be had here, held against the rules of its language, of 5.1 and 7."""

import re

import pytest

from capsa.shell.completion import Line, Offer, completion_text
from capsa.shell.hook import hook_text
from capsa.shell.line import activation_line
from capsa.shell.quote import quote_powershell, quote_powershell_word
from capsa.shell.scripts import scripts
from capsa.shell.template import read_template
from support.powershell import tokens, value_of
from support.shells import HOSTILE

VALUES = [
    *HOSTILE,
    "",
    "plain",
    "\u2019; touch hit; \u2018",
    "a\nb\r\t\x1b]0;x\x07",
    "\u201c$(touch hit)\u201d",
    "😀",
    "`$x",
]
# The commands that are used, with the options that they have in Windows PowerShell 5.1 already.
COMMANDS = {
    "Get-Acl": {"LiteralPath"},
    "Get-Command": {"Name", "CommandType", "TotalCount", "ErrorAction"},
    "Get-Item": {"LiteralPath", "Force"},
    "Get-Variable": {"Name", "Scope", "ValueOnly", "ErrorAction"},
    "Register-ArgumentCompleter": {"Native", "CommandName", "ScriptBlock"},
    "Remove-Item": {"LiteralPath", "WhatIf", "Confirm"},
    "Remove-Variable": {"Name", "Scope", "WhatIf", "Confirm"},
    "Select-Object": {"Skip"},
    "Test-Path": {"LiteralPath"},
    "Where-Object": set(),
    "Write-Error": {"Message", "ErrorAction"},
    "Write-Host": {"NoNewline", "Object"},
}
OPERATORS = {
    "and",
    "or",
    "not",
    "eq",
    "ne",
    "ceq",
    "cne",
    "in",
    "cin",
    "cnotin",
    "is",
    "as",
    "join",
    "match",
    "notmatch",
}
OPERATORS |= {"band", "replace", "gt", "ge", "lt", "ccontains"}
KEYWORDS = {
    "if",
    "else",
    "elseif",
    "foreach",
    "while",
    "try",
    "catch",
    "finally",
    "function",
    "param",
    "return",
    "break",
}
# What the language itself sets.
AUTOMATIC = {"args", "null", "true", "false", "input", "_", "PSScriptRoot", "PWD", "Host", "MyInvocation"}
AUTOMATIC |= {"ExecutionContext", "LASTEXITCODE"}


def script(root="/box", prompt="", platform="linux"):
    return scripts(root, prompt, platform)["Activate.ps1"].decode("ascii")


def hook(*words, trusted="/trust"):
    return hook_text("powershell", words or ("capsa",), trusted)


def completion(named="/named"):
    line = Line(name="cache dir", help="it's", takes=Offer(kind="choice a b"), options=(Offer(names=("-x",)),))
    return completion_text("powershell", [line], [Offer(names=("--all", "-a"), help="every $(one)")], named)


TEXTS = {"script": script, "hook": hook, "completion": completion}


@pytest.fixture(params=list(TEXTS))
def text(request):
    return TEXTS[request.param]()


@pytest.mark.parametrize("value", VALUES)
def test_a_value_is_one_expression_in_ascii_that_means_it(value):
    quoted = quote_powershell(value)
    assert quoted.isascii()
    assert quoted.isprintable()
    assert value_of(quoted) == value
    word = quote_powershell_word(value)
    assert word == value if word[0] not in "'(" else value_of(word) == value


def test_a_byte_that_is_not_utf8_is_shown_as_powershell_shows_it():
    assert value_of(quote_powershell("a\udcff")) == "a\ufffd"


@pytest.mark.parametrize("value", VALUES)
def test_no_value_changes_how_a_text_is_taken_apart(value):
    value = value.replace("\n", "")
    for made, plain in (
        (script(f"/{value}", value), script("/plain", "plain")),
        (hook(f"/{value}", "-m", trusted=f"/{value}"), hook("/plain", "-m", trusted="/plain")),
        (completion(f"/{value}"), completion("/plain")),
    ):
        assert shape(made) == shape(plain)


def shape(text):
    """Return a text with each value of ours replaced by one word."""
    flat = " ".join("TEXT" if kind == "text" else part for kind, part in tokens(text))
    return re.sub(r"\( TEXT(?: \+ (?:TEXT|\[ char \] 0x\w{4}))+ \)", "TEXT", flat)


def test_only_what_needs_no_interpretation_is_there(text):
    assert text.isascii()
    assert tokens(text)
    code = re.sub(r"'[^']*'|#[^\n]*", "", text)
    for newer in ("??", "?.", "?[", "&&", "||", "$Is", "`", '"', "@'"):
        assert newer not in code
    assert not re.search(r"\?.*:(?!:)", code.replace("$?", ""))
    assert not re.search(r"(?i)invoke-expression|\biex\b|scriptblock\]|add-type|start-process|invoke-command", code)


def test_every_command_and_option_is_one_of_windows_powershell(text):
    own = set(re.findall(r"function global:(\w+)", text)) | {"deactivate", "_capsa_look", "_CapsaKept", "_CapsaHook"}
    code = re.sub(r"'(?:[^']|'')*'|#[^\n]*", "''", text)
    for line in code.splitlines():
        found = re.findall(r"(?<![\w.\[$-])([A-Z][a-z]+-[A-Z]\w+)", line)
        assert set(found) <= set(COMMANDS), line
        allowed = set().union(*(COMMANDS[name] for name in found)) | OPERATORS | {"NonDestructive", "gn", "c", "h"}
        assert set(re.findall(r"(?<![\w-])-([A-Za-z]+)", line)) <= allowed, line
    for _, word in (token for token in tokens(code) if token[0] == "word" and token[1].startswith("_")):
        assert word in own


def test_every_variable_has_a_value_before_it_is_read(text):
    """Else `Set-StrictMode -Version Latest` ends the script."""
    known = set(AUTOMATIC)
    code = re.sub(r"'(?:[^']|'')*'|#[^\n]*", "''", text)
    for line in code.splitlines():
        for given in re.findall(r"^\s*((?:\$\w+, )*\$\w+) \+?= |foreach \((\$\w+) in |^\s*param\((.*)\)$", line):
            known |= set(re.findall(r"\$(\w+)", " ".join(given)))
        for name in re.findall(r"[$@](\w+)\b(?!:)", line):
            assert name in known or name.startswith("_Capsa"), (name, line)


def test_what_is_set_on_the_way_in_is_set_back_on_the_way_out():
    way_in, _, way_out = read_template("step.ps1").partition("function global:deactivate")
    changed = re.findall(r"(\$env:\w+|\$function:global:\w+) =", way_in)
    assert set(changed) == {
        "$env:VIRTUAL_ENV", "$env:PATH", "$env:VIRTUAL_ENV_PROMPT", "$env:PYTHONHOME", "$function:global:prompt"
    }  # fmt: skip
    assert all(f"{name} = $kept." in way_out for name in changed)
    assert "$global:_CapsaKept = $kept" in way_in
    assert "Remove-Variable -Name _CapsaKept -Scope Global" in way_out
    assert "Remove-Item -LiteralPath Function:deactivate" in way_out
    assert not re.findall(r"(\$global:(?!_CapsaKept)\w+) =", way_in)


def test_script_and_hook_step_in_by_the_very_same_text():
    assert read_template("step.ps1") in script()
    assert read_template("step.ps1") in hook()


def test_the_script_leaves_no_variable_of_its_own_behind():
    body = re.sub(r"(?m)^#.*\n|^\s*\n", "", script())
    assert body.startswith("& {\n")
    assert body.rstrip().endswith("}")
    depth = 0
    for position, (kind, part) in enumerate(found := tokens(body)):
        if kind == "bracket":
            depth += 1 if part in {"(", "@(", "{", "@{", "["} else -1
            assert depth or position == len(found) - 1, "something stands outside"


@pytest.mark.parametrize(
    ("root", "platform", "line"),
    [
        ("/p/.venv", "linux", ". .venv/bin/Activate.ps1"),
        ("/my box's", "linux", ". '/my box''s/bin/Activate.ps1'"),
        ("/p/a[b]", "linux", ". ([scriptblock]::Create((Get-Content -Raw -LiteralPath 'a[b]/bin/Activate.ps1')))"),
        ("/p/ü", "linux", ". 'ü/bin/Activate.ps1'"),
        ("/p/\u2019", "linux", ". '\u2019\u2019/bin/Activate.ps1'"),
    ],
)
def test_the_line_to_type(root, platform, line):
    assert activation_line("powershell", root, platform, folder="/p") == line


def test_the_line_on_windows_needs_no_script_file():
    line = activation_line("powershell", "C:\\p\\.venv", "win32", folder="C:\\p")
    assert line == r". ([scriptblock]::Create((Get-Content -Raw -LiteralPath .venv\Scripts\Activate.ps1)))"
