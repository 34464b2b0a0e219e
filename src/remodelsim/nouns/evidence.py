"""Claims of the reviews, the sources they come from, the papers they cite, and what was left out of the model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..ground.errors import ModelError
from ..ground.names import nearest

# from strong to weak; `nouns/grading.py` says how a claim comes by its grade
GRADES: Mapping[str, str] = {
    "human": "seen in people",
    "animal": "seen in animals",
    "in_vitro": "seen in cells or with molecules in a dish",
    "review": "taken from another review",
    "cited": "the review cites a paper and does not say how it was found",
    "stated": "the review's own word, without a reference",
    "conclusion": "the review's conclusion only, without support in its body",
    "outlook": "a hope or a proposal",
    "definition": "a name or a definition, no finding",
}
STUDIES = ("human", "animal", "in_vitro", "review", "untold")
# how a DOI came to be believed
CHECKED: Mapping[str, str] = {
    "found": "seen beside its title in a public text",
    "form": "made of volume and page as the journal makes it",
    "unverified": "written from memory, not confirmed",
}
EXCUSES: Mapping[str, str] = {
    "definition": "defines or names something",
    "chemistry": "chemistry, sources or history of a substance",
    "epidemiology": "how many people are ill, and what it costs",
    "association": "goes along with a disease; no cause is claimed",
    "outlook": "says what should be done, hoped or studied",
    "care": "surgery, adherence, side effects and other matters of care",
    "no_direction": "says that there is an effect, not which way it goes",
    "class": "speaks of a class whose members are modelled instead",
    "outside": "lies outside bone, its immune cells, its hormones and the gut",
    "method": "tells how a study was done",
    "corrected": "is not held as it stands; see deviations.md",
    "unheld": "could be modelled and is not",
}


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement of a review, as facts in columns.

    Parameters
    ----------
    id
        Such as ``QUE-008``.
    source
        Which review.
    subject, relation, object
        What does what to what.
    columns
        Every other column of the table.
    grade
        How well it is founded, one of `GRADES`.

    Raises
    ------
    ModelError
        When the id or the subject is missing, or there is no such grade.
    """

    id: str
    source: str
    subject: str
    relation: str
    object: str
    columns: Mapping[str, str]
    grade: str = "stated"

    def __post_init__(self) -> None:
        if not self.id or not self.subject:
            raise ModelError(f"claim '{self.id}' has no {'subject' if self.id else 'id'}")
        if self.grade not in GRADES:
            raise ModelError(
                f"claim {self.id} has the grade '{self.grade}'", nearest=nearest(self.grade, GRADES), allowed=GRADES
            )

    def sentence(self) -> str:
        """Say the claim as one line in our own words.

        Returns
        -------
        str
            Subject, relation, object, and the circumstances that the review gives.
        """
        dose = f"{self.columns.get('dose', '')} {self.columns.get('unit', '')}".strip()
        circumstances = [self.columns.get("condition", ""), self.columns.get("system", ""), dose]
        told = "; ".join(part for part in circumstances if part)
        core = f"{self.subject} {self.relation.replace('_', ' ')} {self.object}"
        return f"{core} ({told})" if told else core

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers under which the review cites its papers for this claim."""
        return reference_numbers(self.columns.get("ref", ""))


def reference_numbers(text: str) -> tuple[int, ...]:
    """Return the numbers of a citation; those that cannot be read are left out.

    Parameters
    ----------
    text
        As in the column ``ref``: a number or a range, with a question mark where the print is doubtful.

    Returns
    -------
    tuple of int
        The numbers, in order.

    Examples
    --------
    >>> reference_numbers("20-24"), reference_numbers("11?"), reference_numbers("")
    ((20, 21, 22, 23, 24), (11,), ())
    """
    first, _, last = text.strip().rstrip("?").partition("-")
    if not (first.isdecimal() and (last.isdecimal() or not last)) or len(first) > 3 or len(last) > 3:
        return ()
    return tuple(range(int(first), int(last or first) + 1))


@dataclass(frozen=True, slots=True)
class Reference:
    """A paper that a review cites, as far as the review's text tells it.

    Parameters
    ----------
    review
        The review.
    number
        Its number there.
    authors
        The author whom the text names, in its spelling; empty where it names none.
    year
        Year of publication, where the text gives it.
    study
        How it was found, one of `STUDIES`.
    about
        Cells, animals or people that were studied; else where in the review it is cited.
    likely
        The paper that is probably meant, by its content; the text does not say so.

    Raises
    ------
    ModelError
        When there is no such kind of study.
    """

    review: str
    number: int
    authors: str
    year: str
    study: str
    about: str
    likely: str = ""

    def __post_init__(self) -> None:
        if self.study not in STUDIES:
            raise ModelError(
                f"reference {self.number} of {self.review} has the study '{self.study}'",
                nearest=nearest(self.study, STUDIES),
                allowed=STUDIES,
            )

    def line(self) -> str:
        """Say the reference as one line."""
        who = " ".join(part for part in (self.authors or "author not named in the text", self.year) if part)
        kind = "kind of study not told" if self.study == "untold" else GRADES[self.study]
        likely = f"; probably {self.likely}" if self.likely else ""
        return f"[{self.number}] {who}: {self.about}; {kind}{likely}"


@dataclass(frozen=True, slots=True)
class Excuse:
    """Why a claim is represented by nothing.

    Parameters
    ----------
    claim
        Its id.
    why
        One of `EXCUSES`.
    reason
        In our words.

    Raises
    ------
    ModelError
        When there is no such excuse or it gives no reason.
    """

    claim: str
    why: str
    reason: str

    def __post_init__(self) -> None:
        if self.why not in EXCUSES:
            raise ModelError(
                f"claim {self.claim} is excused by '{self.why}'", nearest=nearest(self.why, EXCUSES), allowed=EXCUSES
            )
        if len(self.reason.split()) < 2:
            raise ModelError(f"the excuse of claim {self.claim} gives no reason", cure="Say why in a few words.")


@dataclass(frozen=True, slots=True)
class System:
    """A part of a review: one mechanism, cell or compound, with the claims about it.

    Parameters
    ----------
    name
        Such as ``que_wnt``.
    review
        The review.
    label_en, label_zh
        What people read.
    claims
        Ids of its claims.

    Raises
    ------
    ModelError
        When it holds no claim.
    """

    name: str
    review: str
    label_en: str
    label_zh: str
    claims: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.claims:
            raise ModelError(f"system {self.name} holds no claim")


@dataclass(frozen=True)
class Evidence:
    """What is known about the claims beside the claims themselves.

    Parameters
    ----------
    references
        (review, number) to the paper.
    systems
        The systems by name, in the order of the reviews.
    excuses
        Claim to the reason why nothing represents it.
    decisions
        Claim to the ids of the rows of deviations.md that decide on it.
    """

    references: Mapping[tuple[str, int], Reference] = field(default_factory=dict)
    systems: Mapping[str, System] = field(default_factory=dict)
    excuses: Mapping[str, Excuse] = field(default_factory=dict)
    decisions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def cited_by(self, claim: Claim) -> tuple[Reference, ...]:
        """Return the papers that a claim cites, as far as they are listed."""
        keys = [(claim.source, number) for number in claim.numbers]
        return tuple(self.references[key] for key in keys if key in self.references)


@dataclass(frozen=True, slots=True)
class Source:
    """A review or a primary paper.

    Parameters
    ----------
    id
        Key by which claims and numbers name it.
    title
        Title.
    year
        Year of publication, or empty.
    kind
        review, primary, dataset ...
    doi
        DOI, or empty where it is not known for sure.
    checked
        How the DOI was checked, one of `CHECKED`; empty without a DOI.

    Raises
    ------
    ModelError
        When there is no such way of checking, or something was checked that is not there.
    """

    id: str
    title: str
    year: str
    kind: str
    doi: str
    checked: str = ""

    def __post_init__(self) -> None:
        if self.checked and self.checked not in CHECKED:
            raise ModelError(
                f"DOI of source {self.id} is checked as '{self.checked}'",
                nearest=nearest(self.checked, CHECKED),
                allowed=CHECKED,
            )
        if self.checked and not self.doi:
            raise ModelError(f"source {self.id} has no DOI that could be '{self.checked}'")
