"""Static files under names that change with their content."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class Released(CompressedManifestStaticFilesStorage):
    """Also what one module imports from another, so that a release never mixes old and new code."""

    support_js_module_import_aggregation = True
