"""`addversion.json`, which takes an egg only when its spiders can be listed."""

import zipfile
from io import BytesIO
from typing import Any

from scrapyd import webservice
from scrapyd.exceptions import RunnerError
from twisted.web import error, http

from deploy.scrapyd.registration import register_spiders


class AddVersion(webservice.WsResource):
    @webservice.param("project")
    @webservice.param("version")
    @webservice.param("egg", type=bytes)
    def render_POST(  # noqa: N802 (Twisted's name)
        self, _request: Any, project: str, version: str, egg: bytes
    ) -> dict[str, Any]:
        if not zipfile.is_zipfile(BytesIO(egg)):
            raise error.Error(http.OK, b"the egg is no zip file")
        storage = self.root.eggstorage
        was_here = version in storage.list(project)
        storage.put(BytesIO(egg), project, version)
        self.root.update_projects()
        try:
            spiders = webservice.spider_list.set(project, version, runner=self.root.runner)
        except RunnerError:
            # The newest egg is what every crawler starts from: one that does not work must not stay.
            if not was_here:
                storage.delete(project, version)
                self.root.update_projects()
            raise
        # As of now the default: the next schedule.json must not wait until they are listed again.
        webservice.spider_list.cache[project][None] = spiders
        register_spiders()
        return {"project": project, "version": version, "spiders": len(spiders)}
