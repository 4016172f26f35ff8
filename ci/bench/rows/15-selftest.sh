# The quick exam of the diagnosis, on 2 cores. There is no peer.
pair 'selftest --quick' '≤ 40 s' wall 1 "$FIVEWHYS selftest --quick"
