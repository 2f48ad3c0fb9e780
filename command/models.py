"""The tables stand with their subjects; Django looks for them here."""

import command.activation.models
import command.attendance.models
import command.chasing.models
import command.destruction.models
import command.enough.models
import command.evidence.models
import command.handing_over.models
import command.improvements.models
import command.linkage.models
import command.links.models
import command.measures.models
import command.obligations.models
import command.orders.models
import command.own_templates.models
import command.packages.models
import command.place_codes.models
import command.report_chain.models
import command.review.models
import command.roll_call.models
import command.statements.models  # noqa: F401
