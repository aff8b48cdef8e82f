#!/bin/bash
# Our own words for what the published entrypoint does: write the login from the environment, then run the command.
set -e

echo "${REFIT_LAB_BANNER:-Claude Code SDK container}"

if [ -n "$CLAUDE_CODE_OAUTH_TOKEN" ]; then
  mkdir -p "$HOME/.claude"
  cat >"$HOME/.claude/.credentials.json" <<JSON
{
  "claudeAiOauth": {
    "accessToken": "$CLAUDE_CODE_OAUTH_TOKEN",
    "refreshToken": "$CLAUDE_CODE_OAUTH_TOKEN",
    "expiresAt": "2099-12-31T23:59:59.999Z",
    "scopes": ["read", "write"],
    "subscriptionType": "pro"
  }
}
JSON
  chmod 600 "$HOME/.claude/.credentials.json"
  if [ ! -f "$HOME/.claude.json" ]; then
    echo '{ "hasCompletedOnboarding": true }' >"$HOME/.claude.json"
  fi
  chmod 600 "$HOME/.claude.json"
  echo 'OAuth authentication setup complete'
else
  echo 'No CLAUDE_CODE_OAUTH_TOKEN: run "claude setup-token" on a machine with a browser and pass the token in.'
fi

exec "$@"
