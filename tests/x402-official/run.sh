#!/usr/bin/env bash
# Official clients buy from us, ours buys from official shops, on a local chain. How often each: $1, 5 by default.
set -euo pipefail
cd "$(dirname "$0")"
if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
  echo "skipped: node and npm are not on PATH"
  exit 0
fi
if ! npm ls --silent >/dev/null 2>&1 && ! npm ci --ignore-scripts --no-audit --no-fund; then
  echo "skipped: the npm packages cannot be had"
  exit 0
fi
for project in src/AgentMesh.{Sidecar,ActorHost,Facilitator,Payments,Gateway} tests/AgentMesh.Testing.Buyer samples/PaidApi; do
  dotnet build -c Release --nologo -v quiet -clp:NoSummary "../../$project"
done
node "${CHECK:-check.mjs}" "$@"
