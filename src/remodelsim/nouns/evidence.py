"""Claims of the reviews and the sources they come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..ground.errors import ModelError


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

    Raises
    ------
    ModelError
        When the id or the subject is missing.
    """

    id: str
    source: str
    subject: str
    relation: str
    object: str
    columns: Mapping[str, str]

    def __post_init__(self) -> None:
        if not self.id or not self.subject:
            raise ModelError(f"claim '{self.id}' has no {'subject' if self.id else 'id'}")

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
    """

    id: str
    title: str
    year: str
    kind: str
    doi: str
