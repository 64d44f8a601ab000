"""Writes prompts again in alphabets of nonsense words, with the same numbers, signs, lengths and labels.

The examples know other languages almost only as easy prompts. A model fitted on them would take a foreign script for a sign of an easy
task; with these copies it learns that the script says nothing and that structure counts in all of them."""
import random
import re

# What stays as it is: commands of LaTeX, what stands between dollar signs, code in fences, single letters, options.
KEPT = re.compile(r"\\[A-Za-z]+|\$[^$\n]{1,80}\$|```.*?```|\b[A-Za-z]\b|[A-Za-z_]+\(|[A-Za-z]*_[A-Za-z_]+", re.S)
WORD = re.compile(r"[A-Za-z][A-Za-z']*")
ALPHABETS = {
    "latin": ["bcdfghklmnprstvz", "aeiouéöüã"],
    "cyrillic": ["бвгджзклмнпрстфхцчш", "аеиоуыюя"],
    "greek": ["βγδζθκλμνξπρστφχ", "αεηιοω"],
    "arabic": ["بتثجحخدذرزسشصضطعغفقكلمنه", "اوي"],
    "hebrew": ["בגדהזחטכלמנסעפצקרשת", "אוי"],
    "devanagari": ["कखगघचजटडतदनपबमयरलवशसह", "ािीुूेैो"],
    "hangul": None,
    "han": None,
    "kana": None,
    "thai": ["กขคงจชดตทนบปพมยรลวสห", "ะาิีึืุูเแโ"],
}
UNSPACED = {"han", "kana", "thai"}
FULL_WIDTH = str.maketrans({".": "。", ",": "，", "?": "？", "!": "！", ":": "：", ";": "；"})


def word_in(script, word, chance):
    """The same word always becomes the same nonsense within one prompt, as the generator is seeded by it."""
    length = len(word)
    if script == "han":
        return "".join(chr(chance.randrange(0x4E00, 0x9000)) for _ in range(1 if length < 5 else 2))
    if script == "kana":
        return "".join(chr(chance.randrange(0x3042, 0x3090)) for _ in range(max(1, length // 2)))
    if script == "hangul":
        return "".join(chr(chance.randrange(0xAC00, 0xD7A3)) for _ in range(max(1, length // 2)))
    consonants, vowels = ALPHABETS[script]
    out = "".join(chance.choice(consonants if i % 2 == 0 else vowels) for i in range(length))
    return out.capitalize() if word[0].isupper() and script in ("latin", "cyrillic", "greek") else out


def rewrite(text, script, seed):
    pieces, at = [], 0
    for kept in KEPT.finditer(text):
        pieces.append((text[at:kept.start()], False))
        pieces.append((kept.group(), True))
        at = kept.end()
    pieces.append((text[at:], False))
    out = []
    for piece, keep in pieces:
        if not keep:
            piece = WORD.sub(lambda m: word_in(script, m.group(), random.Random(f"{seed}{m.group().lower()}")), piece)
            if script in UNSPACED:
                piece = re.sub(r"(?<=[^\x00-\x7F]) (?=[^\x00-\x7F])", "", piece)
            if script in ("han", "kana"):
                piece = re.sub(r"(?<=[^\x00-\x7F])[.,?!:;](?=[ \n]|$)", lambda m: m.group().translate(FULL_WIDTH), piece)
        out.append(piece)
    return "".join(out)


def copies(rows, share, seed):
    """Copies of a share of the English rows, each in one script."""
    chance = random.Random(seed)
    scripts = sorted(ALPHABETS)
    for row in rows:
        if row["lang"] != "en" or chance.random() >= share:
            continue
        script = chance.choice(scripts)
        yield {**row, "id": row["id"] + "-" + script, "lang": "x-" + script, "prompt": rewrite(row["prompt"], script, row["id"])}
