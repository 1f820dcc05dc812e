namespace AgentMesh.ActorHost.Wallets.Crossmint;

/// <summary>Crossmint did not do what it was asked, or nobody knows. The text has nothing of its answers, and nothing of the key.</summary>
/// <param name="why">A sentence.</param>
/// <param name="inner">The fault.</param>
internal sealed class CrossmintFailedException(string why, Exception? inner = null) : Exception(why, inner);
