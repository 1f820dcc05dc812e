#!/usr/bin/env bash
# The mutation score of a project of the pure core: Stryker changes one thing at a time in it, and a change that no test notices has survived. In a copy of this
# tree. Not of CI: Agents has some 5,700 mutants and takes an hour and more on two cores that do nothing else; the others take minutes.
#   tests/mutation.sh FOLDER PROJECT [GLOB…]     PROJECT: Agents, Evm, Primitives or X402; GLOB: of its files, such as 'Budgets/**/*.cs'; default: all
# The report is FOLDER/PROJECT/reports/mutation-report.{json,html}. Ends with status 1 where the score is under 80 %.
# The score is a lower bound: tests of random lives are a twenty-fifth as long as in CI (CsCheck_Iter, 4), and a value that is made once in a process, such as a
# static field's, is not changed in a process that runs on.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
version=5.1.0
[ $# -ge 2 ] || { sed -n 2,7p "$0"; exit 2; }
folder=$(mkdir -p "$1" && cd "$1" && pwd) project=$2
shift 2
globs=$(printf ', "%s"' "${@:-**/*.cs}")

copy=$folder/copy tests=$folder/copy/tests/AgentMesh.$project.Tests
mkdir -p "$copy"
(cd "$root" && git ls-files -z --cached --others --exclude-standard | tar --null -T - -cf -) | tar -xf - -C "$copy"
[ -x "$folder/tools/dotnet-stryker" ] || dotnet tool install dotnet-stryker --version "$version" --tool-path "$folder/tools"

cp "$root/tests/mutation/MutantOfTheRun.cs" "$tests"
# One after another, and no further than the first that fails: a mutant is killed once.
echo '{ "parallelizeTestCollections": false, "stopOnFail": true }' >"$tests/xunit.runner.json"
sed -i 's|</Project>|  <ItemGroup>\n    <None Include="xunit.runner.json" CopyToOutputDirectory="PreserveNewest" />\n  </ItemGroup>\n</Project>|' "$tests/AgentMesh.$project.Tests.csproj"
cat >"$tests/stryker-config.json" <<CONFIG
{
  "stryker-config": {
    "project": "AgentMesh.$project.csproj",
    "configuration": "Release",
    "test-runner": "mtp",
    "mutate": [${globs#, }],
    "concurrency": $(nproc),
    "additional-timeout": 30000,
    "reporters": ["dots", "json", "html", "cleartext"],
    "thresholds": { "high": 90, "low": 80, "break": 80 }
  }
}
CONFIG
cd "$tests"
mkdir -p "$folder/$project"
rm -f "$folder/$project/AgentMesh.$project.dll"
export CsCheck_Iter=${CsCheck_Iter:-4} MUTATED_ASSEMBLY=AgentMesh.$project MUTATED_KEPT=$folder/$project/AgentMesh.$project.dll
exec "$folder/tools/dotnet-stryker" --output "$folder/$project"
