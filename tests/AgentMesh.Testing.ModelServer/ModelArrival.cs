namespace AgentMesh.Testing.ModelServer;

/// <summary>That a request came.</summary>
/// <param name="At">When, in milliseconds since 1970 by the server's clock.</param>
/// <param name="Message">The user's message that is to be answered.</param>
public sealed record ModelArrival(long At, string Message);
