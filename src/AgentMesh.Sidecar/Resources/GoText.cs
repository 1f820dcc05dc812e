namespace AgentMesh.Sidecar.Resources;

/// <summary>Texts of components as Dapr's Go code reads them.</summary>
internal static class GoText
{
    /// <summary>dapr: kit/utils.IsTruthy.</summary>
    public static bool IsTruthy(string? text) => text?.Trim().ToUpperInvariant() is "1" or "Y" or "YES" or "T" or "TRUE" or "ON";

    /// <summary>Go's <c>strconv.ParseBool</c>.</summary>
    public static bool TryParseBool(string text, out bool value)
    {
        value = text is "1" or "t" or "T" or "true" or "TRUE" or "True";
        return value || text is "0" or "f" or "F" or "false" or "FALSE" or "False";
    }
}
