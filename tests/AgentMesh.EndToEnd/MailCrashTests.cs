using System.Text.Json;

namespace AgentMesh.EndToEnd;

/// <summary>
/// Many agents write to each other while two agents processes are killed at random. The long form is
/// <c>AGENTMESH_LONG=1 AGENTMESH_MAIL_AGENTS=1000 AGENTMESH_MAIL_MESSAGES=10000 AGENTMESH_MAIL_KILLS=20 AGENTMESH_SEED=1 dotnet test --project tests/AgentMesh.EndToEnd -- --filter-class '*MailCrashTests'</c>.
/// </summary>
public sealed class MailCrashTests
{
    private const int Clients = 16;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(8);

    [Theory]
    [InlineData(StoreKind.Embedded)]
    [InlineData(StoreKind.Redis)]
    public async Task EveryMessage_IsThereOnce_AndInOrder_WhereverTheAgentsAreKilled(StoreKind kind)
    {
        LongForm.UnlessOn(kind, StoreKind.Embedded);
        var (agents, messages, kills) = (LongForm.Number("AGENTMESH_MAIL_AGENTS", 40), LongForm.Number("AGENTMESH_MAIL_MESSAGES", 400), LongForm.Number("AGENTMESH_MAIL_KILLS", 2));
        var seed = LongForm.Number("AGENTMESH_SEED", Environment.TickCount & 0xffff);
        TestContext.Current.TestOutputHelper!.WriteLine($"AGENTMESH_MAIL_AGENTS={agents} AGENTMESH_MAIL_MESSAGES={messages} AGENTMESH_MAIL_KILLS={kills} AGENTMESH_SEED={seed}");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        var cancellationToken = limit.Token;
        await using var store = await TestStore.CreateAsync(kind);
        await using var mesh = await Mesh.StartAsync(store.Data, store.Redis, "ready.json", "--replicas", "agents=2");
        using var mail = new MailClient(mesh.Ready.Gateway);

        // Every fourth answers what it gets: one answer for each message, and none for an answer.
        for (var n = 0; n < agents; n += 4)
            await mail.SetPolicyAsync($"user-{n}", "answer", cancellationToken);
        var plan = Plan(agents, messages, seed);
        var ids = new string[messages];
        var next = -1;
        var sending = Enumerable.Range(0, Clients).Select(client => Task.Run(
            async () =>
            {
                using var own = new MailClient(mesh.Ready.Gateway);
                // A sender's messages are one client's, one after the other: that is the order which has to be kept.
                foreach (var (number, from, to) in plan.Where(one => one.From % Clients == client))
                {
                    ids[number] = await own.SendAsync($"user-{from}", $"key-{number}", new { to = $"user-{to}", content = $"message {number}" }, cancellationToken);
                    Interlocked.Increment(ref next);
                }
            },
            cancellationToken)).ToList();

        var random = new Random(seed);
        for (var kill = 0; kill < kills; kill++)
        {
            while (Volatile.Read(ref next) + 1 < messages * (kill + 1) / (kills + 1))
                await Task.Delay(random.Next(1, 20), cancellationToken);
            await mesh.ReplaceAsync(mesh.Ready.Apps.Where(app => app.Id == "agents").ElementAt(kill % 2));
        }

        await Task.WhenAll(sending);
        var expected = plan.ToDictionary(one => ids[one.Number]);
        Assert.Equal(messages, expected.Count);
        var answers = 0;
        for (var user = 0; user < agents; user++)
        {
            var sent = plan.Where(one => one.From == user).ToList();
            var received = plan.Where(one => one.To == user).ToList();
            var questions = sent.Count(one => one.To % 4 == 0);
            var inbox = await UntilAsync(mail, user, received.Count + questions, cancellationToken);
            Assert.Equal(inbox.Count, inbox.Select(message => Text(message, "id")).Distinct().Count());
            Assert.Equal(received.Select(one => ids[one.Number]).Order(), inbox.Where(message => Text(message, "inReplyTo") is null).Select(message => Text(message, "id")!).Order());
            // One answer to each that was to be answered.
            Assert.Equal(sent.Where(one => one.To % 4 == 0).Select(one => ids[one.Number]).Order(), inbox.Select(message => Text(message, "inReplyTo")).OfType<string>().Order());
            answers += questions;
            foreach (var from in received.GroupBy(one => one.From))
                Assert.Equal(from.Select(one => $"message {one.Number}"), inbox.Where(message => Text(message, "from")!.EndsWith($"user-{from.Key}", StringComparison.Ordinal) && Text(message, "inReplyTo") is null).Select(message => Text(message, "content")!));
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"{messages} messages and {answers} answers, each there once and in order.");
    }

    private static List<(int Number, int From, int To)> Plan(int agents, int messages, int seed)
    {
        var random = new Random(seed);
        var plan = new List<(int, int, int)>();
        for (var number = 0; number < messages; number++)
        {
            var from = random.Next(agents);
            // Few receivers of each sender, so that pairs have an order to lose.
            var to = (from + 1 + random.Next(3)) % agents;
            plan.Add((number, from, to));
        }

        return plan;
    }

    private static async Task<List<JsonElement>> UntilAsync(MailClient mail, int user, int count, CancellationToken cancellationToken)
    {
        while (true)
        {
            var inbox = await mail.ReadAsync($"user-{user}", "inbox", cancellationToken);
            if (inbox.Count >= count)
                return inbox;
            // What a killed process had in hand comes when its lease is over.
            await Task.Delay(200, cancellationToken);
        }
    }

    private static string? Text(JsonElement message, string name) => message.TryGetProperty(name, out var value) ? value.GetString() : null;
}
