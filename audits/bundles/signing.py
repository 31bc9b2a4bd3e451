"""The manifest, an in-toto Statement (https://in-toto.io/Statement/v1), and its signature, a DSSE envelope.

Keys, signatures and envelopes are those of `securesystemslib` and `cryptography`: Ed25519, in PEM files.
"""

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import rfc8785
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import CryptoSigner, SSlibKey  # type: ignore[attr-defined]  # it has no `__all__`

from unmask.protocol.errors import ConfigurationError

__all__ = [
    "PREDICATE",
    "canonical",
    "canonical_loads",
    "envelope_of",
    "fingerprint",
    "new_key_pair",
    "private_key",
    "public_key",
    "public_pem",
    "sha256_of",
    "signed_by",
    "statement",
]

PREDICATE = "urn:unmask:bundle:v1"
"""Type of the statement's predicate."""

_PAYLOAD = "application/vnd.in-toto+json"


def sha256_of(path: Path) -> str:
    """Hex digest of a file, read piece by piece.

    Args:
        path: The file.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def canonical(value: Any) -> bytes:
    """Canonical JSON (RFC 8785).

    Args:
        value: Of plain types.
    """
    return rfc8785.dumps(value)


def statement(folder: Path, names: Iterable[str], predicate: dict[str, Any]) -> bytes:
    """An in-toto Statement over files, in canonical JSON (RFC 8785).

    Args:
        folder: Where the files lie.
        names: Their names below it.
        predicate: What is stated of them.
    """
    subject: Any = [{"name": name, "digest": {"sha256": sha256_of(folder / name)}} for name in sorted(names)]
    told: dict[str, Any] = {"_type": "https://in-toto.io/Statement/v1", "subject": subject, "predicateType": PREDICATE}
    return rfc8785.dumps({**told, "predicate": predicate})


def envelope_of(payload: bytes, key: Ed25519PrivateKey) -> bytes:
    """A statement in a signed envelope, in canonical JSON.

    Args:
        payload: The statement.
        key: Who signs.
    """
    envelope = Envelope(payload, _PAYLOAD, {})
    envelope.sign(CryptoSigner(key, _known(key.public_key())))
    return rfc8785.dumps(envelope.to_dict())


def signed_by(envelope: bytes, payload: bytes, key: Ed25519PublicKey) -> str | None:
    """Check an envelope.

    Args:
        envelope: Its bytes.
        payload: The statement that it has to hold.
        key: Who has to have signed.

    Returns:
        None if all is well, else what is not.
    """
    try:
        given = canonical_loads(envelope)
        keys = [str(one["keyid"]) for one in given["signatures"]]
        found = Envelope.from_dict(given)
        if rfc8785.dumps(found.to_dict()) != envelope or found.payload_type != _PAYLOAD:
            return "not written as an envelope is"
        if found.payload != payload:
            return "holds another manifest than the bundle"
        if fingerprint(key) not in keys:
            return f"signed by {', '.join(keys) or 'nobody'}, not by {fingerprint(key)}"
        found.verify([_known(key)], 1)
    except VerificationError:
        return f"the signature is not that of {fingerprint(key)}"
    except Exception as error:  # whatever a broken envelope makes of a reader
        return f"cannot be read ({type(error).__name__})"
    return None


def canonical_loads(data: bytes) -> Any:
    """JSON that was written in the canonical form.

    Args:
        data: Its bytes.

    Raises:
        ValueError: If it was not.
    """
    found = json.loads(data)
    if rfc8785.dumps(found) != data:
        raise ValueError("not in canonical form")
    return found


def new_key_pair(path: Path) -> str:
    """Write a new private key, readable by its owner alone, and the public one beside it (`.pub`).

    Args:
        path: The private key's file, which must not be there yet.

    Returns:
        The fingerprint.

    Raises:
        ConfigurationError: If there is such a file, or it cannot be written.
    """
    key = Ed25519PrivateKey.generate()
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        path.with_name(f"{path.name}.pub").write_bytes(public_pem(key.public_key()))
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}") from error
    return fingerprint(key.public_key())


def private_key(path: Path) -> Ed25519PrivateKey:
    """Read a private key.

    Args:
        path: A PEM file without a passphrase.

    Raises:
        ConfigurationError: If it is no such key.
    """
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ConfigurationError(f"{path}: no private key that can be used ({type(error).__name__})") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigurationError(f"{path}: no Ed25519 key; `unmask bundle --new-key FILE` makes one")
    return key


def public_key(path: Path) -> Ed25519PublicKey:
    """Read a public key.

    Args:
        path: A PEM file.

    Raises:
        ConfigurationError: If it is no such key.
    """
    try:
        key = load_pem_public_key(path.read_bytes())
    except (OSError, ValueError, UnsupportedAlgorithm) as error:
        raise ConfigurationError(f"{path}: no public key that can be used ({type(error).__name__})") from error
    if not isinstance(key, Ed25519PublicKey):
        raise ConfigurationError(f"{path}: no Ed25519 key")
    return key


def public_pem(key: Ed25519PublicKey) -> bytes:
    """A public key as a PEM file.

    Args:
        key: The key.
    """
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def fingerprint(key: Ed25519PublicKey) -> str:
    """`SHA256:` and the hex digest of a key's DER form, as `openssl pkey -pubin -outform DER | sha256sum` has it.

    Args:
        key: The key.
    """
    told = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return f"SHA256:{hashlib.sha256(told).hexdigest()}"


def _known(key: Ed25519PublicKey) -> SSlibKey:
    return SSlibKey.from_crypto(key, keyid=fingerprint(key))
