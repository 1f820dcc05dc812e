using System.Text.Json;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Primitives;

namespace AgentMesh.Gateway.Tests.Mcp;

/// <summary>An agent behind the fake sidecar that buys, and whose policy has a person asked about it.</summary>
internal sealed class FakeBuyer
{
    public const string Approval = "aaaaaaaaaaaaaaaaaaaaaaaaaa";
    public const string Answer = "the goods";

    private static readonly AgentPayment Payment = new(
        "0f", PaymentDirections.Out, "settled", "2000000", 6, "0x036CbD53842c5426634e7929541eC2318f3dCF7e", "eip155:84532", "0x1", "0x2", "https://shop.example/",
        DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, "0x3", Seq: 1);

    private readonly Lock _lock = new();
    private readonly List<BeginPurchase> _orders = [];
    private readonly List<DecideApproval> _decisions = [];
    private readonly HashSet<string> _bought = [];

    /// <summary>Whether a person is asked.</summary>
    public bool Asks { get; set; } = true;

    /// <summary>The server does not answer.</summary>
    public bool IsSlow { get; set; }

    /// <summary>Where the approval stands.</summary>
    public string State { get; set; } = ApprovalStates.Pending;

    public IReadOnlyList<BeginPurchase> Orders
    {
        get
        {
            lock (_lock)
                return [.. _orders];
        }
    }

    public IReadOnlyList<DecideApproval> Decisions
    {
        get
        {
            lock (_lock)
                return [.. _decisions];
        }
    }

    /// <summary>How often it has paid.</summary>
    public int Bought
    {
        get
        {
            lock (_lock)
                return _bought.Count;
        }
    }

    public static FakeBuyer Behind(FakeSidecar sidecar)
    {
        var buyer = new FakeBuyer();
        sidecar.Agent = buyer.Handle;
        return buyer;
    }

    private string? Handle(SidecarCall call)
    {
        lock (_lock)
        {
            return call.Path.Split('/')[^1] switch
            {
                "BeginPurchase" => Say(Begin(JsonSerializer.Deserialize(call.Body, ContractsJson.Default.BeginPurchase)!)),
                "GetPurchase" => Say(new PurchaseView("p", IsPending: true)),
                "GetApproval" => JsonSerializer.Serialize(new Reply<PaymentApproval>(Asked(), null), ContractsJson.Default.ReplyPaymentApproval),
                "DecideApproval" => JsonSerializer.Serialize(Decide(JsonSerializer.Deserialize(call.Body, ContractsJson.Default.DecideApproval)!), ContractsJson.Default.ReplyPaymentApproval),
                _ => McpFixture.Answer(call),
            };
        }
    }

    private static string Say(PurchaseView view) => JsonSerializer.Serialize(new Reply<PurchaseView>(view, null), ContractsJson.Default.ReplyPurchaseView);

    private PurchaseView Begin(BeginPurchase order)
    {
        _orders.Add(order);
        if (IsSlow)
            return new PurchaseView("p", IsPending: true);
        if (Asks && State != ApprovalStates.Approved)
            return new PurchaseView("p", IsPending: false, Reason: PolicyRefusals.ApprovalRequired, Detail: "A person has to approve.", Data: $$"""{"approvalId":"{{Approval}}"}""");
        _bought.Add(order.IdempotencyKey!);
        return new PurchaseView("p", IsPending: false, Status: 200, ContentType: "text/plain", Body: Convert.ToBase64String("the goods"u8), Payment: Payment);
    }

    private Reply<PaymentApproval> Decide(DecideApproval decision)
    {
        _decisions.Add(decision);
        var wanted = decision.Approve ? ApprovalStates.Approved : ApprovalStates.Denied;
        if (State != ApprovalStates.Pending && State != wanted)
            return new Reply<PaymentApproval>(null, new Refusal(PolicyRefusals.ApprovalDecided, $"The approval is {State} already."));
        State = wanted;
        return new Reply<PaymentApproval>(Asked(), null);
    }

    private PaymentApproval Asked() => new(
        Approval, State, "00", "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", "eip155:84532/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e", "eip155:84532", "2000000",
        "shop.example", "https://shop.example/", "The policy's rule medium says ask.", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, null, null);
}
