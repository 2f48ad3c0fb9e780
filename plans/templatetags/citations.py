"""Where a sentence comes from. A builtin of all templates: citations stand on the pages of every room."""

from django import template

from plans.lifecycle.citations import cited

register = template.Library()
register.filter("cited", cited)
