import { describe, expect, it } from 'vitest';
import { scriptPurpose } from '../../../migrations/0001-oauth-only/login-script.ts';

describe('scriptPurpose', () => {
  it.each([
    ['docker exec -it gateway claude login'],
    ['docker exec -it gateway claude-code login\necho done'],
    ['docker compose exec litellm claude'],
    ['docker-compose exec -T litellm /usr/local/bin/claude'],
    [
      'if ! docker ps | grep -q gateway; then\n  echo "start it: docker compose up -d"\n  exit 1\nfi\ndocker exec gateway claude-auth status\nread -p "go?"\ndocker exec -it gateway claude-auth login',
    ],
    [
      'NAME=gateway\nfail() { echo "$1"; exit 1; }\ndocker inspect "$NAME" >/dev/null || fail "no container"\ndocker exec -it "$NAME" claude login',
    ],
    ['mkdir -p ~/.claude\ncp ~/.claude/.credentials.json /tmp/x\nclaude login'],
    ['curl -s http://localhost:4000/auth/status\ndocker exec -it g claude login'],
  ])('login-only: %j', (text) => {
    expect(scriptPurpose(`#!/bin/bash\n# Signs in\n${text}\n`)).toEqual({ kind: 'login-only' });
  });

  it.each([
    ['docker exec -it g claude login\npython -m pytest', 'python -m pytest'],
    [
      'docker exec -it g claude login\ncurl -f http://localhost:4000/v1/models',
      'curl -f http://localhost:4000/v1/models',
    ],
    ['docker build -t g .\ndocker exec -it g claude login', 'docker build -t g .'],
    ['psql -c "create database x"\nclaude login', 'psql -c create database x'],
    ['rm -rf /var/data\nclaude login', 'rm -rf /var/data'],
  ])('mixed: %j', (text, also) => {
    expect(scriptPurpose(text)).toEqual({ kind: 'mixed', also });
  });

  it.each([
    ['curl -f http://localhost:4000/v1/models'],
    ['echo "run: docker exec -it g claude login"'],
    ['# docker exec -it g claude login\necho hello'],
    ['claude setup-token'],
    ['claude setup-token\nclaude login'],
    ['exec litellm --config /app/config/litellm_config.yaml'],
    ['docker exec g claude --version'],
    ['docker exec g claude -p "hello"'],
    [''],
  ])('other: %j', (text) => {
    expect(scriptPurpose(text)).toEqual({ kind: 'other' });
  });
});
