"""pip's requirements files, read from a world in memory."""

import errno
import sys

import pytest

from capsa.errors import RequirementError
from capsa.model.requirement import COMMAND_LINE
from capsa.project.requirements_file import Reading, parse_argument, read_requirements

DIGEST = "0123456789abcdef" * 4
OTHER = "fedcba9876543210" * 4
WHEEL = "six-1.17.0-py2.py3-none-any.whl"


def world(files, *, lying=(), folders=(), **facts):
    """Return how to read invented files; ``lying`` are the paths of files that are only looked for."""
    contents = {f"/w/{path}" if not path.startswith("/") else path: text for path, text in files.items()}

    def read(path):
        if path not in contents:
            raise FileNotFoundError(errno.ENOENT, "No such file or directory", path)
        text = contents[path]
        return text if isinstance(text, bytes) else text.encode()

    def look(path):
        if path in folders:
            return "folder"
        return "file" if path in lying or path in contents else ""

    return Reading(folder="/w", read=read, look=look, **facts)


def read(text, **facts):
    return read_requirements("r.txt", world({"r.txt": text}, **facts))


def refusal(text, **facts):
    with pytest.raises(RequirementError) as caught:
        read(text, **facts)
    return caught.value


def test_a_file_of_every_plain_form():
    found = read(
        "# comment\n"
        "Six\n"
        "requests [Security,socks] >=2.31,<3 ; python_version < '4'  # why\n"
        "celery[redis]==5.4.0 \\\n"
        f"    --hash=sha256:{DIGEST} \\\n"
        f"    --hash sha256:{OTHER.upper()}\n"
        "zope.interface ~= 6.0\n"
    )
    six, requests, celery, zope = found.requirements
    assert (six.name, six.text, str(six.origin)) == ("six", "Six", "r.txt line 2")
    assert (requests.name, requests.extras) == ("requests", {"security", "socks"})
    assert str(requests.specifier) == "<3,>=2.31"
    assert str(requests.marker) == 'python_version < "4"'
    assert celery.hashes == (f"sha256:{DIGEST}", f"sha256:{OTHER}")
    assert celery.origin.line == 4
    assert zope.name == "zope-interface"
    assert found.constraints == ()
    assert found.files == ("/w/r.txt",)


def test_a_file_of_every_option():
    options = read(
        "-i https://index.example/simple\n"
        "--extra-index-url https://a.example/simple --extra-index-url=https://b.example/simple\n"
        "--no-index\n-f wheels\n-f /abs/wheels\n--find-links https://c.example/links\n-f file:///d\n"
        "--pre\n--prefer-binary\n--require-hashes\n--only-binary :all:\n--no-binary Six,Zope_Interface\n"
        "--trusted-host d.example:80\n--use-feature fast-deps\n"
    ).options
    assert options.index_url == "https://index.example/simple"
    assert options.extra_index_urls == ("https://a.example/simple", "https://b.example/simple")
    assert options.find_links == ("/w/wheels", "/abs/wheels", "https://c.example/links", "file:///d")
    assert (options.is_without_index, options.is_pre_allowed, options.is_binary_preferred) == (True, True, True)
    assert options.is_hash_required
    assert (options.only_binary, options.no_binary) == ((":all:",), ("six", "zope-interface"))
    assert (options.trusted_hosts, options.features) == (("d.example:80",), ("fast-deps",))


def test_an_empty_file_says_nothing():
    found = read("\n# nothing\n")
    assert (found.requirements, found.constraints, found.options.index_url) == ((), (), None)


def test_files_refer_to_files_relative_to_themselves():
    found = read_requirements(
        "sub/base.txt",
        world(
            {
                "sub/base.txt": "six\n-r more/extra.txt\n-c ../limits.txt\n",
                "sub/more/extra.txt": "-r ../last.txt\n-f wheels\nattrs\n",
                "sub/last.txt": "idna\n",
                "limits.txt": "six<2\n--constraint /else/where.txt\n",
                "/else/where.txt": "attrs<30\n",
            }
        ),
    )
    assert [(item.name, str(item.origin)) for item in found.requirements] == [
        ("six", "sub/base.txt line 1"),
        ("idna", "sub/last.txt line 1"),
        ("attrs", "sub/more/extra.txt line 3"),
    ]
    assert [(item.name, str(item.origin)) for item in found.constraints] == [
        ("six", "limits.txt line 1"),
        ("attrs", "/else/where.txt line 1"),
    ]
    assert found.options.find_links == ("/w/sub/more/wheels",)
    assert found.files == (
        "/w/sub/base.txt",
        "/w/sub/more/extra.txt",
        "/w/sub/last.txt",
        "/w/limits.txt",
        "/else/where.txt",
    )


def test_a_constraints_file_holds_constraints_and_what_it_requires_is_required_as_with_pip():
    reading = world({"c.txt": "six<2\n-r r.txt\n", "r.txt": "attrs\n"})
    found = read_requirements("c.txt", reading, is_constraint=True)
    assert [item.name for item in found.constraints] == ["six"]
    assert [item.name for item in found.requirements] == ["attrs"]


def test_one_file_may_be_named_twice_but_not_by_itself():
    twice = read_requirements("r.txt", world({"r.txt": "-r a.txt\n-r a.txt\n", "a.txt": "six\n"}))
    assert [item.name for item in twice.requirements] == ["six", "six"]
    assert twice.files == ("/w/r.txt", "/w/a.txt")
    with pytest.raises(RequirementError) as caught:
        read_requirements("r.txt", world({"r.txt": "\n-r sub/a.txt\n", "sub/a.txt": "-c ../r.txt\n"}))
    assert str(caught.value) == "sub/a.txt line 1: r.txt refers to itself through `../r.txt`"


def test_a_file_that_is_not_there_is_told_with_the_line_that_names_it():
    with pytest.raises(RequirementError) as caught:
        read_requirements("none.txt", world({}))
    assert str(caught.value) == "the requirements file none.txt can't be read: there is no such file"
    assert str(refusal("six\n-c sub/none.txt\n")) == (
        "r.txt line 2: the requirements file sub/none.txt can't be read: there is no such file"
    )


def test_a_file_that_can_not_be_opened_says_why():
    def read_folder(path):
        raise IsADirectoryError(errno.EISDIR, "Is a directory", path)

    with pytest.raises(RequirementError, match=r"^the requirements file sub can't be read: Is a directory$"):
        read_requirements("sub", Reading(folder="/w", read=read_folder))


def test_a_file_url_names_a_file_and_the_network_is_not_read():
    reading = world({"r.txt": "-r file:///w/my%20file.txt\n", "my file.txt": "six\n"})
    assert read_requirements("r.txt", reading).requirements[0].name == "six"
    assert str(refusal("-r https://me:secret@x.example/r.txt\n")) == (
        "r.txt line 1: `https://****@x.example/r.txt` is a requirements file on the network, and those are not read"
    )
    assert str(refusal("-r file://host/r.txt\n")) == "r.txt line 1: `file://host/r.txt` names no file on this machine"


def test_standard_input_is_given_as_content():
    reading = world({"sub/a.txt": "attrs\n"}, standard_input=b"six\n-r sub/a.txt\nwrong one\n")
    with pytest.raises(RequirementError, match=r"^standard input line 3: `wrong one` is not a requirement"):
        read_requirements("-", reading)
    found = read_requirements("-", world({}, standard_input=b"six\n"))
    assert str(found.requirements[0].origin) == "standard input line 1"
    assert found.files == ()


def test_variables_reach_urls_and_stay_out_of_messages():
    found = read(
        f"https://${{TOKEN}}@x.example/{WHEEL}\n-i https://me:${{TOKEN}}@index.example/simple\n",
        variables={"TOKEN": "s3cret"},
    )
    assert found.requirements[0].url == f"https://s3cret@x.example/{WHEEL}"
    assert found.requirements[0].text == f"https://****@x.example/{WHEEL}"
    assert found.options.index_url == "https://me:s3cret@index.example/simple"
    failure = refusal("six @ https://${TOKEN}@x.example/nothing\n", variables={"TOKEN": "s3cret"})
    assert "s3cret" not in str(failure)


def test_marks_and_encodings_are_understood():
    found = read(b"\xef\xbb\xbfsix\n")
    assert found.requirements[0].name == "six"
    assert read("six\n".encode("utf-16")).requirements[0].name == "six"
    assert read(b"# coding: latin-1\n# \xe9\nsix\n").requirements[0].origin.line == 3
    assert str(refusal(b"six\n\xff\n")) == "r.txt line 2: a byte that is not utf-8"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("-e ./none\n", "r.txt line 1: `./none` does not exist, looked for at /w/none"),
        (
            "--editable=git+https://x.example/r\n",
            "r.txt line 1: `git+https://x.example/r` can't be installed editable, as only a folder can",
        ),
        ("-e\n", "r.txt line 1: --editable needs a value"),
        ("--no-binary :some:\n", "r.txt line 1: `:some:` is not the name of a project"),
        ("six -C a=b\n", "r.txt line 1: --config-settings can't stand in a requirements file, as capsa hands them to"),
        ("--config-settings a=b\n", "r.txt line 1: --config-settings can't stand in a requirements file, as capsa"),
        ("--nonsense\n", "r.txt line 1: --nonsense is not an option that a requirements file may hold"),
        ("six --pre\n", "r.txt line 1: --pre must stand on a line of its own, not after `six`"),
        ("--hash=sha256:00\n", "r.txt line 1: --hash must follow a requirement on the same line"),
        ("\n\nsix ==\n", "r.txt line 3: `six ==` is not a requirement: "),
        ("six \\\n>=\\\n1 oops\n", "r.txt line 1: `six >=1 oops` is not a requirement: "),
        ("-r -\n", "r.txt line 1: the requirements file standard input can't be read: there is no such file"),
    ],
)
def test_what_is_wrong_is_told_with_file_and_line(text, message):
    assert str(refusal(text)).startswith(message)


def test_a_constraint_has_no_extras():
    with pytest.raises(RequirementError) as caught:
        read_requirements("c.txt", world({"c.txt": "six[a]<2\n"}), is_constraint=True)
    assert str(caught.value) == "c.txt line 1: `six[a]<2` is a constraint, and a constraint has no extras"


def test_folders_are_linked_and_start_from_the_folder_of_the_file():
    found = read_requirements(
        "sub/r.txt",
        world(
            {
                "sub/r.txt": "-e ../lib\n-e '../my lib[x]'\n--editable=. ; os_name == 'nt'\n--edit ../lib\n../lib\n",
                "lib/setup.py": "",
                "my lib/pyproject.toml": "",
                "sub/pyproject.toml": "",
            },
            folders=("/w/lib", "/w/my lib", "/w/sub"),
        ),
    ).requirements
    assert [(item.url, item.is_editable) for item in found] == [
        ("file:///w/lib", True),
        ("file:///w/my%20lib", True),
        ("file:///w/sub", True),
        ("file:///w/lib", True),
        ("file:///w/lib", False),
    ]
    assert (found[1].extras, str(found[2].marker)) == ({"x"}, 'os_name == "nt"')
    assert (found[0].name, str(found[0].origin)) == ("", "sub/r.txt line 1")


def test_what_is_said_of_builds_follows_the_order_of_the_lines():
    options = read("--no-binary a,b\n--only-binary b\n--only-binary :all:\n--no-binary C_c\n").options
    assert (options.only_binary, options.no_binary) == ((":all:",), ("c-c",))
    assert read("--no-binary a\n--no-binary :none:\n").options.no_binary == ()


@pytest.mark.parametrize(
    ("text", "lack"),
    [
        ("./lib\n", "`./lib` is a constraint, and a constraint names its project"),
        ("-e ./lib#egg=lib\n", "`./lib#egg=lib` is a constraint, and a constraint is not editable"),
    ],
)
def test_a_constraint_names_a_project_and_installs_nothing(text, lack):
    reading = world({"c.txt": text, "lib/setup.py": ""}, folders=("/w/lib",))
    with pytest.raises(RequirementError) as caught:
        read_requirements("c.txt", reading, is_constraint=True)
    assert str(caught.value) == f"c.txt line 1: {lack}"


def test_everything_that_is_wrong_is_told_at_once():
    failure = refusal("--wrong\nsix\n-r none.txt\nsix -C a=b\nattrs -C a=b\n")
    assert str(failure) == (
        "4 lines can't be used: r.txt line 1: --wrong is not an option that a requirements file may hold; "
        "r.txt line 3: the requirements file none.txt can't be read: there is no such file; "
        "r.txt line 4: --config-settings can't stand in a requirements file, as capsa hands them to every build; "
        "r.txt line 5: --config-settings can't stand in a requirements file, as capsa hands them to every build"
    )
    assert failure.hints == ("give it on the command line: `--config-settings KEY=VALUE`",)


def test_files_on_a_real_disk_are_read(tmp_path):
    (tmp_path / "r.txt").write_text(f"./{WHEEL}\n-r more.txt\n")
    (tmp_path / "more.txt").write_text("attrs\n")
    (tmp_path / WHEEL).touch()
    found = read_requirements("r.txt", Reading(folder=str(tmp_path)))
    assert [item.name for item in found.requirements] == ["six", "attrs"]
    with pytest.raises(RequirementError, match=r"has neither a pyproject\.toml nor a setup\.py"):
        parse_argument(".", str(tmp_path))
    (tmp_path / "pyproject.toml").touch()
    assert parse_argument(".[x]", str(tmp_path), is_editable=True).extras == {"x"}


@pytest.mark.parametrize(
    ("text", "verb", "hint"),
    [
        ("a.txt", "add", "add what it lists: `capsa add -r a.txt`"),
        ("my reqs.in", "add --group docs", "add what it lists: `capsa add --group docs -r 'my reqs.in'`"),
        ("a.txt", "", None),
        ("./notes", "add", "if it lists requirements: `capsa add -r ./notes`"),
        ("./my notes", "install", "if it lists requirements: `capsa install -r './my notes'`"),
        ("./notes", "", None),
        ("./main.py", "add", None),
    ],
)
def test_a_hint_names_the_verb_that_was_typed_and_can_be_typed(text, verb, hint):
    with pytest.raises(RequirementError) as caught:
        parse_argument(text, "/w", lambda _: "file", verb=verb)
    assert caught.value.hints == ((hint,) if hint else ())


def test_a_python_file_is_called_one():
    with pytest.raises(RequirementError, match=r"`\./main\.py` is neither .*, but a Python file$"):
        parse_argument("./main.py", "/w", lambda _: "file")


def test_a_name_is_a_project_also_where_a_folder_is_called_so():
    assert parse_argument("requests", "/w", lambda _: "folder").url is None
    assert parse_argument("requests[socks]", "/w", lambda _: "folder").url is None
    assert parse_argument("./requests", "/w", lambda _: "folder").url == "file:///w/requests"


@pytest.mark.parametrize("text", ["requirements.txt", "sub/dev.in", "/abs/R.TXT"])
def test_a_requirements_file_as_an_argument_is_answered_with_its_option(text):
    with pytest.raises(RequirementError) as caught:
        parse_argument(text, "/w", lambda _: "file")
    assert str(caught.value) == f"`{text}` looks like a requirements file, not like a project"
    assert caught.value.hints == (f"install what it lists: `capsa install -r {text}`",)


def test_an_argument_is_a_demand_by_the_command_line():
    requirement = parse_argument("Requests[socks]>=2", "/w", lambda _: "")
    assert (requirement.name, requirement.origin, requirement.hashes) == ("requests", COMMAND_LINE, ())


def test_a_file_with_many_lines_is_read_at_once():
    count = 3000
    text = "".join(f"project-{number}=={number} --hash=sha256:{DIGEST}\n" for number in range(count))
    assert len(read(text).requirements) == count
    depth = sys.getrecursionlimit() // 20
    chain = {f"{number}.txt": f"-r {number + 1}.txt\n" for number in range(depth)} | {f"{depth}.txt": "six\n"}
    assert len(read_requirements("0.txt", world(chain)).requirements) == 1
