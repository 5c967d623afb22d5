"""The morning brief and other documents, in three scripts."""

from seawall.brief.compose import make_brief, say
from seawall.brief.document import Brief
from seawall.brief.findings import Findings, find
from seawall.brief.words import LANGUAGES
from seawall.brief.write import check_writable, write_briefs

__all__ = ["LANGUAGES", "Brief", "Findings", "check_writable", "find", "make_brief", "say", "write_briefs"]
