namespace AgentMesh.Testing.ModelServer;

/// <summary>A call of a tool that the model asks for.</summary>
/// <param name="Name">The tool's.</param>
/// <param name="Arguments">As the model writes them: JSON, or not.</param>
public sealed record ModelToolCall(string Name, string Arguments);
