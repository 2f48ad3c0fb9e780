"""Addresses below /account/. Of allauth only what an account opened by an administrator needs: no signing
up, no e-mail, no password reset by link."""

from django.urls import path
from django.views.generic import RedirectView

from accounts import views
from accounts.central import views as central
from accounts.exclusions import views as exclusions
from accounts.people import views as people
from accounts.push import views as push
from accounts.reform import views as reform
from accounts.screens import views as screens
from accounts.sign_in import views as sign_in
from accounts.tokens import views as tokens
from accounts.unit_lines import views as unit_lines

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="account"), name="account-root"),
    path("login/", sign_in.SignInView.as_view(), name="account_login"),
    path("central/", central.Begin.as_view(), name="account-central"),
    path("central/callback/", central.Callback.as_view(), name="account-central-callback"),
    path("central/answer/", central.Answer.as_view(), name="account-central-answer"),
    path("central/finish/", central.Finish.as_view(), name="account-central-finish"),
    path("central/metadata/", central.Metadata.as_view(), name="account-central-metadata"),
    path("logout/", sign_in.SignOutView.as_view(), name="account_logout"),
    path("password/", sign_in.PasswordView.as_view(), name="account_change_password"),
    path("again/", sign_in.PasswordAgainView.as_view(), name="account_reauthenticate"),
    path("code/", sign_in.CodeView.as_view(), name="mfa_authenticate"),
    path("code/again/", sign_in.CodeAgainView.as_view(), name="mfa_reauthenticate"),
    path("second-factor/", RedirectView.as_view(pattern_name="account"), name="mfa_index"),
    path("second-factor/set-up/", sign_in.ActivateView.as_view(), name="mfa_activate_totp"),
    path("keys/", RedirectView.as_view(pattern_name="account"), name="mfa_list_webauthn"),
    path("keys/new/", sign_in.AddKeyView.as_view(), name="mfa_add_webauthn"),
    path("keys/again/", sign_in.KeyAgainView.as_view(), name="mfa_reauthenticate_webauthn"),
    path("keys/question/", sign_in.key_question, name="account-key-question"),
    path("keys/<int:pk>/remove/", sign_in.RemoveKeyView.as_view(), name="mfa_remove_webauthn"),
    path("second-factor/remove/", sign_in.DeactivateView.as_view(), name="mfa_deactivate_totp"),
    path("recovery-codes/", sign_in.RecoveryCodesView.as_view(), name="mfa_view_recovery_codes"),
    path("recovery-codes/new/", sign_in.NewRecoveryCodesView.as_view(), name="mfa_generate_recovery_codes"),
    path("me/", views.me, name="account"),
    path("language/", views.choose_language, name="account_language"),
    path("sessions/<int:session_id>/end/", views.end_session, name="account-session-end"),
    path("push/", push.register, name="account-push"),
    path("push/<int:device_id>/end/", push.end, name="account-push-end"),
    path("tokens/", tokens.own_tokens, name="account-tokens"),
    path("tokens/area/", tokens.area_tokens, name="account-tokens-area"),
    path("tokens/<int:token_id>/revoke/", tokens.revoke, name="account-token-revoke"),
    path("posts/<int:post_id>/delegate/", views.delegate, name="account-delegate"),
    path("appointments/<int:appointment_id>/end/", people.end_appointment, name="account-appointment-end"),
    path("people/", people.people_list, name="account-people"),
    path("people/new/", people.open_person, name="account-person-open"),
    path("people/<int:person_id>/", people.person, name="account-person"),
    path("people/<int:person_id>/appoint/", people.appoint, name="account-appoint"),
    path("people/<int:person_id>/<slug:name>/", people.act, name="account-person-act"),
    path("units/", reform.units, name="account-units"),
    path("units/<code:code>/local/", unit_lines.local_line, name="account-unit-local"),
    path("units/<code:code>/phone/", unit_lines.duty_phone, name="account-unit-phone"),
    path("units/change/", reform.change, name="account-units-change"),
    path("units/change/<int:reform_id>/cancel/", reform.cancel, name="account-units-cancel"),
    path("recusals/", exclusions.RecusalList.as_view(), name="recusals"),
    path("recusals/<int:pk>/end/", exclusions.End.as_view(), name="recusal-end"),
    path("recusals/<slug:kind>/<code:number>/", exclusions.RecusalsOf.as_view(), name="recusals-of"),
    path("recusals/<slug:kind>/<code:number>/begin/", exclusions.Begin.as_view(), name="recusal-begin"),
    path("screens/", screens.Screens.as_view(), name="screens"),
    path("screens/<int:pk>/", screens.ScreenPage.as_view(), name="screen"),
    path("screens/<int:pk>/code/", screens.NewCode.as_view(), name="screen-code"),
    path("screens/<int:pk>/end/", screens.End.as_view(), name="screen-end"),
    path("directory/", people.directory, name="account-directory"),
]
