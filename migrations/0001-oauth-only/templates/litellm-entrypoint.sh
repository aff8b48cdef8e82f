#!/bin/bash
# Starts the container: guards the server with a master key, lets the base image set up the OAuth login, then becomes
# the command. A command that is not the server gets the same set-up and passes through unguarded.
set -euo pipefail

say() {
  printf '[litellm-entrypoint] %s\n' "$@" >&2
}

is_server() {
  local word
  case "${1##*/}" in
    litellm)
      case "$#:${2:-}" in
        2:--help | 2:--version) return 1 ;;
      esac
      return 0
      ;;
    python | python3 | python3.*)
      for word in "${@:2}"; do
        if [ "${word##*/}" = startup.py ]; then return 0; fi
      done
      ;;
  esac
  return 1
}

require_master_key() {
  local key="${LITELLM_MASTER_KEY:-}"
  if [ -z "$key" ]; then
    say 'ERROR: LITELLM_MASTER_KEY is not set. It is what keeps others from using your Claude login.' \
      'A good one is "sk-" followed by the output of:  openssl rand -hex 32' \
      'Put it as LITELLM_MASTER_KEY=... into .env (see .env.example), or pass it with: docker run -e LITELLM_MASTER_KEY'
    exit 1
  fi
  if [ "${key#sk-}" = "$key" ]; then
    say 'ERROR: LITELLM_MASTER_KEY must start with "sk-": LiteLLM refuses any other key.' \
      'Quotes around the value count as part of it when the file is read by docker run --env-file.'
    exit 1
  fi
}

if [ "$#" -eq 0 ]; then
  say 'ERROR: no command to run. The image starts the server when it is run without arguments and its CMD is intact.'
  exit 64
fi

if is_server "$@"; then
  require_master_key
fi

if ! /usr/local/bin/docker-entrypoint.sh true >&2; then
  say 'ERROR: the base image could not set up the login in /home/claude/.claude.' \
    'A volume that an older image wrote as root has to be handed over once:' \
    '  docker run --rm --user root --entrypoint chown -v VOLUME:/home/claude/.claude IMAGE -R claude:claude /home/claude/.claude'
  exit 1
fi

if is_server "$@" && ! timeout 30 claude --version </dev/null >/dev/null 2>&1; then
  say 'WARNING: the claude command does not answer; requests will fail until it does.'
fi

exec "$@"
