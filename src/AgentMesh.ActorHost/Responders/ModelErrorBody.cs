using System.Text.Json;
using System.Text.RegularExpressions;

namespace AgentMesh.ActorHost.Responders;

/// <summary>Takes the one word out of a provider's error that may be shown. Messages may repeat prompts or parts of keys.</summary>
internal static partial class ModelErrorBody
{
    /// <summary>Bytes of an error that are looked at.</summary>
    internal const int MaxBytes = 8 * 1024;

    /// <summary><c>error.code</c> or <c>error.type</c> of the body when it is a plain word; else null.</summary>
    internal static async Task<string?> ReadWordAsync(HttpContent content, CancellationToken cancellationToken)
    {
        var buffer = new byte[MaxBytes];
        await using var body = await content.ReadAsStreamAsync(cancellationToken);
        var read = await body.ReadAtLeastAsync(buffer, MaxBytes, throwOnEndOfStream: false, cancellationToken);
        try
        {
            using var document = JsonDocument.Parse(buffer.AsMemory(0, read));
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object
                ? Word(error, "code") ?? Word(error, "type")
                : null;
        }
        catch (JsonException)
        {
            // A page of some proxy, or an error longer than anybody needs.
            return null;
        }
    }

    private static string? Word(JsonElement error, string member) =>
        error.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String && PlainWord().IsMatch(value.GetString()!)
            ? value.GetString()
            : null;

    [GeneratedRegex(@"\A[a-z][a-z_]{0,47}\z")]
    private static partial Regex PlainWord();
}
