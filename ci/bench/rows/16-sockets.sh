# A thousand users, each with an open socket. The server sends each message back, and its time is in the latency.
serve 21007 python3 "$here/echo.py" 21007
python3 "$here/sockets.py" "$FIVEWHYS" 21007 1000 10s 30s
