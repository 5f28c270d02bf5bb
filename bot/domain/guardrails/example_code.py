"""Code in a text that was not shown as it is: an extension, an example file name, an address made of parts.

A question has to say when something goes wrong: "a user's `報告.pdf`", "a name without `.pdf`",
"`/v1/chat/completions`". Only a fixed list of words in other scripts is allowed, since such a word could
praise too. The parts of an address are checked like the words of a sentence (``model_wording``).
"""

import re

_TYPES = (
    "pdf|docx?|xlsx?|pptx?|csv|tsv|jsonl?|ya?ml|toml|txt|md|html?|xml|png|jpe?g|gif|webp|svg|heic|mp[34]|wav"
    "|ogg|zip|gz|tgz|tar|parquet|ipynb|pyi?|jsx?|tsx?|java|kt|go|rs|rb|php|sql|sh|env|ini|cfg|lock"
    "|log|bak|tmp|pem"
)
_EXTENSION = re.compile(rf"\*?\.(?:{_TYPES})", re.IGNORECASE)
# Report, contract, document, file, invoice, quote, photo, picture, data, notes and test, in other scripts.
_FILE = re.compile(
    r"(?:報告書?|契約書?|文書|資料|請求書|見積書|写真|画像|メモ|テスト|報表|合同|文件|文档|文檔|发票|發票|照片|图片|圖片"
    r"|数据|測試|测试|보고서|계약서|문서|파일|사진"
    r"|отчёт|отчет|договор|документ|файл|счёт|счет|фото|данные)"
    rf"(?:[-_ ]?\d{{1,4}})?\.(?:{_TYPES})"
)
_ADDRESS = re.compile(r"/?[a-z0-9_{}.-]{1,30}(?:/[a-z0-9_{}.-]{1,30}){1,7}/?|/[a-z0-9_-]{1,30}/?")
# A keyword with a text that the code compares it with: ``mode="chat"`` for ``if mode == "chat"``.
_ARGUMENT = re.compile(r"""([A-Za-z_]\w{0,40})=["']([\w-]{1,30})["']""")
_SEGMENT = re.compile(r"[^/]+")


def is_example(span: str) -> bool:
    """Say whether code in a text is an extension, or a common file name in another script."""
    return bool(_EXTENSION.fullmatch(span) or _FILE.fullmatch(span))


def split_address(span: str) -> tuple[str, ...]:
    """Return the parts of an address or a path, or nothing if it is neither."""
    return tuple(_SEGMENT.findall(span)) if _ADDRESS.fullmatch(span) else ()


def split_argument(span: str, shown: str) -> tuple[str, ...]:
    """Return a keyword and its text, or nothing if no line of the code that was shown has both."""
    argument = _ARGUMENT.fullmatch(span)
    if not argument:
        return ()
    name, value = map(re.escape, argument.groups())
    both = (re.compile(rf"\b{name}\b"), re.compile(rf"""["']{value}["']"""))
    has_both = any(all(part.search(line) for part in both) for line in shown.split("\n"))
    return argument.groups() if has_both else ()
