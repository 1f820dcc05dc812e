using AgentMesh.ActorHost.Budgets;
using AgentMesh.Agents.Policies;

namespace AgentMesh.ActorHost.Policies;

/// <summary>How policies are set up in this process.</summary>
internal sealed class PolicyRules
{
    public PolicyRules(PolicyOptions options, PaymentAssetOptions asset)
    {
        var (policy, whyNot) = DefaultPolicy.Create(options, asset);
        Default = policy ?? throw new InvalidOperationException(whyNot);
        ApprovalLifetime = TimeSpan.FromSeconds(options.ApprovalSeconds);
    }

    /// <summary>The policy of agents that have none of their own.</summary>
    public SpendingPolicy Default { get; }

    /// <summary>How long a decision is waited for, and stands.</summary>
    public TimeSpan ApprovalLifetime { get; }

    /// <summary>The policy in force for an agent.</summary>
    /// <param name="own">Its own; null: it has none.</param>
    /// <exception cref="System.Text.Json.JsonException">Its own is damaged.</exception>
    public SpendingPolicy InForce(PolicyRecord? own) => own?.ToPolicy() ?? Default;
}
