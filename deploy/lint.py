"""What no public linter checks of the deploy kit: that it keeps the promises docs/deploy.md makes."""

import json
import pathlib
import re
import sys

import compose_spec
import yaml

here = pathlib.Path(__file__).parent
problems = []


def must(holds, words):
    if not holds:
        problems.append(words)


compose = yaml.safe_load((here / "compose.yaml").read_text())
plain = {key: value for key, value in compose.items() if not key.startswith("x-")}
compose_spec.ComposeSpecification.model_validate(plain)
for name in ("kiln", "kiln-cuda"):
    service = compose["services"][name]
    must(service["read_only"], f"compose {name}: the root file system can be written")
    must(service["user"].split(":")[0] not in ("0", "root"), f"compose {name}: runs as root")
    must("hotkey" in service["secrets"], f"compose {name}: has no hotkey")

documents = list(yaml.safe_load_all((here / "kubernetes/kiln.yaml").read_text()))
deployment = next(each for each in documents if each["kind"] == "Deployment")
pod = deployment["spec"]["template"]["spec"]
container = pod["containers"][0]
must(pod["securityContext"]["runAsNonRoot"], "kubernetes: may run as root")
must(container["securityContext"]["readOnlyRootFilesystem"], "kubernetes: the root file system can be written")
for probe, path in (("startupProbe", "/readyz"), ("readinessProbe", "/readyz"), ("livenessProbe", "/livez")):
    must(container[probe]["httpGet"]["path"] == path, f"kubernetes: {probe} must ask {path}")
config = yaml.safe_load(next(each for each in documents if each["kind"] == "ConfigMap")["data"]["kiln.yaml"])
grace = int(config["drain"]["grace"].rstrip("s"))
must(pod["terminationGracePeriodSeconds"] >= grace + 10 + 2, "kubernetes: is killed before it has drained")
must(deployment["spec"]["replicas"] == 1, "kubernetes: more than one replica behind one set of used nonces")
patch = yaml.safe_load((here / "kubernetes/cuda.patch.yaml").read_text())
patched = patch["spec"]["template"]["spec"]["containers"][0]
must(patched["name"] == container["name"], "kubernetes: the patch names another container")

for name in ("Dockerfile", "Dockerfile.cuda"):
    text = (here.parent / name).read_text()
    stages = re.split(r"(?m)^FROM ", text)[1:]
    last = stages[-1]
    must(len(stages) > 1, f"{name}: one stage only")
    must(re.search(r"(?m)^USER 10001", last), f"{name}: runs as root")
    must("HEALTHCHECK" in last, f"{name}: has no health check")
    must(":latest" not in text, f"{name}: a base without a version")
    for run in re.findall(r"(?m)^RUN (.*)$", text):
        step = json.loads(run)[0]
        script = here / "image" / pathlib.Path(step).name
        must(script.exists(), f"{name}: RUN {run} is no script of deploy/image")
    must(not re.search(r"(?im)^(ENV|ARG) .*(SECRET|PASSWORD|TOKEN|MNEMONIC)", text), f"{name}: a secret in a layer")

dashboard = json.loads((here / "grafana/kiln.json").read_text())
ids = [panel["id"] for panel in dashboard["panels"]]
must(len(ids) == len(set(ids)), "dashboard: two panels of one id")
must(all(panel["targets"] for panel in dashboard["panels"]), "dashboard: a panel without a query")

for problem in problems:
    print(problem, file=sys.stderr)
sys.exit(1 if problems else 0)
