using System.Globalization;

namespace AgentMesh.Agents.Conversation;

/// <summary>Names of the agent's state records. Also the layout in the store, so never changed, only added to.</summary>
public static class StateKeys
{
    /// <summary>Key of <see cref="AgentHead"/>.</summary>
    public const string Head = "head";

    /// <summary>Key of a <see cref="MessagePage"/> of the default session.</summary>
    public static string Page(int n) => string.Create(CultureInfo.InvariantCulture, $"page:{SessionNames.Default}:{n}");

    /// <summary>Key of an <see cref="IdempotencyBucket"/>.</summary>
    public static string Bucket(int n) => string.Create(CultureInfo.InvariantCulture, $"idem:{n}");
}
