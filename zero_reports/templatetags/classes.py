"""The words of a class of disputes."""

from django import template

from zero_reports.filing import classes

register = template.Library()
register.simple_tag(classes.class_said, name="class_said")


@register.simple_tag
def counts_said(counts):
    """How many of each class: 邻里纠纷 × 2, 婚姻家庭 × 1."""
    return ", ".join(f"{classes.class_said(name)} × {many}" for name, many in counts)
