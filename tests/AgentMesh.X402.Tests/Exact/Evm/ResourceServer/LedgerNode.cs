using System.Net;
using System.Text.Json.Nodes;
using AgentMesh.Evm;
using AgentMesh.Evm.Tokens;
using AgentMesh.X402.Exact.Evm.ResourceServer;

namespace AgentMesh.X402.Tests.Exact.Evm.ResourceServer;

/// <summary>A node of a chain that the test writes.</summary>
internal sealed class LedgerNode : HttpMessageHandler
{
    private readonly Dictionary<string, JsonObject> _receipts = [];
    private readonly List<(Bytes32 Event, Bytes32 Transaction)> _events = [];

    public ulong ChainId { get; set; } = 84_532;

    public ulong LastBlock { get; set; } = 1_000_000;

    /// <summary>What the token says of the nonce: a word, or anything else.</summary>
    public string State { get; set; } = Word(0);

    /// <summary>Called when the token is asked about the nonce.</summary>
    public Action? StateAsked { get; set; }

    /// <summary>Which question is answered only when <see cref="Release"/> is called; 0: none.</summary>
    public int LateAnswer { get; set; }

    public TaskCompletionSource Release { get; } = new();

    /// <summary>The methods that were called, in order.</summary>
    public List<string> Calls { get; } = [];

    /// <summary>What logs were asked for.</summary>
    public List<string> Filters { get; } = [];

    public static string Word(int value) => $"0x{value:x64}";

    public static Bytes32 Transaction(int number) => Bytes32.Parse(Word(number));

    /// <summary>Puts a transaction with these logs into a block.</summary>
    public void Add(Bytes32 transaction, bool succeeded, params JsonObject[] logs) => _receipts[transaction.ToString()] = new JsonObject
    {
        ["transactionHash"] = transaction.ToString(),
        ["blockHash"] = Word(9),
        ["blockNumber"] = "0x9",
        ["from"] = EvmAddress.Zero.ToString(),
        ["to"] = EvmAddress.Zero.ToString(),
        ["status"] = succeeded ? "0x1" : "0x0",
        ["gasUsed"] = "0x5208",
        ["logs"] = new JsonArray([.. logs]),
    };

    /// <summary>Lets the transaction be found by an event of the token.</summary>
    public void AddEvent(Bytes32 topic, Bytes32 transaction) => _events.Add((topic, transaction));

    public static JsonObject Used(AuthorizedTransfer transfer) =>
        Log(transfer.Asset, "0x", Eip3009.AuthorizationUsedTopic.ToString(), Word(transfer.From), transfer.Nonce.ToString());

    public static JsonObject Paid(AuthorizedTransfer transfer) =>
        Log(transfer.Asset, $"0x{(ulong)transfer.Value.Value:x64}", Erc20.TransferTopic.ToString(), Word(transfer.From), Word(transfer.To));

    /// <summary>An address as a topic.</summary>
    public static string Word(EvmAddress address) => "0x" + address.ToString()[2..].ToLowerInvariant().PadLeft(64, '0');

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var call = JsonNode.Parse(await request.Content!.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false))!;
        var method = call["method"]!.GetValue<string>();
        Calls.Add(method);
        if (Calls.Count == LateAnswer)
            await Release.Task.ConfigureAwait(false);
        var answer = new JsonObject { ["jsonrpc"] = "2.0", ["id"] = call["id"]!.DeepClone(), ["result"] = Answer(method, call["params"]!) };
        return StubHandler.Json(HttpStatusCode.OK, answer.ToJsonString());
    }

    private static JsonObject Log(EvmAddress token, string data, params string[] topics) =>
        new() { ["address"] = token.ToString(), ["topics"] = new JsonArray([.. topics]), ["data"] = data, ["logIndex"] = "0x0" };

    private JsonNode? Answer(string method, JsonNode parameters)
    {
        switch (method)
        {
            case "eth_chainId":
                return $"0x{ChainId:x}";
            case "eth_blockNumber":
                return $"0x{LastBlock:x}";
            case "eth_getTransactionReceipt":
                return _receipts.GetValueOrDefault(parameters[0]!.GetValue<string>())?.DeepClone();
            case "eth_call":
                StateAsked?.Invoke();
                return State;
            default:
                Filters.Add(parameters[0]!.ToJsonString());
                var topic = parameters[0]!["topics"]![0]!.GetValue<string>();
                return new JsonArray([.. _events.Where(found => found.Event.ToString() == topic).Select(found => new JsonObject { ["transactionHash"] = found.Transaction.ToString() })]);
        }
    }
}
