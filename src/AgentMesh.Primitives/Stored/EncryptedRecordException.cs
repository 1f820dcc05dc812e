using System.Text.Json;

namespace AgentMesh.Primitives.Stored;

/// <summary>A stored record is encrypted where none is expected. It is not damaged, and can be read when its key is there.</summary>
/// <param name="message">A sentence.</param>
public sealed class EncryptedRecordException(string message) : JsonException(message);
