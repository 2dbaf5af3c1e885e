"""Text from a file, made safe to look at: what would not be seen is shown."""

from __future__ import annotations

import unicodedata

_LONGEST = 80
# Of a whole sentence with names in it, or a reason.
LONGEST_SENTENCE = 2000
_LINE_BREAKS = {"\n": "⏎", "\r": "⏎", "\t": "⇥", "\u2028": "⏎", "\u2029": "⏎"}


def visible(text: str, longest: int = _LONGEST) -> str:
    r"""Show control characters and marks that turn the direction of writing, and cut what is long.

    Parameters
    ----------
    text
        From a file.
    longest
        Characters to keep.

    Examples
    --------
    >>> visible("a\x1b[31m\nb\u202e")
    'a␛[31m⏎b‹U+202E›'
    """
    cut = text if len(text) <= longest else text[: longest - 1] + "…"
    return "".join(map(_shown, cut))


def _shown(character: str) -> str:
    if character in _LINE_BREAKS:
        return _LINE_BREAKS[character]
    if character < " ":
        return chr(0x2400 + ord(character))
    hidden = unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co")
    return f"‹U+{ord(character):04X}›" if hidden else character
