"""The tables stand with their subjects; Django looks for them here."""

import command.activation.models
import command.attendance.models
import command.evidence.models
import command.handing_over.models
import command.linkage.models
import command.measures.models
import command.obligations.models
import command.orders.models
import command.packages.models
import command.report_chain.models
import command.statements.models  # noqa: F401
