using System.Globalization;
using System.Text.Json;
using AgentMesh.Evm;
using AgentMesh.X402.Exact.Evm;
using AgentMesh.X402.Exact.Evm.Facilitator;
using AgentMesh.X402.Networks;
using AgentMesh.X402.Wire;

namespace AgentMesh.X402.Tests.Exact.Evm;

/// <summary>Authorizations that another implementation signed, as payments of both versions.</summary>
public sealed class VerifierVectorTests
{
    public static TheoryData<int> Authorizations => [.. Enumerable.Range(0, VectorFile.At("transferWithAuthorization").GetArrayLength())];

    public static TheoryData<int> BadSignatures => [.. Enumerable.Range(0, VectorFile.At("badSignaturesOverFirstDigest", "cases").GetArrayLength())];

    [Theory]
    [MemberData(nameof(Authorizations))]
    public void Authorization_IsValidInsideItsTime(int row)
    {
        var vector = VectorFile.At("transferWithAuthorization")[row];
        var (requirements, now) = Terms(vector);
        if (now is null)
            return;
        var found = ExactEvmVerifier.Verify(Payment(vector, requirements, vector.Text("signature")), requirements, now.Value);
        Assert.Null(found.Response.InvalidReason);
        Assert.Equal(vector.Text("signer"), found.Response.Payer);
        if (requirements.Network != "eip155:84532")
            return;
        var v1 = new PaymentRequirementsV1("exact", "base-sepolia", requirements.Amount, "https://a", "", requirements.PayTo, 60, requirements.Asset, "", Extra: requirements.Extra);
        var found1 = ExactEvmVerifier.Verify(new PaymentPayloadV1("exact", "base-sepolia", Payment(vector, requirements, vector.Text("signature")).Payload), v1, now.Value);
        Assert.Null(found1.Response.InvalidReason);
        Assert.Equal(found.Payment!.Id, found1.Payment!.Id);
    }

    [Theory]
    [MemberData(nameof(BadSignatures))]
    public void BadSignature_IsRefused(int row)
    {
        var vector = VectorFile.At("transferWithAuthorization")[0];
        var bad = VectorFile.At("badSignaturesOverFirstDigest", "cases")[row];
        var (requirements, now) = Terms(vector);
        var found = ExactEvmVerifier.Verify(Payment(vector, requirements, bad.Text("signature")), requirements, now!.Value);
        Assert.False(found.Response.IsValid, bad.Text("label"));
        var length = (bad.Text("signature").Length - 2) / 2;
        Assert.Equal(length == 65 ? X402Reasons.InvalidSignature : length == 0 ? X402Reasons.InvalidPayload : X402Reasons.UnsupportedPayloadType, found.Response.InvalidReason);
    }

    [Fact]
    public void OtherSpelling_IsTheSamePayment()
    {
        var vector = VectorFile.At("transferWithAuthorization")[0];
        var (requirements, now) = Terms(vector);
        foreach (var spelling in VectorFile.At("sameDigestOtherSpelling").EnumerateArray())
        {
            var payload = Payment(vector, requirements, vector.Text("signature"));
            var respelt = TestPayments.EditAuthorization(payload, spelling.Text("field"), spelling.Text("written"));
            var found = ExactEvmVerifier.Verify(respelt, requirements, now!.Value);
            Assert.True(found.Response.IsValid);
            Assert.Equal(ExactEvmPayment.Decode(payload, requirements).Value!.Id, found.Payment!.Id);
        }
    }

    [Fact]
    public void SignatureOfErc6492_IsRecognized()
    {
        var vector = VectorFile.At("transferWithAuthorization")[0];
        var (requirements, now) = Terms(vector);
        var found = ExactEvmVerifier.Verify(Payment(vector, requirements, VectorFile.At("erc6492").Text("wrapped")), requirements, now!.Value);
        Assert.Equal(X402Reasons.UndeployedSmartWallet, found.Response.InvalidReason);
        Assert.Equal(SignatureKind.Undeployed, found.Payment!.SignatureKind);
    }

    internal static PaymentPayloadV2 Payment(JsonElement vector, PaymentRequirementsV2 requirements, string signature) =>
        new(JsonSerializer.SerializeToElement(new { signature, authorization = vector.GetProperty("message") }), requirements);

    /// <summary>What the authorization pays, and a time at which it can be settled; null when there is none.</summary>
    internal static (PaymentRequirementsV2 Requirements, DateTimeOffset? Now) Terms(JsonElement vector)
    {
        var domain = VectorFile.At("domains", vector.Text("domain"));
        var message = vector.GetProperty("message");
        var extra = JsonSerializer.SerializeToElement(new { name = domain.Text("name"), version = domain.Text("version") });
        var network = new EvmNetwork(ulong.Parse(domain.GetProperty("chainId").GetRawText(), CultureInfo.InvariantCulture)).ToString();
        var requirements = new PaymentRequirementsV2("exact", network, message.Text("value"), domain.Text("verifyingContract"), message.Text("to"), 60, extra);
        var after = UInt256.Parse(message.Text("validAfter")).Value;
        var possible = after <= DateTimeOffset.MaxValue.ToUnixTimeSeconds() && after + ExactEvmVerifier.SettlementSeconds <= UInt256.Parse(message.Text("validBefore")).Value;
        return (requirements, possible ? DateTimeOffset.FromUnixTimeSeconds((long)after) : null);
    }
}
