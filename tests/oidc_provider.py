"""A small provider of OpenID Connect that behaves as badly as it is told to: `python -m tests.oidc_provider`.

It prints its port, then serves configuration, keys, authorization, tokens and details of the person. POST /control with
JSON changes what it does: `user` (who is signed in there), `claims` (more of them), `mode`, `seconds` (of waiting).
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "command", "a secret of the client"


def new_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Provider:
    def __init__(self):
        self.key, self.strange_key = new_key(), new_key()
        self.codes: dict[str, dict] = {}
        self.access: dict[str, dict] = {}
        self.asked: list[str] = []
        self.told = {"user": "", "claims": {}, "mode": "ok", "seconds": 0, "at": ""}
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(self))
        self.server.daemon_threads = True
        self.issuer = f"http://127.0.0.1:{self.server.server_port}/realm"

    @property
    def mode(self):
        return self.told["mode"]

    def configuration(self):
        here = self.issuer
        return {
            "issuer": "http://elsewhere.example" if self.mode == "other_configuration" else here,
            "authorization_endpoint": "javascript:alert(1)" if self.mode == "script" else f"{here}/authorize",
            "token_endpoint": f"{here}/token",
            "userinfo_endpoint": f"{here}/userinfo",
            "jwks_uri": f"{here}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def keys(self):
        public = jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return {"keys": [{**public, "kid": "one", "use": "sig", "alg": "RS256"}]}

    def authorize(self, asked: dict) -> str:
        """Where the browser is sent back to."""
        if asked["client_id"] != CLIENT or asked["code_challenge_method"] != "S256" or not asked["state"]:
            raise ValueError("not asked in order")
        if self.mode == "refuse":
            return f"{asked['redirect_uri']}?{urlencode({'error': 'access_denied', 'state': asked['state']})}"
        code = secrets.token_urlsafe(12)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, given: dict):
        asked = self.codes.pop(given.get("code"), None)
        challenge = base64.urlsafe_b64encode(
            hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        ).rstrip(b"=")
        if (
            asked is None
            or given.get("client_secret") != SECRET
            or challenge.decode() != asked["code_challenge"]
            or given.get("redirect_uri") != asked["redirect_uri"]
        ):
            return 400, {"error": "invalid_grant"}
        access = secrets.token_urlsafe(12)
        claims = self.claims(asked)
        self.access[access] = {"sub": claims["sub"], "preferred_username": self.told["user"]}
        if self.mode == "only_userinfo":
            claims.pop("preferred_username")
        if self.mode == "others_userinfo":
            claims.pop("preferred_username")
            self.access[access]["sub"] = "somebody else"
        answer = {
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": 60,
            "id_token": self.signed(claims),
        }
        if self.mode == "no_id_token":
            answer.pop("id_token")
        if self.mode == "list":
            return 200, ["access_token"]
        if self.mode == "odd_seconds":
            answer["expires_in"] = "soon"
        return 200, answer

    def claims(self, asked: dict) -> dict:
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "sub": "s-" + self.told["user"], "iat": now, "exp": now + 60,
            "nonce": asked.get("nonce"), "preferred_username": self.told["user"], "email_verified": True,
            "email": "county1.director@example.gov",
        }  # fmt: skip
        match self.mode:
            case "expired":
                claims |= {"iat": now - 7200, "exp": now - 3600}
            case "other_audience":
                claims["aud"] = "another"
            case "for_another_client":
                claims |= {"aud": [CLIENT, "another"], "azp": "another"}
            case "other_issuer":
                claims["iss"] = "http://elsewhere.example"
            case "other_nonce":
                claims["nonce"] = "another"
            case "no_nonce":
                claims.pop("nonce")
            case "no_end":
                claims.pop("exp")
        return claims | self.told["claims"]

    def signed(self, claims: dict) -> str:
        match self.mode:
            case "wrong_key":
                return jwt.encode(claims, self.strange_key, "RS256", headers={"kid": "one"})
            case "unknown_key":
                return jwt.encode(claims, self.strange_key, "RS256", headers={"kid": "two"})
            case "unsigned":
                return jwt.encode(claims, None, "none", headers={"kid": "one"})
            case "signed_with_secret":
                return jwt.encode(claims, SECRET * 2, "HS256", headers={"kid": "one"})
            case "garbage_token":
                return "no.token.atall"
        return jwt.encode(claims, self.key, "RS256", headers={"kid": "one"})


def handler_of(provider: Provider):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.answer(parse_qs(urlsplit(self.path).query))

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path == "/control":
                provider.told |= json.loads(body)
                self.send(200, provider.asked)
            else:
                self.answer(parse_qs(body.decode()))

        def answer(self, given: dict):
            given = {name: values[0] for name, values in given.items()}
            last = urlsplit(self.path).path.rsplit("/", 1)[-1]
            provider.asked.append(last)
            if provider.told["at"] in ("", last):
                time.sleep(provider.told["seconds"])
                if provider.mode == "error":
                    return self.send(500, {"error": "server_error"})
                if provider.mode == "garbage":
                    return self.send(200, None, b"<html>maintenance</html>")
                if provider.mode == "endless":
                    return self.send(200, None, b" " * 2_000_000)
            if last == "openid-configuration":
                return self.send(200, provider.configuration())
            if last == "keys":
                return self.send(200, provider.keys())
            if last == "authorize":
                self.send_response(302)
                self.send_header("Location", provider.authorize(given))
                self.end_headers()
                return None
            if last == "token":
                return self.send(*provider.token(given))
            if last == "userinfo":
                return self.send(200, provider.access[self.headers["Authorization"].removeprefix("Bearer ")])
            return self.send(404, {})

        def send(self, status, answer, body=None):
            body = json.dumps(answer).encode() if body is None else body
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    return Handler


if __name__ == "__main__":
    own = Provider()
    print(own.server.server_port, flush=True)
    threading.Thread(target=own.server.serve_forever, args=(0.01,)).start()
