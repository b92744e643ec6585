"""Requirements files: any content ends in an answer or a sentence; what is said twice is heard once, in its place."""

from hypothesis import example, given
from hypothesis import strategies as st

from capsa.errors import RequirementError
from capsa.project.line import logical_lines
from capsa.project.option import split_options
from capsa.project.requirements_file import Reading, read_requirements

WORDS = st.sampled_from(
    f"six attrs>=1 a[b] == ; os_name=='x' -r -c r.txt -e . --hash=sha256:{'0' * 64} --pre -i https://u:p@x.example/ "
    "x-1-py3-none-any.whl x-1.tar.gz ./p p git+https://u:p@x.example/r @v1 #egg=a #subdirectory=b -C --no-binary :all: "
    "git@h:r # \\ ${V} @ ' - file: https:// [".split()
) | st.sampled_from(["\n", "\\\n"])
NAMES = st.from_regex(r"[a-z]([a-z0-9.-]{0,8}[a-z0-9])?", fullmatch=True)


def read(content):
    def look(path):
        return "folder" if path == "/w/p" else "file" if path.endswith((".gz", ".whl", "/p/setup.py")) else ""

    return read_requirements("r.txt", Reading(folder="/w", read=lambda _: content, look=look, variables={"V": "v"}))


def answer_to(content):
    try:
        return read(content)
    except RequirementError as error:
        return str(error)


@given(st.binary() | st.text().map(str.encode) | st.lists(WORDS).map(lambda words: " ".join(words).encode()))
@example(b"\\")
@example(b"-")
@example(b"https:#")
@example(b"https://[x/six-1-py3-none-any.whl")
@example(b"git+https://[x/r#subdirectory=a")
@example(b"-e ./p#egg=a[b] ; os_name=='x'")
def test_any_content_is_read_or_refused_with_its_place(content):
    answer = answer_to(content)
    if isinstance(answer, str):
        assert "r.txt" in answer
        assert "://u:p@" not in answer
        return
    for requirement in (*answer.requirements, *answer.constraints):
        assert 1 <= requirement.origin.line <= content.count(b"\n") + content.count(b"\r") + 1


@given(st.lists(st.tuples(NAMES, st.integers(0, 3), st.booleans()), max_size=8))
def test_each_demand_is_found_on_the_line_where_it_begins(entries):
    text, line, expected = "", 1, []
    for name, blanks, is_continued in entries:
        text += "# a comment, --pre\n" * blanks
        line += blanks
        expected.append((name, line))
        text += f"{name} \\\n  >=1  # why\n" if is_continued else f"  {name}>=1\n"
        line += 2 if is_continued else 1
    found = read(text.encode()).requirements
    assert [(item.text.split(">")[0].strip(), item.origin.line) for item in found] == expected
    assert {str(item.specifier) for item in found} <= {">=1"}


@given(st.text())
def test_lines_hold_no_line_end_and_are_never_blank(text):
    lines = logical_lines(text, {})
    assert all(line.text.strip() == line.text != "" for line in lines)
    assert all("\n" not in line.text and "\r" not in line.text for line in lines)
    numbers = [line.number for line in lines]
    assert numbers == sorted(set(numbers))


@given(st.text(st.characters(exclude_characters="-")), st.text())
def test_nothing_of_a_line_is_lost_between_demand_and_options(demand, options):
    first, second = split_options(f"{demand} -{options}")
    assert first == demand.strip()
    assert second == f"-{options}".strip()
