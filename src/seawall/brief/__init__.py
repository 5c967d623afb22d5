"""The morning brief: one page for the duty officer, the detail behind it, in three scripts."""
