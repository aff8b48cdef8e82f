#!/bin/bash
set -e
litellm --config /app/config/litellm_config.yaml --host 0.0.0.0
