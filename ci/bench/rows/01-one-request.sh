# One request: the whole process.
fast
generate one
pair '1 request, whole process' '≤ 1.0' cpu "$RUNS" "$(smoke one)" "$(hurl one)"
