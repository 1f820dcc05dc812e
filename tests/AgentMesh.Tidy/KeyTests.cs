using System.Text.RegularExpressions;

namespace AgentMesh.Tidy;

/// <summary>
/// Actor ids, state keys and other names in a store are made in one place each, so that none can leave the tenant out or run into another one. A careful look
/// at the text, not a proof: texts that look like such names are made in the factories only, or stand here with a reason.
/// </summary>
public sealed partial class KeyTests
{
    private static readonly string[] Folders =
        ["src/AgentMesh.Agents", "src/AgentMesh.ActorHost", "src/AgentMesh.Contracts", "src/AgentMesh.Gateway", "src/AgentMesh.Payments", "src/AgentMesh.Primitives"];

    /// <summary>Where names are made.</summary>
    private static readonly string[] Factories =
    [
        "src/AgentMesh.Agents/ApiKeys/ApiKeyStateKeys.cs", "src/AgentMesh.Agents/Audit/AuditStateKeys.cs", "src/AgentMesh.Agents/Conversation/StateKeys.cs",
        "src/AgentMesh.Agents/DueWork/TenantStateKeys.cs", "src/AgentMesh.Payments/Records/PaymentStateKeys.cs",
        "src/AgentMesh.Primitives/AgentKey.cs", "src/AgentMesh.Primitives/TopicKey.cs",
    ];

    /// <summary>Texts that look like a name in a store and are none.</summary>
    private static readonly (string File, string Reason)[] Others =
    [
        ("src/AgentMesh.Agents/Approvals/ApprovalTable.cs", "the request id of an approval, hashed at once"),
        ("src/AgentMesh.Agents/Budgets/MeterSliceConverter.cs", "a member of a record: time and amount"),
        ("src/AgentMesh.Agents/DueWork/ShardCursor.cs", "a cursor, which is read back and is no key"),
        ("src/AgentMesh.Agents/Mail/MailAnswers.cs", "request, grant and session ids within one agent's records"),
        ("src/AgentMesh.Agents/Mail/MailId.cs", "the request id of a message, hashed at once"),
        ("src/AgentMesh.Agents/Mail/MailOwner.cs", "the request id of a replay"),
        ("src/AgentMesh.Agents/Mail/MailSending.cs", "the id of a hold within one agent's ledger"),
        ("src/AgentMesh.Agents/Policies/PolicyFacts.cs", "an account, CAIP-10"),
        ("src/AgentMesh.Agents/Purchases/PurchaseRequest.cs", "a text that is hashed at once, its parts with their lengths"),
        ("src/AgentMesh.Agents/Schedules/ScheduleRuns.cs", "the request id of a schedule's run within one agent"),
        ("src/AgentMesh.Agents/Sessions/SessionId.cs", "a text that is hashed at once, of one of two kinds"),
        ("src/AgentMesh.Agents/Summaries/SummaryFunds.cs", "the id of a hold within one agent's ledger"),
        ("src/AgentMesh.Agents/Turns/OpenTurn.cs", "the id of a hold within one agent's ledger"),
        ("src/AgentMesh.ActorHost/Mail/InboundMail.cs", "an idempotency key within one agent, a hash"),
        ("src/AgentMesh.ActorHost/Mail/MailWire.cs", "the request id of a replay"),
        ("src/AgentMesh.ActorHost/Tools/ScheduleTools.cs", "a request id within one agent"),
        ("src/AgentMesh.ActorHost/Tools/ToolContext.cs", "a request id within one agent"),
        ("src/AgentMesh.Gateway/Audit/AdminAudit.cs", "an action in the audit chain that has no name"),
        ("src/AgentMesh.Gateway/Edge/EdgeOptions.cs", "the name of a setting"),
        ("src/AgentMesh.Gateway/Identity/Caller.cs", "who called, for the audit chain and for logs"),
        ("src/AgentMesh.Gateway/Identity/IdentityExtensions.cs", "the name of a setting"),
        ("src/AgentMesh.Gateway/Mcp/Conformance/ConformanceExtensions.cs", "the name of a setting"),
        ("src/AgentMesh.Gateway/Mcp/Conformance/ConformanceOptions.cs", "the name of a setting"),
        ("src/AgentMesh.Gateway/Mcp/Tools/PaymentConfirmations.cs", "an idempotency key within one agent"),
        ("src/AgentMesh.Gateway/Policies/EvaluatePolicyRequest.cs", "a budget's scope, of which only the form is checked"),
        ("src/AgentMesh.Payments/Settlement/SettlementRun.cs", "an event's id"),
        ("src/AgentMesh.Primitives/Audit/AuditHead.cs", "a head as people keep it"),
    ];

    [Fact]
    public void Names_AreMadeByTheirFactories()
    {
        var made = Files().Where(file => MakesName(Repository.Read(file))).Order(StringComparer.Ordinal);
        Assert.Equal(Others.Select(row => row.File).Concat(Factories).Order(StringComparer.Ordinal), made);
    }

    [Fact]
    public void Calls_TakeNoNameThatIsMadeThere() => Assert.DoesNotContain(Files(), file => PassesName(Repository.Read(file)));

    [Theory]
    [InlineData("""var id = $"{tenant}:{user}";""", true)]
    [InlineData("""var key = $"page:{session}:{n}";""", true)]
    [InlineData("""var key = string.Create(culture, $"claim:{n}");""", true)]
    [InlineData("""var key = "session:" + id;""", true)]
    [InlineData("""var key = "key-" + id;""", true)]
    [InlineData("""var key = tenant + ":" + user;""", true)]
    [InlineData("""var key = string.Concat(tenant, ":", user);""", true)]
    [InlineData("""var key = string.Join(':', tenant, user);""", true)]
    [InlineData("""var key = string.Join(":", tenant, user);""", true)]
    [InlineData("""/// <summary>$"{tenant}:{user}"</summary>""", false)]
    [InlineData("""    // "session:" + id""", false)]
    [InlineData("""var text = $"limit is {n}: too many";""", false)]
    [InlineData("""var text = $"time {now:u}";""", false)]
    [InlineData("""var text = $"{name} and {other}";""", false)]
    [InlineData("""var key = StateKeys.Page(session, n);""", false)]
    [InlineData("""var text = string.Join(", ", names);""", false)]
    public void Rule_KnowsANameWhenItSeesOne(string line, bool isMade) => Assert.Equal(isMade, MakesName(line));

    [Theory]
    [InlineData("""new ActorId($"{tenant}")""", true)]
    [InlineData("""new ActorId(tenant + user)""", true)]
    [InlineData("""new ActorId("default")""", true)]
    [InlineData("""StateManager.SetStateAsync("head", head)""", true)]
    [InlineData("""StateManager.TryGetStateAsync<Head>($"h{n}", token)""", true)]
    [InlineData("""new ActorId(tenant.ToString())""", false)]
    [InlineData("""new ActorId(agent)""", false)]
    [InlineData("""StateManager.SetStateAsync(StateKeys.Head, head)""", false)]
    [InlineData("""StateManager.TryGetStateAsync<Head>(key, token)""", false)]
    public void Rule_KnowsACallThatMakesItsName(string line, bool passes) => Assert.Equal(passes, PassesName(line));

    private static IEnumerable<string> Files() => Folders.SelectMany(folder => Repository.Files(folder, "*.cs"));

    private static bool MakesName(string source) => Code(source).Any(line => MadeName().IsMatch(line));

    private static bool PassesName(string source) => Code(source).Any(line => PassedName().IsMatch(line));

    private static IEnumerable<string> Code(string source) => source.Split('\n').Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal));

    // A hole of an interpolation beside a colon without a blank; a literal that ends with a colon, or is a word with a hyphen at its end, and has something
    // added; a colon that joins.
    [GeneratedRegex("""
        \$"([a-z-]+:|[^"]*[}]:)[{](?![{])|\$"[^"\s]*[}]:[a-z{]|"([a-z-]+[:-]|:)"\s*\+\s*\w|\+\s*":"\s*\+|string\.Join\((':'|":"),|string\.Concat\([^)]*":"
        """)]
    private static partial Regex MadeName();

    [GeneratedRegex("""
        new ActorId\((\$?"|[^()]*\+)|\b(Try)?(Set|Get|Remove|Add|Contains|AddOrUpdate)StateAsync(<[^(]*>)?\(\$?"
        """)]
    private static partial Regex PassedName();
}
