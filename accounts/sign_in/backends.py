"""Who is this? Username and password, in the same time whether or not the account exists."""

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.hashers import make_password

from accounts.models import User
from accounts.queries import user_named
from accounts.sign_in.passwords import is_quick
from common.database.composed import Composed

_PERSON = Composed(lambda pk: User.objects.filter(pk=pk))


class PasswordBackend(ModelBackend):
    """Django's backend, with one difference: a hash made at low cost answers no faster than the others."""

    def authenticate(self, request, username=None, password=None, **kwargs):
        if not username or password is None:
            return None
        user = user_named(username)
        if user is None or is_quick(user.password):
            make_password(password)
        if user and user.check_password(password) and self.user_can_authenticate(user):
            return user
        return None

    def get_user(self, user_id):
        """Asked by every page."""
        user = next(iter(_PERSON(user_id)), None)
        return user if user is not None and self.user_can_authenticate(user) else None
