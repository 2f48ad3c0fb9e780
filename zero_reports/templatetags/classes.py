"""The words of a class of disputes."""

from django import template

from zero_reports.filing import classes

register = template.Library()
register.simple_tag(classes.class_label, name="class_label")


@register.simple_tag
def counts_label(counts):
    """How many of each class: 邻里纠纷 × 2, 婚姻家庭 × 1."""
    return ", ".join(f"{classes.class_label(name)} × {many}" for name, many in counts)
