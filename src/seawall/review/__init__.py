"""What was expected against what came: scores, effects of measures, the next version of a strategy."""

from seawall.review.decision import Decision, read_decisions
from seawall.review.review import Review, review
from seawall.review.write import write_review

__all__ = ["Decision", "Review", "read_decisions", "review", "write_review"]
