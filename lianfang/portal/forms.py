"""The report form of the portal; it lives with reporting, where the desk uses it too."""

from lianfang.reporting.forms import Place, ReportForm, fields_of, read_report

__all__ = ["Place", "ReportForm", "fields_of", "read_report"]
