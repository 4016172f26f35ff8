# Mistakes are looked for in many scenario files. There is no peer.
check() { echo "$FIVEWHYS check $1/target.toml $1/scenarios"; }
generate files-1000 --scenarios 1000
generate files-5000 --scenarios 5000
pair 'check of 1,000 scenario files' '≤ 0.1 s' wall "$RUNS" "$(check files-1000)"
pair 'check of 5,000 scenario files' '≤ 0.5 s' wall "$RUNS" "$(check files-5000)"
