using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;

namespace AgentMesh.EndToEnd;

/// <summary>
/// Outside services publish messages to agents, each event twice, with agents processes killed at random; another app reads the dead letters. The long form is
/// <c>AGENTMESH_LONG=1 AGENTMESH_MAIL_AGENTS=1000 AGENTMESH_MAIL_MESSAGES=10000 AGENTMESH_MAIL_KILLS=12 AGENTMESH_SEED=1 dotnet test --project tests/AgentMesh.EndToEnd -- --filter-class '*InboundMailTests'</c>.
/// </summary>
public sealed class InboundMailTests
{
    private const int Clients = 16;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(8);

    [Theory]
    [InlineData(StoreKind.Embedded)]
    [InlineData(StoreKind.Redis)]
    public async Task EveryEvent_IsOneMessage_ThoughItComesTwiceAndTheAgentsAreKilled_AndABadOneIsDeadOnce(StoreKind kind)
    {
        LongForm.UnlessOn(kind, StoreKind.Embedded);
        var (agents, messages, kills) = (LongForm.Number("AGENTMESH_MAIL_AGENTS", 10), LongForm.Number("AGENTMESH_MAIL_MESSAGES", 80), LongForm.Number("AGENTMESH_MAIL_KILLS", 1));
        var services = Math.Max(4, agents / 10);
        var random = new Random(LongForm.Number("AGENTMESH_SEED", 1));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        var cancellationToken = limit.Token;
        await using var store = await TestStore.CreateAsync(kind);
        await using var mesh = await Mesh.StartAsync(store.Data, store.Redis, "ready.json", "--run-file", WriteRunFile(store.Data), "--replicas", "agents=2");
        var dead = new ConcurrentQueue<string>();
        mesh.Printed += line =>
        {
            if (line.IndexOf("event {", StringComparison.Ordinal) is >= 0 and var at)
                dead.Enqueue(JsonElement.Parse(line[(at + 6)..]).GetProperty("id").GetString()!);
        };
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{mesh.Ready.App("payments").DaprHttpPort}") };
        http.DefaultRequestHeaders.Add("dapr-api-token", Mesh.DaprToken);

        await PublishAsync(http, "bad", "service-0", "user-0", "", cancellationToken);
        var published = 0;
        var publishing = Parallel.ForAsync(
            0, messages, new ParallelOptions { MaxDegreeOfParallelism = Clients, CancellationToken = cancellationToken }, async (number, token) =>
            {
                for (var time = 0; time < 2; time++)
                    await PublishAsync(http, $"{number}", $"service-{number % services}", $"user-{number % agents}", $"message {number}", token);
                Interlocked.Increment(ref published);
            });
        for (var kill = 0; kill < kills; kill++)
        {
            while (Volatile.Read(ref published) < messages * (kill + 1) / (kills + 1))
                await Task.Delay(random.Next(1, 20), cancellationToken);
            await mesh.ReplaceAsync(mesh.Ready.Apps.Where(app => app.Id == "agents").ElementAt(kill % 2));
        }

        await publishing;
        using var mail = new MailClient(mesh.Ready.Gateway);
        for (var user = 0; user < agents; user++)
        {
            var expected = Enumerable.Range(0, messages).Where(number => number % agents == user).Select(number => $"message {number}").Order(StringComparer.Ordinal).ToList();
            List<string> inbox;
            while ((inbox = await InboxAsync(mail, user, cancellationToken)).Count < expected.Count)
                await Task.Delay(200, cancellationToken);
            Assert.Equal(expected, inbox);
        }

        while (dead.IsEmpty)
            await Task.Delay(50, cancellationToken);
        Assert.Equal(["bad"], dead);
        // What came twice came twice to the outboxes too, and what was under way then is there by now.
        for (var user = 0; user < agents; user++)
            Assert.Equal(Enumerable.Range(0, messages).Count(number => number % agents == user), (await InboxAsync(mail, user, cancellationToken)).Count);
        TestContext.Current.TestOutputHelper!.WriteLine($"{messages} events of {services} services, published twice each, to {agents} agents with {kills} kills: each there once.");
    }

    /// <summary>The mesh, and an app beside it that prints what comes to the dead-letter topic.</summary>
    private static string WriteRunFile(string data)
    {
        var resources = Directory.CreateDirectory(Path.Combine(data, "resources")).FullName;
        File.WriteAllText(Path.Combine(resources, "dead.yaml"), """
            apiVersion: dapr.io/v2alpha1
            kind: Subscription
            metadata:
              name: dead-mail
            spec:
              pubsubname: pubsub
              topic: agentmesh.mail.dead
              routes:
                default: /print
            scopes:
              - reader
            """);
        var text = File.ReadAllText(Path.Combine(Mesh.Root, "dapr/dapr.yaml"))
            .Replace("    - ../components\n", $"    - {Mesh.Root}/components\n    - {resources}\n", StringComparison.Ordinal)
            .Replace("config.yaml", $"{Mesh.Root}/dapr/config.yaml", StringComparison.Ordinal)
            .Replace("../src/", $"{Mesh.Root}/src/", StringComparison.Ordinal);
        var path = Path.Combine(data, "dapr.yaml");
        File.WriteAllText(path, text + $"""
              - appID: reader
                appDirPath: {Mesh.Root}/tests/AgentMesh.Testing.StubApp
                appPort: 8092
                command: ["dotnet", "bin/Release/net10.0/AgentMesh.Testing.StubApp.dll"]
                env:
                  APP_ID: reader

            """);
        return path;
    }

    private static async Task PublishAsync(HttpClient http, string id, string from, string to, string content, CancellationToken cancellationToken)
    {
        var cloudEvent = JsonSerializer.Serialize(new { specversion = "1.0", id, source = "/" + from, type = "com.example.message", data = new { from, to, content } });
        using var body = new StringContent(cloudEvent, Encoding.UTF8, "application/cloudevents+json");
        using var answer = await http.PostAsync(new Uri("/v1.0/publish/pubsub/agentmesh.mail", UriKind.Relative), body, cancellationToken);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    private static async Task<List<string>> InboxAsync(MailClient mail, int user, CancellationToken cancellationToken) =>
        [.. (await mail.ReadAsync($"user-{user}", "inbox", cancellationToken)).Select(message => message.GetProperty("content").GetString()!).Order(StringComparer.Ordinal)];
}
