"""The trust report: `summarise` counts a finished batch, `render_html` makes the page a manager reads."""

from crmclean.report.facts import ColumnFact, FileFact, HistoryPoint, ObjectiveFact, ReportFacts, SourceFact
from crmclean.report.render import render_html
from crmclean.report.summary import summarise

__all__ = [
    "ColumnFact",
    "FileFact",
    "HistoryPoint",
    "ObjectiveFact",
    "ReportFacts",
    "SourceFact",
    "render_html",
    "summarise",
]
