"""Cuts the shell steps out of ci/*.yml and *.yaml into FOLDER, one file each, and looks at what no schema says. Needs ruamel.yaml."""

import pathlib
import re
import sys

from ruamel.yaml import YAML

CI = pathlib.Path(__file__).parents[2] / "ci"
folder = pathlib.Path(sys.argv[1])
yaml = YAML(typ="safe")


def write(name, text, shell="/usr/bin/env bash"):
    if not text.startswith("#!"):
        text = f"#!{shell}\n{text}"
    path = folder / f"{name}.sh"
    path.write_text(text)
    path.chmod(0o755)


def must(what, holds):
    if not holds:
        sys.exit(f"{what}")


action = yaml.load((CI / "action.yml").read_text())
steps = action["runs"]["steps"]
for step in steps:
    if "uses" in step:
        must(f"{step['uses']} is not pinned to a commit", re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", step["uses"]))
        continue
    must(f"an expression is part of a shell text: {step['name']}", "${{" not in step["run"])
    write("action-" + step.get("id", step["name"].split()[0].lower()), step["run"])
used = set(re.findall(r"inputs\.([\w-]+)", (CI / "action.yml").read_text()))
must(f"inputs that are not declared or not used: {used ^ set(action['inputs'])}", used == set(action["inputs"]))

build = yaml.load((CI / "cloudbuild.yaml").read_text())
for step in build["steps"]:
    must(f"the script of {step['id']} does not say by which shell", step["script"].startswith("#!"))
    write("cloudbuild-" + step["id"], step["script"])
known = set(build["substitutions"]) | {"PROJECT_ID"}
text = (CI / "cloudbuild.yaml").read_text()
used = set(re.findall(r"\$\{?(_[A-Z]+)", text))
must(f"substitutions that are not declared or not used: {used ^ (known - {'PROJECT_ID'})}", used == known - {"PROJECT_ID"})
given = {secret["env"] for secret in build["availableSecrets"]["secretManager"]}
asked = {name for step in build["steps"] for name in step.get("secretEnv", [])}
must(f"secrets that are not given or not used: {given ^ asked}", given == asked)

job = yaml.load((CI / "cloud-run-job.yaml").read_text())
task = job["spec"]["template"]["spec"]
container = task["template"]["spec"]["containers"][0]
must("it is no Cloud Run job", (job["apiVersion"], job["kind"]) == ("run.googleapis.com/v1", "Job"))
must("one task is no shard", task["taskCount"] > 1 and task["template"]["spec"]["maxRetries"] == 0)
volumes = {volume["name"] for volume in task["template"]["spec"]["volumes"]}
must("volumes are not those that are mounted", volumes == {mount["name"] for mount in container["volumeMounts"]})
for variable in container["env"]:
    secret = "SECRET" in variable["name"]
    must(f"{variable['name']} is not from Secret Manager", not secret or "secretKeyRef" in variable["valueFrom"])
must("the shell is not asked", container["command"] == ["sh", "-c"] and len(container["args"]) == 1)
write("job-task", container["args"][0], "/bin/sh")
