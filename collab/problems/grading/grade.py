"""What a grader says."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Grade:
    """success None: no verdict (the grader hung or died), which is not the same as wrong. detail: why, for people."""

    success: bool | None
    grader: str
    detail: str
