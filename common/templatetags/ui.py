"""Every template tag of the house under one name: `{% load ui %}`. See docs/ui.md."""

from django import template

from common.templatetags import components, drills, fields, icons, levels, page, times, words

register = template.Library()
for subject in (components, drills, fields, icons, levels, page, times, words):
    register.tags |= subject.register.tags
    register.filters |= subject.register.filters
