using System.Text.Json;

namespace AgentMesh.X402.Wire;

/// <summary>What a facilitator can do (specification 7.3). Of version 1 there are only the kinds.</summary>
/// <param name="Kinds">What it verifies and settles.</param>
/// <param name="Extensions">Names of the extensions it knows.</param>
/// <param name="Signers">Its own addresses by network or pattern of networks (<c>eip155:*</c>).</param>
public sealed record SupportedResponse(
    IReadOnlyList<SupportedKind> Kinds,
    IReadOnlyList<string>? Extensions = null,
    IReadOnlyDictionary<string, IReadOnlyList<string>>? Signers = null);

/// <summary>A scheme on a network in a version.</summary>
/// <param name="X402Version">1 or 2.</param>
/// <param name="Scheme">How.</param>
/// <param name="Network">Where, as the version writes it.</param>
/// <param name="Extra">What the scheme needs to know.</param>
public sealed record SupportedKind(int X402Version, string Scheme, string Network, JsonElement? Extra = null);
