"""The examples under deploy/, as far as they can be tried without the system that they are for."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from newscrawl import settings

ROOT = Path(__file__).resolve().parents[2]
UNITS = sorted((ROOT / "deploy" / "systemd").iterdir())
MANIFESTS = sorted((ROOT / "deploy" / "kubernetes").glob("*.yaml"))
PROGRAMS = {"newscrawl", "celery"}


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8")
        text = re.sub(r"/srv/newscrawl/\.venv/bin/\w+", "/bin/true", text).replace("User=newscrawl", "User=root")
        (tmp_path / unit.name.replace("@", "@1")).write_text(text, encoding="utf-8")
    units = [str(path) for path in sorted(tmp_path.iterdir())]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(shutil.which("crontab") is None, reason="crontab is not installed")
def test_cron_takes_the_crontab() -> None:
    done = subprocess.run(
        ["crontab", "-n", str(ROOT / "deploy/cron/crontab")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.name)
def test_a_manifest_is_whole(path: Path) -> None:
    for document in yaml.safe_load_all(path.read_text(encoding="utf-8")):
        assert {"apiVersion", "kind", "metadata"} <= document.keys()
        if document["kind"] == "Secret":
            assert all(hasattr(settings, name) for name in document["stringData"])
            continue
        spec = document["spec"]
        template = spec["jobTemplate"]["spec"]["template"] if document["kind"] == "CronJob" else spec["template"]
        if document["kind"] == "Deployment":
            assert spec["selector"]["matchLabels"] == template["metadata"]["labels"]
        volumes = {volume["name"] for volume in template["spec"].get("volumes", ())}
        for container in template["spec"]["containers"]:
            assert {mount["name"] for mount in container.get("volumeMounts", ())} == volumes
            assert container.get("command", ["newscrawl"])[0] in PROGRAMS


def test_compose_has_a_cluster_beside_the_crawler() -> None:
    services: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
    cluster = {name for name, service in services.items() if service.get("profiles") == ["cluster"]}
    assert cluster == {"rabbitmq", "beat", "worker"}
    assert services["worker"]["deploy"]["replicas"] == 2
    for service in services.values():
        assert services.keys() >= service.get("depends_on", {}).keys()
        assert all(hasattr(settings, name) for name in service.get("environment", {}) if "RABBITMQ" not in name)
