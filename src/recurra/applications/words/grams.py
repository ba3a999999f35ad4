"""Numbers for pieces of text that need no list of them."""

from __future__ import annotations

from zlib import crc32

SHORTEST, LONGEST = 3, 6


def stamp(text: str) -> int:
    """A number from 0 to 2**32 - 1 for a text, the same on every machine: its CRC-32."""
    return crc32(text.encode())


def grams(token: str, buckets: int) -> list[int]:
    """The buckets of a token's pieces of 3 to 6 letters, its two ends marked.

    Words that share pieces share buckets, also one that was never seen. The pieces of Bojanowski et
    al. 2017, "Enriching word vectors with subword information" (TACL 5), section 3.2.

    Args:
        token: The token.
        buckets: How many there are, at least 1.

    Returns:
        Numbers from 0 to ``buckets`` - 1; at least one, the whole token's.
    """
    marked = f"<{token}>"
    pieces = {
        marked[start : start + size]
        for size in range(SHORTEST, min(LONGEST, len(marked)) + 1)
        for start in range(len(marked) - size + 1)
    }
    return sorted({stamp(piece) % buckets for piece in pieces | {marked}})
