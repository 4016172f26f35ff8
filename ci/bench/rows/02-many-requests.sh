# One hundred and one thousand requests of one scenario.
fast
generate hundred --steps 100
generate thousand --steps 1000
pair '100 requests' '≤ 1.0' wall "$RUNS" "$(smoke hundred)" "$(hurl hundred)"
pair '1,000 requests' '≤ 1.0' wall "$RUNS" "$(smoke thousand)" "$(hurl thousand)"
