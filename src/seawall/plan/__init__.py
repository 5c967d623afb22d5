"""Choose: which strategy meets the goal with the least restriction, and how sure that is."""
