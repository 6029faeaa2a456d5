"""The compose file, the image, the units and their document: whole, without secrets, and of commands that there are."""

import configparser
import re
import shlex
import tomllib
from pathlib import Path

import click
import pytest
import yaml

from linkage.cli import main

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE = yaml.safe_load(TEXT)
SERVICES = COMPOSE["services"]
DOCUMENT = (ROOT / "docs" / "deploy.md").read_text()
DOCKERFILE = (ROOT / "Dockerfile").read_text()


def parameters() -> set[str]:
    """Every variable of the environment that some command reads."""
    found: set[str] = set()
    waiting: list[click.Command] = [main]
    while waiting:
        command = waiting.pop()
        if isinstance(command, click.Group):
            waiting += command.commands.values()
        for parameter in command.params:
            names = parameter.envvar or ()
            found |= {names} if isinstance(names, str) else set(names)
    return found


def test_neo4j_the_api_and_the_night_are_there():
    assert set(SERVICES) == {"neo4j", "api", "nightly"}
    assert SERVICES["neo4j"]["environment"]["NEO4J_PLUGINS"] == '["graph-data-science"]'
    assert SERVICES["neo4j"]["environment"]["NEO4J_dbms_security_procedures_unrestricted"] == "gds.*"
    assert SERVICES["neo4j"]["image"].endswith(":-neo4j:5.26}")
    for name in ("api", "nightly"):
        assert SERVICES[name]["depends_on"] == {"neo4j": {"condition": "service_healthy"}}
        assert SERVICES[name]["environment"]["LINKAGE_NEO4J_URI"] == "bolt://neo4j:7687"


def test_the_night_runs_once_and_only_when_asked():
    assert SERVICES["nightly"]["restart"] == "no"
    assert SERVICES["nightly"]["profiles"] == ["nightly"]
    assert all(SERVICES[name]["restart"] == "unless-stopped" for name in ("neo4j", "api"))
    assert all("healthcheck" in SERVICES[name] for name in ("neo4j", "api"))


def test_there_is_no_default_secret():
    asked = re.findall(r"(?<!\$)\$\{(\w+)(:?[-?][^}]*)?\}", TEXT)
    for name, rest in asked:
        assert rest.startswith(":?" if name.endswith(("PASSWORD", "KEY")) else ":-"), name
    assert {"LINKAGE_NEO4J_PASSWORD", "LINKAGE_KEY"} <= {name for name, _ in asked}
    given = yaml.safe_dump([service["environment"] for service in SERVICES.values()])
    assert "NEO4J_AUTH: neo4j/${LINKAGE_NEO4J_PASSWORD:?" in given
    ignored = (ROOT / ".gitignore").read_text().split()
    assert ".env" in ignored
    assert (ROOT / ".dockerignore").read_text().startswith("*\n")


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_each_container_is_bounded_and_not_root(name):
    service = SERVICES[name]
    limits = service["deploy"]["resources"]["limits"]
    assert float(limits["cpus"]) > 0
    assert re.fullmatch(r"\d+g", limits["memory"])
    assert "no-new-privileges:true" in service["security_opt"]
    assert service.get("user", DOCKERFILE.split("USER ")[1].split()[0]).split(":")[0] not in ("0", "root")
    # Nothing is reachable from outside of the machine.
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))
    if name != "neo4j":
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]


def test_named_volumes_are_declared_and_data_outlive_containers():
    used = {
        volume.split(":")[0] for service in SERVICES.values() for volume in service["volumes"]
        if not volume.startswith(("$", ".", "/"))
    }  # fmt: skip
    assert used == set(COMPOSE["volumes"])
    assert "neo4j-data:/data" in SERVICES["neo4j"]["volumes"]
    assert "linkage-store:/var/lib/linkage" in SERVICES["nightly"]["volumes"]
    assert "/srv/source:ro" in " ".join(SERVICES["nightly"]["volumes"])


@pytest.mark.parametrize("name", ["api", "nightly"])
def test_commands_and_variables_are_those_of_the_command_line(name):
    service = SERVICES[name]
    command, *rest = service["command"]
    found = main.get_command(click.Context(main), command)
    assert found is not None
    context = found.make_context(command, list(rest))
    assert context.params
    known = parameters() | {"LINKAGE_NEO4J_USER", "LINKAGE_NEO4J_PASSWORD", "LINKAGE_KEY"}
    assert {name for name in service["environment"] if name.startswith("LINKAGE_")} <= known


def test_the_image_installs_the_wheel_alone_for_a_user_who_is_not_root():
    steps = re.findall(r"^([A-Z]+) (.*)$", DOCKERFILE.replace("\\\n", " "), re.MULTILINE)
    assert [value for step, value in steps if step == "USER"][-1] == "10001:10001"
    assert dict(steps)["ENTRYPOINT"] == '["linkage"]'
    assert ":latest" not in DOCKERFILE
    assert "@" not in DOCKERFILE
    extras = re.search(r"ARG EXTRAS=(\S+)", DOCKERFILE)
    there = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert extras
    assert set(extras[1].split(",")) <= set(there)
    assert "neo4j-local" not in extras[1]
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().split() if line.startswith("!")}
    for step, value in steps:
        if step == "COPY" and not value.startswith("--from"):
            *sources, _ = value.split()
            assert all((ROOT / source).exists() for source in sources)
            assert set(sources) <= allowed
    known = parameters()
    assert set(re.findall(r"(LINKAGE_\w+)=", DOCKERFILE)) <= known


def test_the_units_run_the_service_of_the_compose_file():
    units = {}
    for path in (ROOT / "examples" / "systemd").iterdir():
        units[path.name] = configparser.ConfigParser(interpolation=None)
        units[path.name].optionxform = str  # type: ignore[assignment,method-assign]
        units[path.name].read(path)
    service, timer = units["linkage-nightly.service"]["Service"], units["linkage-nightly.timer"]["Timer"]
    assert service["Type"] == "oneshot"
    assert shlex.split(service["ExecStart"])[1:] == ["compose", "run", "--rm", "nightly"]
    assert re.fullmatch(r"\*-\*-\* \d\d:\d\d:\d\d UTC", timer["OnCalendar"])
    assert timer["Persistent"] == "true"
    (cron,) = re.findall(
        r"^(\S+ \S+ \S+ \S+ \S+) cd \S+ && docker compose run --rm (\S+)", DOCUMENT, re.MULTILINE
    )
    assert re.fullmatch(r"\d+ \d+ \* \* \*", cron[0])
    assert cron[1] in SERVICES


def test_the_document_names_every_variable_and_only_commands_that_there_are():
    # Two dollar signs are the shell's own, inside a container.
    asked = set(re.findall(r"(?<!\$)\$\{(\w+)", TEXT))
    assert asked == set(re.findall(r"`(LINKAGE_\w+)`", DOCUMENT))
    for block in re.findall(r"```sh\n(.*?)```", DOCUMENT, re.DOTALL):
        for line in block.splitlines():
            words = shlex.split(line)
            if words[:2] == ["docker", "compose"]:
                named = [word for word in words if word in SERVICES]
                assert named, line
            if "linkage" in words:
                command: click.Command = main
                rest = words[words.index("linkage") + 1 :]
                while isinstance(command, click.Group):
                    command = command.commands[rest.pop(0)]
                command.make_context(command.name, rest)
