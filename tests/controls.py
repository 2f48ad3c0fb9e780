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
    4: Control("口令以 Argon2id 足额强度存储", "Passwords are hashed with Argon2id at full cost", "config/settings.py"),
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
        "accounts/scope.py incidents/queries.py journal/queries.py",
        "读取和写入对十三类人员、带编号的全部地址按权限表验证；表单和接口正文中引用事件、事项、诉求等他人对象的字段逐一验证。"
        "正文中填写的单位和账号只在各模块分别验证，拒绝时可能说明该单位或账号存在。",
        "Reading and acts are crossed with thirteen kinds of readers and all numbered addresses, as the tables say; each field"
        " of a body that names an incident, a matter, a demand or another thing is tried. Units and accounts named in a body"
        " are tried room by room, and a refusal may say that they are there.",
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
        "紧急破例访问，说明理由并告警审计员",
        "Emergency access past one's rights, with a reason and an alarm to the auditor",
        "",
        "没有破例访问：权限之外一律看不到。急需时由安全管理员任命代理，有期限并留痕。",
        "There is none: nobody sees past their rights. In need a security administrator appoints a stand-in, for a"
        " time and on record.",
    ),
    25: Control(
        "办理、登录、拒绝、导出、查看号码均留痕；每个接受办理的地址都通到记录，例外逐一列明理由",
        "Acts, sign-ins, refusals, exports and looks at numbers are on record; every address that takes an act leads to the"
        " record, exceptions are listed with their reason",
        "journal/record.py accounts/access/watch.py dashboards/rights/doors.py",
        "通到记录由代码核对；实际执行在状态表和各模块的测试中分别验证，没有一项测试逐一执行全部。",
        "That each leads there is read from the code; carried out they are by the tests of the state tables and room by room,"
        " and no test carries out all.",
    ),
    26: Control(
        "记录含时间（UTC）、人员、岗位、单位、对象、内容和散列值",
        "An entry has time (UTC), person, post, unit, object, content and hash",
        "journal/models.py",
        "地址只记在登录和拒绝中；没有请求编号、结果和修改前后散列值的专用栏。",
        "An address stands in sign-ins and refusals alone; no columns for request id, result or hashes before and after.",
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
        "散列链加库外锚点，任何篡改可查出",
        "A chain of hashes with anchors outside the database shows every change",
        "journal/verify.py journal/anchor.py",
        "锚点文件未签名，须由运维复制到另一台机器。",
        "The file of anchors is not signed, and an operator has to copy it to another machine.",
    ),
    30: Control(
        "记录长期保存，不到期不得清除",
        "The record is kept, and nobody clears it before its time",
        "journal/migrations",
        "没有清除功能（永久保存），因此也没有到期后双人清除的流程。",
        "Nothing clears it at all, so there is no way to clear by two people what is past its time either.",
    ),
    31: Control(
        "记不下来就不签；警报在设备上留存待发",
        "What cannot be recorded is not signed; an alarm waits on the device that raised it",
        "journal/record.py static/js/outbox.js engine/background/auditor.py",
        "服务器没有数据库之外的警报暂存；磁盘将满时提前告警。",
        "The server keeps no alarm outside its database; a disk that fills is said early.",
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
        "config/settings.py accounts/access/tokens.py",
    ),
    38: Control(
        "会话 Cookie 限本主机、限 TLS、限本站",
        "Cookies of a session stay with this host, TLS and our own pages",
        "config/settings.py accounts/sign_in/devices.py",
    ),
    39: Control(
        "内容安全策略：无内联、无外站、不可嵌入",
        "Content Security Policy: nothing inline, nothing foreign, no frame",
        "config/settings.py",
    ),
    40: Control(
        "HSTS、nosniff、Referrer-Policy、COOP 每次应答都带",
        "HSTS, nosniff, Referrer-Policy and COOP with every answer",
        "config/settings.py",
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
        "common/api/problems.py common/api/doors.py config/settings.py",
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
        "common/documents/workbooks.py",
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
        "服务器只访问运维写明的地址，不跟随跳转；内网地址允许，因网关通常在内网",
        "The server calls addresses of the operator's settings alone and follows no redirect; private ones are"
        " allowed, because gateways stand there",
        "notices/channels/http.py engine/background/watchdog.py",
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
        "结案后销毁个人信息并出具证明；备份按份数淘汰",
        "After closing personal data is destroyed and certified; backups go after so many nights",
        "command/destruction engine/backup/nightly_backup.py",
        "没有测试恢复一份淘汰后的备份；复制到别处的备份由运维在 35 天内删除。",
        "No test restores a backup made after the destruction; copies elsewhere are the operator's to delete within 35 days.",
    ),
    56: Control(
        "页面不留缓存；浏览器中不留内容，退出即清",
        "No cache keeps a page; a browser keeps no content, and signing out clears it",
        "common/web/caching.py static/js/app.js",
    ),
    57: Control(
        "最小权限的服务账号，后端只在内部可达",
        "Service accounts with what they need; nothing but the proxy is reachable",
        "docker-compose.yml deploy/postgres-role.sh engine/rights.py",
        "应用与数据库、Redis 之间不加密。跨主机时在 DATABASE_URL 用 sslmode=verify-full，在 REDIS_URL 用 rediss。",
        "Plain text between application, database and Redis. Between machines use sslmode=verify-full in the address of"
        " the database, and rediss.",
    ),
    58: Control(
        "每夜备份，带校验和；损坏的不恢复",
        "A backup each night with checksums; a damaged one is not restored",
        "engine/backup",
        "备份未加密、未签名，也不自动复制到别处。存放在加密介质上，与密钥同等保管。",
        "Backups are neither encrypted nor signed, nor copied away by themselves. Keep them on encrypted media, as the keys.",
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
        "认证平台只说明是谁：只对应已有账号，不建账号、不给权限；令牌的签名、签发者、对象、期限、随机数逐项核验",
        "A provider says who somebody is and nothing else: an account that is there, no right; its token's signature,"
        " issuer, audience, end and nonce are checked",
        "accounts/central",
    ),
    62: Control(
        "经认证平台登录不绕过双因素、一次性口令、尝试次数和会话期限，也不能代替签署时的本地口令",
        "Coming in by a provider goes round neither second factor, one-time password, limits nor the session's end, and"
        " stands for no credential at a signature",
        "accounts/central accounts/access/sessions.py accounts/sign_in",
    ),
    63: Control(
        "离岗人员按名册一次清理：停用账号，结束会话、令牌和任职并留痕；名册异常时拒绝",
        "Who left loses account, sessions, tokens and posts in one recorded step by the list of staff; a list that looks"
        " cut off is refused",
        "accounts/imports/leavers.py accounts/people/actions.py",
    ),
}  # fmt: skip
