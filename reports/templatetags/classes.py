"""The words of a class of disputes."""

from django import template

from reports import classes

register = template.Library()
register.simple_tag(classes.class_said, name="class_said")
