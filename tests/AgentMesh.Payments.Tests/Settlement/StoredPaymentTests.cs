using System.Text.Json;
using AgentMesh.Contracts.Payments;
using AgentMesh.Payments.Claims;
using AgentMesh.Payments.Intents;
using AgentMesh.Payments.Settlement;
using AgentMesh.Payments.Sweeping;
using AgentMesh.Testing;
using CsCheck;
using static AgentMesh.Payments.Tests.Settlement.SamplePayments;

namespace AgentMesh.Payments.Tests.Settlement;

/// <summary>Every stored record, as it is written, damaged on the way, and read again years later.</summary>
public sealed class StoredPaymentTests
{
    private static readonly JsonSerializerOptions Json = PaymentsFeature.CreateJson();

    private static readonly Gen<DateTimeOffset> Times = Gen.Long[0, 253_402_300_799_999].Select(DateTimeOffset.FromUnixTimeMilliseconds);

    private static readonly Gen<Payment> Payments =
        from status in Gen.Enum<PaymentStatus>()
        from numbers in Gen.Int[0, int.MaxValue].Array[2]
        from times in Times.Array[5]
        from amount in Gen.ULong
        from text in Gen.Char[' ', '\ud7ff'].Array[0, 40].Select(letters => new string(letters))
        from some in Gen.Bool.Array[5]
        select new Payment(
            Id, "default:alice", text, new string('a', 64), new string('b', 64),
            Order.Terms with { AmountAtomic = $"{amount}{amount}", ValidBefore = times[0] }, some[0] ? new PaymentJob(text, text, some[1] ? text : null, null, some[2] ? new PaymentIntent(text, text) : null) : null,
            status, numbers[0], numbers[1], some[2] ? times[1] : null, some[3] ? times[2] : null, some[4] ? times[3] : null,
            some[1] ? "t1" : null, some[2], some[3] ? Transaction : null, some[4] ? new PaymentReason(text, text) : null,
            some[0] ? [PaymentEvents.Unknown, PaymentEvents.Settled] : [], some[1], times[3], times[4]);

    public static TheoryData<string> Fixtures =>
    [
        "payment.v1.json", "payment.v1.settled.json", "payment.v2.json", "payment.v2.settled.json", "payment.v2.unverified.json", "payment.v3.json", "payment.v3.settled.json",
        "answer.v1.json", "claim.v1.json", "intent.v1.json", "open.v1.json",
    ];

    [Fact]
    public void Payment_SurvivesDaprd() =>
        (from payment in Payments from seed in Gen.Int select (payment, seed)).Sample(one =>
            Assert.Equal(Write(one.payment), Write(Read<Payment>(DaprdFidelity.Damage(Write(one.payment), one.seed)))));

    [Fact]
    public void Claim_SurvivesDaprd() =>
        (from attempt in Gen.Int[1, int.MaxValue]
         from phase in Gen.Enum<ClaimPhase>()
         from at in Times
         from seed in Gen.Int
         select (claim: new Claim("0123456789abcdef", attempt, phase, at), seed)).Sample(one =>
            Assert.Equal(one.claim, Read<Claim>(DaprdFidelity.Damage(Write(one.claim), one.seed))));

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void WhatWasStoredOnce_IsReadForEver(string file)
    {
        var stored = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Fixtures", file)).Trim();
        var isSettled = file.Contains("settled", StringComparison.Ordinal);
        var (expected, read) = file.Split('.')[0] switch
        {
            // Of version 1 nobody was to be told of a record.
            "payment" when file.Contains("v1", StringComparison.Ordinal) =>
                (Write(In(isSettled ? PaymentStatus.Settled : PaymentStatus.Unknown).Told(isSettled) with { IsUnrecorded = false }), Write(Read<Payment>(stored))),
            // Of version 2 a payment could be stored that nobody had verified yet.
            "payment" when file.Contains("unverified", StringComparison.Ordinal) => (Write(NotVerified()), Write(Read<Payment>(stored))),
            "payment" => (Write(isSettled ? In(PaymentStatus.Settled).Told(isSettled) : Named()), Write(Read<Payment>(stored))),
            "answer" => (Write(new PaymentAnswer("Grüße aus Köln")), Write(Read<PaymentAnswer>(stored))),
            "intent" => (Write(new IntentHolder(Id, new string('d', 64), Now)), Write(Read<IntentHolder>(stored))),
            "open" => (Write(OpenPayments.Empty.Note([Id], Now)), Write(Read<OpenPayments>(stored))),
            _ => (Write(new Claim("0123456789abcdef0123456789abcdef", 2, ClaimPhase.Settling, Now)), Write(Read<Claim>(stored))),
        };
        Assert.Equal(expected, read);
        // The newest version is also how it is written.
        if (!file.StartsWith("payment.v1", StringComparison.Ordinal) && !file.StartsWith("payment.v2", StringComparison.Ordinal))
            Assert.Equal(expected, stored);
    }

    private static Payment NotVerified() => Payment.Refuse(Order, PaymentReason.Create(PaymentRefusals.FacilitatorUnavailable, "The payment could not be verified."), Now) with
    {
        Job = null,
        Attempt = 1,
        Tries = 1,
        LeaseUntil = Now.AddSeconds(15),
    };

    private static Payment Named() => In(PaymentStatus.Unknown) with
    {
        Job = Order.Job with { Intent = new PaymentIntent(new string('e', 64), new string('d', 64)) },
    };

    [Theory]
    [InlineData("""{"owner":"a","attempt":1,"phase":"Executing","at":"2026-01-02T03:04:05.678Z"}""")]
    [InlineData("""{"v":0,"owner":"a","attempt":1,"phase":"Executing","at":"2026-01-02T03:04:05.678Z"}""")]
    [InlineData("""{"v":2,"owner":"a","attempt":1,"phase":"Executing","at":"2026-01-02T03:04:05.678Z"}""")]
    [InlineData("""{"v":1,"owner":null,"attempt":1,"phase":"Executing","at":"2026-01-02T03:04:05.678Z"}""")]
    [InlineData("""{"v":1,"owner":"a","attempt":1,"phase":"Executing"}""")]
    public void Damage_IsNoDefault(string stored) => Assert.Throws<JsonException>(() => Read<Claim>(stored));

    private static string Write<T>(T record) => JsonSerializer.Serialize(record, Json);

    private static T Read<T>(string stored) => JsonSerializer.Deserialize<T>(stored, Json)!;
}
