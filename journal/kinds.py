"""Every kind of journal entry, one line each: kind | 中文 | English | who reads it.

Audiences: `incident` (whoever sees the incident's unit), `report` (whoever sees its reports),
`security` (auditors), `system` (everybody signed in; never about a person or an incident).
"""

from typing import NamedTuple


class Kind(NamedTuple):
    name: str
    zh: str
    en: str
    audience: str = "incident"
    #: After such an entry the rights of open sockets are read again.
    changes_rights: bool = False
    #: No room records it by an act of its own: a person notes on the incident that it happened.
    by_hand: bool = False
    #: A step in answering people: what a statute or a promise asks for after it outlives the incident.
    matter: bool = False


_ALL = [
    # incidents
    Kind("incident.discovered", "发现事件", "Incident discovered"),
    Kind("incident.reported", "上报事件", "Incident reported"),
    Kind("incident.observed", "现场情况", "Observation"),
    Kind("incident.level_proposed", "建议等级", "Level proposed"),
    Kind("incident.level_set", "预警等级变更", "Warning level changed"),
    Kind("incident.taken", "接办事件", "Incident taken over"),
    Kind("incident.checked", "核对清单", "Checklist item done"),
    Kind("incident.linked", "标为同一事件", "Linked as the same event"),
    Kind("incident.shared", "共享给其他单位", "Shared with another unit", changes_rights=True),
    Kind("incident.unshared", "停止共享", "Sharing ended", changes_rights=True),
    Kind("incident.retracted", "误报撤回", "Retracted as a false alarm"),
    Kind("incident.closed", "办结事件", "Incident closed"),
    Kind("incident.reopened", "重新开启", "Incident reopened"),
    Kind("incident.life_safety_alerted", "生命安全警报", "Life-safety alert"),
    Kind("incident.plan_switched", "改用预案版本", "Plan version switched"),
    # It lets the responders whom it calls see the incident; so does a signature.
    Kind("incident.life_safety_alerted", "生命安全警报", "Life-safety alert", changes_rights=True),
    # early warnings
    Kind("warning.drafted", "起草预警", "Warning drafted"),
    Kind("warning.proposed", "提请签发", "Warning proposed"),
    Kind("warning.returned", "退回", "Warning returned"),
    Kind("warning.withdrawn", "撤回预警", "Warning withdrawn"),
    Kind("warning.signed", "签发预警", "Warning signed", changes_rights=True),
    Kind("warning.pushed_to_platform", "推送至指挥平台", "Warning pushed to the platform"),
    Kind("warning.adjusted", "调整预警", "Warning adjusted"),
    Kind("warning.lifted", "解除预警", "Warning lifted"),
    Kind("warning.signoff_escalated", "签发升级", "Sign-off escalated"),
    Kind("first_responder.phone_attempted", "电话通知第一响应人", "First responder phoned"),
    Kind("superior_report.drafted", "起草上报", "Upward report drafted"),
    Kind("superior_report.delivered", "已向一家上级报出", "Upward report sent to one recipient"),
    Kind("superior_report.sent", "上报已发出", "Upward report sent to all its recipients"),
    # command
    Kind("response.started", "启动响应", "Response started"),
    Kind("response.ended", "终止响应", "Response ended"),
    # It lets its recipients see the incident.
    Kind("order.issued", "下达指令", "Order issued", changes_rights=True),
    Kind("order.acknowledged", "签收指令", "Order acknowledged"),
    Kind("order.under_way", "出发", "Under way"),
    Kind("order.arrived", "到场", "Arrived"),
    Kind("order.arrival_confirmed", "确认到场", "Arrival confirmed"),
    Kind("order.completed", "完成指令", "Order completed"),
    Kind("order.declined", "无法执行", "Order declined"),
    Kind("order.recalled", "召回", "Order recalled"),
    Kind("expert.called", "请专家到场", "Expert called"),
    Kind("expert.checked_in", "专家到场", "Expert checked in"),
    Kind("duty.changed", "值班变更", "Duty changed", audience="report"),
    # steps that a plan's clocks run between, noted by hand: response, linkage, attendance
    Kind("response.started", "启动应急响应", "Response started", by_hand=True),
    Kind("coordination_meeting.held", "召开协调会", "Coordination meeting held", by_hand=True),
    Kind("reception.scheduled_start", "约定接访开始", "Reception scheduled to start", by_hand=True),
    Kind("site_group.checked_in", "现场处置组到位", "Site group in place", by_hand=True),
    Kind("linkage_order.received", "收到联动指令", "Linkage order received", by_hand=True),
    Kind("dispatch.checked_in", "到指定地点报到", "Reported for duty at the place named", by_hand=True),
    Kind("linkage.progress_sent", "向联动中心反馈进展", "Progress sent to the linkage centre", by_hand=True),
    Kind("linkage.feedback_sent", "反馈处置情况和结果", "Handling and result fed back", by_hand=True),
    Kind("incident.disposal_completed", "处置完毕", "Handling completed", by_hand=True),
    Kind("linkage.final_report_sent", "报送书面报告", "Written report sent", by_hand=True),
    Kind("attendance.police_called", "通知公安到场", "Police called to the scene", by_hand=True),
    Kind("attendance.police_arrived", "公安到场", "Police arrived", by_hand=True),
    Kind("attendance.departments_notified", "通知县直部门负责同志到场", "County departments notified", by_hand=True),
    Kind("attendance.departments_arrived", "县直部门负责同志到场", "Heads of county departments arrived", by_hand=True),
    Kind("attendance.townships_notified", "通知乡镇负责同志到场", "Townships notified", by_hand=True),
    Kind("attendance.townships_arrived", "乡镇负责同志到场", "Heads of townships arrived", by_hand=True),
    # demands and petitions
    Kind("demand.registered", "登记诉求", "Demand registered", by_hand=True, matter=True),
    Kind("demand.contacted", "沟通并告知办理时限", "Contacted and told the time limit", by_hand=True, matter=True),
    Kind("demand.first_response", "首次回应诉求", "First answer to the demand", by_hand=True, matter=True),
    Kind("demand.progress_told", "告知办理进展", "Told of the progress", by_hand=True, matter=True),
    Kind("demand.result_told", "告知办理结果", "Told of the result", by_hand=True, matter=True),
    Kind("demand.reply_issued", "出具答复", "Reply issued", by_hand=True, matter=True),
    Kind("petition.received", "收到信访事项", "Petition received", by_hand=True, matter=True),
    Kind("petition.received_directly", "直接收到信访事项", "Petition received directly", by_hand=True, matter=True),
    Kind("petition.transferred", "转送、交办信访事项", "Petition transferred or assigned", by_hand=True, matter=True),
    Kind("transfer.received", "收到转送、交办事项", "Transferred petition received", by_hand=True, matter=True),
    Kind("written_notice.given", "书面告知", "Written notice given", by_hand=True, matter=True),
    Kind("objection.raised", "提出异议", "Objection raised", by_hand=True, matter=True),
    Kind("petition.accepted", "受理信访事项", "Petition accepted", by_hand=True, matter=True),
    Kind("handling_opinion.issued", "出具处理意见", "Handling opinion issued", by_hand=True, matter=True),
    Kind("written_reply.received", "收到书面答复", "Written reply received", by_hand=True, matter=True),
    Kind("review.requested", "提出复查请求", "Review requested", by_hand=True, matter=True),
    Kind("review.request_received", "收到复查请求", "Request for review received", by_hand=True, matter=True),
    Kind("review_opinion.issued", "出具复查意见", "Review opinion issued", by_hand=True, matter=True),
    Kind("review_reply.received", "收到复查意见", "Review opinion received", by_hand=True, matter=True),
    Kind("recheck.requested", "提出复核请求", "Re-check requested", by_hand=True, matter=True),
    Kind("recheck.request_received", "收到复核请求", "Request for re-check received", by_hand=True, matter=True),
    Kind("recheck_opinion.issued", "出具复核意见", "Re-check opinion issued", by_hand=True, matter=True),
    # cases, forms, inquiries
    Kind("dispute.accepted", "受理纠纷", "Dispute accepted", by_hand=True, matter=True),
    Kind("form.quick_report_sent", "报送快报表", "Quick report sent", by_hand=True, matter=True),
    Kind("mediation.ended", "调处结束", "Mediation ended", by_hand=True, matter=True),
    Kind("form.feedback_sent", "报送调处反馈表", "Mediation feedback sent", by_hand=True, matter=True),
    Kind("leader_case.opened", "列入领导包案", "Leader case opened", by_hand=True, matter=True),
    Kind("leader_case.closed", "包案办结", "Leader case closed", by_hand=True, matter=True),
    Kind("supervision_visit.ended", "督查结束", "Supervision visit ended", by_hand=True, matter=True),
    Kind("form.supervision_sent", "报送督查登记表", "Supervision form sent", by_hand=True, matter=True),
    Kind("inquiry.started", "启动倒查", "Inquiry started", by_hand=True, matter=True),
    Kind("inquiry.report_submitted", "提交倒查报告", "Inquiry report submitted", by_hand=True, matter=True),
    Kind("inquiry.decision_issued", "作出处理决定", "Decision issued", by_hand=True, matter=True),
    # clocks and notices
    Kind("clock.breached", "时限超时", "Time limit passed"),
    Kind("clock.recomputed", "时限重算", "Time limit recomputed"),
    Kind("clock.effect_failed", "时限动作失败", "A time limit's effect failed"),
    Kind("notice.failed", "通知未送达", "Notice failed"),
    Kind("notice.acknowledged", "通知已确认", "Notice acknowledged"),
    Kind("notice.sent", "通知已发出", "Notice sent"),
    Kind("notice.delivered", "通知已送达", "Notice delivered"),
    Kind("notice.heard", "通知已收听", "Notice heard"),
    Kind("notice.escalated", "转告下一人", "Next person told"),
    Kind("notice.unheard", "无人应答", "Nobody heard"),
    # reports
    Kind("period.day_opened", "零报告开始", "Reporting day opened", audience="report"),
    Kind("period.counted", "零报告截止清点", "Reports counted at the cut-off", audience="report"),
    Kind("zero_report.received", "收到零报告", "Zero-report received", audience="report"),
    Kind("zero_report.corrected", "更正零报告", "Zero-report corrected", audience="report"),
    # roll-ups, matters, official forms
    Kind("roll_up.confirmed", "确认汇总", "Summary confirmed", audience="report"),
    Kind("roll_up.returned", "退回汇总", "Summary returned", audience="report"),
    Kind("matter.registered", "登记事项", "Matter registered", audience="report"),
    Kind("matter.assigned", "分流指派", "Matter assigned", audience="report"),
    Kind("matter.coordinated", "协调处理", "Matter coordinated", audience="report"),
    Kind("matter.followed", "跟踪管理", "Matter followed up", audience="report"),
    Kind("matter.filed", "建档备案", "Matter filed", audience="report"),
    Kind("matter.reopened", "重新办理", "Matter taken up again", audience="report"),
    Kind("matter.became_incident", "事项转为事件", "Matter turned into an incident", audience="report"),
    Kind("dispute.accepted", "受理重大疑难纠纷", "Major dispute accepted", audience="report"),
    Kind("mediation.ended", "调处结束", "Mediation ended", audience="report"),
    Kind("form.begun", "起草报表", "Form begun", audience="report"),
    Kind("form.sent", "报送报表", "Form sent", audience="report"),
    Kind("form.quick_report_sent", "报送快报", "Quick report sent", audience="report"),
    Kind("form.feedback_sent", "报送调处反馈", "Feedback sent", audience="report"),
    Kind("supervision_visit.ended", "督查结束", "Supervision visit ended", audience="report"),
    Kind("form.supervision_sent", "报送督查登记表", "Supervision form sent", audience="report"),
    Kind("zero_report.questioned", "说明零报告疑问", "Question about a zero answered", audience="report"),
    # plans, people, system
    Kind("plan.loaded", "载入预案", "Plan loaded", audience="system"),
    Kind("plan.filed", "预案备案", "Plan filed", audience="system"),
    Kind("plan.in_force", "预案生效", "Plan in force", audience="system"),
    Kind("plan.superseded", "预案废止", "Plan superseded", audience="system"),
    Kind("calendar.imported", "导入工作日历", "Working-day calendar imported", audience="system"),
    Kind("unit.created", "设立单位", "Unit created", audience="security"),
    Kind("unit.imported", "导入单位", "Units imported", audience="security"),
    Kind("unit.closed", "撤销单位", "Unit closed", audience="security", changes_rights=True),
    Kind("person.created", "开通账号", "Account opened", audience="security"),
    Kind("person.imported", "导入人员", "People imported", audience="security"),
    Kind("person.changed", "变更人员信息", "Person's details changed", audience="security"),
    Kind("person.disabled", "停用账号", "Account disabled", audience="security", changes_rights=True),
    Kind("person.enabled", "启用账号", "Account enabled", audience="security", changes_rights=True),
    Kind("person.phones_shown", "查看联系电话", "Telephone numbers shown", audience="security"),
    Kind("appointment.made", "任命", "Appointment made", audience="security", changes_rights=True),
    Kind("appointment.ended", "免去任命", "Appointment ended", audience="security", changes_rights=True),
    Kind("session.signed_in", "登录", "Signed in", audience="security"),
    Kind("session.signed_out", "退出登录", "Signed out", audience="security", changes_rights=True),
    Kind("session.refused", "登录被拒", "Sign-in refused", audience="security"),
    Kind("session.ended", "强制下线", "Session ended", audience="security", changes_rights=True),
    Kind("credential.refused", "签发凭证被拒", "Signing credential refused", audience="security"),
    Kind("password.changed", "修改密码", "Password changed", audience="security", changes_rights=True),
    Kind("password.reset", "重置密码", "Password reset", audience="security", changes_rights=True),
    Kind("second_factor.changed", "变更第二因子", "Second factor changed", audience="security"),
    Kind("token.issued", "签发接口令牌", "API token issued", audience="security"),
    Kind("token.revoked", "吊销接口令牌", "API token revoked", audience="security"),
    Kind("engine.alarmed", "引擎告警", "Engine alarm", audience="system"),
    Kind("engine.recovered", "引擎恢复", "Engine recovered", audience="system"),
]  # fmt: skip

KINDS: dict[str, Kind] = {kind.name: kind for kind in _ALL}
