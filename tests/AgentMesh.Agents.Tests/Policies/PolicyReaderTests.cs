using System.Text;
using System.Text.Json;
using AgentMesh.Agents.Policies;
using CsCheck;
using Json.Schema;
using static AgentMesh.Agents.Tests.Policies.SamplePolicies;

namespace AgentMesh.Agents.Tests.Policies;

/// <summary>Documents, good and bad, as the reader and the published schema take them.</summary>
public sealed class PolicyReaderTests
{
    private static readonly JsonSchema Schema = JsonSchema.FromText(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "spending-policy.v1.json")));

    [Theory]
    [InlineData("{'version':1,'rules':[]}")]
    [InlineData("{'version':1.0,'rules':[]}")]
    [InlineData("{'$schema':'https://x','version':1,'assets':['USDC'],'rules':[],'default':'ask'}")]
    [InlineData("{'version':1,'rules':[],'default':'deny'}")]
    [InlineData("{'version':1,'rules':[{'id':'a','effect':'allow'}]}")]
    [InlineData("{'version':1,'rules':[{'id':'0.a_b-c','effect':'ask','direction':'in'}]}")]
    [InlineData("{'version':1,'rules':[{'id':'a','effect':'deny','payee':['ALICE','0XB0B0000000000000000000000000000000000000']}]}")]
    [InlineData("{'version':1,'rules':[{'id':'a','effect':'deny','host':['a.example','*.b.example','[::1]','127.0.0.1','bücher.example']}]}")]
    [InlineData("{'version':1,'rules':[{'id':'a','effect':'deny','asset':['USDC'],'network':['eip155:1']}]}")]
    [InlineData("{'version':1,'rules':[{'id':'a','effect':'allow','asset':['USDC'],'amountOver':'0','amountAtMost':'1'}]}")]
    [InlineData("{'version':1,'rules':[{'id':'a','effect':'allow','asset':['USDC'],'amountAtMost':'340282366920938463463374607431768211455'}]}")]
    [InlineData("{'version':1,'rules':[{'id':'a','effect':'allow','firstPayee':true},{'id':'b','effect':'ask','firstPayee':false}]}")]
    [InlineData("{'version':1,'rules':[{'id':'a','effect':'ask','velocityOver':{'window':'1m','payments':1}}]}")]
    [InlineData("{'version':1,'rules':[{'id':'a','effect':'ask','velocityOver':{'window':'1440m','payments':10000}}]}")]
    [InlineData("{'version':1,'rules':[{'id':'a','effect':'ask','velocityOver':{'window':'24h','payments':2.0}}]}")]
    [InlineData("{'version':1,'rules':[{'id':'a','effect':'allow','asset':['USDC'],'velocityAtMost':{'window':'90m','payments':5,'amount':'7'}}]}")]
    public void Good(string document)
    {
        var parsed = SpendingPolicy.Parse(Names(document));
        Assert.Empty(parsed.Faults);
        Assert.Null(parsed.Refusal);
        Assert.True(IsValid(Names(document)));
        // What is written is read again as the same, and is good by the schema too.
        var written = parsed.Policy!.ToJson();
        Assert.Equal(written, SpendingPolicy.Parse(written).Policy!.ToJson());
        Assert.True(IsValid(written));
    }

    [Theory]
    [InlineData("[]", "")]
    [InlineData("null", "")]
    [InlineData("{}", "/version /rules")]
    [InlineData("{'version':2,'rules':[]}", "/version")]
    [InlineData("{'version':'1','rules':[]}", "/version")]
    [InlineData("{'version':1}", "/rules")]
    [InlineData("{'version':1,'rules':{}}", "/rules")]
    [InlineData("{'version':1,'rules':[],'default':'allow'}", "/default")]
    [InlineData("{'version':1,'rules':[],'default':null}", "/default")]
    [InlineData("{'version':1,'rules':[],'rule':[]}", "/rule")]
    [InlineData("{'version':1,'rules':[],'a/b~c':1}", "/a~1b~0c")]
    [InlineData("{'version':1,'rules':[],'assets':[]}", "/assets")]
    [InlineData("{'version':1,'rules':[],'assets':['USD']}", "/assets/0")]
    [InlineData("{'version':1,'rules':[],'assets':['USDC','eip155:01/erc20:ALICE']}", "/assets/1")]
    [InlineData("{'version':1,'rules':[],'assets':['eip155:1/erc20:0x1']}", "/assets/0")]
    [InlineData("{'version':1,'rules':[],'assets':['eip155:1/slip44:60']}", "/assets/0")]
    [InlineData("{'version':1,'rules':[],'$schema':1}", "/$schema")]
    [InlineData("{'version':1,'rules':[1]}", "/rules/0")]
    [InlineData("{'version':1,'rules':[{}]}", "/rules/0/id /rules/0/effect")]
    [InlineData("{'version':1,'rules':[{'id':'A','effect':'allow'}]}", "/rules/0/id")]
    // Two rules without an id have not the same one.
    [InlineData("{'version':1,'rules':[1,1]}", "/rules/0 /rules/1")]
    [InlineData("{'version':1,'rules':[{'effect':'ask'},{'effect':'ask'}]}", "/rules/0/id /rules/1/id")]
    [InlineData("{'version':1,'rules':[{'id':'A','effect':'ask'},{'id':'A','effect':'ask'}]}", "/rules/0/id /rules/1/id")]
    [InlineData("{'version':1,'rules':[{'id':'','effect':'allow'}]}", "/rules/0/id")]
    [InlineData("{'version':1,'rules':[{'id':'a','effect':'Allow'}]}", "/rules/0/effect")]
    [InlineData("{'version':1,'rules':[{'id':'a','effect':'allow','direction':'both'}]}", "/rules/0/direction")]
    [InlineData("{'version':1,'rules':[{'id':'a','effect':'allow','payees':['ALICE']}]}", "/rules/0/payees")]
    [InlineData("{'version':1,'rules':[{'id':'a','effect':'allow','payee':'ALICE'}]}", "/rules/0/payee")]
    [InlineData("{'version':1,'rules':[{'id':'a','effect':'allow','payee':[]}]}", "/rules/0/payee")]
    [InlineData("{'version':1,'rules':[{'id':'a','effect':'allow','payee':['ALICE',1]}]}", "/rules/0/payee/1")]
    [InlineData("{'version':1,'rules':[{'id':'a','effect':'allow','payee':['0xa11ce']}]}", "/rules/0/payee/0")]
    [InlineData("{'version':1,'rules':[{'id':'a','effect':'allow','host':['*.com']}]}", "/rules/0/host/0")]
    [InlineData("{'version':1,'rules':[{'id':'a','effect':'allow','host':['example.com:443','https://a.example']}]}", "/rules/0/host/0 /rules/0/host/1")]
    [InlineData("{'version':1,'rules':[{'id':'a','effect':'allow','host':['a.*.example','*']}]}", "/rules/0/host/0 /rules/0/host/1")]
    [InlineData("{'version':1,'rules':[{'id':'a','effect':'allow','network':['eip155:*','base']}]}", "/rules/0/network/0 /rules/0/network/1")]
    [InlineData("{'version':1,'rules':[{'id':'a','effect':'allow','asset':['USDC'],'amountAtMost':100}]}", "/rules/0/amountAtMost")]
    [InlineData("{'version':1,'rules':[{'id':'a','effect':'allow','asset':['USDC'],'amountAtMost':'1.5'}]}", "/rules/0/amountAtMost")]
    [InlineData("{'version':1,'rules':[{'id':'a','effect':'allow','asset':['USDC'],'amountAtMost':'01'}]}", "/rules/0/amountAtMost")]
    [InlineData("{'version':1,'rules':[{'id':'a','effect':'allow','asset':['USDC'],'amountAtMost':'-1'}]}", "/rules/0/amountAtMost")]
    [InlineData("{'version':1,'rules':[{'id':'a','effect':'allow','asset':['USDC'],'amountAtMost':''}]}", "/rules/0/amountAtMost")]
    [InlineData("{'version':1,'rules':[{'id':'a','effect':'allow','amountAtMost':'1'}]}", "/rules/0/asset")]
    [InlineData("{'version':1,'rules':[{'id':'a','effect':'ask','amountOver':'1'}]}", "/rules/0/asset")]
    [InlineData("{'version':1,'rules':[{'id':'a','effect':'deny','velocityOver':{'window':'1h','amount':'1'}}]}", "/rules/0/asset")]
    [InlineData("{'version':1,'rules':[{'id':'a','effect':'allow','velocityAtMost':{'window':'1h','amount':'1'}}]}", "/rules/0/asset")]
    [InlineData("{'version':1,'rules':[{'id':'a','effect':'allow','firstPayee':'yes'}]}", "/rules/0/firstPayee")]
    [InlineData("{'version':1,'rules':[{'id':'a','effect':'allow','direction':'in','payee':['ALICE']}]}", "/rules/0/payee")]
    [InlineData("{'version':1,'rules':[{'id':'a','effect':'allow','direction':'in','host':['a.example']}]}", "/rules/0/host")]
    [InlineData("{'version':1,'rules':[{'id':'a','effect':'allow','direction':'in','firstPayee':true}]}", "/rules/0/firstPayee")]
    [InlineData("{'version':1,'rules':[{'id':'a','effect':'ask','velocityOver':1}]}", "/rules/0/velocityOver")]
    [InlineData("{'version':1,'rules':[{'id':'a','effect':'ask','velocityOver':{'payments':1}}]}", "/rules/0/velocityOver/window")]
    [InlineData("{'version':1,'rules':[{'id':'a','effect':'ask','velocityOver':{'window':'1h'}}]}", "/rules/0/velocityOver")]
    [InlineData("{'version':1,'rules':[{'id':'a','effect':'ask','velocityOver':{'window':'0h','payments':1}}]}", "/rules/0/velocityOver/window")]
    [InlineData("{'version':1,'rules':[{'id':'a','effect':'ask','velocityOver':{'window':'25h','payments':1}}]}", "/rules/0/velocityOver/window")]
    [InlineData("{'version':1,'rules':[{'id':'a','effect':'ask','velocityOver':{'window':'1441m','payments':1}}]}", "/rules/0/velocityOver/window")]
    [InlineData("{'version':1,'rules':[{'id':'a','effect':'ask','velocityOver':{'window':'01h','payments':1}}]}", "/rules/0/velocityOver/window")]
    [InlineData("{'version':1,'rules':[{'id':'a','effect':'ask','velocityOver':{'window':'1d','payments':1}}]}", "/rules/0/velocityOver/window")]
    [InlineData("{'version':1,'rules':[{'id':'a','effect':'ask','velocityOver':{'window':'60s','payments':1}}]}", "/rules/0/velocityOver/window")]
    [InlineData("{'version':1,'rules':[{'id':'a','effect':'ask','velocityOver':{'window':'1h','payments':0}}]}", "/rules/0/velocityOver/payments")]
    [InlineData("{'version':1,'rules':[{'id':'a','effect':'ask','velocityOver':{'window':'1h','payments':10001}}]}", "/rules/0/velocityOver/payments")]
    [InlineData("{'version':1,'rules':[{'id':'a','effect':'ask','velocityOver':{'window':'1h','payments':1.5}}]}", "/rules/0/velocityOver/payments")]
    [InlineData("{'version':1,'rules':[{'id':'a','effect':'ask','velocityOver':{'window':'1h','payments':1,'payee':1}}]}", "/rules/0/velocityOver/payee")]
    public void Bad(string document, string faults)
    {
        Assert.Equal(faults, string.Join(' ', FaultsOf(Names(document))));
        Assert.False(IsValid(Names(document)));
    }

    /// <summary>What a schema cannot say, or not in a way that people can read.</summary>
    [Theory]
    [InlineData("{'version':1,'rules':[{'id':'a','effect':'allow'},{'id':'a','effect':'deny'}]}", "/rules/1/id")]
    [InlineData("{'version':1,'rules':[{'id':'a','effect':'allow','asset':['USDC'],'amountOver':'5','amountAtMost':'5'}]}", "/rules/0/amountOver")]
    [InlineData("{'version':1,'rules':[{'id':'a','effect':'allow','asset':['USDC'],'amountAtMost':'340282366920938463463374607431768211456'}]}", "/rules/0/amountAtMost")]
    [InlineData("{'version':1,'rules':[{'id':'a','effect':'allow','host':['a..b','1.2.3.4.5']}]}", "/rules/0/host/0 /rules/0/host/1")]
    [InlineData("{'version':1,'rules':[{'id':'a','effect':'deny','host':['xn--ü.example']}]}", "/rules/0/host/0")]
    public void Bad_BeyondTheSchema(string document, string faults)
    {
        Assert.Equal(faults, string.Join(' ', FaultsOf(Names(document))));
        Assert.True(IsValid(Names(document)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{'version':1,'rules':[]} {}")]
    [InlineData("{'version':1,'rules':[],}")]
    [InlineData("{'version':1,'rules':[]/**/}")]
    [InlineData("{'version':1,'version':1,'rules':[]}")]
    [InlineData("{'version':1,'rules':[{'id':'a','effect':'allow','effect':'deny'}]}")]
    [InlineData("{'version':1,'rules':[[[[[]]]]]}")]
    [InlineData("{'version':1,'rules':[{'id':'\\ud800','effect':'allow'}]}")]
    [InlineData("{'version':1,'rules':[],'\\ud800':1}")]
    public void WhatIsNoDocument_IsOneFault(string document) => Assert.Equal([""], FaultsOf(Names(document)));

    [Fact]
    public void Rules_HaveABound()
    {
        Assert.Empty(FaultsOf(WithRules(PolicyLimits.Rules)));
        Assert.Equal(["/rules"], FaultsOf(WithRules(PolicyLimits.Rules + 1)));
        Assert.True(IsValid(WithRules(PolicyLimits.Rules)));
        Assert.False(IsValid(WithRules(PolicyLimits.Rules + 1)));

        static string WithRules(int count) => Document(string.Join(',', Enumerable.Repeat("{'effect':'allow'}", count)));
    }

    [Fact]
    public void Values_HaveABound()
    {
        Assert.Empty(FaultsOf(WithHosts(PolicyLimits.Values)));
        Assert.Equal(["/rules/0/host"], FaultsOf(WithHosts(PolicyLimits.Values + 1)));
        Assert.True(IsValid(WithHosts(PolicyLimits.Values)));
        Assert.False(IsValid(WithHosts(PolicyLimits.Values + 1)));

        static string WithHosts(int count) => Document($"{{'effect':'allow','host':[{string.Join(',', Enumerable.Range(0, count).Select(n => $"'h{n}.example'"))}]}}");
    }

    [Fact]
    public void Document_HasALength()
    {
        Assert.Empty(FaultsOf(OfBytes(PolicyLimits.DocumentBytes)));
        Assert.Equal([""], FaultsOf(OfBytes(PolicyLimits.DocumentBytes + 1)));

        static string OfBytes(int bytes)
        {
            var empty = Names("{'$schema':'é','version':1,'rules':[]}");
            return empty.Replace("é", "é" + new string('x', bytes - Encoding.UTF8.GetByteCount(empty)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Faults_AreToldToABound_WithTheFirstOneInTheDetail()
    {
        var parsed = SpendingPolicy.Parse(Document(string.Join(',', Enumerable.Repeat("{'effect':'x'}", PolicyLimits.Rules))));
        Assert.Equal(PolicyLimits.Faults, parsed.Faults.Length);
        Assert.Equal(("invalid_policy", "The policy's /rules/0/effect must be allow, ask or deny."), (parsed.Refusal!.Code, parsed.Refusal.Detail));
    }

    /// <summary>Whatever is sent, and however a good document is damaged: no exception, and a policy or a fault.</summary>
    [Fact]
    public void Read_NeverThrows()
    {
        var good = Document(
            "{'effect':'allow','payee':['ALICE'],'host':['*.a.example'],'asset':['USDC'],'amountOver':'1','amountAtMost':'5','velocityOver':{'window':'1h','payments':3,'amount':'9'}}");
        Gen.Select(Gen.Int[0, good.Length - 1], Gen.Int[0, 8], Gen.String).Sample((at, cut, text) =>
        {
            foreach (var document in (string[])[text, good.Remove(at, Math.Min(cut, good.Length - at)).Insert(at, text)])
            {
                var parsed = SpendingPolicy.Parse(document);
                Assert.Equal(parsed.Policy is null, parsed.Faults.Length > 0);
            }
        });
    }

    private static IEnumerable<string> FaultsOf(string document) => SpendingPolicy.Parse(document).Faults.Select(fault => fault.At);

    private static bool IsValid(string document)
    {
        using var json = JsonDocument.Parse(document);
        return Schema.Evaluate(json.RootElement).IsValid;
    }
}
