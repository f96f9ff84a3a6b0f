"""`syncer explain`: what a code or a field means, or where a resource's values come from."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

import click

from syncer.cli.app import App
from syncer.cli.options import Command
from syncer.codes import CODES
from syncer.errors import ExitCode, Misuse
from syncer.manifest.schemas import describe_fields
from syncer.resources import Desired
from syncer.sinks import terminal
from syncer.views.values import shown


@click.command("explain", cls=Command)
@click.argument("topic", metavar="CODE|FIELD|ADDRESS")
@click.pass_obj
def command(app: App, topic: str) -> int:
    """Explain an error code, a field, or where a value comes from.

    CODE is what stands in brackets after `error`; FIELD is a key of manifests; ADDRESS is
    signals/<integration>/<input id> or items/<integration>/<input id>.
    """
    app.format("text")
    fields = describe_fields()
    if "/" in topic:
        text = _resource(app, topic)
    elif topic.upper() in CODES:
        text = f"{topic.upper()}\n\n{CODES[topic.upper()]}\n"
    elif topic in fields:
        text = f"{topic}\n\n{fields[topic]}\n"
    else:
        near = get_close_matches(topic, [*CODES, *fields], 3)
        raise Misuse.of(
            "CLI-TOPIC",
            f"nothing is known about {topic!r}",
            rule="a topic is an error code, a field of manifests, or an address",
            hint=f"did you mean {', '.join(near)}?" if near else "",
        )
    app.output.data(text)
    return ExitCode.OK


def _resource(app: App, topic: str) -> str:
    _, desired = app.project()
    resources = desired.resources
    known = {str(address): resource for address, resource in resources.items()}
    if topic not in known:
        near = get_close_matches(topic, known, 1)
        raise Misuse.of(
            "CLI-TOPIC",
            f"the manifests declare no {topic!r}",
            hint=f"did you mean {near[0]}?" if near else "",
        )
    return "\n".join(_values(known[topic])) + "\n"


def _values(resource: Desired) -> Iterator[str]:
    yield f"{terminal(str(resource.address))}  {terminal(str(resource.locate(())))}"
    for name, value in resource.fields.items():
        if name in ("labels", "annotations") and isinstance(value, Mapping) and value:
            for key, item in value.items():
                yield _value(f"{name}.{key}", item, resource, (name, key))
        else:
            yield _value(name, value, resource, (name,))
    for name in sorted(resource.follow - resource.fields.keys()):
        yield f"  {name}  follows its signal  {_place(resource)}"


def _place(resource: Desired) -> str:
    return terminal(str(resource.locate(("follow",))))


def _value(name: str, value: object, resource: Desired, path: tuple[str, ...]) -> str:
    return f"  {terminal(name)}  {shown(value)}  {terminal(str(resource.locate(path)))}"
