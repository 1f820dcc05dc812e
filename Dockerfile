# syntax=docker/dockerfile:1
# The images of the apps, one target each: docker build --target gateway -t agentmesh-gateway:0.1.0 .
# `dotnet publish -t:PublishContainer` makes the same without this file; what is said of the base image in Directory.Build.props holds here too. To pin it:
# --build-arg DOTNET=10.0-noble-chiseled-extra@sha256:… (docker buildx imagetools inspect mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled-extra).
ARG DOTNET=10.0-noble-chiseled-extra

# Builds on the machine's own architecture: what is published is none's.
FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:10.0-noble AS build
ENV NUGET_PACKAGES=/packages DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 CI=true
WORKDIR /source
COPY . .
# CI=true: exactly the packages that the lock files name.
RUN --mount=type=cache,target=/packages \
    for project in ActorHost Cli Facilitator Gateway Payments; do \
      dotnet publish src/AgentMesh.$project/AgentMesh.$project.csproj -c Release -o /published/$project -p:UseAppHost=false || exit 1; \
    done

FROM mcr.microsoft.com/dotnet/aspnet:${DOTNET} AS base
WORKDIR /app
# APP_UID of these images. They run with a read-only root: nothing is written but below /tmp.
USER 1654

# There is no shell and no curl in these images: the program itself asks.
FROM base AS agents
COPY --from=build /published/ActorHost .
ENV APP_PORT=8081
EXPOSE 8081
# As dapr/dapr.yaml says of it.
ENV DOTNET_GCgen0size=0x4000000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["dotnet", "AgentMesh.ActorHost.dll", "--healthcheck"]
ENTRYPOINT ["dotnet", "AgentMesh.ActorHost.dll"]

FROM base AS facilitator
COPY --from=build /published/Facilitator .
ENV APP_PORT=8083
EXPOSE 8083
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["dotnet", "AgentMesh.Facilitator.dll", "--healthcheck"]
ENTRYPOINT ["dotnet", "AgentMesh.Facilitator.dll"]

FROM base AS payments
COPY --from=build /published/Payments .
ENV APP_PORT=8082
EXPOSE 8082
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["dotnet", "AgentMesh.Payments.dll", "--healthcheck"]
ENTRYPOINT ["dotnet", "AgentMesh.Payments.dll"]

# The terminal client and operator commands: it serves nothing.
FROM base AS cli
COPY --from=build /published/Cli .
ENTRYPOINT ["dotnet", "AgentMesh.Cli.dll"]

FROM base AS gateway
COPY --from=build /published/Gateway .
ENV APP_PORT=8080
EXPOSE 8080
# As dapr/dapr.yaml says of it.
ENV DOTNET_GCgen0size=0x800000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["dotnet", "AgentMesh.Gateway.dll", "--healthcheck"]
ENTRYPOINT ["dotnet", "AgentMesh.Gateway.dll"]
