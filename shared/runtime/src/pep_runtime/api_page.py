"""The page on which people try an API: Swagger UI from our own address; a council's network may reach no other."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from importlib.resources import files

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

ASSETS = "/docs-assets"
_WRITTEN_INTO_THE_PAGE = re.compile(rb"<script>(.*?)</script>", re.DOTALL)


def show_api_page(app: FastAPI) -> None:
    """`/docs`, with its script and style from the `fastapi-offline` package."""
    app.mount(ASSETS, StaticFiles(directory=str(files("fastapi_offline") / "static")), name="docs-assets")

    @app.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        page = get_swagger_ui_html(
            openapi_url=app.openapi_url or "/openapi.json",
            title=app.title,
            swagger_js_url=f"{ASSETS}/swagger-ui-bundle.js",
            swagger_css_url=f"{ASSETS}/swagger-ui.css",
            swagger_favicon_url=f"{ASSETS}/favicon.png",
        )
        return only_with_what_is_ours(page)


def only_with_what_is_ours(page: HTMLResponse) -> HTMLResponse:
    """The page, for which a browser may load and run our files, and by their hashes the scripts that stand in it."""
    page.headers["Content-Security-Policy"] = _allowed(bytes(page.body))
    return page


def _allowed(page: bytes) -> str:
    digests = (b64encode(sha256(script).digest()).decode() for script in _WRITTEN_INTO_THE_PAGE.findall(page))
    scripts = " ".join(f"'sha256-{digest}'" for digest in digests)
    return (
        f"default-src 'none'; script-src 'self' {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
        " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
