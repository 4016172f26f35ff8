# A failure with 33 MB of logs; jq reads the same file and selects what is an error.
python3 "$here/logs.py" 33 >long.ndjson
echo 'select(.severity == "ERROR")' >errors.jq
pair '33 MB of logs with a fault' '≤ 1.0' cpu 3 \
  "$FIVEWHYS smoke -q --target offline --fault auth/down --logs long.ndjson" "jq -c -f errors.jq long.ndjson"
