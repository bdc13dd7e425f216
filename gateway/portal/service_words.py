"""What the pages say about purpose-built APIs, in both languages; part of the table of `gateway.portal.words`."""

from __future__ import annotations

from catalog.text import Text

__all__ = ["SERVICE_WORDS"]

SERVICE_WORDS: dict[str, Text] = {
    "services": Text("数据服务", "Services"),
    "services_lead": Text(
        "提供单位为常见问题声明的专用接口，每个都有自己的含义和参数。",
        "Interfaces declared for common questions; each has a meaning and parameters of its own.",
    ),
    "no_services": Text("尚未声明专用接口。", "No service is declared on it yet."),
    "service_about": Text("关于这个服务", "About this service"),
    "service_version": Text("版本", "Version"),
    "service_state": Text("状态", "State"),
    "service_active": Text("现行", "Active"),
    "service_deprecated": Text("将停用", "Deprecated"),
    "service_sunset": Text("截止日期", "Last day"),
    "service_successor": Text("后继版本", "Successor"),
    "service_rests_on": Text("依据的数据集", "Rests on"),
    "service_records": Text("每页至多", "Records of a page, at most"),
    "service_probe": Text("最近一次探测", "Last probe"),
    "service_answered": Text("已应答", "Answered"),
    "service_silent": Text("未应答", "Did not answer"),
    "service_unasked": Text("尚未探测", "Not asked yet"),
    "service_no_parameters": Text("没有参数。", "It takes no parameters."),
    "service_returns": Text("返回的字段", "What it returns"),
    "service_call": Text("调用", "Call it"),
    "service_call_lead": Text(
        "可直接运行；参数取自示例。格式由后缀或 Accept 选择：.json .csv .ndjson。",
        "Ready to run, with the example’s parameters. The form by ending or Accept: .json .csv .ndjson.",
    ),
    "parameter_name": Text("参数", "Parameter"),
    "parameter_condition": Text("条件", "Condition"),
    "parameter_required": Text("必填", "Required"),
    "parameter_optional": Text("可选", "Optional"),
    "parameter_default": Text("默认 {value}", "default {value}"),
    "parameter_takes": Text("可取：{values}", "takes: {values}"),
    "parameter_between": Text("{least} 至 {most}", "{least} to {most}"),
    "parameter_example": Text("示例", "Example"),
}
