#!/usr/bin/env bash
# Runs the Dapr .NET SDK's own end-to-end suite (test/Dapr.E2E.Test of github.com/dapr/dotnet-sdk) against this sidecar.
#   tests/sdk-e2e/run.sh SDK_CHECKOUT [test runner options, for example: -class '*ReminderTests*']
# The test sources are taken as they are. Only the project files are ours: the SDK's own want its whole build and versions that not
# every package source has. What is built and the sidecar's data stay in a folder beside the checkout, named below.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
sdk=$(cd "${1:?usage: run.sh SDK_CHECKOUT [test runner options]}" && pwd)
shift
[ -d "$sdk/test/Dapr.E2E.Test" ] || { echo "$sdk is no checkout of dapr/dotnet-sdk" >&2; exit 2; }
work=${SDK_E2E_WORK:-$sdk.e2e}
version=${DAPR_SDK_VERSION:-1.19.0}

mkdir -p "$work/test" "$work/shim" "$work/home"
for name in Dapr.E2E.Test Dapr.E2E.Test.Actors Dapr.E2E.Test.App Dapr.E2E.Test.App.Grpc Dapr.E2E.Test.App.ReentrantActor; do
  rm -rf "${work:?}/test/$name"
  cp -r "$sdk/test/$name" "$work/test/$name"
  rm -f "$work/test/$name"/*.csproj
done

# The depth of the output counts: the suite looks for the apps five folders above it.
cat > "$work/Directory.Build.props" <<'XML'
<Project>
  <PropertyGroup>
    <TargetFramework>net10.0</TargetFramework>
    <Configuration Condition="'$(Configuration)' == ''">Debug</Configuration>
    <LangVersion>latest</LangVersion>
    <Nullable>disable</Nullable>
    <ImplicitUsings>enable</ImplicitUsings>
    <NoWarn>$(NoWarn);CS0618;CS8632;xUnit1051</NoWarn>
    <OutputPath>$(MSBuildThisFileDirectory)bin/$(Configuration)/test/$(MSBuildProjectName)/</OutputPath>
  </PropertyGroup>
</Project>
XML
rm -f "$work/Directory.Packages.props" "$work/Directory.Build.targets"
cat > "$work/global.json" <<'JSON'
{ "sdk": { "version": "10.0.100", "rollForward": "latestFeature" } }
JSON

project() { # NAME FILE SDK < items
  { echo "<Project Sdk=\"$3\">"; cat; echo "</Project>"; } > "$work/test/$1/$2.csproj"
}

project Dapr.E2E.Test.Actors Dapr.E2E.Test.Actors Microsoft.NET.Sdk <<XML
  <ItemGroup>
    <FrameworkReference Include="Microsoft.AspNetCore.App" />
    <PackageReference Include="Dapr.Actors" Version="$version" />
  </ItemGroup>
XML
apps="
    <PackageReference Include=\"Dapr.AspNetCore\" Version=\"$version\" />
    <PackageReference Include=\"Dapr.Actors.AspNetCore\" Version=\"$version\" />
    <ProjectReference Include=\"../Dapr.E2E.Test.Actors/Dapr.E2E.Test.Actors.csproj\" />"
project Dapr.E2E.Test.App Dapr.E2E.Test.App Microsoft.NET.Sdk.Web <<XML
  <ItemGroup>$apps
    <PackageReference Include="Dapr.Workflow" Version="$version" />
    <PackageReference Include="Serilog.AspNetCore" Version="10.0.0" />
    <PackageReference Include="Serilog.Sinks.Console" Version="6.1.1" />
    <PackageReference Include="Serilog.Sinks.File" Version="7.0.0" />
  </ItemGroup>
XML
project Dapr.E2E.Test.App.ReentrantActor Dapr.E2E.Test.App.ReentrantActors Microsoft.NET.Sdk.Web <<XML
  <ItemGroup>$apps
  </ItemGroup>
XML
project Dapr.E2E.Test.App.Grpc Dapr.E2E.Test.App.Grpc Microsoft.NET.Sdk.Web <<XML
  <ItemGroup>
    <PackageReference Include="Grpc.AspNetCore" Version="2.85.0" />
    <Protobuf Include="Proto/message.proto" />
  </ItemGroup>
XML
project Dapr.E2E.Test Dapr.E2E.Test Microsoft.NET.Sdk <<XML
  <PropertyGroup><OutputType>Exe</OutputType></PropertyGroup>
  <ItemGroup>
    <FrameworkReference Include="Microsoft.AspNetCore.App" />
    <PackageReference Include="Dapr.Actors" Version="$version" />
    <PackageReference Include="Dapr.Client" Version="$version" />
    <PackageReference Include="Google.Protobuf" Version="3.36.2" />
    <PackageReference Include="Grpc.Net.ClientFactory" Version="2.85.0" />
    <PackageReference Include="Grpc.Tools" Version="2.85.0" PrivateAssets="All" />
    <PackageReference Include="Shouldly" Version="4.3.0" />
    <PackageReference Include="xunit.v3" Version="3.2.2" />
    <ProjectReference Include="../Dapr.E2E.Test.Actors/Dapr.E2E.Test.Actors.csproj" />
    <Protobuf Include="../Dapr.E2E.Test.App.Grpc/Proto/message.proto" GrpcServices="Client" />
    <Content Include="keys/rsa-private-key.pem" CopyToOutputDirectory="Always" />
  </ItemGroup>
XML

# Copied, so that the sidecar may be built anew meanwhile. All is built before: the suite gives an app 30 s from `dotnet run` on.
dotnet build "$root/src/AgentMesh.Sidecar" -c Release --nologo -v quiet -clp:NoSummary
rm -rf "$work/sidecar"
cp -r "$root/src/AgentMesh.Sidecar/bin/Release/net10.0" "$work/sidecar"
for name in Dapr.E2E.Test.App/Dapr.E2E.Test.App Dapr.E2E.Test.App.ReentrantActor/Dapr.E2E.Test.App.ReentrantActors \
    Dapr.E2E.Test.App.Grpc/Dapr.E2E.Test.App.Grpc Dapr.E2E.Test/Dapr.E2E.Test; do
  dotnet build "$work/test/$name.csproj" --nologo -v quiet -clp:NoSummary
done

# What the suite calls `dapr`. 1.16 is the runtime the SDK's own CI runs it with.
cat > "$work/shim/dapr" <<SH
#!/bin/sh
command=\$1
shift
if [ "\$command" = run ]; then set -- --compat 1.16 ${SDK_E2E_RUN_OPTIONS:-} "\$@"; fi
exec dotnet "$work/sidecar/AgentMesh.Sidecar.dll" "\$command" "\$@"
SH
chmod +x "$work/shim/dapr"

# A home of its own: data and list of runs of the suite are none of the user's.
export DOTNET_GENERATE_ASPNET_CERTIFICATE=false DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
export DOTNET_CLI_HOME=${DOTNET_CLI_HOME:-$HOME} NUGET_PACKAGES=${NUGET_PACKAGES:-$HOME/.nuget/packages}
# gRPC proxying is not served.
[ $# -gt 0 ] || set -- -class- Dapr.E2E.Test.GrpcProxyTests
cd "$work/bin/Debug/test/Dapr.E2E.Test/net10.0"
HOME=$work/home PATH="$work/shim:$PATH" exec ./Dapr.E2E.Test "$@"
