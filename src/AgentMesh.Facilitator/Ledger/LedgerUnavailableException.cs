namespace AgentMesh.Facilitator.Ledger;

/// <summary>The ledger could not be read or written. Of what should have been written it is unknown whether it was; the same once more is safe.</summary>
internal sealed class LedgerUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
