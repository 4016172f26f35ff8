# The whole smoke of a healthy twin that is a round trip of 100 ms away. There is no peer.
mkdir -p twin
(cd twin && exec "$FIVEWHYS" twin --write-target near.toml) >twin/addresses &
started+=($!)
for _ in $(seq 100); do
  grep -q '^up:' twin/addresses && break
  sleep 0.1
done
port() { sed -n "s|^$1 *http://127.0.0.1:\([0-9]*\).*|\1|p" twin/addresses; }
serve 21014 python3 "$here/far.py" --rtt-ms 100 "21013:$(port edge)" "21014:$(port auth)"
sed "s/:$(port edge)/:21013/g; s/:$(port auth)/:21014/g" twin/near.toml >twin/far.toml
pair 'smoke of a healthy twin at 100 ms, evidence edge and auth' '≤ 4 s' wall 3 \
  "$FIVEWHYS smoke -q --config twin/far.toml --evidence edge,auth"
