# Scenarios beside each other. The ideal is 1.0 s, and 7.5 s.
serve 21002 python3 "$here/server.py" 21002 --delay-ms 50
serve 21003 python3 "$here/server.py" 21003
generate flows --scenarios 50 --steps 20 --base http://127.0.0.1:21002
generate slow --scenarios 41 --base http://127.0.0.1:21003 --first-path /delay/5000 --path /delay/250
pair '50 flows of 20 requests of 50 ms, default number of jobs' '≤ 1.15 s' wall 3 \
  "$(smoke flows)" "$HURL --test --jobs 50 flows/hurl"
pair 'one 5 s scenario before forty of 250 ms, 2 jobs' '≤ 7.8 s' wall 3 \
  "$(smoke slow) --jobs 2" "$HURL --test --jobs 2 slow/hurl"
