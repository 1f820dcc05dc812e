namespace AgentMesh.ServiceDefaults.Tests.Telemetry;

/// <summary>Tests beside which no other runs: who gathers spans gathers those of the whole process, and a metric that two hosts have ends with the first of them.</summary>
[CollectionDefinition(nameof(AloneCollection), DisableParallelization = true)]
public sealed class AloneCollection;
