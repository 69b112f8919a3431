"""A notebook becomes a page: its texts, its code, and what the code printed or drew."""

import base64
import json
from pathlib import Path

from docs.site.contents import CHINESE

_DOWNLOAD = {
    "en": "This page is a notebook: {download}`download it <{name}>` and run it in Jupyter.",
    "zh": "本页是一个笔记本：{download}`下载 <{name}>`，在 Jupyter 中运行。",
}


def page_of(notebook: Path, folder: Path) -> str:
    """Return the Markdown of a notebook; its pictures, and itself for download, are written to a folder."""
    name = notebook.name
    document = json.loads(notebook.read_text(encoding="utf-8"))
    (folder / name).write_bytes(notebook.read_bytes())
    blocks = []
    for number, cell in enumerate(document["cells"]):
        source = "".join(cell["source"])
        if cell["cell_type"] != "code":
            blocks.append(source)
            continue
        blocks.append(f"```python\n{source}\n```")
        for place, output in enumerate(cell["outputs"]):
            blocks += _output(output, folder / f"{notebook.stem}-{number}-{place}.png")
    language = "zh" if notebook.stem.endswith(CHINESE) else "en"
    blocks.insert(1, _DOWNLOAD[language].replace("{name}", name))
    return "\n\n".join(blocks) + "\n"


def _output(output: dict[str, object], picture: Path) -> list[str]:
    data = output.get("data", {})
    assert isinstance(data, dict)
    if "image/png" in data:
        picture.write_bytes(base64.b64decode(data["image/png"]))
        words = "".join(data.get("text/plain", ["Picture"])).strip("<>")
        return [f"![{words}]({picture.name})"]
    text = "".join(output.get("text") or data.get("text/plain") or [])
    return [f"```text\n{text.rstrip()}\n```"] if text.strip() else []
