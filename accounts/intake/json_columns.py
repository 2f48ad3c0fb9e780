"""JSON columns with nothing in them that somebody wrote as a sentence, and why. Every other one is looked at, text by
text, when the thing it belongs to is closed."""

_WORDS_OF_A_LIST = "words of a list of the product's or of a plan's"
_WHAT_WENT_OUT = "what went out, as proof of it"
_BY_ITSELF = "looked at when it is handed in or sent, which is its end"
_NOT_OF_A_THING = "no thing that is closed: made and read by the product"

NOT_LOOKED_AT = {
    "accounts.User.cards_seen": _WORDS_OF_A_LIST,
    "accounts.Reform.olds": _NOT_OF_A_THING,
    "accounts.Reform.news": _NOT_OF_A_THING,
    "mfa.Authenticator.data": "a secret, or a public key under the name its owner gave it",
    "socialaccount.SocialAccount.extra_data": "never written (ADR 0249)",
    "socialaccount.SocialApp.settings": "never written (ADR 0249)",
    "common.GivenAnswer.headers": _NOT_OF_A_THING,
    "clocks.Clock.pauses": _NOT_OF_A_THING,
    "notices.Callout.message": "masked before it is written (notices.sending.message_templates)",
    "notices.Notice.facts": "masked before it is written (notices.sending.message_templates)",
    "notices.EscalationStep.channels": _NOT_OF_A_THING,
    "rosters.Roster.findings": _NOT_OF_A_THING,
    "plans.PlanText.document": "a published document; the office telephones in it are meant to be read",
    "incidents.Incident.reasons": "made by the engine of figures and words of a plan",
    "early_warnings.EarlyWarning.reasons": "made by the engine of figures and words of a plan",
    "command.Response.seated": "user names of staff, which may be their telephones",
    "command.LinkageDelivery.body": _WHAT_WENT_OUT,
    "command.UpwardReport.fields": _BY_ITSELF,
    "command.UpwardReport.facts": _BY_ITSELF,
    "command.UpwardDelivery.facts": _WHAT_WENT_OUT,
    "command.Review.times": "moments, and the words of a plan's time limits",
    "duty.CommsCheck.channels": _WORDS_OF_A_LIST,
    "zero_reports.ReminderStep.tiers": _WORDS_OF_A_LIST,
    "zero_reports.RollUp.classes": _NOT_OF_A_THING,
    "zero_reports.RollUp.lines": _BY_ITSELF,
    "zero_reports.Round.due": _NOT_OF_A_THING,
    "zero_reports.Round.locks": _NOT_OF_A_THING,
    "cases.Matter.major_kinds": _WORDS_OF_A_LIST,
    "cases.OfficialForm.fields": _BY_ITSELF,
    "supervision.Visit.topics": _WORDS_OF_A_LIST,
    "written_reports.WrittenReport.parts": _WORDS_OF_A_LIST,
    "written_reports.WrittenReport.texts": _BY_ITSELF,
    "written_reports.WrittenReport.lines": _BY_ITSELF,
    "written_reports.WrittenVersion.texts": _BY_ITSELF,
    "written_reports.WrittenVersion.lines": _BY_ITSELF,
    "written_reports.WrittenVersion.data": "figures",
    "drills.Drill.script": "a scenario, which is a file that was chosen",
    "engine.NightlyJob.found": _NOT_OF_A_THING,
    "exchange.Incoming.texts": "masked before it is stored (exchange.documents.fit_to_pass)",
    "works.Work.arguments": "what stands in an address",
}
