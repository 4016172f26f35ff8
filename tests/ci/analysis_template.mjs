// Checks an AnalysisTemplate, written as JSON, by the schema of Argo Rollouts.

import { readFileSync } from "node:fs";
import { AnalysisTemplate } from "@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1";

const template = JSON.parse(readFileSync(process.argv[2], "utf8"));
if (template.apiVersion !== "argoproj.io/v1alpha1" || template.kind !== "AnalysisTemplate") {
  throw new Error("it is no AnalysisTemplate");
}
new AnalysisTemplate(template).validate();
