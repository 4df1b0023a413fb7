"""Static files under names that hold their digest, so that browsers may keep them for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc] # whitenoise has no types
    """Also hashes what our ES modules import; else a browser would keep an old module beside a new one."""

    support_js_module_import_aggregation = True
