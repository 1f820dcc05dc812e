#!/usr/bin/env bash
# Whether the crash test finds bugs: builds the mesh with those that are planted for it (-p:PlantedBugs=true) in a folder of its own, has one at a time, and runs
# the scenario that should find it; then the same on the same build without any, which must find nothing. Not of CI: a quarter of an hour on an idle machine.
#   tests/planted-bugs.sh [FOLDER] [BUG…]     FOLDER is kept, so that the next run builds less; default: a temporary one
# SECONDS_EACH (60) is how long a bug may take to be found, starts of meshes included; LOAD_SECONDS (20) is how long one run is under load.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
folder=${1:-$(mktemp -d)}
shift || true
limit=${SECONDS_EACH:-60} load=${LOAD_SECONDS:-20}

# Bug, scenario, seed.
bugs='
  check_then_increment budget 7
  double_settle budget 7
  dropped_outbox mail 7
  duplicate_mail mail 7
  forgotten_key messages 7
  lost_page messages 7
  open_door isolation 7
  paid_again budget 2858
  reply_before_write messages 1664
  sequence_reuse messages 7
  skipped_event streams 7
  unknown_is_failed payments 7
'

mkdir -p "$folder"
(cd "$root" && git ls-files -z src dapr components docs/schemas docs/openapi.json tests/AgentMesh.CrashTest/Planted Directory.Build.props Directory.Packages.props global.json BannedSymbols.txt .editorconfig |
  tar --null -T - -cf -) | tar -xf - -C "$folder"
cd "$folder"
# As a variable, so that whatever the launcher builds has them too.
export PlantedBugs=true DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
for project in Sidecar ActorHost Gateway Payments Facilitator Cli; do
  dotnet build -c Release "src/AgentMesh.$project" -v quiet -clp:NoSummary
done

# One run. Found is what the scoreboard shows of its violations: a run that broke off has found nothing.
finds() { grep -qE '^  (LOST|DOUBLED|OVER|LEAKED|WRONG)' "$folder/$1.log"; }
run() { dotnet src/AgentMesh.Cli/bin/Release/net10.0/AgentMesh.Cli.dll crash-test "$1" --seconds "$load" --seed "$2" >"$folder/$3.log" 2>&1; }
missed=0 clean=
printf '%-22s %-10s %5s  %s\n' bug scenario seed found
while read -r bug scenario seed; do
  [ -n "$bug" ] || continue
  [ $# -eq 0 ] || [[ " $* " == *" $bug "* ]] || continue
  began=$SECONDS found= clean+=$scenario$'\t'$seed$'\n'
  while [ -z "$found" ] && [ $((SECONDS - began)) -lt "$limit" ]; do
    AGENTMESH_PLANTED_BUG=$bug run "$scenario" "$seed" "$bug" || ! finds "$bug" || found=$((SECONDS - began))
    seed=$((seed + 1))
  done
  printf '%-22s %-10s %5s  %s\n' "$bug" "$scenario" $((seed - 1)) "${found:+$found s, $(grep -m 1 -oE '^  (LOST|DOUBLED|OVER|LEAKED|WRONG)' "$folder/$bug.log" | tr -d ' ')}"
  [ -n "$found" ] && [ "$found" -le "$limit" ] || missed=$((missed + 1))
done <<<"$bugs"

wrong=0
while read -r scenario seed; do
  [ -n "$scenario" ] || continue
  run "$scenario" "$seed" "clean-$scenario-$seed" && said=nothing || { said=SOMETHING wrong=$((wrong + 1)); }
  printf '%-22s %-10s %5s  %s\n' "(none)" "$scenario" "$seed" "$said"
done <<<"$(sort -u <<<"$clean")"
echo "$missed bugs were not found; without a bug something was wrong $wrong times; logs are in $folder"
[ $((missed + wrong)) -eq 0 ]
