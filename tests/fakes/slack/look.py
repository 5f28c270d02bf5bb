"""What is seen: a message, a form or an App Home as text in a phone's column, and as a page for a picture.

``text(document)`` takes any of a message's, an ephemeral's or a view's document, or a ``Shown``;
``page(documents, title)`` makes one HTML page, and ``picture(html, file)`` a PNG of it, 390 pixels wide,
where there is a chromium. ``notified(document)`` says whom it would ping.
"""

import html
import re
import shutil
import subprocess
import textwrap
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from tests.fakes.slack import judge
from tests.fakes.slack.model import Json, Shown
from tests.waiting import FUSE

WIDTH = 40
_ANGLED = re.compile(r"<([^<>]*)>")
_BOLD = re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])")
_ITALIC = re.compile(r"(?<![\w_])_(?=\S)([^_\n]+?)(?<=\S)_(?![\w_])")
_STRUCK = re.compile(r"(?<![\w~])~(?=\S)([^~\n]+?)(?<=\S)~(?![\w~])")
_CODE = re.compile(r"`([^`\n]+)`")
_EMPTY = " " * 12


def notified(document: Json) -> set[str]:
    """Return the ids of those whom a message pings, and ``!channel`` and its like for everybody."""
    found: set[str] = set()
    for kind, said in _texts(document):
        if kind == "plain_text":
            continue
        for inner in _ANGLED.findall(said):
            if inner.startswith("@"):
                found.add(inner[1:].partition("|")[0])
            if inner.startswith("!") and not inner.startswith("!date"):
                found.add(inner.partition("|")[0])
    return found


def _texts(document: Any) -> Iterable[tuple[str, str]]:
    if isinstance(document, Mapping):
        if "text" in document and isinstance(document["text"], str):
            yield str(document.get("type", "mrkdwn")), document["text"]
        for value in document.values():
            yield from _texts(value)
    elif isinstance(document, list):
        for each in document:
            yield from _texts(each)


def mrkdwn(said: str, names: Mapping[str, str] | None = None) -> str:
    """Return mrkdwn as a reader sees it, its formatting left out."""
    shown = _ANGLED.sub(lambda found: _special(found[1], names or {}), said)
    for pattern in (_BOLD, _ITALIC, _STRUCK, _CODE):
        shown = pattern.sub(r"\1", shown)
    return html.unescape(shown)


def _special(inner: str, names: Mapping[str, str]) -> str:
    target, _, label = inner.partition("|")
    if target.startswith("@"):
        return f"@{label or names.get(target[1:], target[1:])}"
    if target.startswith("#"):
        return f"#{label or target[1:]}"
    if target.startswith("!date^"):
        return label
    return label or target.lstrip("!")


def _object(found: Json | None, names: Mapping[str, str] | None = None) -> str:
    if not found:
        return ""
    said = str(found["text"])
    return mrkdwn(said, names) if found.get("type") == "mrkdwn" else html.unescape(said)


def width(line: str) -> int:
    """Return the columns that a line takes: wide letters and emoji take two, marks none."""
    columns = 0
    for each in line:
        if unicodedata.combining(each) or unicodedata.category(each) in {"Cf", "Mn", "Me"}:
            continue
        columns += 2 if unicodedata.east_asian_width(each) in "WF" else 1
    return columns


def _wrapped(said: str, first: str = "", others: str | None = None) -> list[str]:
    indent = first if others is None else others
    lines: list[str] = []
    for number, row in enumerate(said.split("\n")):
        begin = first if number == 0 else indent
        lines += textwrap.wrap(
            row, WIDTH, initial_indent=begin, subsequent_indent=indent, break_on_hyphens=False
        ) or [begin.rstrip()]
    return lines


def text(seen: Json | Shown, names: Mapping[str, str] | None = None) -> str:
    """Return what is seen, in a column of 40 characters."""
    errors, values = (seen.errors, seen.values) if isinstance(seen, Shown) else ({}, {})
    document = seen.document if isinstance(seen, Shown) else seen
    lines: list[str] = []
    if document.get("title"):
        lines += [f"✕ {_object(document['title'])}".center(WIDTH).rstrip(), "═" * WIDTH]
    for block in document.get("blocks") or []:
        lines += _BLOCKS[block["type"]](block, names, values)
        if block.get("block_id") in errors:
            lines += _wrapped(errors[block["block_id"]], "  ⚠ ", "    ")
        lines.append("")
    if not document.get("blocks"):
        lines += [*_wrapped(mrkdwn(str(document.get("text", "")), names)), ""]
    if document.get("submit"):
        lines += ["═" * WIDTH, f"[ {_object(document['submit'])} ]".rjust(WIDTH)]
    return "\n".join(lines).rstrip() + "\n"


Values = Mapping[tuple[str, str], Json]


def _section(block: Json, names: Mapping[str, str] | None, values: Values) -> list[str]:
    lines = _wrapped(_object(block["text"], names)) if "text" in block else []
    for each in block.get("fields") or []:  # a phone shows them one below another
        lines += _wrapped(_object(each, names))
    if "accessory" in block:
        lines += _element(block["accessory"], values.get(_at(block, block["accessory"])))
    return lines


def _header(block: Json, names: Mapping[str, str] | None, values: Values) -> list[str]:
    return [*_wrapped(_object(block["text"]), "▌ "), ""][:-1]


def _divider(block: Json, names: Mapping[str, str] | None, values: Values) -> list[str]:
    return ["─" * WIDTH]


def _context(block: Json, names: Mapping[str, str] | None, values: Values) -> list[str]:
    said = [
        f"({each['alt_text']})" if each["type"] == "image" else _object(each, names)
        for each in block["elements"]
    ]
    return _wrapped("  ".join(said), "· ", "  ")


def _actions(block: Json, names: Mapping[str, str] | None, values: Values) -> list[str]:
    lines: list[str] = []
    row = ""
    for each in block["elements"]:
        for line in _element(each, values.get(_at(block, each))):
            if row and width(row) + 1 + width(line) <= WIDTH:
                row = f"{row} {line}"
                continue
            if row:
                lines.append(row)
            row = line
    return [*lines, row]


def _image(block: Json, names: Mapping[str, str] | None, values: Values) -> list[str]:
    return _wrapped(f"[picture: {block['alt_text']}]")


def _input(block: Json, names: Mapping[str, str] | None, values: Values) -> list[str]:
    label = _object(block["label"]) + (" (optional)" if block.get("optional") else "")
    hint = _wrapped(_object(block["hint"]), "  ") if "hint" in block else []
    return [*_wrapped(label), *_element(block["element"], values.get(_at(block, block["element"]))), *hint]


def _markdown(block: Json, names: Mapping[str, str] | None, values: Values) -> list[str]:
    return _wrapped(str(block["text"]))


_BLOCKS: Mapping[str, Callable[[Json, Mapping[str, str] | None, Values], list[str]]] = {
    "section": _section,
    "header": _header,
    "divider": _divider,
    "context": _context,
    "actions": _actions,
    "image": _image,
    "input": _input,
    "markdown": _markdown,
}


def _at(block: Json, element: Json) -> tuple[str, str]:
    return str(block.get("block_id", "")), str(element.get("action_id", ""))


def _element(element: Json, value: Json | None) -> list[str]:
    kind = element["type"]
    if kind == "button":
        sign = {"primary": "●", "danger": "!"}.get(element.get("style", ""), "")
        return [f"[{sign} {_object(element['text'])} ]"]
    if kind == "image":
        return [f"({element['alt_text']})"]
    if kind == "overflow":
        return ["[ ⋯ " + " | ".join(_object(each["text"]) for each in element["options"]) + " ]"]
    if kind in {"checkboxes", "radio_buttons"}:
        return _choices(element, value)
    return [f"[ {_chosen(element, value)}{' ▾' if 'select' in kind else ''} ]"]


def _choices(element: Json, value: Json | None) -> list[str]:
    chosen = _selected(element, value)
    empty, full = ("☐", "☑") if element["type"] == "checkboxes" else ("○", "◉")
    lines: list[str] = []
    for each in element["options"]:
        lines += _wrapped(_object(each["text"]), f"{full if each['value'] in chosen else empty} ", "  ")
        if "description" in each:
            lines += _wrapped(_object(each["description"]), "  ")
    return lines


def _selected(element: Json, value: Json | None) -> list[str]:
    found = value if value is not None else element
    many = found.get("selected_options" if value is not None else "initial_options") or []
    one = found.get("selected_option" if value is not None else "initial_option")
    return [each["value"] for each in [*many, *([one] if one else [])]]


def _chosen(element: Json, value: Json | None) -> str:
    chosen = _selected(element, value)
    if chosen:
        options = {each["value"]: _object(each["text"]) for each in judge.options_of(element)}
        return ", ".join(options[each] for each in chosen)
    found = value if value is not None else element
    for name, said in found.items():
        if name not in {"type", "selected_option", "selected_options"} and value is not None and said:
            return ", ".join(said) if isinstance(said, list) else str(said)
        if value is None and name.startswith("initial_") and said:
            return ", ".join(said) if isinstance(said, list) else str(said)
    return _object(element.get("placeholder")) or _EMPTY


_STYLE = """
* { box-sizing: border-box } body { margin: 0; background: #fff; font: 15px/1.45 Lato, 'DejaVu Sans',
sans-serif; color: #1d1c1d; width: 390px } main { padding: 12px 16px; overflow-wrap: anywhere }
article { border-bottom: 6px solid #eee; padding: 10px 0 } h1 { font-size: 13px; color: #616061 }
h2 { font-size: 18px; margin: 8px 0 } hr { border: 0; border-top: 1px solid #ddd }
.context { color: #616061; font-size: 12px } p { margin: 6px 0; white-space: pre-line }
.title { font-weight: bold; text-align: center; padding: 8px; border-bottom: 1px solid #ddd }
button, .field { font: inherit; border: 1px solid #bbb; border-radius: 4px; background: #fff;
padding: 6px 12px; margin: 3px 6px 3px 0; text-align: left; display: inline-block }
button.primary { background: #007a5a; color: #fff } button.danger { background: #e01e5a; color: #fff }
.field { display: block; color: #616061 } label { font-weight: bold; display: block; margin-top: 10px }
.error { color: #e01e5a } small { color: #616061 } code { background: #f4f4f4; color: #c01343 }
"""


def page(seen: Iterable[tuple[str, Json | Shown]], title: str, names: Mapping[str, str] | None = None) -> str:
    """Return one HTML page of several messages and views, each under its caption."""
    parts = [
        f"<article><h1>{html.escape(caption)}</h1>{_article(each, names or {})}</article>"
        for caption, each in seen
    ]
    head = f"<meta charset='utf-8'><title>{html.escape(title)}</title><style>{_STYLE}</style>"
    return f"<!doctype html><html><head>{head}</head><body><main>{''.join(parts)}</main></body></html>"


def picture(document: str, file: Path, height: int = 1600) -> bool:
    """Make a PNG of a page, as wide as a phone; say whether there is a chromium to do it."""
    chromium = shutil.which("chromium")
    if chromium is None:
        return False
    source = file.with_suffix(".html")
    source.write_text(document, "utf-8")
    options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
    # A window of chromium's has a least width of 500: the page itself is 390, and the rest stays white.
    subprocess.run(
        [chromium, *options, f"--window-size=500,{height}", f"--screenshot={file}", source.as_uri()],
        check=True,
        capture_output=True,
        timeout=FUSE,
    )
    return file.exists()


def _article(seen: Json | Shown, names: Mapping[str, str]) -> str:
    errors, values = (seen.errors, seen.values) if isinstance(seen, Shown) else ({}, {})
    document = seen.document if isinstance(seen, Shown) else seen
    parts = []
    if document.get("title"):
        parts.append(f"<div class='title'>{html.escape(_object(document['title']))}</div>")
    for block in document.get("blocks") or [{"type": "section", "text": _as_object(document)}]:
        parts.append(_drawn(block, names, values))
        if block.get("block_id") in errors:
            parts.append(f"<p class='error'>{html.escape(errors[block['block_id']])}</p>")
    if document.get("submit"):
        parts.append(f"<hr><button class='primary'>{html.escape(_object(document['submit']))}</button>")
    return "".join(parts)


def _as_object(document: Json) -> Json:
    return {"type": "mrkdwn", "text": str(document.get("text", ""))}


def _rich(found: Json, names: Mapping[str, str]) -> str:
    """Return a text object as HTML, formatted as Slack would."""
    if found.get("type") != "mrkdwn":
        return html.escape(_object(found))
    shown = _ANGLED.sub(lambda it: html.escape(_special(it[1], names)), str(found["text"]))
    for pattern, tag in ((_BOLD, "b"), (_ITALIC, "i"), (_STRUCK, "s"), (_CODE, "code")):
        shown = pattern.sub(rf"<{tag}>\1</{tag}>", shown)
    return shown


def _drawn(block: Json, names: Mapping[str, str], values: Values) -> str:
    kind = block["type"]
    draw = _DRAWN.get(kind)
    if draw is not None:
        return draw(block, names, values)
    return f"<p>{html.escape(' '.join(_BLOCKS[kind](block, names, values)))}</p>"


def _drawn_context(block: Json, names: Mapping[str, str], values: Values) -> str:
    said = [_rich(each, names) for each in block["elements"] if each["type"] != "image"]
    return f"<p class='context'>{' &nbsp; '.join(said)}</p>"


def _drawn_section(block: Json, names: Mapping[str, str], values: Values) -> str:
    texts = [*([block["text"]] if "text" in block else []), *(block.get("fields") or [])]
    said = [f"<p>{_rich(each, names)}</p>" for each in texts]
    beside = [block["accessory"]] if "accessory" in block else []
    return "".join([*said, *(_drawn_element(each, block, values) for each in beside)])


def _drawn_input(block: Json, names: Mapping[str, str], values: Values) -> str:
    label = html.escape(_object(block["label"]) + (" (optional)" if block.get("optional") else ""))
    hint = f"<small>{html.escape(_object(block['hint']))}</small>" if "hint" in block else ""
    return f"<label>{label}</label>{_drawn_element(block['element'], block, values)}{hint}"


_DRAWN: Mapping[str, Callable[[Json, Mapping[str, str], Values], str]] = {
    "divider": lambda block, names, values: "<hr>",
    "header": lambda block, names, values: f"<h2>{_rich(block['text'], names)}</h2>",
    "context": _drawn_context,
    "section": _drawn_section,
    "actions": lambda block, names, values: "".join(
        _drawn_element(each, block, values) for each in block["elements"]
    ),
    "input": _drawn_input,
}


def _drawn_element(element: Json, block: Json, values: Values) -> str:
    if element["type"] == "button":
        return f"<button class='{element.get('style', '')}'>{html.escape(_object(element['text']))}</button>"
    lines = _element(element, values.get(_at(block, element)))
    said = "<br>".join(html.escape(line.strip("[ ]")) or "&nbsp;" for line in lines)
    return f"<span class='field'>{said}</span>"
