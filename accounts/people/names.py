"""What people are called in a list: two of one name are told apart, each reader's rights unchanged.

A username is no secret among colleagues (it stands in every list of who stands in for whom), a telephone number is.
"""

from collections import Counter
from collections.abc import Iterable

from accounts.models import User


def distinct_names(people: Iterable[User]) -> dict[int, str]:
    """Person → the name, and the username beside it where another one in the list has the same name."""
    by_pk = {person.pk: person for person in people}
    borne = Counter(str(person) for person in by_pk.values())
    return {
        pk: f"{person} ({person.username})" if borne[str(person)] > 1 else str(person)
        for pk, person in by_pk.items()
    }
