#!/usr/bin/env bash
# Packages of the solution, those that they need included, with known vulnerabilities, as the package sources that are configured tell.
# Ends on "no known vulnerabilities", "skipped: …" where no source tells, or names the packages and fails.
set -euo pipefail
cd "$(dirname "$0")/.."

tells=
for source in $(dotnet nuget list source --format Short | sed -n 's/^E.* \(http[^ ]*\)$/\1/p'); do
  # The service index says what a source has.
  index=$(curl --fail --silent --show-error --max-time 30 "$source") || continue
  if grep -q '"VulnerabilityInfo/' <<<"$index"; then tells=yes; fi
done
if [ -z "$tells" ]; then
  echo "skipped: no package source here tells of vulnerabilities"
  exit 0
fi

found=$(dotnet list AgentMesh.sln package --vulnerable --include-transitive --no-restore --format json)
if grep -q '"vulnerabilities"' <<<"$found"; then
  dotnet list AgentMesh.sln package --vulnerable --include-transitive --no-restore | grep -v "has no vulnerable packages"
  exit 1
fi
echo "no known vulnerabilities"
