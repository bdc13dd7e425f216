"""What the pages say beside the forms that try an interface out; part of the table of `gateway.portal.words`."""

from __future__ import annotations

from catalog.text import Text

__all__ = ["TRY_WORDS"]

TRY_WORDS: dict[str, Text] = {
    "try_it": Text("试一试", "Try it"),
    "try_lead": Text(
        "填写参数后发送；留空的参数不会发送。",
        "Fill in what you want and send; what is left empty is not sent.",
    ),
    "try_all_lead": Text(
        "以下都是人人可调用的 GET 接口；展开一个，填写后发送。",
        "These are the GET operations anybody may call: open one, fill it in, send it.",
    ),
    "try_whole": Text("全部接口的 OpenAPI 3.1 文档", "The OpenAPI 3.1 document of all operations"),
    "try_form": Text("格式", "Format"),
    "try_by_accept": Text("默认（json）", "default (json)"),
    "try_conditions": Text("按列筛选", "Conditions on columns"),
    "try_column": Text("条件 {n}：字段", "Condition {n}: column"),
    "try_operator": Text("条件 {n}：比较", "Condition {n}: comparison"),
    "try_value": Text("条件 {n}：值", "Condition {n}: value"),
    "try_send": Text("发送", "Send"),
    "try_key": Text("密钥（公开数据无需填写）", "Key (not needed for open data)"),
    "try_address": Text("请求", "Request"),
    "try_copy_address": Text("复制网址", "Copy address"),
    "try_copy": Text("复制为 {what}", "Copy as {what}"),
    "try_sending": Text("正在发送…", "Sending…"),
    "try_copied": Text("已复制", "Copied"),
    "try_uncopied": Text("浏览器不允许复制", "The browser does not allow copying"),
    "try_failed": Text("没有收到答复，请检查网络后重试", "No answer came; check the network and send again"),
    "try_took": Text("{ms} 毫秒 · {bytes} 字节", "{ms} ms · {bytes} bytes"),
    "try_cut": Text("……（其余未显示）", "… (the rest is not shown)"),
    "try_binary": Text("二进制内容，请用上方网址下载", "Binary content: download it from the address above"),
    "try_headers": Text("答复头", "Answer headers"),
    "try_body": Text("答复正文", "Answer body"),
}
