namespace AgentMesh.Payments.Facilitation;

/// <summary>The facilitator could not be asked whether a payment is good. The message has nothing of what it said.</summary>
internal sealed class FacilitatorFailedException(string message, Exception? innerException = null) : Exception(message, innerException);
