using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using AgentMesh.Gateway.OpenApi;

namespace AgentMesh.Gateway.Edge;

/// <summary>Amounts of atomic units as callers write them, in decimal digits; of 39 of them the agent says whether they are below 2^128.</summary>
internal static class AmountText
{
    private const int MaxDigits = 39;

    /// <summary>For the OpenAPI document.</summary>
    public static JsonObject Describe() => Schema.Text(pattern: $"^[0-9]{{1,{MaxDigits}}}$");

    /// <summary>True for digits that may be an amount.</summary>
    public static bool IsAmount([NotNullWhen(true)] string? text) => text is { Length: > 0 and <= MaxDigits } && !text.AsSpan().ContainsAnyExceptInRange('0', '9');
}
