using AgentMesh.Agents.Payments;
using AgentMesh.Agents.Policies;

namespace AgentMesh.Agents.Tests.Policies;

/// <summary>What policies say, as a table: rules, what was paid before, the payment, the verdict.</summary>
public sealed class PolicyTableTests
{
    private const string Small = "{'effect':'allow','asset':['USDC'],'amountAtMost':'100'}";
    private const string SmallAndAsk = Small + ",{'effect':'ask','asset':['USDC'],'amountOver':'100','amountAtMost':'5000'}";
    private const string Any = "{'effect':'allow','asset':['USDC']}";
    private const string Hosts = "{'effect':'allow','asset':['USDC'],'host':['api.example.com','*.shop.example']}";
    private const string Hourly = "{'effect':'allow','asset':['USDC'],'velocityAtMost':{'window':'1h','payments':3}}";
    private const string HourlyAmount = Any + ",{'effect':'deny','asset':['USDC'],'velocityOver':{'window':'1h','amount':'300'}}";

    [Theory]
    // Amounts: at, one under, one over.
    [InlineData(Small, "0 USDC to ALICE", "allow r1")]
    [InlineData(Small, "99 USDC to ALICE", "allow r1")]
    [InlineData(Small, "100 USDC to ALICE", "allow r1")]
    [InlineData(Small, "101 USDC to ALICE", "deny asset_not_listed")]
    [InlineData(SmallAndAsk, "100 USDC to ALICE", "allow r1")]
    [InlineData(SmallAndAsk, "101 USDC to ALICE", "ask r2")]
    [InlineData(SmallAndAsk, "5000 USDC to ALICE", "ask r2")]
    [InlineData(SmallAndAsk, "5001 USDC to ALICE", "deny asset_not_listed")]
    [InlineData("{'effect':'allow','asset':['USDC'],'amountAtMost':'340282366920938463463374607431768211455'}", "340282366920938463463374607431768211455 USDC to ALICE", "allow r1")]
    [InlineData("{'effect':'allow','asset':['USDC'],'amountAtMost':'340282366920938463463374607431768211454'}", "340282366920938463463374607431768211455 USDC to ALICE", "deny asset_not_listed")]
    // The strictest of the rules that hold, in whatever order.
    [InlineData(Any + ",{'effect':'deny','payee':['BOB']}", "1 USDC to ALICE", "allow r1")]
    [InlineData(Any + ",{'effect':'deny','payee':['BOB']}", "1 USDC to BOB", "deny r2")]
    [InlineData("{'effect':'deny','payee':['BOB']}," + Any, "1 USDC to BOB", "deny r1")]
    [InlineData(Any + ",{'effect':'ask','asset':['USDC'],'amountOver':'10'}", "10 USDC to ALICE", "allow r1")]
    [InlineData(Any + ",{'effect':'ask','asset':['USDC'],'amountOver':'10'}", "11 USDC to ALICE", "ask r2")]
    [InlineData("{'effect':'ask','asset':['USDC'],'amountOver':'10'}," + Any, "11 USDC to ALICE", "ask r1")]
    [InlineData("{'effect':'ask','asset':['USDC']},{'effect':'deny','asset':['USDC'],'amountOver':'10'}", "10 USDC to ALICE", "ask r1")]
    [InlineData("{'effect':'ask','asset':['USDC']},{'effect':'deny','asset':['USDC'],'amountOver':'10'}", "11 USDC to ALICE", "deny r2")]
    [InlineData(Any + "," + Any, "1 USDC to ALICE", "allow r1")]
    // An asset that is not named.
    [InlineData("{'effect':'allow'}", "1 USDC to ALICE", "deny asset_not_listed")]
    [InlineData("{'effect':'ask'}", "1 USDC to ALICE", "deny asset_not_listed")]
    [InlineData("{'effect':'allow','network':['eip155:84532']}", "1 FAKE to ALICE", "deny asset_not_listed")]
    [InlineData("{'effect':'allow'}," + Any, "1 FAKE to ALICE", "deny asset_not_listed")]
    [InlineData("{'effect':'allow'},{'effect':'deny','asset':['FAKE'],'amountOver':'1'}", "1 FAKE to ALICE", "deny asset_not_listed")]
    [InlineData(Any, "1 MAIN to ALICE", "deny asset_not_listed")]
    [InlineData("{'effect':'allow','asset':['USDC','MAIN']}", "1 MAIN to ALICE", "allow r1")]
    [InlineData("{'effect':'allow'},{'effect':'ask','asset':['USDC']}", "1 USDC to ALICE", "ask r2")]
    // Networks.
    [InlineData("{'effect':'allow','asset':['USDC','MAIN'],'network':['eip155:8453']}", "1 MAIN to ALICE", "allow r1")]
    [InlineData("{'effect':'allow','asset':['USDC','MAIN'],'network':['eip155:8453']}", "1 USDC to ALICE", "deny asset_not_listed")]
    // Payees, in either case.
    [InlineData("{'effect':'allow','asset':['USDC'],'payee':['0xA11CE00000000000000000000000000000000000']}", "1 USDC to ALICE", "allow r1")]
    [InlineData("{'effect':'allow','asset':['USDC'],'payee':['ALICE']}", "1 USDC to 0XA11CE00000000000000000000000000000000000", "allow r1")]
    [InlineData("{'effect':'allow','asset':['USDC'],'payee':['ALICE']}", "1 USDC to 0xa11ce00000000000000000000000000000000001", "deny asset_not_listed")]
    // Hosts.
    [InlineData(Hosts, "1 USDC to ALICE at api.example.com", "allow r1")]
    [InlineData(Hosts, "1 USDC to ALICE at API.Example.COM.", "allow r1")]
    [InlineData(Hosts, "1 USDC to ALICE at example.com", "deny asset_not_listed")]
    [InlineData(Hosts, "1 USDC to ALICE at evil-api.example.com", "deny asset_not_listed")]
    [InlineData(Hosts, "1 USDC to ALICE at api.example.com.evil.net", "deny asset_not_listed")]
    [InlineData(Hosts, "1 USDC to ALICE at a.shop.example", "allow r1")]
    [InlineData(Hosts, "1 USDC to ALICE at a.b.shop.example", "allow r1")]
    [InlineData(Hosts, "1 USDC to ALICE at shop.example", "deny asset_not_listed")]
    [InlineData(Hosts, "1 USDC to ALICE at evil-shop.example", "deny asset_not_listed")]
    [InlineData(Hosts, "1 USDC to ALICE at .shop.example", "deny invalid_payment")]
    [InlineData(Hosts, "1 USDC to ALICE", "deny asset_not_listed")]
    [InlineData("{'effect':'allow','asset':['USDC'],'host':['bücher.example']}", "1 USDC to ALICE at xn--bcher-kva.example", "allow r1")]
    [InlineData("{'effect':'allow','asset':['USDC'],'host':['xn--bcher-kva.example']}", "1 USDC to ALICE at bücher.example", "allow r1")]
    [InlineData(Any + ",{'effect':'deny','host':['*.evil.example']}", "1 USDC to ALICE at pay.evil.example", "deny r2")]
    [InlineData(Any + ",{'effect':'deny','host':['*.evil.example']}", "1 USDC to ALICE at evil.example", "allow r1")]
    // Directions.
    [InlineData(Any, "in 1 USDC to ALICE", "deny asset_not_listed")]
    [InlineData("{'effect':'allow','direction':'in','asset':['USDC']}", "in 1 USDC to ALICE", "allow r1")]
    [InlineData("{'effect':'allow','direction':'in','asset':['USDC']}", "1 USDC to ALICE", "deny asset_not_listed")]
    // What cannot be judged.
    [InlineData(Any, "1 USDC to 0xa11ce", "deny invalid_payment")]
    [InlineData(Any, "1 eip155:84532/slip44:60 to ALICE", "deny invalid_payment")]
    [InlineData(Any, "1 USDC to ALICE at a/b", "deny invalid_payment")]
    [InlineData(Any, "1 USDC to ALICE at xn--ü.example", "deny invalid_payment")]
    public void Evaluate_WithoutHistory(string rules, string payment, string verdict) => Check(rules, "", [], payment, verdict);

    [Theory]
    [InlineData("'default':'deny',", "1 USDC to ALICE", "deny asset_not_listed")]
    [InlineData("'default':'ask',", "1 USDC to ALICE", "deny asset_not_listed")]
    [InlineData("'assets':['USDC'],", "1 USDC to ALICE", "deny default")]
    [InlineData("'assets':['USDC'],'default':'deny',", "1 USDC to ALICE", "deny default")]
    [InlineData("'assets':['USDC'],'default':'ask',", "1 USDC to ALICE", "ask default")]
    [InlineData("'assets':['USDC'],'default':'ask',", "1 FAKE to ALICE", "deny asset_not_listed")]
    public void Evaluate_WithoutARuleThatHolds_IsTheDefaultForNamedAssets(string more, string payment, string verdict) => Check("", more, [], payment, verdict);

    [Theory]
    // A listed asset needs no rule that names it.
    [InlineData("{'effect':'allow'}", "1 USDC to ALICE", "allow r1")]
    [InlineData("{'effect':'allow'}", "1 FAKE to ALICE", "deny asset_not_listed")]
    public void Evaluate_WithListedAssets(string rules, string payment, string verdict) => Check(rules, "'assets':['USDC'],", [], payment, verdict);

    [Theory]
    [InlineData("{'effect':'ask','asset':['USDC'],'firstPayee':true},{'effect':'allow','asset':['USDC']}", "", "1 USDC to ALICE", "ask r1")]
    [InlineData("{'effect':'ask','asset':['USDC'],'firstPayee':true},{'effect':'allow','asset':['USDC']}", "1 USDC to ALICE", "1 USDC to ALICE", "allow r2")]
    [InlineData("{'effect':'ask','asset':['USDC'],'firstPayee':true},{'effect':'allow','asset':['USDC']}", "1 USDC to BOB", "1 USDC to ALICE", "ask r1")]
    // The same address on another chain may be somebody else's contract.
    [InlineData("{'effect':'allow','asset':['USDC'],'firstPayee':false}", "1 MAIN to ALICE", "1 USDC to ALICE", "deny asset_not_listed")]
    [InlineData("{'effect':'allow','asset':['USDC'],'firstPayee':false}", "1 FAKE to ALICE", "1 USDC to ALICE", "allow r1")]
    // Money that came from somebody makes nobody a known payee.
    [InlineData("{'effect':'allow','asset':['USDC'],'firstPayee':false}", "in 1 USDC to ALICE", "1 USDC to ALICE", "deny asset_not_listed")]
    // Payments: the third is within, the fourth is not.
    [InlineData(Hourly, "1 USDC to ALICE;1 USDC to BOB", "1 USDC to ALICE", "allow r1")]
    [InlineData(Hourly, "1 USDC to ALICE;1 USDC to BOB;1 USDC to BOB", "1 USDC to ALICE", "deny asset_not_listed")]
    [InlineData(Hourly, "1 USDC to ALICE;1 USDC to BOB;1 FAKE to BOB", "1 USDC to ALICE", "allow r1")]
    [InlineData(Hourly, "1 USDC to ALICE;1 USDC to BOB;in 1 USDC to BOB", "1 USDC to ALICE", "allow r1")]
    [InlineData(Any + ",{'effect':'deny','velocityOver':{'window':'1h','payments':2}}", "1 USDC to ALICE", "1 USDC to ALICE", "allow r1")]
    [InlineData(Any + ",{'effect':'deny','velocityOver':{'window':'1h','payments':2}}", "1 USDC to ALICE;1 FAKE to BOB", "1 USDC to ALICE", "deny r2")]
    // Amounts: 300 is within, 301 is not, and other assets do not count.
    [InlineData(HourlyAmount, "200 USDC to ALICE", "100 USDC to ALICE", "allow r1")]
    [InlineData(HourlyAmount, "200 USDC to ALICE", "101 USDC to ALICE", "deny r2")]
    [InlineData(HourlyAmount, "200 USDC to ALICE;100 FAKE to ALICE", "100 USDC to ALICE", "allow r1")]
    [InlineData(HourlyAmount, "", "300 USDC to ALICE", "allow r1")]
    [InlineData(HourlyAmount, "", "301 USDC to ALICE", "deny r2")]
    [InlineData(HourlyAmount, "340282366920938463463374607431768211455 USDC to ALICE", "1 USDC to ALICE", "deny r2")]
    // Over: one of both is enough. At most: both are kept.
    [InlineData(Any + ",{'effect':'ask','asset':['USDC'],'velocityOver':{'window':'1h','payments':2,'amount':'300'}}", "1 USDC to ALICE;1 USDC to ALICE", "1 USDC to ALICE", "ask r2")]
    [InlineData(Any + ",{'effect':'ask','asset':['USDC'],'velocityOver':{'window':'1h','payments':2,'amount':'300'}}", "200 USDC to ALICE", "101 USDC to ALICE", "ask r2")]
    [InlineData(Any + ",{'effect':'ask','asset':['USDC'],'velocityOver':{'window':'1h','payments':2,'amount':'300'}}", "200 USDC to ALICE", "100 USDC to ALICE", "allow r1")]
    [InlineData("{'effect':'allow','asset':['USDC'],'velocityAtMost':{'window':'1h','payments':2,'amount':'300'}}", "200 USDC to ALICE", "101 USDC to ALICE", "deny asset_not_listed")]
    public void Evaluate_WithPaymentsRightBefore(string rules, string before, string payment, string verdict) =>
        Check(rules, "", before.Split(';', StringSplitOptions.RemoveEmptyEntries), payment, verdict);

    [Theory]
    [InlineData(3_599_999, "deny r2")]
    [InlineData(3_600_000, "allow r1")]
    [InlineData(3_600_001, "allow r1")]
    // The clock went back: what was paid was paid.
    [InlineData(-60_000, "deny r2")]
    public void Evaluate_CountsAPaymentForTheWindow(int millisecondsLater, string verdict)
    {
        var memory = SpendingMemory.Empty.With(SamplePolicies.Payment("300 USDC to ALICE"), SamplePolicies.Noon);
        var policy = SamplePolicies.Policy(HourlyAmount);
        Assert.Equal(verdict, Text(policy.Evaluate(SamplePolicies.Payment("1 USDC to ALICE"), memory, SamplePolicies.Noon.AddMilliseconds(millisecondsLater))));
    }

    [Fact]
    public void Evaluate_OfANetworkThatIsNotTheAssets_Denies() => Assert.Equal(
        "deny invalid_payment",
        Text(SamplePolicies.Policy(Any).Evaluate(SamplePolicies.Payment("1 USDC to ALICE") with { Network = "eip155:8453" }, SpendingMemory.Empty, SamplePolicies.Noon)));

    /// <summary>Never an exception: whatever a caller leaves out, the payment is not made.</summary>
    [Theory]
    [InlineData("payee")]
    [InlineData("asset")]
    [InlineData("network")]
    [InlineData("asset network")]
    [InlineData("direction")]
    public void Evaluate_OfAPaymentOfWhichSomethingIsMissing_Denies(string missing)
    {
        var payment = SamplePolicies.Payment("1 USDC to ALICE");
        payment = payment with
        {
            Payee = missing.Contains("payee", StringComparison.Ordinal) ? null! : payment.Payee,
            Asset = missing.Contains("asset", StringComparison.Ordinal) ? null! : payment.Asset,
            Network = missing.Contains("network", StringComparison.Ordinal) ? null! : payment.Network,
            Direction = missing.Contains("direction", StringComparison.Ordinal) ? (PaymentDirection)2 : payment.Direction,
        };
        Assert.Equal("deny invalid_payment", Text(SamplePolicies.Policy(Any).Evaluate(payment, SpendingMemory.Empty, SamplePolicies.Noon)));
    }

    private static void Check(string rules, string more, string[] before, string payment, string verdict)
    {
        var policy = SamplePolicies.Policy(rules, more);
        var memory = before.Aggregate(SpendingMemory.Empty, (so, one) => so.With(SamplePolicies.Payment(one), SamplePolicies.Noon));
        Assert.Equal(verdict, Text(policy.Evaluate(SamplePolicies.Payment(payment), memory, SamplePolicies.Noon)));
        // What is stored says the same.
        Assert.Equal(verdict, Text(SpendingPolicy.Parse(policy.ToJson()).Policy!.Evaluate(SamplePolicies.Payment(payment), memory, SamplePolicies.Noon)));
    }

    private static string Text(PolicyVerdict verdict)
    {
        Assert.NotEmpty(verdict.Detail);
        return $"{verdict.Effect.ToString().ToLowerInvariant()} {verdict.RuleId ?? verdict.Reason}";
    }
}
