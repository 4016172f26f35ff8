#!/bin/bash
# Installs what the systems need into the folder $1. Debian packages: caddy haproxy nginx apache2 redis-server postgresql libfaketime (not started). Node 20 and Python 3.11 must exist.
set -e
mkdir -p "$1" && cd "$1"
for p in caddy:caddy haproxy:haproxy nginx:nginx-light apache2:apache2 redis-server:redis-server psql:postgresql; do command -v "${p%%:*}" >/dev/null || need="$need ${p##*:}"; done
ls /usr/lib/*/faketime/libfaketime.so.1 >/dev/null 2>&1 || need="$need libfaketime"
[ -z "$need" ] || apt-get install -y --no-install-recommends $need
[ -x venv/bin/python ] || python3 -m venv venv
venv/bin/pip -q install flask==3.1.* authlib==1.6.* waitress==3.0.* aiohttp==3.12.* aiohttp-sse==2.2.* 'redis==6.*' cryptography \
    'fastapi==0.*' 'uvicorn==0.*' httptools websockets 'asyncpg==0.*' 'httpx==0.28.*' 'sse-starlette==3.*' 'python-json-logger==4.*'
[ -f package.json ] || npm init -y >/dev/null
npm install --silent --no-audit --no-fund fastify@5 @fastify/jwt@10 get-jwks@11 @fastify/websocket@11 @fastify/sensible@6 @fastify/rate-limit@10 \
    express@5 jsonwebtoken@9 ioredis@5 morgan@1 express-rate-limit@7 @fastify/env@5 \
    koa@3 @koa/router@15 koa-bodyparser@4 koa-pino-logger@5 hono@4 @hono/node-server@1 @hono/node-ws@1 bullmq@6 jose@5 oidc-provider@8 pino@10 ws@8
