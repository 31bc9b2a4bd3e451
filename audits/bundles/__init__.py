"""Bundles: logs, results and provenance in one signed file that somebody else can check offline."""

from unmask.audits.bundles.bundle import Bundled, BundleRequest, make_bundle
from unmask.audits.bundles.bundle_check import Check
from unmask.audits.bundles.bundle_ruling import GateFiles
from unmask.audits.bundles.claim_files import write_templates
from unmask.audits.bundles.signing import new_key_pair
from unmask.audits.bundles.verify import verify_bundle

__all__ = [
    "BundleRequest",
    "Bundled",
    "Check",
    "GateFiles",
    "make_bundle",
    "new_key_pair",
    "verify_bundle",
    "write_templates",
]
