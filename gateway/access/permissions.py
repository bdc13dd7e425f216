"""Who may do what: one readable table for the command line and HTTP alike."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from catalog.errors import NotAllowed, NotSignedIn
from catalog.text import Text
from gateway.role import ROLE_NAMES, Role

__all__ = [
    "ACTION_NAMES",
    "ANONYMOUS",
    "GATE",
    "OWNER",
    "PERMISSIONS",
    "Action",
    "Person",
    "Role",
    "may",
    "require",
]


class Action(StrEnum):
    READ_OPEN = "read open data"
    READ_LIST = "read the negative list"
    SUBMIT = "submit a dataset"
    SEE_SUBMISSIONS = "see submissions"
    PREVIEW = "preview a planned output"
    ASSESS = "read an impact assessment"
    ANSWER_STEWARD = "answer a steward's question"
    ANSWER_OFFICER = "answer an officer's question"
    END_SUBMISSION = "end a held submission"
    WITHDRAW = "withdraw a dataset"
    SEE_DRAFTS = "see drafts of the negative list"
    DRAFT_LIST = "draft a negative list"
    PROPOSE_LIST = "propose a negative list"
    APPROVE_LIST = "approve a negative list"
    ACTIVATE_LIST = "activate a negative list"
    SIMULATE_LIST = "simulate a negative list"
    DRAFT_EXEMPTION = "draft an exemption"
    APPROVE_EXEMPTION = "approve an exemption"
    SEE_EXEMPTIONS = "see exemptions"
    APPEAL = "appeal against a decision"
    SEE_APPEALS = "see appeals"
    ANSWER_APPEAL = "answer an appeal"
    REGRADE = "grade a dataset anew"
    SUBSCRIBE = "subscribe to events"
    WRITE_ELEMENTS = "write the register of data elements"
    SEE_CONTRACTS = "see the contracts of datasets"
    REGISTER_HOLDINGS = "register what a publisher holds"
    SEE_HOLDINGS = "see what publishers hold"
    DECLARE_SERVICE = "declare services"
    ANSWER_SERVICE = "answer for held services"
    RETIRE_SERVICE = "retire services"
    SEE_SERVICES = "see what was declared of services"
    SEE_LEDGER_EVENTS = "see the events behind ledger leaves"
    OWN_KEYS = "issue and revoke one's own keys"
    MANAGE_KEYS = "manage the keys of others"
    MANAGE_PEOPLE = "manage people and their roles"
    SEE_USAGE = "see how open data is used"
    SET_PLANS = "set the limits of plans"
    HARVEST = "harvest other catalogues"
    SEE_HARVESTS = "see harvests and pushes"
    PUSH = "push open datasets to other portals"
    DESCRIBE_PUBLISHERS = "describe publishers"
    DESCRIBE_GROUPS = "describe groups of datasets"


R, A = Role, Action

_ZH: dict[Action, str] = {
    A.READ_OPEN: "读取开放数据",
    A.READ_LIST: "查看负面清单",
    A.SUBMIT: "提交数据集",
    A.SEE_SUBMISSIONS: "查看提交",
    A.PREVIEW: "预览拟开放内容",
    A.ASSESS: "查看个人信息保护影响评估",
    A.ANSWER_STEWARD: "回答数据专员的问题",
    A.ANSWER_OFFICER: "回答合规官的问题",
    A.END_SUBMISSION: "终止待定的提交",
    A.WITHDRAW: "撤回数据集",
    A.SEE_DRAFTS: "查看负面清单草案",
    A.DRAFT_LIST: "起草负面清单",
    A.PROPOSE_LIST: "提请审批负面清单",
    A.APPROVE_LIST: "批准负面清单",
    A.ACTIVATE_LIST: "启用负面清单",
    A.SIMULATE_LIST: "模拟负面清单",
    A.DRAFT_EXEMPTION: "起草例外许可",
    A.APPROVE_EXEMPTION: "批准例外许可",
    A.SEE_EXEMPTIONS: "查看例外许可",
    A.APPEAL: "对决定提出申诉",
    A.SEE_APPEALS: "查看申诉",
    A.ANSWER_APPEAL: "答复申诉",
    A.REGRADE: "重新定级",
    A.SUBSCRIBE: "订阅事件",
    A.WRITE_ELEMENTS: "登记数据元",
    A.SEE_CONTRACTS: "查看数据集合同",
    A.REGISTER_HOLDINGS: "登记本单位持有的数据",
    A.SEE_HOLDINGS: "查看各单位持有的数据",
    A.DECLARE_SERVICE: "声明服务",
    A.ANSWER_SERVICE: "答复待定的服务",
    A.RETIRE_SERVICE: "停用服务",
    A.SEE_SERVICES: "查看服务的声明情况",
    A.SEE_LEDGER_EVENTS: "查看账本条目背后的事件",
    A.OWN_KEYS: "发放和停用本人的密钥",
    A.MANAGE_KEYS: "管理他人的密钥",
    A.MANAGE_PEOPLE: "管理人员与角色",
    A.SEE_USAGE: "查看开放数据的使用情况",
    A.SET_PLANS: "设定套餐的限额",
    A.HARVEST: "采集其他目录",
    A.SEE_HARVESTS: "查看采集与推送",
    A.PUSH: "向其他门户推送已开放的数据集",
    A.DESCRIBE_PUBLISHERS: "描述提供单位",
    A.DESCRIBE_GROUPS: "描述数据集分组",
}
ACTION_NAMES: dict[Action, Text] = {action: Text(zh, action.value) for action, zh in _ZH.items()}


def _by(*roles: Role) -> frozenset[Role]:
    return frozenset({*roles, Role.OWNER})


PERMISSIONS: dict[Action, frozenset[Role]] = {
    A.READ_OPEN: frozenset(Role),
    A.READ_LIST: frozenset(Role),
    A.SUBMIT: _by(R.STEWARD),
    A.SEE_SUBMISSIONS: _by(R.STEWARD, R.OFFICER, R.AUDITOR, R.DATA_OFFICE),
    A.PREVIEW: _by(R.STEWARD, R.OFFICER),
    A.ASSESS: _by(R.STEWARD, R.OFFICER, R.AUDITOR),
    A.ANSWER_STEWARD: _by(R.STEWARD),
    A.ANSWER_OFFICER: _by(R.OFFICER),
    A.END_SUBMISSION: _by(R.STEWARD, R.OFFICER),
    A.WITHDRAW: _by(R.STEWARD, R.OFFICER),
    A.SEE_DRAFTS: _by(R.OFFICER, R.AUDITOR, R.DATA_OFFICE),
    A.DRAFT_LIST: _by(R.OFFICER),
    A.PROPOSE_LIST: _by(R.OFFICER),
    A.APPROVE_LIST: _by(R.OFFICER),
    A.ACTIVATE_LIST: _by(R.OFFICER),
    A.SIMULATE_LIST: _by(R.OFFICER, R.AUDITOR, R.DATA_OFFICE),
    A.DRAFT_EXEMPTION: _by(R.OFFICER),
    A.APPROVE_EXEMPTION: _by(R.OFFICER),
    A.SEE_EXEMPTIONS: _by(R.OFFICER, R.AUDITOR, R.DATA_OFFICE),
    A.APPEAL: _by(R.STEWARD),
    A.SEE_APPEALS: _by(R.STEWARD, R.OFFICER, R.AUDITOR, R.DATA_OFFICE),
    A.ANSWER_APPEAL: _by(R.OFFICER),
    A.REGRADE: _by(R.OFFICER),
    A.SUBSCRIBE: _by(R.DEVELOPER, R.ORGANISATION, R.STEWARD, R.OFFICER, R.DATA_OFFICE),
    A.WRITE_ELEMENTS: _by(R.DATA_OFFICE),
    A.SEE_CONTRACTS: _by(R.STEWARD, R.OFFICER, R.AUDITOR, R.DATA_OFFICE),
    A.REGISTER_HOLDINGS: _by(R.STEWARD),
    A.SEE_HOLDINGS: _by(R.STEWARD, R.OFFICER, R.AUDITOR, R.DATA_OFFICE),
    A.DECLARE_SERVICE: _by(R.STEWARD),
    A.ANSWER_SERVICE: _by(R.OFFICER),
    A.RETIRE_SERVICE: _by(R.STEWARD, R.OFFICER),
    A.SEE_SERVICES: _by(R.STEWARD, R.OFFICER, R.AUDITOR, R.DATA_OFFICE),
    A.SEE_LEDGER_EVENTS: _by(R.OFFICER, R.AUDITOR, R.DATA_OFFICE),
    A.OWN_KEYS: _by(R.DEVELOPER, R.ORGANISATION, R.STEWARD, R.OFFICER, R.AUDITOR, R.DATA_OFFICE),
    A.MANAGE_KEYS: _by(R.ADMINISTRATOR),
    A.MANAGE_PEOPLE: _by(R.ADMINISTRATOR),
    A.SEE_USAGE: _by(R.STEWARD, R.DATA_OFFICE),
    A.SET_PLANS: _by(R.ADMINISTRATOR),
    A.HARVEST: _by(R.STEWARD, R.DATA_OFFICE),
    A.SEE_HARVESTS: _by(R.STEWARD, R.OFFICER, R.AUDITOR, R.DATA_OFFICE),
    A.PUSH: _by(R.STEWARD, R.DATA_OFFICE),
    A.DESCRIBE_PUBLISHERS: _by(R.STEWARD, R.DATA_OFFICE),
    A.DESCRIBE_GROUPS: _by(R.DATA_OFFICE),
}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who acts, in every role they hold. As a steward they act for one `publisher`; None = for any.

    Raises ValueError for an administrator who holds another role, for an owner beside other roles, and for nobody's
    role: such a person cannot be constructed.
    """

    name: str
    roles: frozenset[Role]
    publisher: str | None = None

    def __post_init__(self) -> None:
        alone = {Role.ADMINISTRATOR, Role.OWNER, Role.ANONYMOUS} & self.roles
        if not self.roles or (alone and len(self.roles) > 1):
            raise ValueError(f"no person holds these roles: {sorted(self.roles)}")
        if self.publisher is not None and Role.STEWARD not in self.roles:
            raise ValueError("only a steward acts for one publisher")


OWNER = Person("owner", frozenset({Role.OWNER}))
GATE = Person("kaizha", frozenset({Role.OWNER}))
"""The gate itself, for what it does unasked: under this name it stands in the ledger."""
ANONYMOUS = Person("anonymous", frozenset({Role.ANONYMOUS}))


def may(person: Person, action: Action, publisher: str | None = None) -> bool:
    """Whether one of the person's roles may, where `publisher` (if given) is whose dataset it is about.

    A steward's role reaches its own publisher's datasets only; the same person's other roles reach what they reach.
    """
    fitting = person.roles & PERMISSIONS[action]
    if fitting == {Role.STEWARD} and publisher is not None:
        return person.publisher in (None, publisher)
    return bool(fitting)


def require(person: Person, action: Action, publisher: str | None = None) -> None:
    """Nothing, when the person may.

    Raises NotSignedIn for an anonymous caller, NotAllowed for a role or publisher that may not.
    """
    if may(person, action, publisher):
        return
    if not person.roles & PERMISSIONS[action]:
        error = NotSignedIn if Role.ANONYMOUS in person.roles else NotAllowed
        roles = [role for role in Role if role in PERMISSIONS[action] - {Role.OWNER}]
        name = ACTION_NAMES[action]
        raise error(
            Text(
                f"{name.zh}需要角色：{'、'.join(ROLE_NAMES[role].zh for role in roles)}",
                f"To {name.en} takes one of the roles: {', '.join(ROLE_NAMES[role].en for role in roles)}",
            ),
            Text(
                "请以有相应角色的人员登录（kaizha login），或使用其密钥",
                "Sign in as a person of such a role (kaizha login), or use a key of theirs",
            ),
        )
    raise NotAllowed(
        Text("这个数据集属于另一个提供单位", "This dataset belongs to another publisher"),
        Text("请由其提供单位办理", "Its own publisher has to do this"),
    )
