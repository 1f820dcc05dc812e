#!/usr/bin/env bash
# Runs test/Dapr.E2E.Test.Actors.Generators of github.com/dapr/dotnet-sdk: a client of one sidecar calls an actor behind another, so it
# needs the layout of one sidecar process per app, and with it a Redis.
#   tests/sdk-e2e/generators.sh SDK_CHECKOUT REDIS_HOST:PORT
# The sources are taken as they are; the source generator is built from the checkout.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
sdk=$(cd "${1:?usage: generators.sh SDK_CHECKOUT REDIS_HOST:PORT}" && pwd)
redis=${2:?usage: generators.sh SDK_CHECKOUT REDIS_HOST:PORT}
work=${SDK_E2E_WORK:-$sdk.e2e-generators}
version=${DAPR_SDK_VERSION:-1.19.0}

rm -rf "$work/generator" "$work/test" "$work/sidecar"
mkdir -p "$work/shim" "$work/home"
cp -r "$sdk/src/Dapr.Actors.Generators" "$work/generator"
cp -r "$sdk/test/Dapr.E2E.Test.Actors.Generators" "$work/test"
rm "$work"/generator/*.csproj "$work"/test/*.csproj
cat > "$work/Directory.Build.props" <<'XML'
<Project>
  <PropertyGroup>
    <LangVersion>latest</LangVersion>
    <Nullable>enable</Nullable>
    <ImplicitUsings>enable</ImplicitUsings>
    <NoWarn>$(NoWarn);RS1036;RS2002;RS2008;xUnit1051</NoWarn>
  </PropertyGroup>
</Project>
XML
cat > "$work/generator/Dapr.Actors.Generators.csproj" <<'XML'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>netstandard2.0</TargetFramework></PropertyGroup>
  <ItemGroup><PackageReference Include="Microsoft.CodeAnalysis.CSharp" Version="4.8.0" PrivateAssets="all" /></ItemGroup>
</Project>
XML
cat > "$work/test/Dapr.E2E.Test.Actors.Generators.csproj" <<XML
<Project Sdk="Microsoft.NET.Sdk.Web">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework><OutputType>Exe</OutputType></PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Dapr.Actors.AspNetCore" Version="$version" />
    <PackageReference Include="xunit.v3" Version="3.2.2" />
    <ProjectReference Include="../generator/Dapr.Actors.Generators.csproj" OutputItemType="Analyzer" ReferenceOutputAssembly="false" />
  </ItemGroup>
</Project>
XML
dotnet build "$root/src/AgentMesh.Sidecar" -c Release --nologo -v quiet -clp:NoSummary
cp -r "$root/src/AgentMesh.Sidecar/bin/Release/net10.0" "$work/sidecar"
dotnet build "$work/test" --nologo -v quiet -clp:NoSummary

cat > "$work/shim/dapr" <<SH
#!/bin/sh
command=\$1
shift
if [ "\$command" = run ]; then set -- --layout daprd --redis "$redis" "\$@"; fi
exec dotnet "$work/sidecar/AgentMesh.Sidecar.dll" "\$command" "\$@"
SH
chmod +x "$work/shim/dapr"
cd "$work/test/bin/Debug/net10.0"
HOME=$work/home PATH="$work/shim:$PATH" exec ./Dapr.E2E.Test.Actors.Generators
