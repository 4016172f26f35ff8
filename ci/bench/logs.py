#!/usr/bin/env python3
"""Writes entries of Cloud Logging, one JSON object on a line: requests, texts and JSON payloads of the services of the target
`offline` in turn.

logs.py MEGABYTES
"""
import datetime
import json
import sys

BEGIN = datetime.datetime(2026, 11, 28, 8, 0, 0)
SERVICES = ['netra-backend-staging', 'netra-auth-service']


def entry(number):
    at = (BEGIN + datetime.timedelta(milliseconds=3 * number)).isoformat() + 'Z'
    service = SERVICES[number % 2]
    is_request = number % 3 == 0
    said = {
        'insertId': f'{number:012x}',
        'timestamp': at,
        'receiveTimestamp': at,
        'logName': 'projects/bench/logs/run.googleapis.com%2F' + ('requests' if is_request else 'stdout'),
        'resource': {'type': 'cloud_run_revision', 'labels': {
            'service_name': service, 'revision_name': f'{service}-00042-abc', 'project_id': 'bench', 'location': 'x'}},
        'severity': 'INFO' if number % 50 else 'WARNING',
        'trace': f'projects/bench/traces/{number:032x}',
    }
    if is_request:
        said['httpRequest'] = {
            'requestMethod': 'GET', 'requestUrl': 'https://api.example.com/api/threads', 'status': 200,
            'latency': '0.004s', 'userAgent': 'Mozilla/5.0', 'remoteIp': '203.0.113.7', 'responseSize': '812'}
    elif number % 3 == 1:
        message = f'request {number} handled for user u-{number % 977} in {number % 89} ms'
        said['jsonPayload'] = {'message': message, 'logger': 'app.api', 'level': 'info'}
    else:
        said['textPayload'] = f'INFO: 10.0.0.{number % 250}:0 - "GET /api/threads HTTP/1.1" 200 OK request {number}'
    return json.dumps(said)


def main():
    left, number = float(sys.argv[1]) * 1e6, 0
    while left > 0:
        line = entry(number)
        print(line)
        left -= len(line) + 1
        number += 1


main()
