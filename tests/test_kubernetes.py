"""The manifests for Kubernetes: of its own form, and the same processes with the same rights as in Compose."""

import re
from pathlib import Path

import kubernetes_validate
import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy"
#: One that clusters of today run.
VERSION = "1.34"
KUSTOMIZATION = yaml.safe_load((DEPLOY / "kustomization.yaml").read_text())
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
RESOURCES = [
    (f"{path.name}:{found['kind']}:{found['metadata']['name']}", found)
    for path in sorted((DEPLOY / "kubernetes").glob("*.yaml"))
    for found in yaml.safe_load_all(path.read_text())
]
PODS = {
    found["metadata"]["name"]: found["spec"]["template"]["spec"]
    for _name, found in RESOURCES
    if found["kind"] in ("Deployment", "Job")
}
APPLICATION = sorted(PODS.keys() - {"proxy"})


@pytest.mark.parametrize(
    "resource", [found for _name, found in RESOURCES], ids=[name for name, _ in RESOURCES]
)
def test_each_manifest_is_of_the_form_that_kubernetes_asks_for(resource):
    kubernetes_validate.validate(resource, VERSION, strict=True)


def test_the_check_finds_what_is_wrong():
    wrong = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "x"},
        "spec": {"replicaz": 1},
    }
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, VERSION, strict=True)


def test_kustomize_takes_all_of_them_and_every_file_it_names_is_there():
    named = {Path(path).name for path in KUSTOMIZATION["resources"]}
    assert named == {path.name for path in (DEPLOY / "kubernetes").glob("*.yaml")}
    for generator in KUSTOMIZATION["configMapGenerator"] + KUSTOMIZATION["secretGenerator"]:
        for given in generator.get("files", []):
            path = DEPLOY / given.rpartition("=")[2]
            # A certificate is made at the place.
            assert path.exists() or path.parent.name == "tls", given
        for given in generator.get("envs", []):
            assert (DEPLOY / f"{given}.example").exists(), given


def test_what_pods_take_from_maps_and_secrets_is_generated():
    generators = KUSTOMIZATION["configMapGenerator"] + KUSTOMIZATION["secretGenerator"]
    generated = {generator["name"] for generator in generators}
    text = "\n".join(path.read_text() for path in (DEPLOY / "kubernetes").glob("*.yaml"))
    named = set(re.findall(r"(?:configMapRef|secretRef|configMap|configMapKeyRef): \{name: ([a-z-]+)", text))
    named |= set(re.findall(r"secretName: ([a-z-]+)", text))
    assert named == generated


def test_every_variable_is_one_of_ours():
    known = set(re.findall(r"^(?:# )?([A-Z][A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.M))
    for path in (DEPLOY / "kubernetes").glob("*.env.example"):
        given = re.findall(r"^([A-Z][A-Z0-9_]+)=", path.read_text(), re.M)
        assert given
        assert set(given) <= known, path.name


def test_the_processes_are_those_of_compose_with_their_commands():
    ours = {name: one for name, one in COMPOSE.items() if name not in ("db", "redis", "proxy")}
    assert set(APPLICATION) == set(ours)
    for name, service in ours.items():
        command = PODS[name]["containers"][0]["command"]
        if name == "migrate":
            # Static files are the proxy's own there.
            assert command[-1] in service["command"][-1]
        else:
            assert command == service["command"], name


@pytest.mark.parametrize("name", APPLICATION)
def test_nobody_is_root_or_may_become_it_or_writes_the_code(name):
    pod = PODS[name]
    assert pod["securityContext"]["runAsNonRoot"]
    assert pod["securityContext"]["runAsUser"] == int(
        re.search(r"--uid (\d+)", (ROOT / "Dockerfile").read_text())[1]
    )
    for container in pod["containers"]:
        context = container["securityContext"]
        assert context["readOnlyRootFilesystem"]
        assert not context["allowPrivilegeEscalation"]
        assert context["capabilities"] == {"drop": ["ALL"]}
        assert container["resources"]["limits"]["memory"]


def test_the_proxy_has_the_rights_it_has_in_compose_and_no_more():
    (nginx,) = PODS["proxy"]["containers"]
    assert nginx["securityContext"]["capabilities"] == {"drop": ["ALL"], "add": COMPOSE["proxy"]["cap_add"]}
    assert nginx["image"] == COMPOSE["proxy"]["image"]


def test_only_migrate_is_given_the_owner_of_the_tables():
    holders = {
        name
        for name, pod in PODS.items()
        for container in pod["containers"]
        for source in container.get("envFrom", [])
        if source.get("secretRef", {}).get("name") == "owner"
    }
    assert holders == {"migrate"}
    assert "MIGRATE_DATABASE_URL" not in (DEPLOY / "kubernetes" / "secrets.env.example").read_text()


@pytest.mark.parametrize("name", [name for name in APPLICATION if name != "migrate"])
def test_each_process_is_asked_as_in_compose_whether_it_lives(name):
    container = PODS[name]["containers"][0]
    asked = container["livenessProbe"]["exec"]["command"]
    given = COMPOSE[name]["healthcheck"]["test"]
    if given[0] == "CMD":
        assert asked == given[1:]
    else:
        assert asked == ["sh", "-c", given[1].replace("$$", "$")]
    assert ("readinessProbe" in container) is (name in ("web", "intake"))


def test_the_names_in_the_proxys_file_are_those_of_the_services():
    text = (DEPLOY / "nginx-kubernetes.conf").read_text()
    asked = set(re.findall(r"server ([a-z]+)\.([a-z-]+)\.svc", text))
    services = {found["metadata"]["name"] for _name, found in RESOURCES if found["kind"] == "Service"}
    assert {name for name, _ in asked} <= services
    assert {namespace for _, namespace in asked} == {KUSTOMIZATION["namespace"]}


def test_what_may_only_be_one_is_one_and_what_must_not_end_is_two():
    replicas = {
        found["metadata"]["name"]: found["spec"]["replicas"]
        for _name, found in RESOURCES
        if found["kind"] == "Deployment"
    }
    assert replicas["beat"] == 1
    assert {replicas[name] for name in ("web", "intake", "engine", "proxy")} == {2}
