"""Writes a YAML file as JSON. Needs ruamel.yaml. With `--job`, writes the Job that an AnalysisTemplate starts, as a Job of its own."""

import json
import pathlib
import sys

from ruamel.yaml import YAML

arguments = [word for word in sys.argv[1:] if word != "--job"]
content = YAML(typ="safe").load(pathlib.Path(arguments[0]).read_text())
if "--job" in sys.argv:
    spec = content["spec"]["metrics"][0]["provider"]["job"]["spec"]
    content = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "of-the-template"}, "spec": spec}
json.dump(content, sys.stdout)
