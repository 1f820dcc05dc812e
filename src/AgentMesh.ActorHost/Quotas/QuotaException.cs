using AgentMesh.Primitives;

namespace AgentMesh.ActorHost.Quotas;

/// <summary>An agent may not begin: its tenant has as many as it may. Ends the turn that would have been its first, as a missing master key does.</summary>
/// <param name="refusal">Why.</param>
internal sealed class QuotaException(Refusal refusal) : Exception(refusal.Detail)
{
    public Refusal Refusal => refusal;
}
