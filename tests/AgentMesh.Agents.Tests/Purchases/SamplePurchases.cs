using AgentMesh.Agents.Purchases;

namespace AgentMesh.Agents.Tests.Purchases;

/// <summary>Purchases at each of their stages.</summary>
internal static class SamplePurchases
{
    public static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    public static readonly PurchaseRequest Request = new(
        "r1", true, "https://shop.example/analysis", "POST", "application/json", new string('b', 64), "100000",
        "eip155:84532/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e", null, null, null);

    public static readonly PurchaseRequest InTurn = Request with { HasKey = false, Session = "default", Tool = "pay_url", Turn = "17" };

    public static readonly PurchaseTerms Terms = new(
        new string('a', 64), "https://shop.example/analysis", "POST", true, "eyJ4IjoxfQ==", null, "eip155:84532", "0x036CbD53842c5426634e7929541eC2318f3dCF7e", 6, "100000",
        "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0", Now.AddSeconds(300), "0x" + new string('1', 64));

    public static readonly PurchasePayment Payment = new("PAYMENT-SIGNATURE", "bW9uZXk=");

    public static readonly PurchaseAnswer Answer = new(200, "application/json", 2);

    public static readonly PurchaseReason Reason = new("url_timed_out", "The server took too long.");

    public static StoredPurchase Open { get; } = StoredPurchase.Begin("aaaaaaaaaaaaaaaaaaaaaaaaaa", Request, Now);

    public static StoredPurchase Authorized { get; } = Open.Authorize(Terms, Now);

    public static StoredPurchase Sending { get; } = Authorized.Sign(Payment, Now);

    public static StoredPurchase Unknown { get; } = Sending.Miss(Reason, null, Now);

    public static StoredPurchase TurnedAway { get; } = Sending.TurnAway(Reason, Now);

    public static StoredPurchase AnsweredUnknown { get; } = Sending.Take(Answer, null, Now);

    public static StoredPurchase Settled { get; } = Sending.Take(Answer, new PurchaseReceipt(true, "0x1"), Now);

    public static StoredPurchase Failed { get; } = Unknown.Look(new PurchaseLook(PurchaseOutcome.Failed, true, null, Reason), Now);

    public static StoredPurchase Free { get; } = Open.Take(Answer, null, Now);

    public static StoredPurchase Refused { get; } = Open.Refuse(Reason, Now);

    public static StoredPurchase Of(string stage) => (StoredPurchase)typeof(SamplePurchases).GetProperty(stage)!.GetValue(null)!;
}
