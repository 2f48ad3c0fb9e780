"""Pages of the security administrator, and the directory of who holds which post."""

from collections.abc import Callable
from typing import NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import sessions
from accounts.choices import HeldAs
from accounts.models import Appointment
from accounts.people import actions as people
from accounts.people.queries import directory_units, people_for, person_for, posts_of
from accounts.permissions import manages_a_root
from accounts.posts import actions
from accounts.posts.forms import AppointForm, OpenForm, ProfileForm, ReasonForm, SearchForm
from accounts.queries import home_of
from accounts.sign_in.credentials import ConfirmedForm
from accounts.sign_in.second_factor import has_second_factor
from accounts.views import back_to, never_cached, only_with, sent
from common.errors import Invalid, NotAllowed, Refused
from journal.keys import key
from journal.record import record

PEOPLE_PER_PAGE = 30
UNITS_PER_PAGE = 20


administrators_only = only_with(
    "people.manage",
    gettext_lazy(
        "This page was not opened: accounts are kept by the security administrator, and none of your "
        "posts is that. Ask yours for what you need."
    ),
)


# --- list, open, change ------------------------------------------------------------------------------------


@administrators_only
@require_GET
def people_list(request):
    form = SearchForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {"q": "", "state": ""}
    found = people_for(request.reach, request.now, text=wanted["q"].strip(), state=wanted["state"])
    page = Paginator(found, PEOPLE_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/people.html", {"search": form, "page": page})


@administrators_only
@require_http_methods(["GET", "POST"])
def open_person(request):
    """Open an account, with its first post. Who administers a whole tree may leave the post for later."""
    may_be_empty = manages_a_root(request.reach)
    form = OpenForm(sent(request))
    appointment = AppointForm(sent(request), request=request, may_be_empty=may_be_empty)
    if form.is_bound and form.is_valid() and appointment.is_valid():
        try:
            person, password = _open(request, form, appointment)
        except Refused as refusal:
            _add_refusal(refusal, form, appointment)
        else:
            return _show_password(request, person, password, status=201)
    context = {"form": form, "appointment": appointment, "may_post_later": may_be_empty}
    return render(request, "accounts/person_open.html", context, status=422 if form.is_bound else 200)


@transaction.atomic
def _open(request, form, appointment):
    person, password = people.open_person(actor=request.user, now=request.now, **form.cleaned_data)
    if not appointment.is_empty:
        actions.appoint_in_reach(
            reach=request.reach, person=person, now=request.now, **appointment.post_terms(), **appointment.terms()
        )  # fmt: skip
    return person, password


def _add_refusal(refusal: Refused, *forms) -> None:
    """Put a refusal beside the field it names, else above the form."""
    fields = refusal.fields if isinstance(refusal, Invalid) else {}
    for name, sentences in fields.items():
        for form in forms:
            if name in form.fields:
                form.add_error(name, sentences)
    if not fields:
        forms[0].add_error(None, str(refusal))


def _show_password(request, person, password, status=200):
    """The one page that shows a one-time password. It is kept nowhere."""
    context = {"person": person, "password": password}
    return render(request, "accounts/password_shown.html", context, status=status)


@administrators_only
@require_http_methods(["GET", "POST"])
def person(request, person_id):
    found = _person(request, person_id)
    skills = " ".join(found.skills.order_by("code").values_list("code", flat=True))
    form = ProfileForm(
        sent(request),
        initial={
            "name": found.name,
            "phone": found.phone,
            "email": found.email,
            "chat_id": found.chat_id,
            "skills": skills,
        },
    )
    if form.is_bound and form.is_valid():
        try:
            people.change_person(
                reach=request.reach, person_id=found.pk, now=request.now, **form.cleaned_data
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The details were saved."))
            return back_to("account-person", "details", found.pk)
    context = {
        "person": found,
        "form": form,
        "sessions": sessions.open_sessions(found, request.now),
        "has_second_factor": has_second_factor(found),
        "is_self": found.pk == request.user.pk,
    }
    return render(request, "accounts/person.html", context, status=422 if form.is_bound else 200)


@administrators_only
@require_http_methods(["GET", "POST"])
def appoint(request, person_id):
    found = _person(request, person_id)
    form = AppointForm(sent(request), request=request)
    if form.is_bound and form.is_valid():
        try:
            actions.appoint_in_reach(
                reach=request.reach, person=found, now=request.now, **form.post_terms(), **form.terms()
            )
        except Refused as refusal:
            _add_refusal(refusal, form)
        else:
            messages.success(request, _("The appointment was made."))
            return back_to("account-person", "posts", found.pk)
    context = {"person": found, "form": form}
    return render(request, "accounts/appoint.html", context, status=422 if form.is_bound else 200)


def _person(request, person_id):
    found = person_for(request.reach, request.now, person_id)
    if found is None:
        raise Http404
    return found


# --- acts that are confirmed on a page of their own --------------------------------------------------------


class Act(NamedTuple):
    """Something done to an account after one more look: its words, and what it does."""

    title: object
    text: object
    button: object
    do: Callable
    done: object
    needs_reason: bool = False


def _disable(request, person, reason):
    people.disable_person(reach=request.reach, person_id=person.pk, reason=reason, now=request.now)


def _enable(request, person, reason):
    people.enable_person(reach=request.reach, person_id=person.pk, reason=reason, now=request.now)


def _end_sessions(request, person, reason):
    people.end_sessions(reach=request.reach, person_id=person.pk, now=request.now)


def _reset_second_factor(request, person, reason):
    people.reset_second_factor(reach=request.reach, person_id=person.pk, now=request.now)


def _reset_password(request, person, reason):
    password = people.reset_password(reach=request.reach, person_id=person.pk, now=request.now)
    person.refresh_from_db()
    return _show_password(request, person, password)


ACTS = {
    "disable": Act(
        gettext_lazy("Disable the account"),
        gettext_lazy("All sessions, sockets and tokens of this person end at once, and the posts are held by "
                     "nobody until you appoint somebody else. What the person has done stays theirs."),
        gettext_lazy("Disable"), _disable, gettext_lazy("The account was disabled."), needs_reason=True,
    ),
    "enable": Act(
        gettext_lazy("Enable the account"),
        gettext_lazy("The person can sign in again with the old password and holds the posts that have not ended."),
        gettext_lazy("Enable"), _enable, gettext_lazy("The account was enabled."), needs_reason=True,
    ),
    "password": Act(
        gettext_lazy("Give a one-time password"),
        gettext_lazy("The present password stops working and all sessions end. You see the new one once; hand it "
                     "over in person or by phone. The person chooses an own one at the first sign-in."),
        gettext_lazy("Make the password"), _reset_password, "",
    ),
    "second-factor": Act(
        gettext_lazy("Take away the second factor"),
        gettext_lazy("For somebody who lost the phone. All sessions end; the person sets up a new one after signing in."),
        gettext_lazy("Take away"), _reset_second_factor, gettext_lazy("The second factor was taken away."),
    ),
    "sessions": Act(
        gettext_lazy("End all sessions"),
        gettext_lazy("The person is signed out everywhere within five seconds and can sign in again."),
        gettext_lazy("End sessions"), _end_sessions, gettext_lazy("All sessions were ended."),
    ),
}  # fmt: skip


@administrators_only
@require_http_methods(["GET", "POST"])
def act(request, person_id, name):
    found, chosen = _person(request, person_id), ACTS.get(name)
    if chosen is None:
        raise Http404
    return _confirm(
        request, title=chosen.title, text=chosen.text, button=chosen.button, subject=str(found),
        needs_reason=chosen.needs_reason, back=("account-person", found.pk), done=chosen.done,
        do=lambda reason: chosen.do(request, found, reason),
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def end_appointment(request, appointment_id):
    """End an appointment: the administrator any of their units, a holder a delegation of the own post."""
    found = _endable(request, appointment_id)
    is_own = found.held_as == HeldAs.DELEGATE and not request.reach.has("people.manage")
    response = _confirm(
        request,
        title=_("Take back the delegation") if is_own else _("End the appointment"),
        text=_("%(post)s, %(unit)s: %(person)s has this right no longer. What was done until now stays.")
        % {"post": found.post, "unit": found.post.unit, "person": found.person},
        button=_("End it"), subject=str(found.person), needs_reason=True,
        back=("account",) if is_own else ("account-person", found.person_id),
        done=_("The appointment was ended."),
        do=lambda reason: actions.end_in_reach(
            reach=request.reach, appointment_id=found.pk, now=request.now, reason=reason
        ) and None,
    )  # fmt: skip
    return never_cached(response)


def _endable(request, appointment_id) -> Appointment:
    """The appointment, if this person could see it at all: in their units, or of their own post."""
    rows = Appointment.objects.select_related("post__unit", "person")
    found = rows.filter(pk=appointment_id).first()
    own = {post.post_id for post in request.reach.posts}
    if found and (found.post_id in own or request.reach.holds("people.manage", found.post.unit.path)):
        return found
    raise Http404


def _confirm(request, *, title, text, button, subject, needs_reason, back, done, do):
    form = (ReasonForm if needs_reason else ConfirmedForm)(sent(request), request=request)
    if request.method == "POST" and form.is_valid():
        try:
            response = do(form.cleaned_data.get("reason", ""))
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            if response is not None:
                return response
            messages.success(request, done)
            return redirect(*back)
    context = {"form": form, "title": title, "text": text, "button": button, "subject": subject, "back": back}
    return render(request, "accounts/confirm.html", context, status=422 if form.is_bound else 200)


# --- directory ---------------------------------------------------------------------------------------------


@login_required
@require_GET
def directory(request):
    """Who holds which post in my units, to be phoned. That numbers were shown is recorded."""
    if not request.reach.has("people.view"):
        raise NotAllowed("not_allowed", _(
            "This page was not opened: the directory is for leaders and the duty desk. Ask your duty officer "
            "for a number."
        ))  # fmt: skip
    text = request.GET.get("q", "").strip()[:60]
    page = Paginator(directory_units(request.reach, text), UNITS_PER_PAGE).get_page(request.GET.get("page"))
    units = list(page.object_list)
    posts = posts_of(units, request.now)
    _record_shown(request, units)
    rows = [(unit, posts[unit.pk]) for unit in units]
    return never_cached(render(request, "accounts/directory.html", {"rows": rows, "page": page, "q": text}))


@transaction.atomic
def _record_shown(request, units) -> None:
    if not units:
        return
    home = home_of(request.user, request.now)
    record(
        "person.phones_shown",
        subject=key("user", request.user.pk),
        unit=home.unit if home else None,
        post=home.title if home else "",
        actor=request.user,
        at=request.now,
        content={"units": [unit.code for unit in units]},
    )
