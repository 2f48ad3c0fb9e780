import pytest

from command.orders.actions import issue_order, read_target
from command.orders.models import Order
from tests.incidents.conftest import alarm

__all__ = ["alarm"]


@pytest.fixture
def order_for(reach, now):
    """order_for(incident, "dialogue") → a live order to that squad of county 1."""

    def issue(incident, squad="dialogue"):
        target = read_target(f"squad:{squad}@C1")
        given = {"incident_id": incident.pk, "reach": reach("county1.duty"), "target": target}
        return issue_order(task="到一楼大厅对话", now=now, **given)

    return issue


@pytest.fixture
def many_orders(alarm, order_for):
    """many_orders(53) → so many live orders, each in an incident of its own."""

    def make(many):
        model = order_for(alarm(headcount=2))
        others = [alarm(headcount=2) for _ in range(many - 1)]
        fields = {field.attname: getattr(model, field.attname) for field in Order._meta.concrete_fields[1:]}
        Order.objects.bulk_create(
            Order(**{**fields, "incident_id": one.pk, "number": f"O-{one.number}"}) for one in others
        )

    return make
