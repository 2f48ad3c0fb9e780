"""Central sign-in (统一身份认证): a provider of OpenID Connect says who somebody is, and nothing else (ADR 0249)."""
