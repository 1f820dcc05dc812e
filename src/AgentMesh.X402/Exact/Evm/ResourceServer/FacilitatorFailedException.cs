using System.Diagnostics.CodeAnalysis;

namespace AgentMesh.X402.Exact.Evm.ResourceServer;

/// <summary>The facilitator could not be asked whether a payment is good. The message has nothing of what it said.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "Made in one place, always with a reason.")]
public sealed class FacilitatorFailedException(string message, Exception? innerException = null) : Exception(message, innerException);
