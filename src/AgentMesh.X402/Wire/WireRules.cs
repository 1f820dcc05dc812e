using System.Text.Json;

namespace AgentMesh.X402.Wire;

/// <summary>What the specification demands of values beyond their type, and our limits.</summary>
internal static class WireRules
{
    public static bool IsValid(PaymentRequired? required) =>
        required is not null
        && required.Options.Count is > 0 and <= X402Limits.MaxOptions
        && required.Options.All(IsValid)
        && IsText(required.Reason)
        && (required is not PaymentRequiredV2 v2 || IsValid(v2.Resource) && IsObjectOrAbsent(v2.Extensions));

    public static bool IsValid(PaymentPayload? payload) => payload switch
    {
        { Payload.ValueKind: not JsonValueKind.Object } => false,
        PaymentPayloadV1 v1 => IsTerm(v1.Scheme) && IsTerm(v1.Network),
        PaymentPayloadV2 v2 => IsValid(v2.Accepted) && (v2.Resource is null || IsValid(v2.Resource)) && IsObjectOrAbsent(v2.Extensions),
        _ => false,
    };

    // CAIP-2 has a colon and the names of version 1 have none; the schemas of the official SDK tell them apart the same way.
    public static bool IsValid(PaymentRequirements? requirements) =>
        requirements is not null
        && IsTerm(requirements.Scheme)
        && IsTerm(requirements.Network)
        && requirements.Network.Contains(':', StringComparison.Ordinal) == (requirements.X402Version == X402Version.V2)
        && IsTerm(requirements.AmountAtomic)
        && IsTerm(requirements.Asset)
        && IsTerm(requirements.PayTo)
        && requirements.MaxTimeoutSeconds > 0
        && IsObjectOrAbsent(requirements.Extra)
        && (requirements is not PaymentRequirementsV1 v1 || IsText(v1.Resource) && IsText(v1.Description) && IsText(v1.MimeType) && IsObjectOrAbsent(v1.OutputSchema));

    private static bool IsValid(ResourceInfo? resource) =>
        resource is { Url.Length: > 0 } && IsText(resource.Url) && IsText(resource.Description) && IsText(resource.MimeType);

    private static bool IsTerm(string? text) => text is { Length: > 0 and <= X402Limits.MaxTermLength };

    private static bool IsText(string? text) => text is null or { Length: <= X402Limits.MaxTextLength };

    private static bool IsObjectOrAbsent(JsonElement? element) => element is null or { ValueKind: JsonValueKind.Object };
}
