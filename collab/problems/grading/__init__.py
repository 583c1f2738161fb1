"""Whether a final draft is right, told by a rule where the gold answer is short."""

from collab.problems.grading.client import GRADERS, GradingWorker
from collab.problems.grading.grade import Grade

__all__ = ["GRADERS", "Grade", "GradingWorker"]
