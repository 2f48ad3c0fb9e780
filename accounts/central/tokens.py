"""Is this ID token the provider's, for us, for this sign-in, and still good? OpenID Connect Core 1.0, 3.1.3.7."""

from hmac import compare_digest

from allauth.socialaccount.providers.oauth2.client import OAuth2Error

#: Signatures with the provider's own key alone: with HS256 whoever knows our secret could make tokens, and "none" is none.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
#: Seconds by which the provider's clock and ours may differ.
LEEWAY = 60


def verify(token: str, *, keys: dict, issuer: str, client_id: str, nonce: str) -> dict:
    """Return the claims of an ID token that is in order; raises OAuth2Error otherwise.

    `keys`: the provider's JSON Web Key Set. `nonce`: what this sign-in was begun with.
    """
    # Here, or every web process carries 1.4 MB of it, with a provider or without.
    import jwt

    try:
        claims = jwt.decode(
            token,
            key=_key_for(token, keys),
            algorithms=ALGORITHMS,
            issuer=issuer,
            audience=client_id,
            leeway=LEEWAY,
            options={"require": ["iss", "aud", "exp", "iat", "sub"]},
        )
    except jwt.PyJWTError as fault:
        raise OAuth2Error(f"ID token: {fault}") from fault
    if claims.get("azp", client_id) != client_id:
        raise OAuth2Error("ID token: made for another client")
    if not compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise OAuth2Error("ID token: made for another sign-in")
    return claims


def _key_for(token: str, keys: dict):
    """The key the token names; a provider with one key need not name it."""
    import jwt

    name = jwt.get_unverified_header(token).get("kid")
    found = jwt.PyJWKSet.from_dict(keys).keys
    fitting = [key for key in found if key.public_key_use in (None, "sig") and name in (None, key.key_id)]
    if len(fitting) != 1:
        raise OAuth2Error("ID token: signed with a key the provider does not show")
    return fitting[0].key
