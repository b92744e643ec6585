"""Where things stand in a TOML text."""

import tomllib

from capsa.project.span import items, line_of, outline

TEXT = '''\
a.b = 1.5 # not [ this
"x y".'z.w' = {q = [1, 2], r.s = "a}#"}
when = 1979-05-27 07:32:00.5
[project]
dependencies = [ # c ]
  "a]", # "x"
  'b#', {include-group = "x,y"},
  """ml
"""""
  , [1, 2]
]
[[tool.x]]
t = "\\"]" # end
["q.r".s]
'''


def test_every_entry_and_header_is_found():
    tomllib.loads(TEXT)
    found = outline(TEXT)
    written = [(entry.path, TEXT[entry.value.start : entry.value.end], entry.is_inline) for entry in found.entries]
    assert written == [
        (("a", "b"), "1.5", False),
        (("x y", "z.w"), '{q = [1, 2], r.s = "a}#"}', False),
        (("x y", "z.w", "q"), "[1, 2]", True),
        (("x y", "z.w", "r", "s"), '"a}#"', True),
        (("when",), "1979-05-27 07:32:00.5", False),
        (("project", "dependencies"), TEXT[TEXT.index("[ # c") : TEXT.index("\n[[tool")], False),
        (("tool", "x", "t"), '"\\"]"', False),
    ]
    assert [(header.path, TEXT[header.line.start : header.line.end]) for header in found.headers] == [
        (("project",), "[project]"),
        (("tool", "x"), "[[tool.x]]"),
        (("q.r", "s"), '["q.r".s]'),
    ]


def test_the_items_of_a_list_are_found():
    entry = outline(TEXT).entry(("project", "dependencies"))
    assert entry is not None
    places = items(TEXT, entry.value)
    assert [TEXT[place.start : place.end] for place in places] == [
        '"a]"',
        "'b#'",
        '{include-group = "x,y"}',
        '"""ml\n"""""',
        "[1, 2]",
    ]
    assert [line_of(TEXT, place.start) for place in places] == [6, 7, 7, 8, 10]
