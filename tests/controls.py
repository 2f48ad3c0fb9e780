"""The security controls of the product: what each promises, by what it is kept, and how far.

`docs/security.md` is made of this table and of the marks `control(number)` on the tests (`script/controls --write`).
A control is "proven" when the marked tests show all that its line says; "partly" when something is missing, which is
then said; "none" when the product has nothing for it, with what to do meanwhile.
"""

from typing import NamedTuple

PROVEN, PARTLY, NONE = "proven", "partly", "none"


class Control(NamedTuple):
    zh: str
    en: str
    #: Files and folders, from the top of the project.
    mechanism: str
    #: What is missing and what to do meanwhile; empty: nothing.
    lacks_zh: str = ""
    lacks_en: str = ""

    @property
    def status(self) -> str:
        if not self.mechanism:
            return NONE
        return PARTLY if self.lacks_en else PROVEN


GROUPS = {
    1: ("身份与会话", "Identity and session"),
    13: ("权限、单位隔离、职责分离", "Access, separation of units and duties"),
    25: ("审计", "The record"),
    33: ("实时连接、接口、浏览器", "Socket, API, browser"),
    45: ("输入、文件、对外连接", "Input, files, what goes out"),
    52: ("数据保护", "Protection of data"),
    57: ("运行", "Operation"),
    61: ("统一身份认证", "Central sign-in"),
}

CONTROLS = {
    1: Control(
        "无默认账号；首个管理员凭一次性口令登录，口令会过期",
        "No account by default; the first administrator comes in by a one-time password that runs out",
        "accounts/management accounts/people",
    ),
    2: Control(
        "账号唯一，对应一人及其岗位；重复导入被拒绝",
        "One username is one person with posts; an import that doubles one is refused",
        "accounts/models.py accounts/imports",
    ),
    3: Control(
        "口令两套规则（等保三级、ASVS），含泄露口令和本单位易猜词",
        "Passwords under either of two profiles (MLPS 3, ASVS), with breached ones and those guessed first",
        "accounts/sign_in/passwords.py",
    ),
    4: Control("口令以 Argon2id 足额强度存储", "Passwords are hashed with Argon2id at full cost", "config/settings/people.py"),
    5: Control(
        "双因素：动态码只用一次、前后各一步；恢复码只用一次",
        "Second factor: a code counts once and one step around; recovery codes count once",
        "accounts/sign_in/second_factor.py accounts/sign_in/adapters.py",
    ),
    6: Control(
        "按账号、地址、设备限制试错；外人锁不住本人",
        "Wrong tries are limited by account, address and device; no stranger locks anybody out",
        "accounts/sign_in/throttles.py accounts/sign_in/devices.py",
    ),
    7: Control(
        "账号不存在与口令错误，回答和代价相同",
        "An unknown name gets the answer of a wrong password, at the same cost",
        "accounts/sign_in/backends.py",
    ),
    8: Control(
        "会话闲置和最长时间有限；大屏只读，会话另计",
        "Sessions end when idle and after a shift; a wall only reads, with a session of its own",
        "accounts/access/sessions.py accounts/screens",
    ),
    9: Control(
        "登录换新会话；退出即在服务器端终止，实时连接同时断开",
        "A new session at sign-in; signing out ends it on the server, and its socket",
        "accounts/access/stored_sessions.py journal/live/socket_access.py",
    ),
    10: Control(
        "停用账号，会话和实时连接 5 秒内结束",
        "A disabled account loses its sessions and sockets within five seconds",
        "accounts/people/actions.py journal/live/socket_access.py",
    ),
    11: Control(
        "本人可查看、结束自己的会话；安全管理员可结束他人会话",
        "People list and end their own sessions; a security administrator ends those of others",
        "accounts/access/sessions.py accounts/people",
    ),
    12: Control(
        "签批、解除、响应决定、任免、方案生效、销毁个人信息、新建令牌前重新验证身份",
        "Signing, lifting, deciding on a response, appointing, putting a plan in force, destroying personal data and making"
        " a token ask again who is there",
        "accounts/sign_in/credentials.py",
    ),
    13: Control(
        "每个地址默认拒绝未登录者，公开地址逐一列明理由；每个地址问什么权限有表，核对代码",
        "Every address is closed to whoever is not signed in, public ones are listed with their reason; what each one asks"
        " stands in a table that is compared with the code",
        "accounts/middleware.py accounts/scope.py dashboards/rights/doors.py docs/permissions.md",
    ),
    14: Control(
        "每个对象按读者权限取出：页面、接口、文件、实时消息",
        "Every object is fetched under its reader's rights: pages, API, files, socket",
        "accounts/scope.py accounts/naming.py incidents/queries.py journal/queries.py",
    ),
    15: Control(
        "检举控告内容、电话号码只给该看的人",
        "The content of an accusation and telephone numbers are for those concerned alone",
        "accounts/exclusions accounts/contacts",
    ),
    16: Control(
        "每行归属一个单位，查询一律按单位范围过滤",
        "Each row belongs to a unit, and every list is filtered by the reader's units",
        "accounts/scope.py",
        "数据库没有行级策略作为第二道墙。数据库账号只给本系统使用，不给报表工具。",
        "The database has no row policy as a second wall. Give its account to no reporting tool.",
    ),
    17: Control(
        "系统、安全、审计三员不兼任，数据库同样拒绝",
        "Nobody holds two of the three administrators' chairs; the database refuses it too",
        "accounts/posts/actions.py accounts/verbs.py",
    ),
    18: Control(
        "审计员只读不办；系统、安全管理员看不到事件内容",
        "An auditor reads and does nothing; the other administrators see no incident",
        "accounts/verbs.py",
    ),
    19: Control(
        "谁签发按级别、单位、代理期限判断",
        "Who signs follows from level, unit and the dates of a delegation",
        "early_warnings/permissions.py plans/people",
    ),
    20: Control(
        "橙色、红色不得自拟自签",
        "Nobody signs an orange or red warning that they drafted",
        "early_warnings/permissions.py",
    ),
    21: Control(
        "状态只按表中次序变化",
        "States change in the order of their table and no other",
        "common/states.py",
    ),
    22: Control(
        "并发修改凭版本；同时签批只算一次",
        "Changes name the revision they saw; of signatures at once one counts",
        "common/revisions.py common/api/doors.py",
    ),
    23: Control(
        "回避和检举隔离当即生效，打开的页面也关闭",
        "Recusal and accusation shut people out at once, on open screens too",
        "accounts/exclusions",
    ),
    24: Control(
        "紧急破例访问，限时、说明理由、重新验证，立即告警审计员，随时可终止",
        "Emergency access past one's rights, for a time, with a reason and a fresh credential, an alarm to the auditor at"
        " once, and an end at any moment",
        "accounts/emergency incidents/emergency",
    ),
    25: Control(
        "办理、登录、拒绝、导出、查看号码均留痕；每个接受办理的地址都通到记录，例外逐一列明理由；每一种记录都指明一项测试，"
        "运行时核对确由本人、经该请求写出",
        "Acts, sign-ins, refusals, exports and looks at numbers are on record; every address that takes an act leads to the"
        " record, exceptions are listed with their reason; for every kind of entry a test is named and seen to write it, by"
        " somebody and through the request it came by",
        "journal/record.py accounts/access/watch.py dashboards/rights/doors.py",
    ),
    26: Control(
        "记录含时间（UTC）、人员、岗位、单位、地址、请求编号、对象、内容和散列值；被拒的另有条目；散列链逐条相接",
        "An entry has time (UTC), person, post, unit, address, request, object, content and hash; what was refused is an entry"
        " of its own; each hash follows from the one before",
        "journal/models.py journal/record.py common/asking.py",
    ),
    27: Control(
        "记录与改动在同一事务，缺一不可",
        "An entry is in the transaction of its change: both or neither",
        "journal/record.py",
    ),
    28: Control(
        "记录只增不改，应用账号无权删改",
        "The record is only added to; the application's account may neither change nor delete it",
        "engine/rights.py journal/migrations deploy/postgres-role.sh",
    ),
    29: Control(
        "散列链加库外锚点，锚点签名并送到另一台机器，任何篡改可查出",
        "A chain of hashes with anchors outside the database, signed and brought to another machine, shows every change",
        "journal/verify.py journal/anchor.py common/signing.py",
    ),
    30: Control(
        "记录永久保存，任何人都不能清除，到期也不能，因此不设双人清除：清除哪怕一条都会断开散列链（docs/adr/0238）；系统日志至少六个月，"
        "本机未这样配置时系统页提示",
        "The record is kept for good and nobody clears it, early or late; nor do two people together, for one entry gone would"
        " break the chain of hashes (docs/adr/0238). Logs stay for six months at least; the system page says where the"
        " machine is not told so",
        "journal/migrations engine/rights.py deploy/journald.conf engine/background/log_retention.py",
    ),
    31: Control(
        "记不下来就不签；警报在设备上留存待发，数据库能读不能写时服务器另行暂存，恢复后只补录一次",
        "What cannot be recorded is not signed; an alarm waits on the device that raised it, and on the server where the"
        " database can be read and takes nothing, and is recorded once when it does",
        "journal/record.py incidents/kept_alarms static/js/outbox.js engine/background/auditor.py",
    ),
    32: Control(
        "日志中没有令牌和完整号码，输入不能伪造一行",
        "A log shows no token and no full number, and nothing typed begins a line",
        "common/logs.py deploy/nginx.conf",
    ),
    33: Control(
        "实时连接只认本站来源，拒绝留痕",
        "A socket opens for pages of our own alone; a refusal is on record",
        "journal/live/socket_access.py",
    ),
    34: Control(
        "权限变化当即作用于已开的连接，并定期重查",
        "A change of rights reaches open sockets at once, and they are looked at again regularly",
        "journal/live/reader.py journal/live/socket_access.py",
    ),
    35: Control(
        "连接数、消息长度和频率有限，收得太慢的断开",
        "Sockets are limited in number, size and rate; who reads too slowly is cut",
        "journal/live/hub.py journal/live/send_queue.py",
    ),
    36: Control(
        "消息只是提示，内容按权限另取，按编号续传",
        "Messages are hints; content is fetched under one's rights, and goes on after the last number",
        "journal/live/hub.py journal/live/answers.py",
    ),
    37: Control(
        "写入须有表单令牌，打开页面不改变任何东西",
        "Writing needs the token of a form; opening a page changes nothing",
        "config/settings/application.py accounts/access/tokens.py",
    ),
    38: Control(
        "会话 Cookie 限本主机、限 TLS、限本站",
        "Cookies of a session stay with this host, TLS and our own pages",
        "config/settings/people.py accounts/sign_in/devices.py",
    ),
    39: Control(
        "内容安全策略：无内联、无外站、不可嵌入",
        "Content Security Policy: nothing inline, nothing foreign, no frame",
        "config/settings/pages.py",
    ),
    40: Control(
        "HSTS、nosniff、Referrer-Policy、COOP 每次应答都带",
        "HSTS, nosniff, Referrer-Policy and COOP with every answer",
        "config/settings/pages.py",
    ),
    41: Control(
        "跨站读取关闭；接口令牌有范围、只存散列、会过期、随账号失效",
        "Closed to other sites; a token has scopes, is kept as a hash, runs out, and ends with what made it unsafe",
        "accounts/access/tokens.py accounts/tokens",
    ),
    42: Control(
        "按人、地址限次，警报不受限",
        "Calls are limited by person and address; alarms never wait",
        "accounts/access/rate.py deploy/nginx.conf",
    ),
    43: Control(
        "接口错误一律为 problem+json，不泄露内部信息；正式运行不许 DEBUG",
        "Errors of the API are problem documents without inner details; DEBUG is refused where it is served",
        "common/api/problems.py common/api/doors.py config/settings/installation.py",
    ),
    44: Control(
        "接口说明与实际地址一致",
        "The description of the API has every call",
        "accounts/access/schema.py",
    ),
    45: Control(
        "入口处逐项校验，畸形输入被拒绝而不出错",
        "What comes in is checked at the door; hostile input is refused and crashes nothing",
        "common/api/serializers.py common/web/addresses.py accounts/intake",
    ),
    46: Control(
        "上传的表格按内容识别，限大小、解压大小和行数，读后不留存",
        "An uploaded table is known by its content, limited in size, unpacked size and rows, and not kept",
        "common/documents/workbooks.py works/handed_in.py",
    ),
    47: Control(
        "XML 不展开实体、不取外部文件（只有工作簿会被读入，CAP 只输出）",
        "XML is read without entities and files (workbooks alone are read; CAP only goes out)",
        "common/documents/workbooks.py",
    ),
    48: Control(
        "方案 YAML 严格读取、限大小、按结构校验",
        "Plans in YAML are read strictly, within a size, against their schema",
        "plans/document",
    ),
    49: Control(
        "服务器只访问运维写明的地址，不跟随跳转；内网地址允许，因网关通常在内网；浏览器给出的推送地址须在运维列出的主机之内，且不得指向内网",
        "The server calls addresses of the operator's settings alone and follows no redirect; private ones are"
        " allowed, because gateways stand there. Push addresses come from browsers: their hosts have to be listed, and"
        " lead to no private address that is not",
        "notices/channels/http.py notices/channels/lines.py accounts/push/rules.py engine/background/watchdog.py",
    ),
    50: Control(
        "回执须签名、限时；重放不改变任何东西",
        "Reports of a gateway are signed and in time; a repeat changes nothing",
        "notices/incoming/signatures.py notices/incoming/gateway_events.py notices/incoming/provider_reports.py",
    ),
    51: Control("导出表格中的文字不成为公式", "Text in an exported table never becomes a formula", "common/documents/workbooks.py"),
    52: Control(
        "任何表、表单、接口都没有来访人身份栏",
        "No table, form or body has a place for who came",
        "incidents/models.py plans/engine/facts.py",
    ),
    53: Control(
        "文字中的证件、电话、银行卡号：录入时提示，结案时拦下",
        "Numbers of identity, telephone and bank cards in a text are asked about, and stop a closing",
        "common/text/masking.py accounts/intake",
    ),
    54: Control(
        "工作人员电话加密存放，查看留痕",
        "Telephone numbers of staff are sealed in the database, and looking at them is on record",
        "common/database/encrypted_fields.py accounts/contacts",
    ),
    55: Control(
        "结案后销毁个人信息并出具证明；备份按份数和天数淘汰，证明写明日期，命令复制到别处的由运维在此日期前删除；恢复旧备份时，此后已销毁的"
        "在开放使用前再次销毁并留痕；销毁清单一分钟内送到另一台机器（设 ANCHOR_COPY_DIR 时；否则到前一夜为止）",
        "After closing personal data is destroyed and certified; backups go after so many nights and days, which the"
        " certificate names; copies that a command brought away are the operator's to delete by then. A restore of an older"
        " one destroys again what was destroyed since, before anything serves, on record; the list of it is on another"
        " machine within a minute where ANCHOR_COPY_DIR is set, and up to the last night otherwise",
        "command/destruction engine/backup/nightly_backup.py engine/backup/backups.py engine/backup/copying.py"
        " engine/backup/destroyed_list.py",
    ),
    56: Control(
        "页面不留缓存；浏览器中不留内容，退出即清",
        "No cache keeps a page; a browser keeps no content, and signing out clears it",
        "common/web/caching.py static/js/app.js",
    ),
    57: Control(
        "最小权限的服务账号，后端只在内部可达；跨主机访问数据库、Redis 须加密并核对主机名，否则不启动",
        "Service accounts with what they need; nothing but the proxy is reachable; database and Redis on another machine are"
        " spoken to over TLS whose name is checked, or nothing starts",
        "docker-compose.yml deploy/postgres-role.sh engine/rights.py config/backends.py",
    ),
    58: Control(
        "每夜备份，已签名、加密，私钥不在服务器上，自动复制到别处并核对；损坏的、换过的、别处签名的不恢复；恢复演练有记录，过期提示",
        "A backup each night, signed, and encrypted for keys that are elsewhere, copied away by itself and checked there; what"
        " was damaged or exchanged, or signed by another installation, is not restored; a restore is rehearsed, and missed"
        " where it is not",
        "engine/backup common/signing.py",
        "恢复演练不会自动进行，这是有意的：能自动解开备份的服务器就是存着私钥的服务器；到期由系统页催办（RESTORE_DRILL_DAYS）。"
        "自动复制须设 BACKUP_COPY_DIR 或 BACKUP_COPY_COMMAND，用命令的只知其结果，请用前者。",
        "A restore is not rehearsed by itself, and that is meant: a server that opens its backups by itself is one that"
        " holds their private key. The system page asks for it (RESTORE_DRILL_DAYS). The copy wants BACKUP_COPY_DIR or"
        " BACKUP_COPY_COMMAND; of a command only its end is known: prefer the former.",
    ),
    59: Control(
        "依赖锁定版本和散列，可生成软件清单（SBOM），对照漏洞库检查，修复有时限",
        "Dependencies are pinned with their hashes, listed as a bill of materials, looked up in the list of known flaws;"
        " flaws are mended within stated times (SECURITY.md)",
        "requirements.txt script/lock script/sbom.py script/audit.py SECURITY.md",
    ),
    60: Control(
        "离线可装可用，页面不访问任何外站；发布包已签名，同一提交逐字节相同",
        "Installs and works without a way out, no page asks another host; a release is signed, and the same bytes for"
        " the same commit",
        "Dockerfile static templates script/release",
    ),
    61: Control(
        "认证平台和单位目录只说明是谁：只对应已有账号，不建账号、不给权限；令牌和断言的签名、签发者、对象、期限、随机数（请求号）逐项核验；"
        "目录连接加密并核验证书，空口令不作数",
        "A provider or directory says who somebody is and nothing else: an account that is there, no right; of a"
        " token or assertion the signature, issuer, audience, end and nonce (request) are checked; the line to a directory is TLS with its certificate"
        " checked, and no password is no proof",
        "accounts/central",
    ),
    62: Control(
        "经认证平台或单位目录登录不绕过双因素、尝试次数和会话期限；平台的认定不能代替签署时的口令，目录口令在签署时当场核验",
        "Coming in by a provider or directory goes round neither second factor, limits nor the session's end; a"
        " provider's word stands for no credential at a signature, a directory's password is checked again at it",
        "accounts/central accounts/access/sessions.py accounts/sign_in",
    ),
    63: Control(
        "离岗人员按名册一次清理：停用账号，结束会话、令牌和任职并留痕；名册异常时拒绝",
        "Who left loses account, sessions, tokens and posts in one recorded step by the list of staff; a list that looks"
        " cut off is refused",
        "accounts/imports/leavers.py accounts/people/actions.py",
    ),
}  # fmt: skip
