namespace AgentMesh.Agents.Conversation;

/// <summary>
/// Marks which activation wrote the head. The high half counts activations, the low half is drawn, so that two activations
/// that started from the same head (a partition, a deactivation that never arrived) can still be told apart.
/// </summary>
public static class Epoch
{
    /// <summary>The epoch of an activation that found <paramref name="stored"/>; always greater.</summary>
    /// <param name="stored">The head's epoch, 0 when there is no head.</param>
    /// <param name="drawn">A random number of the shell.</param>
    public static long Next(long stored, uint drawn) => ((stored >> 32) + 1 << 32) | drawn;
}
