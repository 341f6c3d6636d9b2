"""Static files: compressed, named after their content, ES modules included."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Also rewrites ``import "./x.js"`` inside our modules, so that no browser mixes an old module with a new one.

    Only below ``js/``: a library's file names an import in a comment, and Django would look for it.
    """

    support_js_module_import_aggregation = True
    _js_module_import_aggregation_patterns = (
        "js/*.js",
        CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1],
    )
