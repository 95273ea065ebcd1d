"""The button by which a browser asks to be told at once; it stays hidden where the browser cannot do it."""

from django import template

from messaging import push

register = template.Library()


@register.inclusion_tag("messaging/_push.html", takes_context=True)
def push_button(context):
    return {"key": push.public_key(), "csrf_token": context.get("csrf_token"), "request": context.get("request")}
