from base64 import urlsafe_b64encode

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Print a new key pair for notices to browsers (VAPID), as lines for .env. Nothing is stored."
    requires_system_checks = ()

    def handle(self, **options):
        from cryptography.hazmat.primitives.asymmetric import ec

        from notices.push.sealing import public_bytes

        key = ec.generate_private_key(ec.SECP256R1())
        private = key.private_numbers().private_value.to_bytes(32)
        self.stdout.write(f"WEB_PUSH_KEY={_packed(private)}")
        self.stdout.write(f"WEB_PUSH_PUBLIC_KEY={_packed(public_bytes(key))}")


def _packed(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
