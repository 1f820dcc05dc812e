using System.Text.Json;
using AgentMesh.X402.Networks;
using AgentMesh.X402.Wire;

namespace AgentMesh.X402.Exact.Evm;

/// <summary>What the scheme is called, and the words it reads in <c>extra</c>.</summary>
public static class ExactEvm
{
    /// <summary>The scheme.</summary>
    public const string Scheme = "exact";

    /// <summary>The transfer method of EIP-3009, which is meant when <c>extra</c> names none.</summary>
    public const string Eip3009 = "eip3009";

    /// <summary>Verify, work, settle: the payment flow that is meant when <c>extra</c> names none.</summary>
    public const string AuthorizationFlow = "authorization";

    /// <summary>Settle, then work.</summary>
    public const string UpfrontFlow = "upfront";

    internal const string TransferMethodMember = "assetTransferMethod";
    internal const string PaymentFlowMember = "paymentFlow";
    internal const string NameMember = "name";
    internal const string VersionMember = "version";

    /// <summary>A text of <c>extra</c>; null when it is absent.</summary>
    internal static string? ExtraText(PaymentRequirements requirements, string name) =>
        requirements.Extra is { } extra ? WireText.TextOf(extra, name) : null;

    /// <summary>Whether <c>extra</c> names the member at all, whatever its type.</summary>
    internal static bool HasExtra(PaymentRequirements requirements, string name) =>
        requirements.Extra is { ValueKind: JsonValueKind.Object } extra && extra.TryGetProperty(name, out _);

    internal static bool IsByEip3009(PaymentRequirements requirements) =>
        !HasExtra(requirements, TransferMethodMember) || ExtraText(requirements, TransferMethodMember) == Eip3009;

    internal static bool TryParseNetwork(PaymentRequirements requirements, out EvmNetwork network) =>
        EvmNetwork.TryParse(requirements.Network, requirements.X402Version, out network);
}
