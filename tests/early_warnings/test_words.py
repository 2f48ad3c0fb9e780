"""Words and colours while signing: a level looks the same wherever it stands, and nothing is said twice."""

from incidents.serializers import shown_reasons


def test_levels_to_choose_from_have_shape_and_colour(incident, signed_in):
    event = incident(headcount=8)

    page = signed_in("county1.duty").get(f"/incidents/{event.number}/warning/").content.decode()

    for tone in ("red", "orange", "yellow", "blue"):
        chip = page[page.index(f'name="level" value="{tone}"') :].partition("</label>")[0]
        assert f'data-tone="{tone}"' in chip
        assert "<svg" in chip


def test_a_rule_that_found_the_same_stands_beneath_its_equal(incident, signed_in):
    event = incident(headcount=2, life_risk=["suicide_threat"])

    reasons = shown_reasons("zh", event)
    assert [(reason["level"], reason["again"]) for reason in reasons[:2]] == [
        ("orange", False),
        ("orange", True),
    ]

    page = signed_in("county1.duty").get(f"/incidents/{event.number}/warning/").content.decode()
    panel = page[page.index('id="why"') :].partition("</section>")[0]
    assert panel.count("扬言自杀</b>") == 1
    assert "另据：" in panel


def test_the_plan_proposes_and_nothing_is_said_to_have_changed(proposed, signed_in):
    """The drafter chose another level than the plan; the plan's own never changed."""
    warning = proposed("red")

    page = signed_in("city.director").get(f"/early-warnings/{warning.number}/").content.decode()

    assert "已变为" not in page
    assert "预案建议等级" in page
