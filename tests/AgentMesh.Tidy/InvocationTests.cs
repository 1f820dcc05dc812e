using System.Text.RegularExpressions;

namespace AgentMesh.Tidy;

/// <summary>Who invokes what by service invocation, and that <c>dapr/production/config.yaml</c> allows that and nothing more.</summary>
public sealed partial class InvocationTests
{
    private const string File = "dapr/production/config.yaml";

    /// <summary>Each file that invokes: whose it is, whom it invokes as its text says, and what. A name stands for what is below it too.</summary>
    private static readonly (string File, string Caller, string Text, string[] Operations)[] Invocations =
    [
        ("src/AgentMesh.ActorHost/Purchases/AuthorizationLooker.cs", "agents", "v1.0/invoke/payments/method/authorizations/look", ["POST /authorizations/look"]),
        ("src/AgentMesh.ActorHost/Wallets/StartingMoney.cs", "agents", "v1.0/invoke/facilitator/method/faucet", ["POST /faucet"]),
        ("src/AgentMesh.Gateway/Selling/BalanceClient.cs", "gateway", "v1.0/invoke/payments/method/balances", ["GET /balances"]),
        ("src/AgentMesh.Gateway/Selling/PaymentsClient.cs", "gateway", "v1.0/invoke/payments/method/payments", ["GET /payments", "POST /payments"]),
        ("src/AgentMesh.Payments/Chain/ChainNode.cs", "payments", "v1.0/invoke/{app}/method/rpc", ["POST /rpc"]),
        ("src/AgentMesh.Payments/Facilitation/FacilitatorFeature.cs", "payments", "v1.0/invoke/{options.FacilitatorApp}/method/", ["POST /settle", "POST /verify"]),
    ];

    [Fact]
    public void EveryInvocation_HasItsRow() => Assert.Equal(
        Invocations.Select(row => (row.File, row.Text)),
        Sources().SelectMany(file => Invoked().Matches(Repository.Read(file)).Select(match => (file, match.Value))).Order());

    /// <summary>There is one way to invoke, so that the rows above are all of them.</summary>
    [Fact]
    public void NothingInvokes_InAnotherWay() => Assert.DoesNotContain(Sources(), file => OtherWay().IsMatch(Repository.Read(file)));

    /// <summary>What the facilitator is asked stands with the client of x402.</summary>
    [Fact]
    public void FacilitatorClient_AsksWhatItsRowSays() => Assert.Equal(
        ["settle", "verify"],
        Message().Matches(Repository.Read("src/AgentMesh.X402/Exact/Evm/ResourceServer/FacilitatorClient.cs")).Select(match => match.Groups[1].Value).Order());

    [Fact]
    public void AccessControl_AllowsWhatIsInvoked_AndNothingMore()
    {
        var text = Repository.Read(File);
        var allowed = new List<(string, string)>();
        foreach (Match policy in Policy().Matches(text))
        {
            // Each policy denies what it does not name, and each operation is one that is allowed.
            Assert.Contains("        defaultAction: deny\n", policy.Value, StringComparison.Ordinal);
            var operations = Operation().Matches(policy.Value);
            Assert.Equal(policy.Value.Split("- name:").Length - 1, operations.Count);
            allowed.AddRange(operations.SelectMany(one => one.Groups[2].Value.Split(", ").Select(verb => (policy.Groups[1].Value, $"{verb.Trim('"')} {one.Groups[1].Value}"))));
        }

        Assert.Contains("  accessControl:\n    defaultAction: deny\n", text, StringComparison.Ordinal);
        Assert.Equal(Invocations.SelectMany(row => row.Operations.Select(operation => (row.Caller, operation))).Order(), allowed.Order());
    }

    /// <summary>A real sidecar takes the shorter name of two, one of which is below the other, whatever its verbs.</summary>
    [Fact]
    public void NoNameIsBelowAnother()
    {
        string[] names = [.. Operation().Matches(Repository.Read(File)).Select(match => match.Groups[1].Value)];
        Assert.DoesNotContain(names, name => names.Any(other => name.StartsWith(other + "/", StringComparison.Ordinal)));
    }

    /// <summary>On one machine there is no mTLS: a real sidecar would deny everything.</summary>
    [Fact]
    public void ConfigurationOfOneMachine_HasNoAccessControl() => Assert.DoesNotContain("accessControl", Repository.Read("dapr/config.yaml"), StringComparison.Ordinal);

    // The terminal client has no sidecar: what its canary tries at a gateway are doors that must not be there.
    private static IEnumerable<string> Sources() => Repository.Files("src", "*.cs")
        .Where(file => !file.StartsWith("src/AgentMesh.Sidecar/", StringComparison.Ordinal) && !file.StartsWith("src/AgentMesh.Cli/", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal);

    [GeneratedRegex(@"v1\.0/invoke/[^""?]*")]
    private static partial Regex Invoked();

    [GeneratedRegex("CreateInvokeHttpClient|CreateInvokableHttpClient|InvokeMethodGrpc|InvokeMethodWithResponse|InvocationHandler|dapr-app-id")]
    private static partial Regex OtherWay();

    [GeneratedRegex(@"CreateMessage\(""([a-z]+)""")]
    private static partial Regex Message();

    [GeneratedRegex(@"^      - appId: (\w+)\n(?:(?:        .*|      #.*)\n?)*", RegexOptions.Multiline)]
    private static partial Regex Policy();

    [GeneratedRegex(@"- name: (\S+)\n            httpVerb: \[([^\]]+)\]\n            action: allow$", RegexOptions.Multiline)]
    private static partial Regex Operation();
}
