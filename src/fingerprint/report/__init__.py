"""What people read: summarise, then plot, then render."""

from fingerprint.report.contents import Summary
from fingerprint.report.document import summary_document, summary_json
from fingerprint.report.html import render_html
from fingerprint.report.summary import summarise

__all__ = ["Summary", "render_html", "summarise", "summary_document", "summary_json"]
