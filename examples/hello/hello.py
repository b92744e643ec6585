"""hello: tells what is in the box it runs in. Works offline; knows nothing of capsa.

Each of its five dependencies earns its place: click reads the options, rich draws the table, humanize writes sizes for
people, jinja2 fills the page of `--html`, PyYAML gives `--yaml`.
"""

from __future__ import annotations

import os
import platform
import sys
from dataclasses import asdict, dataclass
from importlib.metadata import Distribution, distributions

import click
import humanize
import jinja2
import yaml
from rich.console import Console
from rich.table import Table

PAGE = """<!doctype html>
<title>{{ title }}</title>
<h1>{{ title }}</h1>
<table>
<tr><th>package<th>version<th>files<th>size
{%- for package in packages %}
<tr><td>{{ package.name }}<td>{{ package.version }}<td>{{ package.files }}<td>{{ package.bytes | size }}
{%- endfor %}
</table>
"""


@dataclass(frozen=True, kw_only=True)
class Package:
    """One installed package: how many files it has, their bytes, and how many of those bytes other boxes may share."""

    name: str
    version: str
    files: int
    bytes: int
    shared_bytes: int


def measure(distribution: Distribution) -> Package:
    """Return what one installed distribution takes; a file with a second name on disk is shared."""
    facts = []
    for file in distribution.files or []:
        path = os.fspath(distribution.locate_file(file))
        if os.path.isfile(path):
            facts.append(os.stat(path))
    return Package(
        name=distribution.metadata["Name"],
        version=distribution.version,
        files=len(facts),
        bytes=sum(fact.st_size for fact in facts),
        shared_bytes=sum(fact.st_size for fact in facts if fact.st_nlink > 1),
    )


def draw(packages: list[Package], title: str) -> Table:
    """Return the table of packages."""
    table = Table(title=title, title_justify="left", show_footer=True)
    table.add_column("package", "all together")
    table.add_column("version")
    table.add_column("files", str(sum(package.files for package in packages)), justify="right")
    table.add_column("size", humanize.naturalsize(sum(package.bytes for package in packages)), justify="right")
    shared = sum(package.shared_bytes for package in packages)
    table.add_column("shared on disk", humanize.naturalsize(shared), justify="right")
    for package in packages:
        sizes = humanize.naturalsize(package.bytes), humanize.naturalsize(package.shared_bytes)
        table.add_row(package.name, package.version, str(package.files), *sizes)
    return table


@click.command()
@click.option("--html", "form", flag_value="html", help="Write a page instead of a table.")
@click.option("--yaml", "form", flag_value="yaml", help="Write YAML instead of a table.")
def hello(form: str | None) -> None:
    """Tell what is in the box that this program runs in."""
    packages = sorted((measure(entry) for entry in distributions()), key=lambda package: package.name.lower())
    place = os.path.relpath(sys.prefix)
    title = f"Hello from {place}: {platform.python_implementation()} {platform.python_version()}"
    if form == "yaml":
        click.echo(yaml.safe_dump([asdict(package) for package in packages], sort_keys=False), nl=False)
    elif form == "html":
        pages = jinja2.Environment(autoescape=True)
        pages.filters["size"] = humanize.naturalsize
        click.echo(pages.from_string(PAGE).render(title=title, packages=packages))
    else:
        Console().print(draw(packages, title))


if __name__ == "__main__":
    hello()
