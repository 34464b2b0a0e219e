"""What a run or an explanation rests on, and how to cite just that: claims, reviews, papers, cell equations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..ground.version import VERSION
from ..nouns.evidence import Claim, Source
from ..nouns.intervention import Clamp, Course, Dosing, Protocol
from ..nouns.model import Model

# a paper as assumptions name it: a name, perhaps others, a year
_PAPER = re.compile(r"\b([A-Z][\w'-]+)(?: et al\.?,?|,? and [A-Z][\w'-]+)?,? ?\(?((?:19|20)\d\d)\b")
_SPECIAL = str.maketrans({"&": r"\&", "%": r"\%", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}", "~": r"\~{}"})


@dataclass(frozen=True)
class Ground:
    """What one thing that is done rests on.

    Attributes
    ----------
    what
        Such as ``Quercetin raises ERa``, or the name of a background.
    claims
        Ids of claims.
    assumption
        Its reason where there is no claim; empty for what the scenario itself sets.
    """

    what: str
    claims: tuple[str, ...]
    assumption: str = ""


def grounds_of(model: Model, protocols: Iterable[Protocol]) -> tuple[Ground, ...]:
    """Return what the actions of protocols rest on, each once.

    Parameters
    ----------
    model
        The model.
    protocols
        What is done.

    Returns
    -------
    tuple of Ground
        Actions of compounds, backgrounds, and nodes that are held.
    """
    out: dict[str, Ground] = {}
    for protocol in protocols:
        for action in protocol:
            for ground in _grounds(model, action):
                out.setdefault(ground.what, ground)
    return tuple(out.values())


def _grounds(model: Model, action: Clamp | Dosing | Course) -> Iterable[Ground]:
    if isinstance(action, Dosing):
        compound = model.compounds[action.compound]
        for effect in compound.effects:
            what = f"{compound.name} {'raises' if effect.sign > 0 else 'lowers'} {effect.node}"
            yield Ground(what, effect.claims, effect.assumption)
        return
    if isinstance(action, Course):
        found = [b for b in model.backgrounds.values() if b.courses.get(action.node) == action.course]
    else:
        found = [b for b in model.backgrounds.values() if b.levels.get(action.node) == action.level][:1]
    if isinstance(action, Clamp) and not found:
        yield Ground(f"{action.node} held at {action.level:g}", ())
    for background in found:
        yield Ground(background.name, background.claims, background.assumption)


def sources_of(model: Model, claims: Iterable[Claim], texts: Iterable[str] = ()) -> tuple[Source, ...]:
    """Return the reviews behind claims, the papers that assumptions name, and the paper of the cell layer.

    Parameters
    ----------
    model
        The model.
    claims
        The claims used.
    texts
        Assumptions, in which papers stand as ``Name 1999``.

    Returns
    -------
    tuple of Source
        Each once, in the order of models/evidence/sources.csv.
    """
    wanted = {claim.source for claim in claims}
    by_name = {key.lower(): key for key in model.sources}
    for text in texts:
        for name, year in _PAPER.findall(text):
            key = f"{name}{year}".lower()
            if key in by_name:
                wanted.add(by_name[key])
    wanted |= {s.id for s in model.sources.values() if s.doi and s.doi == model.cells.doi}
    return tuple(source for key, source in model.sources.items() if key in wanted)


def bibtex(sources: Sequence[Source], claims: Sequence[Claim] = ()) -> str:
    """Write sources as BibTeX, the software first.

    Parameters
    ----------
    sources
        What is cited.
    claims
        The claims used; the numbers of their references go into a note of the review.

    Returns
    -------
    str
        One entry per source.
    """
    software = f"@software{{remodelsim,\n  title = {{remodelsim}},\n  version = {{{VERSION}}}\n}}"
    return "\n\n".join([software, *(_entry(source, claims) for source in sources)]) + "\n"


def _entry(source: Source, claims: Sequence[Claim]) -> str:
    parts = source.title.rstrip(".").split(". ")
    fields: dict[str, str] = {}
    if source.kind != "review" and len(parts) >= 3:
        fields["author"] = _authors(parts[0])
        fields["title"], fields["journal"] = ". ".join(parts[1:-1]), parts[-1]
    elif len(parts) >= 2:
        fields["title"], fields["journal"] = ". ".join(parts[:-1]), parts[-1]
    else:
        fields["title"] = source.title
    fields |= {"year": source.year, "doi": source.doi}
    mine = [claim for claim in claims if claim.source == source.id]
    cited = sorted({number for claim in mine for number in claim.numbers})
    if cited:
        fields["note"] = f"its references {', '.join(map(str, cited))}"
    lines = [f"  {key} = {{{value.translate(_SPECIAL)}}}" for key, value in fields.items() if value and key != "doi"]
    lines += [f"  doi = {{{source.doi}}}"] if source.doi else []
    return f"@article{{{source.id},\n" + ",\n".join(lines) + "\n}"


def _authors(text: str) -> str:
    return " and ".join(part.strip() for part in text.replace(" et al", ", others").split(",") if part.strip())


def citations(
    model: Model, protocols: Iterable[Protocol], claims: Iterable[Claim] = (), texts: Iterable[str] = ()
) -> str:
    """Write as BibTeX what protocols, and the claims and assumptions of explanations, rest on.

    Parameters
    ----------
    model
        The model.
    protocols
        What was done.
    claims, texts
        Further claims, and assumptions that name papers.

    Returns
    -------
    str
        BibTeX.
    """
    grounds = grounds_of(model, protocols)
    used = {i: model.claims[i] for ground in grounds for i in ground.claims if i in model.claims}
    used |= {claim.id: claim for claim in claims}
    told = [*(ground.assumption for ground in grounds), *texts]
    every = list(used.values())
    return bibtex(sources_of(model, every, told), every)
