#!/usr/bin/env bash
# The console at / in a real Chromium, against the mesh. --no-build: what is built is tested.
set -euo pipefail
cd "$(dirname "$0")"
if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
  echo "skipped: node and npm are not on PATH"
  exit 0
fi
for name in chromium chromium-browser google-chrome; do
  [ -n "${CHROMIUM:-}" ] || CHROMIUM=$(command -v "$name" || true)
done
export CHROMIUM
if [ -z "$CHROMIUM" ]; then
  echo "skipped: there is no Chromium on PATH, and CHROMIUM names none"
  exit 0
fi
if ! npm ls --silent >/dev/null 2>&1 && ! npm ci --ignore-scripts --no-audit --no-fund --loglevel error; then
  echo "skipped: the npm packages cannot be had"
  exit 0
fi
if [ "${1:-}" != --no-build ]; then
  for project in Sidecar ActorHost Facilitator Payments Gateway; do
    dotnet build -c Release --nologo -v quiet -clp:NoSummary "../../src/AgentMesh.$project"
  done
fi
node check.mjs
