namespace AgentMesh.Sidecar.Resources;

/// <summary>Texts of components as Dapr's Go code reads them.</summary>
internal static class GoText
{
    /// <summary>dapr: kit/utils.IsTruthy.</summary>
    public static bool IsTruthy(string? text) => text?.Trim().ToUpperInvariant() is "1" or "Y" or "YES" or "T" or "TRUE" or "ON";
}
