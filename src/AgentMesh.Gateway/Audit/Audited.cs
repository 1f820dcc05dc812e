namespace AgentMesh.Gateway.Audit;

/// <summary>Metadata of an endpoint for admins that changes something: what the audit chain calls it. A test has every such endpoint say it.</summary>
/// <param name="Action">The name, <c>thing.verb</c>; it stays the same when the route changes.</param>
internal sealed record Audited(string Action);
