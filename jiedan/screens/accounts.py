"""How people come in: nobody signs themselves up; staff are added by a recorded step."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest

from jiedan.people.addresses import client_address


class AccountAdapter(DefaultAccountAdapter):
    """allauth with the sign-up closed."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Where the request comes from, as seen by the proxy we trust."""
        return client_address(request)


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """DingTalk, Feishu, OIDC: only for colleagues who have connected their account in the settings."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: object) -> bool:
        """Never: an unknown account at the provider gets no account here."""
        return False


def tried_number(request: HttpRequest, credentials: dict[str, str] | None = None) -> str:
    """The staff number that somebody tries to log in with, for the lock-out (S-49)."""
    return (credentials or {}).get("username") or str(request.POST.get("login", ""))
