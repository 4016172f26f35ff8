# The memory of one scenario with many steps, above that of one step.
fast
above() { python3 "$here/above.py" "$@"; }
generate step --steps 1
for steps in 1000 10000; do
  generate "steps-$steps" --steps "$steps"
  above "memory at $steps steps, above one step" '≤ 1.0' \
    "$(smoke step)" "$(smoke "steps-$steps")" "$(hurl step)" "$(hurl "steps-$steps")"
done
