# Twenty requests to a system that is a round trip of 100 ms away.
far
generate far-clear --steps 20 --base http://127.0.0.1:21011
generate far-tls --steps 20 --base https://localhost:21012
pair '20 requests at 100 ms, clear text' '≤ 1.05' wall 3 "$(smoke far-clear)" "$(hurl far-clear)"
export SSL_CERT_FILE=$work/nginx/server.pem
pair '20 requests at 100 ms, TLS' '≤ 1.05' wall 3 "$(smoke far-tls)" "$(hurl far-tls) --cacert $work/nginx/server.pem"
unset SSL_CERT_FILE
