"""What people read: summarise, then plot, then render."""

from fingerprint.report.contents import Summary
from fingerprint.report.document import summary_document, summary_json
from fingerprint.report.summary import summarise

__all__ = ["Summary", "summarise", "summary_document", "summary_json"]
