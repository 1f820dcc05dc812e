using AgentMesh.Agents.Policies;
using static AgentMesh.Agents.Tests.Policies.SamplePolicies;

namespace AgentMesh.Agents.Tests.Policies;

/// <summary>What is said of a document that is no policy, and of a payment that a policy denies. People mend their documents by these sentences.</summary>
public sealed class PolicyRefusalsTests
{
    private const string NotWindow = "must be whole minutes or hours from 1m to 24h, such as 90m or 1h.";
    private const string NotAmount = "must be a text of decimal digits, atomic units below 2^128, without a leading zero.";

    [Theory]
    [InlineData("[]", "The policy must be an object.")]
    [InlineData("{", "The policy is not JSON of at most 4 levels in which no member stands twice.")]
    [InlineData("{'version':1,'rules':[{'id':'\\ud800','effect':'allow'}]}", "The policy has a text that is not Unicode.")]
    [InlineData("{'rules':[]}", "The policy's /version is missing.")]
    [InlineData("{'version':1}", "The policy's /rules is missing.")]
    [InlineData("{'version':2,'rules':[]}", "The policy's /version must be 1.")]
    // One more than an int can be.
    [InlineData("{'version':2147483648,'rules':[]}", "The policy's /version must be 1.")]
    [InlineData("{'version':1,'rules':[],'rule':[]}", "The policy's /rule is no member of a policy.")]
    [InlineData("{'version':1,'rules':[],'$schema':1}", "The policy's /$schema must be a text.")]
    [InlineData("{'version':1,'rules':[],'default':'allow'}", "The policy's /default must be deny or ask.")]
    [InlineData("{'version':1,'rules':[],'assets':[]}", "The policy's /assets must be an array of 1 to 32 texts.")]
    [InlineData(
        "{'version':1,'rules':[],'assets':['USD']}",
        "The policy's /assets/0 must be a token's CAIP-19, such as eip155:84532/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e.")]
    [InlineData("{'version':1,'rules':{}}", "The policy's /rules must be an array.")]
    public void Document_IsRefusedWithWhatMustBeThere(string document, string sentence) => Assert.Equal(sentence, SpendingPolicy.Parse(Names(document)).Refusal?.Detail);

    [Theory]
    [InlineData("1", "/0 must be an object.")]
    [InlineData("{'effect':'allow'}", "/0/id is missing.")]
    [InlineData("{'id':'a'}", "/0/effect is missing.")]
    [InlineData("{'id':'A','effect':'allow'}", "/0/id must be 1-64 of a-z, 0-9, dot, underscore and hyphen, first a letter or digit.")]
    [InlineData("{'id':'a','effect':'allow'},{'id':'a','effect':'deny'}", "/1/id is another rule's.")]
    [InlineData("{'id':'a','effect':'Allow'}", "/0/effect must be allow, ask or deny.")]
    [InlineData("{'id':'a','effect':1}", "/0/effect must be allow, ask or deny.")]
    [InlineData("{'id':'a','effect':'allow','direction':'both'}", "/0/direction must be out or in.")]
    [InlineData("{'id':'a','effect':'allow','direction':1}", "/0/direction must be out or in.")]
    [InlineData("{'id':'a','effect':'allow','payees':['ALICE']}", "/0/payees is no member of a rule.")]
    [InlineData("{'id':'a','effect':'allow','payee':['0xa11ce']}", "/0/payee/0 must be an address, 0x and 40 hex digits.")]
    [InlineData("{'id':'a','effect':'allow','host':['*.com']}", "/0/host/0 must be a host without port, or *. and a domain of two labels at least.")]
    [InlineData("{'id':'a','effect':'allow','network':['base']}", "/0/network/0 must be a network's CAIP-2, such as eip155:84532.")]
    [InlineData("{'id':'a','effect':'allow','firstPayee':'yes'}", "/0/firstPayee must be true or false.")]
    [InlineData("{'id':'a','effect':'allow','direction':'in','firstPayee':true}", "/0/firstPayee is a condition of payments that go out.")]
    [InlineData("{'id':'a','effect':'allow','asset':['USDC'],'amountAtMost':'01'}", "/0/amountAtMost " + NotAmount)]
    [InlineData("{'id':'a','effect':'allow','amountAtMost':'1'}", "/0/asset is missing: an amount says nothing without the assets that it is of.")]
    [InlineData(
        "{'id':'a','effect':'allow','asset':['USDC'],'amountOver':'5','amountAtMost':'5'}", "/0/amountOver must be less than amountAtMost; the rule would never hold.")]
    public void Rule_IsRefusedWithWhatMustBeThere(string rules, string sentence) => CheckRules(rules, sentence);

    [Theory]
    [InlineData("1", " must be an object.")]
    [InlineData("{'payments':1}", "/window is missing.")]
    [InlineData("{'window':'1h'}", " must have payments, amount or both.")]
    [InlineData("{'window':'1h','payments':1,'payee':1}", "/payee is no member of a velocity.")]
    [InlineData("{'window':'25h','payments':1}", "/window " + NotWindow)]
    [InlineData("{'window':60,'payments':1}", "/window " + NotWindow)]
    [InlineData("{'window':'1h','payments':0}", "/payments must be a whole number, 1 to 10000.")]
    [InlineData("{'window':'1h','payments':-1}", "/payments must be a whole number, 1 to 10000.")]
    [InlineData("{'window':'1h','payments':2147483648}", "/payments must be a whole number, 1 to 10000.")]
    [InlineData("{'window':'1h','amount':5}", "/amount " + NotAmount)]
    public void Velocity_IsRefusedWithWhatMustBeThere(string velocity, string sentence) =>
        CheckRules($"{{'id':'a','effect':'ask','asset':['USDC'],'velocityOver':{velocity}}}", $"/0/velocityOver{sentence}");

    [Fact]
    public void Bounds_AreSaid()
    {
        CheckRules(string.Join(',', Enumerable.Range(0, PolicyLimits.Rules + 1).Select(n => $"{{'id':'r{n}','effect':'allow'}}")), " has more than 64 rules.");
        Assert.Equal("The policy is longer than 16384 bytes.", SpendingPolicy.Parse(new string(' ', PolicyLimits.DocumentBytes + 1)).Refusal?.Detail);
    }

    [Theory]
    [InlineData("1 USDC to ALICE", "The policy's rule r1 says deny.")]
    [InlineData("1 MAIN to ALICE", "No rule of the policy is about this payment, and its default is deny.")]
    [InlineData("1 FAKE to ALICE", "No rule of the policy allows a payment like this in that asset, or asks about it.")]
    [InlineData("1 USDC to nobody", "The payment's payee, host, asset or network is none that the policy can judge.")]
    public void DeniedPayment_IsRefusedWithTheReason(string payment, string sentence)
    {
        var verdict = Policy("{'effect':'deny','asset':['USDC']}", "'assets':['MAIN'],").Evaluate(Payment(payment), SpendingMemory.Empty, Noon);
        var refusal = PolicyRefusals.PolicyDenied(verdict);
        Assert.Equal(("policy_denied", sentence), (refusal.Code, refusal.Detail));
    }

    private static void CheckRules(string rules, string sentence) =>
        Assert.Equal($"The policy's /rules{sentence}", SpendingPolicy.Parse(Names($"{{'version':1,'rules':[{rules}]}}")).Refusal?.Detail);
}
