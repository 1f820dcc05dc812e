using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Serialization;
using AgentMesh.ActorHost.Encryption;
using AgentMesh.ActorHost.Tests.Purchases;
using AgentMesh.Agents.State;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Testing;
using AgentMesh.Testing.ModelServer;

namespace AgentMesh.ActorHost.Tests.Encryption;

/// <summary>What anybody says is in no stored byte: a text goes in by every way that there is, and all that is stored is looked through for it.</summary>
public sealed class EncryptedTextTests
{
    private const string Alice = BuyingHost.Alice;
    private const string Bob = "default:bob";
    private const string Secret = "The-heron-lands-at-noon";

    /// <summary>What the shop answers.</summary>
    private const string Sold = "worth it";

    private static readonly string[] WithText =
    [
        "approvals", "mail-in", "mail-out", "page", "payments", "profile", "purchase", "purchase-answer", "purchase-body", "schedules", "session", "summary", "tasks",
    ];

    /// <summary>Every other record, and why it may be read: a new one adds its line here or to <see cref="EncryptedRecords"/>.</summary>
    private static readonly Dictionary<string, string> InTheClear = new(StringComparer.Ordinal)
    {
        ["AgentHead"] = "counts and times",
        ["SessionIndex"] = "ids",
        ["SessionExpiries"] = "ids and times",
        ["EventLogPage"] = "where messages are, and facts, which have no text",
        ["TurnTable"] = "ids, times, names of tools",
        ["UsageRecord"] = "counts and times",
        ["DueIndex"] = "counts",
        ["DueShard"] = "users and times",
        ["DueTenants"] = "tenants and times",
        ["WalletRecord"] = "an address, and a key that is encrypted already",
        ["WalletIndex"] = "counts",
        ["WalletShard"] = "users",
        ["AgentIndex"] = "counts",
        ["AgentShard"] = "users and counts",
        ["QuarantinedAgents"] = "users, names of records, times",
        ["PaymentBook"] = "counts",
        ["PaymentPlace"] = "a number",
        ["Ledger"] = "amounts, times, ids, names of tools",
        ["PolicyRecord"] = "the owner's settings",
        ["SpendingMemory"] = "payees, hosts, amounts",
        ["FreezeRecord"] = "an operator's reason",
        ["TenantControl"] = "an operator's reason",
        ["TenantLedger"] = "amounts",
        ["PurchaseBook"] = "ids and times",
        ["MailBook"] = "ids, times, the owner's settings",
        ["MailSenders"] = "hashes of names, and numbers",
        ["PublishedRecord"] = "a number",
        ["AgentTopics"] = "names",
        ["TopicMembers"] = "names",
        ["SpentTickets"] = "hashes of tickets, ids and times",
        ["AuditBook"] = "counts and hashes",
        ["AuditPage"] = "what admins did, and their reasons",
        ["ApiKeyBook"] = "ids and times",
        ["ApiKeyRecord"] = "a name that an admin gave, and a salted hash",
    };

    [Fact]
    public void EveryRecord_IsEncrypted_OrHasAReasonNotToBe()
    {
        var records = typeof(AgentStateJson).GetCustomAttributesData().Where(data => data.AttributeType == typeof(JsonSerializableAttribute))
            .Select(data => ((Type)data.ConstructorArguments[0].Value!).Name).ToArray();
        Assert.True(records.Length > InTheClear.Count);
        Assert.Equal(records.Order(StringComparer.Ordinal), EncryptedRecords.Types.Records.Select(type => type.Name).Concat(InTheClear.Keys).Order(StringComparer.Ordinal));
    }

    /// <summary>Without encryption the text is found in every kind of record that is to be encrypted, and in no other.</summary>
    [Fact]
    public async Task WithoutEncryption_TheTextIsInThoseRecords()
    {
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await SayEverythingAsync(model);
        Assert.Equal(WithText, KindsWithText(host.State));
    }

    [Fact]
    public async Task WithEncryption_NoStoredByteHasTheText_AndAllOfItIsReadAgain()
    {
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await SayEverythingAsync(
            model, ("AgentMesh:Encryption:Tenants", "all"), ("AgentMesh:Encryption:KeysSecret", "secretstore/wallet-keys"));
        Assert.Empty(KindsWithText(host.State));
        foreach (var key in host.State.KeysOf(Alice).Where(key => key != "payments" && WithText.Append("idem").Contains(key.Split(':')[0])))
            Assert.Contains("\"enc\":", host.State[Alice, key], StringComparison.Ordinal);
        Assert.Contains(host.State.KeysOf(Alice), key => key.StartsWith("idem:", StringComparison.Ordinal));

        await host.Host.DeactivateAsync(Alice);
        await host.Host.DeactivateAsync(Bob);
        Assert.Contains((await host.Host.HistoryAsync(Alice)).Value!.Messages, message => message.Content.StartsWith(Secret, StringComparison.Ordinal));
        Assert.Equal(Secret, (await host.Host.ProfileAsync(Alice)).Value!.SystemPrompt);
        Assert.Equal(Secret, Assert.Single(await host.Host.SchedulesAsync(Alice)).Content);
        Assert.Contains((await host.Host.ListSessionsAsync(Alice)).Value!.Sessions, session => session.Metadata.Contains(Secret, StringComparison.Ordinal));
        Assert.Equal(Secret, Assert.Single(await host.Host.MailAsync(Bob, isSent: false)).Content);
        Assert.Equal(Secret, Assert.Single(await host.Host.MailAsync(Alice, isSent: true)).Content);
        Assert.Contains(Secret, (await host.Host.SummaryAsync(Alice)).Value!.Text, StringComparison.Ordinal);
        Assert.Contains(Secret, (await host.Host.GetTaskAsync(Alice, TaskId)).Value!.Input!.Arguments, StringComparison.Ordinal);
        Assert.Contains(await host.PaymentsAsync(), payment => payment.Resource.Contains(Secret, StringComparison.Ordinal));
    }

    private const string TaskId = "00112233445566778899aabbccddeeff";

    private static async Task<BuyingHost> SayEverythingAsync(FakeModelServer model, params (string, string)[] settings)
    {
        var host = await BuyingHost.StartAsync(model, [("AgentMesh:Turns:ContextBytes", "16384"), .. settings]);
        for (var n = 1; n <= 8; n++)
        {
            var posted = await host.Host.PostAsync(Alice, $"{Secret} {n} {new string('x', 3000)}", $"r{n}", $"key{n}");
            await host.EndOfTurnAsync(posted.Value!.TurnId);
        }

        await host.Host.RemindAsync(Alice, "flush");
        await host.UntilAsync(async () => (await host.Host.SummaryAsync(Alice)).Value is not null);
        await host.Host.SetProfileAsync(Alice, Secret);
        await host.Host.CreateSessionAsync(Alice, "s1", $$"""{"title":"{{Secret}}"}""");
        await host.Host.CreateScheduleAsync(Alice, new CreateSchedule(Secret, null, host.Host.Time.GetUtcNow().AddHours(1), null, null, null, null, null, "c1", null));
        await host.Host.CallAsync(
            Alice, nameof(IAgentTasks.CreateTask),
            JsonContent.Create(
                new CreateTask(TaskId, "tool", Arguments: $$"""{"a":"{{Secret}}"}""", Asked: new TaskQuestions([new TaskQuestion("sure", "{}")], null)), ContractsJson.Default.CreateTask),
            ContractsJson.Default.ReplyAgentTask);
        await host.Host.SendMailAsync(Alice, new SendMail("m1", null, [Bob], Secret));
        await host.UntilAsync(() => Task.FromResult(host.State.KeysOf(Bob).Contains("mail-in:1")));
        var url = $"{host.Shop.Url}/{Secret}";
        Assert.Equal(Sold, BuyingHost.TextOf(await host.BuyAsync("b1", url, body: Secret)));
        host.Shop.Terms = host.Shop.Terms with { Amount = "2000000" };
        Assert.Equal("approval_required", (await host.BuyAsync("b2", url, max: "2000000", body: Secret)).Reason);
        // What is sent is kept until it is known what has become of it.
        host.Shop.Terms = host.Shop.Terms with { Amount = "100000" };
        host.Shop.OnPayment = (context, _) => Task.FromResult((context.Response.StatusCode = 500) > 0);
        await host.BuyAsync("b3", url, body: Secret);
        return host;
    }

    private static IEnumerable<string> KindsWithText(FakeActorState state) =>
        from actor in (string[])[Alice, Bob, "default"]
        from key in state.KeysOf(actor)
        where Has(state[actor, key]!, Secret) || Has(state[actor, key]!, Sold)
        group key by key.Split(':')[0] into kind
        orderby kind.Key
        select kind.Key;

    /// <summary>As it is, or anywhere in a text in base64.</summary>
    private static bool Has(string stored, string text) =>
        stored.Contains(text, StringComparison.Ordinal) || Enumerable.Range(0, 3).Any(at => stored.Contains(InBase64(text, at), StringComparison.Ordinal));

    private static string InBase64(string text, int at)
    {
        byte[] bytes = [.. new byte[at], .. Encoding.UTF8.GetBytes(text)];
        // The characters at the ends have bits of what stands beside it.
        return Convert.ToBase64String(bytes)[(at == 0 ? 0 : at + 1)..(bytes.Length * 8 / 6)];
    }
}
