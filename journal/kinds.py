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
    # early warnings
    Kind("warning.drafted", "起草预警", "Warning drafted"),
    Kind("warning.proposed", "提请签发", "Warning proposed"),
    Kind("warning.returned", "退回", "Warning returned"),
    Kind("warning.withdrawn", "撤回预警", "Warning withdrawn"),
    Kind("warning.signed", "签发预警", "Warning signed"),
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
    # clocks and notices
    Kind("clock.breached", "时限超时", "Time limit passed"),
    Kind("clock.recomputed", "时限重算", "Time limit recomputed"),
    Kind("clock.effect_failed", "时限动作失败", "A time limit's effect failed"),
    Kind("notice.failed", "通知未送达", "Notice failed"),
    Kind("notice.acknowledged", "通知已确认", "Notice acknowledged"),
    # reports
    Kind("period.day_opened", "零报告开始", "Reporting day opened", audience="report"),
    Kind("period.counted", "零报告截止清点", "Reports counted at the cut-off", audience="report"),
    Kind("zero_report.received", "收到零报告", "Zero-report received", audience="report"),
    Kind("zero_report.corrected", "更正零报告", "Zero-report corrected", audience="report"),
    # plans, people, system
    Kind("plan.loaded", "载入预案", "Plan loaded", audience="system"),
    Kind("plan.in_force", "预案生效", "Plan in force", audience="system"),
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
]

KINDS: dict[str, Kind] = {kind.name: kind for kind in _ALL}
