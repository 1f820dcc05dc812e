using System.Globalization;
using System.Text.RegularExpressions;
using AgentMesh.Agents.Payments;
using AgentMesh.Agents.Policies;

namespace AgentMesh.Agents.Tests.Policies;

/// <summary>Policies and payments in few words, for tables.</summary>
internal static partial class SamplePolicies
{
    internal const string Usdc = "eip155:84532/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e";
    internal const string MainnetUsdc = "eip155:8453/erc20:0x833589fcd6edb6e08f4c7c32d4f71b54bda02913";
    internal const string Fake = "eip155:84532/erc20:0x00000000000000000000000000000000000fa4e0";
    internal const string Alice = "0xa11ce00000000000000000000000000000000000";
    internal const string Bob = "0xb0b0000000000000000000000000000000000000";

    internal static DateTimeOffset Noon { get; } = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);

    /// <summary>A document of rules with single quotes and the names of this class; each rule gets the id r1, r2, …</summary>
    internal static string Document(string rules, string more = "")
    {
        var n = 0;
        var numbered = RuleStart().Replace(rules, match => $"{{'id':'r{++n}',{match.Value[1..]}");
        return Names($"{{'version':1,{more}'rules':[{numbered}]}}");
    }

    internal static SpendingPolicy Policy(string rules, string more = "")
    {
        var parsed = SpendingPolicy.Parse(Document(rules, more));
        Assert.Empty(parsed.Faults);
        return parsed.Policy!;
    }

    /// <summary>A payment such as <c>100 USDC to ALICE at shop.example</c>; <c>in</c> before it for one to the agent.</summary>
    internal static PolicyFacts Payment(string text)
    {
        var words = text.Split(' ');
        var direction = words[0] == "in" ? PaymentDirection.In : PaymentDirection.Out;
        if (direction == PaymentDirection.In)
            words = words[1..];
        var asset = Names(words[1]);
        return new PolicyFacts(
            direction, Names(words[3]), words.Length > 4 ? words[5] : null, asset, asset.Split('/')[0], UInt128.Parse(words[0], CultureInfo.InvariantCulture));
    }

    internal static string Names(string text) => text
        .Replace('\'', '"')
        .Replace("MAIN", MainnetUsdc, StringComparison.Ordinal)
        .Replace("USDC", Usdc, StringComparison.Ordinal)
        .Replace("FAKE", Fake, StringComparison.Ordinal)
        .Replace("ALICE", Alice, StringComparison.Ordinal)
        .Replace("BOB", Bob, StringComparison.Ordinal);

    [GeneratedRegex("{(?='effect')")]
    private static partial Regex RuleStart();
}
