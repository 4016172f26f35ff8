# Ten thousand requests of one scenario, and their memory.
fast
generate ten-thousand --steps 10000
pair '10,000 requests' '≤ 1.0' cpu 3 "$(smoke ten-thousand)" "$(hurl ten-thousand)"
