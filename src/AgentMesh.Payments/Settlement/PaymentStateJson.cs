using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using AgentMesh.Contracts.Payments;
using AgentMesh.Payments.Claims;
using AgentMesh.Payments.Intents;
using AgentMesh.Payments.Sweeping;
using AgentMesh.Primitives.Stored;

namespace AgentMesh.Payments.Settlement;

/// <summary>
/// JSON of every stored record of this app. Strict: a missing or null member is damage, not a default. To change a record: raise its version, add
/// an upcaster to its converter and a fixture file of the new version to the tests, delete nothing.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters = [typeof(IsoTimeConverter)])]
[JsonSerializable(typeof(Payment))]
[JsonSerializable(typeof(PaymentAnswer))]
[JsonSerializable(typeof(Claim))]
[JsonSerializable(typeof(IntentHolder))]
[JsonSerializable(typeof(OpenPayments))]
internal sealed partial class PaymentStateJson : JsonSerializerContext
{
    internal const int PaymentVersion = 3;
    internal const int AnswerVersion = 1;
    internal const int ClaimVersion = 1;
    internal const int IntentHolderVersion = 1;
    internal const int OpenPaymentsVersion = 1;

    /// <summary>Makes options read and write stored records, whatever their own conventions are.</summary>
    public static void AddTo(JsonSerializerOptions options)
    {
        options.Converters.Add(new VersionedConverter<Payment>(PaymentVersion, [IsToldToNobody, IsNotVerified], Default.Payment));
        options.Converters.Add(new VersionedConverter<PaymentAnswer>(AnswerVersion, [], Default.PaymentAnswer));
        options.Converters.Add(new VersionedConverter<Claim>(ClaimVersion, [], Default.Claim));
        options.Converters.Add(new VersionedConverter<IntentHolder>(IntentHolderVersion, [], Default.IntentHolder));
        options.Converters.Add(new VersionedConverter<OpenPayments>(OpenPaymentsVersion, [], Default.OpenPayments));
    }

    /// <summary>Sellers of version 1 have no payments in their records; what becomes of one from now on is told to them.</summary>
    private static JsonObject IsToldToNobody(JsonObject payment)
    {
        payment["isUnrecorded"] = false;
        payment["v"] = 2;
        return payment;
    }

    /// <summary>Version 2 stored payments before they were verified. Nothing was done for them: whoever sends one again has it taken anew.</summary>
    private static JsonObject IsNotVerified(JsonObject payment)
    {
        if (payment["status"]?.GetValue<string>() == "Received")
        {
            payment["status"] = "Failed";
            payment["job"] = null;
            payment["reason"] = new JsonObject { ["code"] = PaymentRefusals.FacilitatorUnavailable, ["detail"] = "The payment could not be verified." };
        }

        payment["v"] = 3;
        return payment;
    }
}
