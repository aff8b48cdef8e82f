/**
 * What `litellm` and its extra `proxy` install with them: the direct dependencies that the metadata of litellm 1.109.1
 * declares for Python 3.11, by normalised name, read 2026-11-22. Prisma is none of them.
 */
export const LITELLM_DEPENDENCIES: {
  readonly core: ReadonlySet<string>;
  readonly proxy: ReadonlySet<string>;
} = {
  core: new Set(
    `
    aiohttp anyio boto3 certifi click fastuuid filelock httpx huggingface-hub importlib-metadata jinja2
    jsonschema openai packaging pydantic pydantic-settings python-dotenv pyyaml tiktoken tokenizers typing-extensions
    `
      .trim()
      .split(/\s+/),
  ),
  proxy: new Set(
    `
    apscheduler azure-identity azure-storage-blob backoff backports-zstd boto3 cryptography expression fastapi
    fastapi-sso granian gunicorn hiredis httpx2 inquirerpy litellm-enterprise litellm-proxy-extras mcp orjson polars
    pydantic pyjwt pynacl pyroscope-io python-multipart pyyaml restrictedpython rich rq soundfile starlette tomlkit
    uvicorn uvloop websockets
    `
      .trim()
      .split(/\s+/),
  ),
};
