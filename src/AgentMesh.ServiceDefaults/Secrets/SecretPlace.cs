using System.Diagnostics.CodeAnalysis;

namespace AgentMesh.ServiceDefaults.Secrets;

/// <summary>A secret of a Dapr secret store.</summary>
/// <param name="Store">The component's name.</param>
/// <param name="Name">The secret's name; a slash in it is written <c>%2F</c>.</param>
/// <param name="Key">The key within the secret; null: the key of the secret's name, or its only one.</param>
public sealed record SecretPlace(string Store, string Name, string? Key)
{
    /// <summary>Reads <c>STORE/NAME</c> or <c>STORE/NAME/KEY</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="place">The place.</param>
    public static bool TryParse(string? text, [NotNullWhen(true)] out SecretPlace? place)
    {
        var parts = text?.Trim().Split('/').Select(Uri.UnescapeDataString).ToArray() ?? [];
        place = parts.Length is 2 or 3 && !parts.Any(string.IsNullOrWhiteSpace) ? new SecretPlace(parts[0], parts[1], parts.ElementAtOrDefault(2)) : null;
        return place is not null;
    }
}
