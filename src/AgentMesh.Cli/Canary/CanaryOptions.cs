namespace AgentMesh.Cli.Canary;

/// <summary>What a canary does, and where.</summary>
/// <param name="Gateways">Gateways of one mesh, used in turns.</param>
/// <param name="Operations">How many operations.</param>
/// <param name="Connections">How many at a time.</param>
/// <param name="UsersPerTenant">Users of each of the two tenants that are made for it.</param>
/// <param name="Seed">Chooses the operations.</param>
/// <param name="Logs">Files of logs to be read in the end.</param>
internal sealed record CanaryOptions(IReadOnlyList<Uri> Gateways, int Operations, int Connections, int UsersPerTenant, int Seed, IReadOnlyList<string> Logs);
