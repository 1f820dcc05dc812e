namespace AgentMesh.Agents.Payments;

/// <summary>Every maximum of an agent's list of payments, once. Listed for users in <c>docs/limits.md</c>.</summary>
public static class PaymentLimits
{
    /// <summary>Payments in one record. Part of the layout in the store, so never changed.</summary>
    public const int PagePayments = 16;

    /// <summary>Most payments a page of the list may have.</summary>
    public const int ListPayments = 1000;

    /// <summary>Payments that are looked at for a page of one direction; it may then be short, or empty, and <c>nextBefore</c> goes on.</summary>
    public const int LookedAtPayments = 4096;

    /// <summary>Most encoded bytes of a page of the list; it then ends early and <c>nextBefore</c> goes on.</summary>
    public const int ListBytes = 2 * 1024 * 1024;
}
