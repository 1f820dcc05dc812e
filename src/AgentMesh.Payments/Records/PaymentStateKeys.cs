using AgentMesh.Contracts.Payments;

namespace AgentMesh.Payments.Records;

/// <summary>Keys of the records that this app has in its store itself. Also the layout in the store, so never changed, only added to.</summary>
internal static class PaymentStateKeys
{
    /// <summary>Key of an intent's holder.</summary>
    public static string Intent(PaymentIntent intent) => $"intent:{intent.Key}";

    /// <summary>Key of a claim.</summary>
    public static string Claim(string paymentId) => $"claim:{paymentId}";

    /// <summary>Key of a part of the open payments.</summary>
    public static string OpenPayments(char shard) => $"open-payments:{shard}";
}
