using System.Globalization;

namespace AgentMesh.Agents.Audit;

/// <summary>Names of the state records of a tenant's audit chain. Also the layout in the store, so never changed, only added to.</summary>
public static class AuditStateKeys
{
    /// <summary>Key of the <see cref="AuditBook"/>.</summary>
    public const string Book = "audit";

    /// <summary>Key of an <see cref="AuditPage"/>.</summary>
    /// <param name="n">Which, from 0 on.</param>
    public static string Page(long n) => string.Create(CultureInfo.InvariantCulture, $"audit:{n}");
}
