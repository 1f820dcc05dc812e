namespace AgentMesh.X402.AspNetCore.Claims;

/// <summary>An answer as it is kept, to be given again.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Headers">Those that belong to it, not those of the app around it.</param>
/// <param name="Body">The body's bytes.</param>
public sealed record PaidAnswer(int Status, IReadOnlyDictionary<string, string[]> Headers, ReadOnlyMemory<byte> Body);
